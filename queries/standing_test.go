package queries_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
)

// column returns one column of a table.
func column(r *queries.Result, name string) []string {
	i := slices.Index(r.Columns, name)
	var cells []string
	for _, row := range r.Rows {
		cells = append(cells, row[i])
	}
	return cells
}

// TestStanding: what is denied, planned, rejected or retracted draws nothing, and is shown to whoever asks for it
// (laws 5 and 9).
func TestStanding(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"},
		`{"type":"Person","xid":"t:p","name":"P"}`, `{"type":"Unit","xid":"t:u","name":"U"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","role":"kept","sources":[{"source":"t:s","quote":"he does"}]}`)
	s.load(loader.Options{Dataset: "two"},
		`{"relation":"commands","from":"t:p","to":"t:u","role":"denied","assertion":"denied","attributed_to":"t:spokesman"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:u","role":"hedged","assertion":"hedged"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:u","role":"planned","assertion":"planned","period":"2030/"}`,
		`{"property":"rank","of":"t:p","value":"General","assertion":"planned"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","role":"wrong"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:u","role":"old"}`,
		`{"relation":"commands","from":"t:gone","to":"t:u"}`,
		`{"property":"rank","of":"t:p","value":"Major"}`,
		`{"property":"rank","of":"t:p","value":"Colonel","assertion":"reported"}`)
	key := func(role string) string {
		for _, row := range s.ask("evidence-for-link", "from=P", "to=U").Rows {
			if row[3] == "role: "+role {
				return row[0]
			}
		}
		t.Fatalf("no claim %q", role)
		return ""
	}
	s.load(loader.Options{}, `{"decision":"reject","claim":"`+key("wrong")+`","by":"me","why":"test"}`)
	// The second edition no longer has "old", "gone" and the rank.
	s.load(loader.Options{Dataset: "two", Replace: true},
		`{"relation":"commands","from":"t:p","to":"t:u","role":"denied","assertion":"denied","attributed_to":"t:spokesman"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:u","role":"hedged","assertion":"hedged"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:u","role":"planned","assertion":"planned","period":"2030/"}`,
		`{"property":"rank","of":"t:p","value":"General","assertion":"planned"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","role":"wrong"}`,
		`{"property":"rank","of":"t:p","value":"Colonel","assertion":"reported"}`)

	link := s.ask("evidence-for-link", "from=P", "to=U")
	var said []string
	for i := range link.Rows {
		said = append(said, strings.TrimPrefix(column(link, "qualifiers")[i], "role: ")+" is "+column(link, "assertion")[i])
	}
	want := "denied is denied, by t:spokesman; hedged is hedged; kept is asserted; old is asserted, retracted; " +
		"planned is planned; wrong is asserted, rejected"
	if got := strings.Join(sorted(said), "; "); got != want {
		t.Error(got)
	}
	if len(link.Edges) != 1 || link.Edges[0].Relation != "commands" || link.Edges[0].Claims != 1 || len(link.Edges[0].Evidence) != 1 {
		t.Errorf("edges drawn: %s", asJSON(t, link.Edges))
	}
	var ranks []string
	card := s.ask("entity-card", "entity=P")
	for i, property := range column(card, "property") {
		if property == "rank" {
			ranks = append(ranks, column(card, "value")[i]+" "+column(card, "assertion")[i]+" "+column(card, "shown")[i])
		}
	}
	if got := strings.Join(sorted(ranks), "; "); got != "Colonel reported ; General planned ; Major retracted " {
		t.Error(got)
	}
	for _, q := range [][]string{
		{"ego-network", "entity=P"},
		{"shortest-path", "from=P", "to=U"},
		{"career", "person=P"},
		{"commanders-of-unit", "unit=U"},
		{"chain-of-command-up", "entity=P"},
	} {
		for _, filter := range []string{"limit=100", "min_confidence=0", "as_of=2020", "dataset=one"} {
			result := s.ask(q[0], append(q[1:], filter)...)
			if len(result.Edges) != 1 || result.Edges[0].Relation != "commands" || result.Edges[0].Claims != 1 {
				t.Errorf("%v %s: %s", q, filter, asJSON(t, result.Edges))
			}
		}
		if result := s.ask(q[0], append(q[1:], "dataset=two")...); len(result.Edges)+len(result.Paths) > 0 {
			t.Errorf("%v of the other data set: %s", q, asJSON(t, result))
		}
	}
	// Evidence of an edge holds what speaks against it, not what is no longer said.
	var evidence []string
	for _, e := range s.ask("ego-network", "entity=P").Edges[0].Evidence {
		evidence = append(evidence, e.Values["role"][0])
	}
	if got := strings.Join(sorted(evidence), " "); got != "denied kept wrong" {
		t.Error(got)
	}

	// Only a retracted claim touched t:gone; a denied one's speaker is still there, undescribed.
	nodes, edges := s.graph("")
	if nodes["t:gone"] != nil || nodes["t:spokesman"] == nil || nodes["t:spokesman"].Type != "" || nodes["t:s"] == nil || len(edges) != 1 {
		t.Errorf("export: %v, %v", nodes, edges)
	}
	gone(s, "t:gone")
	if result := s.ask("entity-card", "entity=t:spokesman"); len(result.Nodes) != 1 || result.Nodes[0].Type != "" ||
		result.Nodes[0].Name != "t:spokesman" {
		t.Errorf("undescribed: %s", asJSON(t, result))
	}
	if counted := s.check(); len(nodes) != counted.Entities || len(edges) != counted.Edges || counted.Dangling != 2 {
		t.Errorf("%d nodes, %d edges; check counts %+v", len(nodes), len(edges), counted)
	}
	if lines := s.canonical(""); slices.ContainsFunc(lines,
		func(line string) bool { return strings.Contains(line, "old") || strings.Contains(line, "t:gone") }) {
		t.Errorf("canonical: %q", lines)
	}

	// After removal nothing that only the data set touched is left, decisions about it or not.
	s.load(loader.Options{}, `{"decision":"same","between":["t:spokesman","t:s2"]}`)
	if _, err := s.loader.Remove(t.Context(), "two", nil); err != nil {
		t.Fatal(err)
	}
	gone(s, "t:spokesman")
	gone(s, "t:s2")
	if _, err := s.loader.Remove(t.Context(), "one", nil); err != nil {
		t.Fatal(err)
	}
	for _, xid := range []string{"t:p", "t:u", "t:s", "P", "U"} {
		gone(s, xid)
	}
	nodes, edges = s.graph("")
	if counted := s.check(); len(nodes)+len(edges) > 0 || counted.Entities != 0 {
		t.Errorf("after removal: %v, %v, %+v", nodes, edges, counted)
	}
	if lines := s.canonical("one"); len(lines) > 0 {
		t.Errorf("after removal: %q", lines)
	}
}

// gone: an entity that no claim touches appears in no answer.
func gone(s *session, text string) {
	s.Helper()
	var unknown *queries.UnknownEntityError
	for _, q := range [][]string{{"entity-card", "entity"}, {"ego-network", "entity"}, {"career", "person"}} {
		if err := s.fails(q[0], q[1]+"="+text); !errors.As(err, &unknown) {
			s.Errorf("%s: %v", text, err)
		}
	}
	if rows := s.ask("search-entity", "text="+text).Rows; slices.ContainsFunc(rows,
		func(row []string) bool { return row[0] == text || row[2] == text }) {
		s.Errorf("search finds %v", rows)
	}
	for _, dataset := range []string{"", "one", "two", "decisions"} {
		if nodes, _ := s.graph(dataset); nodes[text] != nil {
			s.Errorf("%s is exported of %q", text, dataset)
		}
	}
}

// TestMerged: what decisions made one is one in every answer, path and export, and shows all its members' claims (law
// 10).
func TestMerged(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"},
		`{"type":"Person","xid":"t:z1","name":"Ivan Petrov","country":"RU"}`, `{"type":"Unit","xid":"t:u","name":"U"}`, `{"type":"Unit","xid":"t:w","name":"W"}`,
		`{"relation":"commands","from":"t:z1","to":"t:u","role":"commander","confidence":80}`,
		`{"relation":"associate_of","from":"t:z1","to":"t:n"}`, `{"type":"Person","xid":"t:n","name":"N"}`)
	s.load(loader.Options{Dataset: "two"},
		`{"type":"Person","xid":"t:a1","name":"Иван Петров"}`,
		`{"relation":"commands","from":"t:a1","to":"t:u","role":"deputy","confidence":60}`,
		`{"relation":"posted_to","from":"t:a1","to":"t:w"}`,
		`{"relation":"associate_of","from":"t:a1","to":"t:n"}`)
	if n := len(s.ask("ego-network", "entity=N").Edges); n != 2 {
		t.Errorf("%d links before", n)
	}
	s.load(loader.Options{}, `{"decision":"same","between":["t:z1","t:a1"],"by":"me"}`)
	for _, name := range []string{"t:z1", "t:a1", "Ivan Petrov", "Иван Петров"} {
		result := s.ask("career", "person="+name)
		if got := result.Params["person"]; got != "t:a1" || len(result.Rows) != 3 {
			t.Errorf("%q means %s: %v", name, got, result.Rows)
		}
	}
	if rows := s.ask("search-entity", "text=petrov").Rows; len(rows) != 1 || rows[0][0] != "t:a1" {
		t.Errorf("search: %v", rows)
	}
	path := s.ask("shortest-path", "from=U", "to=W")
	if got := chainsOf(s, path); len(got) != 1 || got[0] != "t:u <commands- t:a1; t:a1 -posted_to> t:w; " {
		t.Error(got)
	}
	if e := path.Paths[0][0].Edge; len(e.Evidence) != 2 || e.Claims != 2 {
		t.Errorf("%s", asJSON(t, e))
	}
	if at := s.ask("shortest-path", "from=U", "to=W", "dataset=one"); len(at.Paths) != 0 {
		t.Error("a path by one data set alone")
	}
	for _, ends := range [][]string{{"from=t:z1", "to=U"}, {"from=t:a1", "to=U"}, {"from=U", "to=Ivan Petrov"}} {
		if link := s.ask("evidence-for-link", ends...); len(link.Rows) != 2 || len(link.Edges) != 1 || link.Edges[0].From != "t:a1" {
			t.Errorf("%v: %s", ends, asJSON(t, link))
		}
	}
	card := s.ask("entity-card", "entity=t:z1")
	for _, want := range [][]string{{"same as", "t:z1"}, {"country", "RU"}, {"→ commands", "1"}} {
		if !slices.ContainsFunc(card.Rows, func(row []string) bool { return row[0] == want[0] && row[1] == want[1] }) {
			t.Errorf("the card has no %v: %v", want, card.Rows)
		}
	}
	if filtered := s.ask("entity-card", "entity=t:z1", "dataset=one"); !slices.ContainsFunc(filtered.Rows,
		func(row []string) bool { return row[0] == "→ commands" && row[1] == "1" }) {
		t.Errorf("filtered: %v", filtered.Rows)
	}
	ego := s.ask("ego-network", "entity=N")
	if len(ego.Edges) != 1 || ego.Edges[0].From != "t:a1" || len(ego.Edges[0].Evidence) != 2 ||
		!slices.Equal(ego.Nodes[0].Merged, []string{"t:z1"}) {
		t.Errorf("%s", asJSON(t, ego))
	}
	for dataset, claims := range map[string]int{"": 2, "one": 1, "two": 1} {
		nodes, edges := s.graph(dataset)
		if nodes["t:z1"] != nil || nodes["t:a1"] == nil {
			t.Errorf("exported of %q: %v", dataset, nodes)
		}
		for _, e := range edges {
			if e.Relation == "commands" && (e.From != "t:a1" || e.Claims != claims) {
				t.Errorf("of %q: %s", dataset, asJSON(t, e))
			}
		}
	}
	if nodes, edges := s.graph("decisions"); len(nodes)+len(edges) > 0 {
		t.Errorf("exported of decisions: %v %v", nodes, edges)
	}
	if lines := s.canonical("decisions"); len(lines) != 1 {
		t.Errorf("%q", lines)
	}
	// The representative's own data set goes; the other member is still called by its xid.
	if _, err := s.loader.Remove(t.Context(), "two", nil); err != nil {
		t.Fatal(err)
	}
	if got := s.ask("career", "person=t:z1"); got.Params["person"] != "t:a1" || len(got.Rows) != 1 {
		t.Errorf("%s", asJSON(t, got))
	}
	nodes, edges := s.graph("")
	if counted := s.check(); nodes["t:a1"] == nil || len(edges) != counted.Edges || len(counted.Findings) > 0 {
		t.Errorf("%v, %v; %+v", nodes, edges, counted)
	}
	if _, err := s.loader.Remove(t.Context(), "decisions", nil); err != nil {
		t.Fatal(err)
	}
	gone(s, "t:a1")
	if nodes, _ := s.graph(""); nodes["t:z1"] == nil {
		t.Error("the member is not itself again")
	}
}

// TestSymmetric: a symmetric relation is one edge, walked both ways and exported once (law 12).
func TestSymmetric(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{},
		`{"type":"Unit","xid":"t:b","name":"B"}`, `{"type":"Unit","xid":"t:a","name":"A"}`, `{"type":"Unit","xid":"t:c","name":"C"}`,
		`{"relation":"allied_with","from":"t:b","to":"t:a","confidence":50}`, `{"relation":"allied_with","from":"t:a","to":"t:b","confidence":70}`,
		`{"relation":"allied_with","from":"t:c","to":"t:b"}`)
	for _, root := range []string{"t:a", "t:b"} {
		edges := s.ask("ego-network", "entity="+root).Edges
		i := slices.IndexFunc(edges, func(e *queries.Edge) bool { return e.From == "t:a" && e.To == "t:b" && e.Claims == 2 })
		if i < 0 || len(edges[i].Evidence) != 2 {
			t.Errorf("%s: %s", root, asJSON(t, edges))
		}
	}
	forth, back := s.ask("shortest-path", "from=A", "to=C"), s.ask("shortest-path", "from=C", "to=A")
	if got := chainsOf(s, forth); len(got) != 1 || got[0] != "t:a -allied_with> t:b; t:b -allied_with> t:c; " {
		t.Error(got)
	}
	if got := chainsOf(s, back); len(got) != 1 || got[0] != "t:c <allied_with- t:b; t:b <allied_with- t:a; " {
		t.Error(got)
	}
	for _, ends := range [][]string{{"from=A", "to=B"}, {"from=B", "to=A"}} {
		link := s.ask("evidence-for-link", ends...)
		if len(link.Rows) != 2 || len(link.Edges) != 1 || link.Edges[0].ID != forth.Edges[0].ID || link.Edges[0].From != "t:a" ||
			link.RowEdge[0] != link.Edges[0].ID {
			t.Errorf("%v: %s", ends, asJSON(t, link))
		}
	}
	if _, edges := s.graph(""); len(edges) != 2 {
		t.Errorf("exported: %v", edges)
	}
	if n := len(s.canonical("")); n != 6 {
		t.Errorf("%d claims", n)
	}
}

// TestEventDates: where a claim gives no time of its own, the event's date says when; what is drawn is what is listed.
func TestEventDates(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{},
		`{"type":"Unit","xid":"t:u","name":"U"}`, `{"type":"Location","xid":"t:l","name":"L"}`,
		`{"type":"Event","xid":"t:e1","name":"E1","date":"2001"}`, `{"type":"Event","xid":"t:e2","name":"E2","date":"2002-05-01"}`,
		`{"type":"Event","xid":"t:e3","name":"E3"}`, `{"type":"Operation","xid":"t:op","name":"O","date":"2001/2003"}`,
		`{"relation":"carried_out","from":"t:u","to":"t:e1"}`, `{"relation":"carried_out","from":"t:u","to":"t:e2"}`,
		`{"relation":"carried_out","from":"t:u","to":"t:e3"}`, `{"relation":"carried_out","from":"t:u","to":"t:e3","period":"1999"}`,
		`{"relation":"part_of","from":"t:e1","to":"t:op"}`, `{"relation":"located_at","from":"t:u","to":"t:l"}`,
		`{"relation":"located_at","from":"t:e2","to":"t:l"}`)
	for _, c := range []struct{ args, want, nodes string }{
		{"entity=U", "t:e3 ; t:e1 2001; t:e2 2002-05-01; t:e3 ", "t:e1 t:e2 t:e3 t:u"},
		{"entity=U|as_of=2002-05-01", "t:e2 2002-05-01; t:e3  possibly", "t:e2 t:e3 t:u"},
		{"entity=U|as_of=2001-03", "t:e1 2001 possibly; t:e3  possibly", "t:e1 t:e3 t:u"},
		{"entity=U|from=2001|to=2001", "t:e1 2001; t:e3  possibly", "t:e1 t:e3 t:u"},
		{"entity=U|from=2001|to=2001|certain=true", "t:e1 2001", "t:e1 t:u"}, // what is not marked above
		{"entity=U|from=1998|to=2000|certain=true", "t:e3 ", "t:e3 t:u"},
		{"entity=O", "t:e1 2001", "t:e1 t:op"}, // the part's date, not that of the whole
		{"entity=E1", "t:op 2001/2003", "t:e1 t:op"},
		{"entity=L", "t:e2 2002-05-01", "t:e2 t:l"}, // a unit there is no event
	} {
		result := s.ask("events-involving", strings.Split(c.args, "|")...)
		var rows, nodes []string
		for i, row := range result.Rows {
			edge := result.Edges[slices.IndexFunc(result.Edges, func(e *queries.Edge) bool { return e.ID == result.RowEdge[i] })]
			far := edge.To
			if far == result.Params["entity"] {
				far = edge.From
			}
			text := far + " " + row[0]
			if mark := column(result, "possible")[i]; mark != "" {
				text += " " + mark
			}
			rows = append(rows, text)
		}
		for _, n := range result.Nodes {
			nodes = append(nodes, n.XID)
		}
		if got := strings.Join(rows, "; "); got != c.want || strings.Join(nodes, " ") != c.nodes {
			t.Errorf("%s: %q, nodes %v", c.args, got, nodes)
		}
	}
}
