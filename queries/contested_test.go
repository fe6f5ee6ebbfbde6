package queries_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
	"orbat/schema/schematest"
)

// disputedLines are a small case in which some links are denied, of some other things are, and one denial may not be
// seen.
func disputedLines() []string {
	return []string{
		`{"type":"Source","xid":"t:paper","title":"Paper","publisher":"A","reliability":"C"}`,
		`{"type":"Source","xid":"t:gov","title":"Statement","publisher":"Gov","published":"2021","reliability":"A"}`,
		`{"type":"Unit","xid":"t:u","name":"Ghost Battalion"}`, `{"type":"Unit","xid":"t:v","name":"Other Battalion"}`,
		`{"type":"Person","xid":"t:x","name":"Xavier"}`, `{"type":"Person","xid":"t:y","name":"Yvonne"}`,
		`{"type":"Person","xid":"t:z","name":"Zoe"}`, `{"type":"Event","xid":"t:e","name":"Raid","date":"2014-05-05"}`,
		`{"relation":"commands","from":"t:x","to":"t:u","role":"commander","period":"2014/2015","confidence":40,` +
			`"sources":[{"source":"t:paper"}]}`,
		`{"relation":"commands","from":"t:x","to":"t:u","role":"командир","period":"2014/2015","confidence":95,"assertion":"denied",` +
			`"attributed_to":"t:u","sources":[{"source":"t:gov","quote":"he never led the unit"}]}`,
		// a later tour, which nobody denies, and a denial of another unit's
		`{"relation":"commands","from":"t:x","to":"t:u","role":"commander","period":"2018/2019","confidence":90}`,
		`{"relation":"commands","from":"t:x","to":"t:v","role":"commander","period":"2016","confidence":90}`,
		// deputy is asserted, commander negated: no contradiction
		`{"relation":"commands","from":"t:y","to":"t:u","role":"deputy commander","period":"2014/2015","confidence":80}`,
		`{"relation":"commands","from":"t:y","to":"t:u","role":"commander","period":"2014/2015","assertion":"negated",` +
			`"sources":[{"source":"t:gov"}]}`,
		// nobody disputes the wound; only the death is denied
		`{"relation":"affected_by","from":"t:y","to":"t:e","outcome":"wounded","confidence":80}`,
		`{"relation":"affected_by","from":"t:y","to":"t:e","outcome":"killed","assertion":"denied"}`,
		`{"relation":"affected_by","from":"t:x","to":"t:e","outcome":"killed","confidence":40}`,
		`{"relation":"affected_by","from":"t:x","to":"t:e","outcome":"killed","assertion":"denied","sources":[{"source":"t:gov"}]}`,
		// hearsay and what is only possible deny nothing; of this nobody may know
		`{"relation":"member_of","from":"t:z","to":"t:u","confidence":70}`,
		`{"relation":"member_of","from":"t:z","to":"t:u","assertion":"reported"}`,
		`{"relation":"posted_to","from":"t:z","to":"t:u","role":"clerk","confidence":70}`,
		`{"relation":"posted_to","from":"t:z","to":"t:u","role":"clerk","assertion":"denied","marking":"TLP:RED"}`,
		`{"property":"birth_date","of":"t:x","value":"1971-05-05"}`, `{"property":"rank","of":"t:x","value":"Colonel"}`,
		`{"property":"birth_date","of":"t:x","value":"1971","assertion":"denied","sources":[{"source":"t:gov"}]}`,
		`{"property":"rank","of":"t:x","value":"General","assertion":"denied","sources":[{"source":"t:gov"}]}`,
	}
}

// TestContestedAnswers: what is denied is marked wherever it appears, and nothing else (law 9).
func TestContestedAnswers(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"}, disputedLines()...)
	s.load(loader.Options{Dataset: "two"}, `{"relation":"member_of","from":"t:z","to":"t:v","confidence":70}`)
	s.load(loader.Options{Dataset: "three"}, `{"relation":"member_of","from":"t:z","to":"t:v","assertion":"denied","period":"2010"}`)
	for _, c := range []struct{ args, columns, want string }{
		{"commanders-of-unit|unit=t:u", "from, role, period, contested", `
Xavier | commander | 2014/2015 | contested
Yvonne | deputy commander | 2014/2015
Xavier | commander | 2018/2019`},
		{"commanders-of-unit|unit=t:u|as_of=2014-06|certain=true", "from, role, possible, contested", ""},
		{"commanders-of-unit|unit=t:u|as_of=2014|min_confidence=30", "from, role, contested", `
Xavier | commander | contested
Yvonne | deputy commander`},
		{"commanders-of-unit|unit=t:u|as_of=2018", "from, role, contested", "Xavier | commander"},
		{"career|person=t:z", "relation, to, contested", `
member_of | Ghost Battalion
member_of | Other Battalion | contested
posted_to | Ghost Battalion | contested`},
		{"career|person=t:z|dataset=two", "relation, to, contested", "member_of | Other Battalion | contested"},
		{"career|person=t:z|dataset=two|as_of=2011", "relation, to, contested", "member_of | Other Battalion"}, // denied for 2010 alone
		{"career|person=t:z|max_marking=TLP:AMBER", "relation, to, contested", `
member_of | Ghost Battalion
member_of | Other Battalion | contested
posted_to | Ghost Battalion`},
		{"events-involving|entity=t:x", "relation, to, outcome, contested", "affected_by | Raid | killed | contested"},
		{"events-involving|entity=t:y", "relation, to, outcome, contested", "affected_by | Raid | wounded"},
		{"served-together|person=t:x", "person, own role, contested", `
Yvonne | commander | contested
Zoe | commander | contested
Zoe | commander | contested`}, // the first for his post, the others for hers
		{"common-neighbours|first=t:x|second=t:z", "entity, contested", "Ghost Battalion | contested\nOther Battalion | contested"},
		{"strike-attribution|event=t:e|relations=affected_by", "who, outcome, assertion, contested", `
Yvonne | wounded | asserted
Xavier | killed | asserted | contested
Xavier | killed | denied
Yvonne | killed | denied`},
		{"weak-and-stale|entity=t:x|before=2000|below=10|max_publishers=0", "from, relation, to, weak, contested", `
Xavier | affected_by | Raid | denied in Statement, Gov, 2021, reliability A | contested
Xavier | commands | Ghost Battalion | denied by Ghost Battalion in Statement, Gov, 2021, reliability A: “he never led the unit” | ` +
			`contested`},
		{"corroboration|entity=t:y", "relation, to, contested", "affected_by | Raid\ncommands | Ghost Battalion"},
		{"evidence-for-link|from=t:x|to=t:u", "assertion, period, contested", `
asserted | 2018/2019
asserted | 2014/2015 | contested
denied, by Ghost Battalion | 2014/2015`},
		{"entity-card|entity=t:x", "property, value, contested", `
xid | t:x
type | Person
name | Xavier
birth_date | 1971 | 
birth_date | 1971-05-05 | contested
rank | Colonel
rank | General
→ commands | 1
→ commands | 1 | contested
→ affected_by | 1 | contested`},
		{"entity-card|entity=t:x|as_of=2018", "property, value, contested", `
xid | t:x
type | Person
name | Xavier
birth_date | 1971 | 
birth_date | 1971-05-05 | contested
rank | Colonel
rank | General
→ commands | 1
→ affected_by | 1 | contested`},
	} {
		for _, evidence := range []bool{false, true} {
			args := strings.Split(c.args, "|")
			r, err := s.Run(t.Context(), args[0], params(args[1:]...), queries.Ask{Evidence: evidence})
			if err != nil {
				t.Fatal(c.args, err)
			}
			got, want := strings.Split(cells(r, strings.Split(c.columns, ", ")...), "\n"), strings.Split(strings.Trim(c.want, "\n"), "\n")
			marked := 0
			for i := range want {
				want[i] = strings.TrimRight(want[i], " |")
				if strings.HasSuffix(want[i], "contested") {
					marked++
				}
			}
			if args[0] == "evidence-for-link" || args[0] == "common-neighbours" { // in the order of keys
				slices.Sort(got)
				slices.Sort(want)
			}
			if !slices.Equal(got, want) || r.Contested != marked {
				t.Errorf("%s (%d marked)\n%s\nnot (%d marked)\n%s", c.args, r.Contested, strings.Join(got, "\n"), marked,
					strings.Join(want, "\n"))
			}
		}
	}
}

// TestContestedAlike: a card and conflicting-claims hold the same to be denied: what is said in other words or more
// precisely than what is denied, and of what decisions made one (law 10), whichever the claims name.
func TestContestedAlike(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"},
		`{"type":"Person","xid":"t:rank","name":"Rank","rank":"Colonel"}`,
		`{"property":"rank","of":"t:rank","value":"полковник","assertion":"denied"}`,
		`{"type":"Person","xid":"t:day","name":"Day","birth_date":"1971-05-05"}`,
		`{"property":"birth_date","of":"t:day","value":"1971","assertion":"denied"}`,
		`{"type":"Person","xid":"t:year","name":"Year","birth_date":"1971"}`,
		`{"property":"birth_date","of":"t:year","value":"1971-05-05","assertion":"denied"}`,
		`{"type":"Person","xid":"t:x","name":"Xavier"}`, `{"type":"Person","xid":"t:x2","name":"Ксавье"}`,
		`{"type":"Unit","xid":"t:u","name":"Unit"}`, `{"type":"Unit","xid":"t:u2","name":"Часть"}`,
		`{"type":"Unit","xid":"t:v","name":"Other"}`,
		`{"relation":"commands","from":"t:x","to":"t:u","role":"commander","period":"2014"}`,
		`{"relation":"commands","from":"t:x2","to":"t:u2","role":"командир","period":"2014-06","assertion":"denied"}`,
		`{"relation":"allied_with","from":"t:u2","to":"t:v"}`,
		`{"relation":"allied_with","from":"t:v","to":"t:u","assertion":"denied"}`,
		`{"relation":"allied_with","from":"t:u","to":"t:v","assertion":"negated"}`)
	s.load(loader.Options{}, `{"decision":"same","between":["t:x","t:x2"]}`, `{"decision":"same","between":["t:u","t:u2"]}`)
	for _, c := range []struct{ args, columns, want string }{
		{"entity-card|entity=t:rank", "property, value, assertion, contested", "rank | Colonel |  | contested"},
		{"entity-card|entity=t:day", "property, value, assertion, contested", "birth_date | 1971-05-05 |  | contested"},
		{"entity-card|entity=t:year", "property, value, assertion, contested", ""},
		{"conflicting-claims|entity=t:rank", "kind, value, assertion", "contested | Colonel | asserted\ncontested | полковник | denied"},
		{"conflicting-claims|entity=t:day", "kind, value, assertion", "contested | 1971 | denied\ncontested | 1971-05-05 | asserted"},
		{"conflicting-claims|entity=t:year", "kind, value, assertion", ""},
		{"conflicting-claims|entity=t:x", "kind, property, assertion", "contested | commands | asserted\ncontested | commands | denied"},
		{"conflicting-claims|entity=t:u", "kind, property, assertion", `contested | allied_with | asserted
contested | allied_with | denied
contested | allied_with | negated
contested | commands | asserted
contested | commands | denied`},
		{"conflicting-claims", "kind, property, assertion", `contested | allied_with | asserted
contested | allied_with | denied
contested | allied_with | negated
contested | birth_date | asserted
contested | birth_date | denied
contested | commands | asserted
contested | commands | denied
contested | rank | asserted
contested | rank | denied`},
	} {
		args := strings.Split(c.args, "|")
		lines := strings.Split(cells(s.ask(args[0], args[1:]...), strings.Split(c.columns, ", ")...), "\n")
		lines = slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, "contested") })
		if got := strings.Join(sorted(lines), "\n"); got != c.want {
			t.Errorf("%s:\n%s\nnot\n%s", c.args, got, c.want)
		}
	}
}

// TestSourcesAssert: the sources of a link or row are those that say so, in every table; who denies it is none of them.
func TestSourcesAssert(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"}, disputedLines()...)
	for _, args := range []string{
		"ego-network|entity=t:x", "chain-of-command-up|entity=t:x", "event-network|event=t:e", "commanders-of-unit|unit=t:u",
		"events-involving|entity=t:x", "shortest-path|from=t:x|to=t:e", "corroboration|entity=t:x", "career|person=t:x",
	} {
		r, err := s.Run(t.Context(), strings.Split(args, "|")[0], params(strings.Split(args, "|")[1:]...), queries.Ask{Evidence: true})
		if err != nil {
			t.Fatal(args, err)
		}
		table := r.Table()
		for _, row := range table.Rows {
			if text := row[slices.Index(table.Columns, "sources")]; strings.Contains(text, "Statement") || text == "" {
				t.Errorf("%s: %q has the sources %q", args, row, text)
			}
		}
		if len(table.Rows) == 0 {
			t.Error(args, "has no row")
		}
	}
}

// TestContestedEdges: links in networks, trees, paths and exports are marked, with what denies them behind them where
// filters leave other claims out.
func TestContestedEdges(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"}, disputedLines()...)
	marked := func(edges []*queries.Edge) string {
		var list []string
		for _, e := range edges {
			if e.Contested {
				list = append(list, strings.TrimPrefix(e.From, "t:")+" "+e.Relation+" "+strings.TrimPrefix(e.To, "t:"))
			}
		}
		return strings.Join(sorted(list), "; ")
	}
	for _, c := range []struct{ args, want string }{
		{"ego-network|entity=t:u", "x commands u; z posted_to u"},
		{"ego-network|entity=t:u|as_of=2018", "z posted_to u"},
		{"ego-network|entity=t:u|as_of=2014", "x commands u; z posted_to u"},
		{"ego-network|entity=t:u|max_marking=TLP:AMBER", "x commands u"},
		{"ego-network|entity=t:x", "x affected_by e; x commands u"},
		{"chain-of-command-up|entity=t:x", "x commands u"},
		{"event-network|event=t:e", "x affected_by e"},
		{"shortest-path|from=t:x|to=t:e", "x affected_by e"},
		{"shortest-path|from=t:u|to=t:e", "x affected_by e; x commands u"},
		{"connect-set|entities=t:u;t:e", ""},
	} {
		for _, evidence := range []bool{false, true} {
			args := strings.Split(c.args, "|")
			r, err := s.Run(t.Context(), args[0], params(args[1:]...), queries.Ask{Evidence: evidence})
			if err != nil {
				t.Fatal(c.args, err)
			}
			if got := marked(r.Edges); got != c.want && args[0] != "connect-set" {
				t.Errorf("%s: %s, not %s", c.args, got, c.want)
			}
			for _, e := range r.Edges {
				denied := slices.ContainsFunc(e.Evidence, func(c *queries.Evidence) bool { return c.Assertion == schema.Denied })
				if evidence && e.Contested && !denied {
					t.Errorf("%s: %s %s %s without what denies it", c.args, e.From, e.Relation, e.To)
				}
			}
		}
	}
	_, edges := s.graph("")
	var all []*queries.Edge
	for _, e := range edges {
		all = append(all, e)
	}
	if got, want := marked(all), "x affected_by e; x commands u; z posted_to u"; got != want {
		t.Errorf("the export marks %s, not %s", got, want)
	}
	// Of two equally short chains that over the denied step comes last, however sure it is.
	paths := s.ask("shortest-path", "from=t:u", "to=t:e")
	if len(paths.Paths) != 2 || paths.Contested != 1 || paths.Paths[0][0].Edge.From != "t:y" && paths.Paths[0][0].Edge.To != "t:y" {
		t.Errorf("%d contested: %v", paths.Contested, chainsOf(s, paths))
	}
	// What an analyst rejected denies nothing, and its own undoing lets it.
	link := s.ask("evidence-for-link", "from=t:x", "to=t:e")
	denial := link.Rows[slices.Index(column(link, "assertion"), "denied")][slices.Index(link.Columns, "claim")]
	s.load(loader.Options{}, `{"decision":"reject","claim":"`+denial+`","by":"me","why":"test"}`)
	if got := marked(s.ask("ego-network", "entity=t:x").Edges); got != "x commands u" {
		t.Errorf("after its rejection: %s", got)
	}
	// What is retracted denies nothing; of what was made one the denials count.
	s.load(loader.Options{}, `{"decision":"same","between":["t:x","t:w"]}`)
	s.load(loader.Options{Dataset: "two"}, `{"relation":"commands","from":"t:w","to":"t:v","assertion":"denied"}`)
	if got := marked(s.ask("ego-network", "entity=t:v").Edges); got != "w commands v" {
		t.Errorf("denied of what is one with it: %s", got)
	}
	s.load(loader.Options{Dataset: "two", Replace: true}, `{"relation":"member_of","from":"t:w","to":"t:v"}`)
	if got := marked(s.ask("ego-network", "entity=t:v").Edges); got != "" {
		t.Errorf("after its retraction: %s", got)
	}
}

// TestContestedCases: the answers that were worked out on paper.
func TestContestedCases(t *testing.T) {
	s := newSession(t)
	s.loadCases("disputed", "contest", "duel")
	for _, c := range []struct{ args, columns, want string }{
		{"commanders-of-unit|unit=Ghost Battalion", "from, role, contested", "Xavier X | commander | contested"},
		{"weak-and-stale|entity=Xavier X", "relation, to, weak, contested", `
affected_by | Massacre at Ford | denied in Statement, Gov, 2021, reliability A: “he is alive”; one publisher; confidence 40 | ` +
			`contested
commands | Ghost Battalion | denied by Ghost Battalion in Statement, Gov, 2021, reliability A: “he never led the unit”; ` +
			`one publisher; confidence 40 | contested`},
		{"commanders-of-unit|unit=Mill Company", "from, role, contested", "Walter Wound | deputy"},
		{"events-involving|entity=Walter Wound", "to, outcome, contested", "Ambush at Mill | wounded"},
		{"events-involving|entity=Omar al-Hassan", "to, outcome, contested", `
Strike at Poleville | killed | contested
Strike at Poleville | wounded`},
		{"events-involving|entity=11th Brigade", "to, role, contested", `
Dateline raid | 
Strike at Poleville | executed | contested`},
	} {
		args := strings.Split(c.args, "|")
		r := s.ask(args[0], args[1:]...)
		got, want := strings.Split(cells(r, strings.Split(c.columns, ", ")...), "\n"), strings.Split(strings.Trim(c.want, "\n"), "\n")
		for i := range want {
			want[i] = strings.TrimRight(want[i], " |")
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n%s\nnot\n%s", c.args, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	for args, want := range map[string]string{
		"ego-network|entity=Ghost Battalion":                    "carried_out commands",
		"ego-network|entity=Walter Wound":                       "",
		"shortest-path|from=Xavier X|to=Ghost Battalion":        "commands",
		"event-network|event=Strike at Poleville|as_of=2016-06": "affected_by carried_out",
	} {
		var got []string
		for _, e := range s.ask(strings.Split(args, "|")[0], strings.Split(args, "|")[1:]...).Edges {
			if e.Contested {
				got = append(got, e.Relation)
			}
		}
		if text := strings.Join(sorted(got), " "); text != want {
			t.Errorf("%s: %q, not %q", args, text, want)
		}
	}
}

// stated is a claim of a model of law 9, which shares nothing with what is tested but the periods.
type stated struct {
	key, from, relation, to string
	word                    string // the qualifier that tells it apart
	period                  schema.Period
	assertion, marking, set string
	confidence              int
	rejected, retracted     bool
}

// feud is a random graph of claims and denials about few links.
type feud struct {
	people, units, events []string
	claims                []*stated
	one                   map[string]string // by xid: what stands for it
	lines                 []string
}

func randomFeud(r *rand.Rand, name string) *feud {
	f := &feud{one: map[string]string{}}
	for i := range 4 {
		f.people = append(f.people, fmt.Sprintf("f:%s-p%d", name, i))
		f.units = append(f.units, fmt.Sprintf("f:%s-u%d", name, i))
	}
	f.events = []string{"f:" + name + "-e0", "f:" + name + "-e1"}
	kinds := []struct {
		relation, qualifier string
		from, to            []string
		words               []string
	}{
		{"affected_by", "outcome", f.people, f.events, []string{"", "killed", "wounded"}},
		{"carried_out", "role", f.units, f.events, []string{"", "executed", "Executed", "ordered"}},
		{"allied_with", "", f.units, f.units, []string{""}},
		{"operates_in", "", f.units, []string{"f:" + name + "-l"}, []string{""}},
	}
	for range 60 {
		k := pick(r, kinds)
		c := &stated{
			from: pick(r, k.from), relation: k.relation, to: pick(r, k.to), word: pick(r, k.words), assertion: "asserted",
			set: pick(r, []string{name + "-1", name + "-2"}), confidence: -1, marking: pick(r, []string{"", "", "TLP:AMBER"}),
		}
		if c.from == c.to {
			continue
		}
		if r.IntN(3) > 0 {
			c.period = schematest.Random(r)
		}
		if r.IntN(2) == 0 {
			c.assertion = pick(r, []string{"denied", "denied", "negated", "hedged", "reported"})
		}
		if r.IntN(3) > 0 {
			c.confidence = 10 * r.IntN(11)
		}
		more := ""
		if c.word != "" {
			more += fmt.Sprintf(`,%q:%q`, k.qualifier, c.word)
		}
		if !c.period.IsZero() {
			more += fmt.Sprintf(`,"period":%q`, c.period)
		}
		if c.confidence >= 0 {
			more += fmt.Sprintf(`,"confidence":%d`, c.confidence)
		}
		if c.marking != "" {
			more += fmt.Sprintf(`,"marking":%q`, c.marking)
		}
		line := fmt.Sprintf(`{"relation":%q,"from":%q,"to":%q,"dataset":%q,"assertion":%q%s}`, c.relation, c.from, c.to, c.set, c.assertion, more)
		if !slices.Contains(f.lines, line) {
			f.claims, f.lines = append(f.claims, c), append(f.lines, line)
		}
	}
	return f
}

// describe returns lines that say what the ends of the claims are.
func (f *feud) describe(name string) (lines []string) {
	for kind, xids := range map[string][]string{
		"Person": f.people, "Unit": f.units, "Event": f.events, "Location": {"f:" + name + "-l"},
	} {
		for _, xid := range xids {
			lines = append(lines, fmt.Sprintf(`{"type":%q,"xid":%q,"name":"the %s","dataset":"%s-1"}`, kind, xid, xid, name))
		}
	}
	return lines
}

func (f *feud) rep(xid string) string {
	if rep := f.one[xid]; rep != "" {
		return rep
	}
	return xid
}

// edge is the link that a claim is about: of the same two entities, whichever of those that are one it names.
func (f *feud) edge(c *stated) string {
	from, to := f.rep(c.from), f.rep(c.to)
	if c.relation == "allied_with" && to < from {
		from, to = to, from
	}
	return from + " " + c.relation + " " + to
}

// filtered is what a question asks of a feud.
type filtered struct {
	window schema.Range
	least  int
	set    string
	limit  bool // what is TLP:AMBER may not be seen
	args   []string
}

func randomFiltered(r *rand.Rand, name string) filtered {
	q := filtered{args: []string{"limit=100000"}}
	if r.IntN(2) == 0 {
		w := randomWanted(r)
		q.window, q.least, q.args = w.window, w.least, append(q.args[:0], w.args...)
	}
	if r.IntN(4) == 0 {
		q.set = name + "-1"
		q.args = append(q.args, "dataset="+q.set)
	}
	if r.IntN(3) == 0 {
		q.limit = true
		q.args = append(q.args, "max_marking=TLP:GREEN")
	}
	return q
}

// contested is law 9 in a few lines: whether a claim that is shown is denied, for all that a question asks.
func (f *feud) contested(q *filtered, c *stated) bool {
	return slices.ContainsFunc(f.claims, func(d *stated) bool {
		return (d.assertion == "denied" || d.assertion == "negated") && !d.rejected && !d.retracted && !(q.limit && d.marking != "") &&
			f.edge(c) == f.edge(d) && (c.word == "" || d.word == "" || strings.EqualFold(c.word, d.word)) &&
			schematest.Certainty(q.window, c.period, d.period) != schema.No
	})
}

// shown reports whether a claim draws its link in an answer.
func (f *feud) shown(q *filtered, c *stated) bool {
	return c.assertion == "asserted" && !c.rejected && !c.retracted && !(q.limit && c.marking != "") && (q.set == "" || c.set == q.set) &&
		(q.least <= 0 || c.confidence >= q.least) && (q.window.IsZero() || schematest.Certainty(q.window, c.period) != schema.No)
}

// edges returns the links that are drawn, and which are contested.
func (f *feud) edges(q *filtered) map[string]bool {
	edges := map[string]bool{}
	for _, c := range f.claims {
		if f.shown(q, c) {
			edges[f.edge(c)] = edges[f.edge(c)] || f.contested(q, c)
		}
	}
	return edges
}

// TestContestedLaw compares the edges, rows and exports that are marked with a brute force over claims and denials of
// random graphs, in which some entities are one and some claims were rejected or retracted.
func TestContestedLaw(t *testing.T) {
	s, r := newSession(t), seeded(t)
	for g := range 3 {
		name := fmt.Sprintf("g%d", g)
		f := randomFeud(r, name)
		s.load(loader.Options{}, append(f.describe(name), f.lines...)...)
		for i, c := range s.claims(f.lines) {
			f.claims[i].key = c.Key()
		}
		var decisions []string
		for range 6 {
			c := pick(r, f.claims)
			c.rejected = true
			decisions = append(decisions, fmt.Sprintf(`{"decision":"reject","claim":%q}`, c.key))
		}
		for _, list := range [][]string{f.people, f.units} {
			decisions = append(decisions, fmt.Sprintf(`{"decision":"same","between":[%q,%q]}`, list[1], list[3]))
			f.one[list[3]] = list[1]
		}
		s.load(loader.Options{}, decisions...)
		// the second data set no longer has a quarter of what it had
		var left []string
		for i, c := range f.claims {
			if c.set != name+"-2" {
				continue
			}
			if c.retracted = r.IntN(4) == 0; !c.retracted {
				left = append(left, f.lines[i])
			}
		}
		s.load(loader.Options{Dataset: name + "-2", Replace: true}, left...)

		for range 30 {
			q := randomFiltered(r, name)
			compareFeud(s, f, &q, pick(r, slices.Concat(f.people[:3], f.units[:3], f.events)))
		}
		for _, set := range []string{"", name + "-1"} {
			q := filtered{set: set}
			want := f.edges(&q)
			_, edges := s.graph(set)
			for _, e := range edges {
				if edge := e.From + " " + e.Relation + " " + e.To; strings.HasPrefix(e.From, "f:"+name) && want[edge] != e.Contested {
					t.Errorf("export of %q: %s contested %t", set, edge, e.Contested)
				}
			}
		}
		if t.Failed() {
			break
		}
	}
}

func compareFeud(s *session, f *feud, q *filtered, entity string) {
	s.Helper()
	want := f.edges(q)
	for _, evidence := range []bool{false, true} {
		r, err := s.Run(s.Context(), "ego-network", params(append(q.args, "entity="+entity)...), queries.Ask{Evidence: evidence})
		if err != nil {
			s.Fatal(err)
		}
		marked := 0
		for _, e := range r.Edges {
			edge := e.From + " " + e.Relation + " " + e.To
			if contested, shown := want[edge]; !shown || contested != e.Contested {
				s.Errorf("%q, evidence %t: %s contested %t", q.args, evidence, edge, e.Contested)
			}
			if e.Contested {
				marked++
			}
		}
		if r.Contested != marked {
			s.Errorf("%q: %d contested, counted as %d", q.args, marked, r.Contested)
		}
	}
	byKey := map[string]*stated{}
	for _, c := range f.claims {
		byKey[c.key] = c
	}
	rows := s.ask("events-involving", append(q.args, "entity="+entity)...)
	for i, mark := range column(rows, "contested") {
		contested := false
		for _, c := range rows.Behind(i) {
			claim := byKey[c.Key]
			if claim == nil {
				s.Fatalf("%q: row %d rests on an unknown claim %s", q.args, i, c.Key)
			}
			contested = contested || f.shown(q, claim) && f.contested(q, claim)
		}
		if contested != (mark != "") {
			s.Errorf("%q of %s: row %q contested %t", q.args, entity, rows.Rows[i], mark != "")
		}
	}
}

// TestConnectedByWhatNobodyDenies: of equally small graphs that join entities the one without contested links is the
// answer, however sure these are (law 9).
func TestConnectedByWhatNobodyDenies(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "joined"},
		`{"type":"Person","xid":"t:ann","name":"Ann"}`, `{"type":"Person","xid":"t:bob","name":"Bob"}`,
		`{"relation":"posted_to","from":"t:ann","to":"t:denied","period":"2014","confidence":95}`,
		`{"relation":"posted_to","from":"t:bob","to":"t:denied","period":"2014","confidence":95}`,
		`{"relation":"posted_to","from":"t:ann","to":"t:weak","period":"2014","confidence":20}`,
		`{"relation":"posted_to","from":"t:bob","to":"t:weak","period":"2014","confidence":20}`,
		`{"relation":"posted_to","from":"t:bob","to":"t:denied","period":"2014","assertion":"denied"}`)
	for _, more := range [][]string{nil, {"as_of=2014"}} {
		r := s.ask("connect-set", append([]string{"entities=t:ann; t:bob"}, more...)...)
		if len(r.Edges) != 2 || r.Edges[0].To != "t:weak" || r.Edges[1].To != "t:weak" || r.Contested != 0 {
			t.Errorf("%v: %d contested, %+v", more, r.Contested, r.Edges)
		}
	}
	for _, e := range s.ask("ego-network", "entity=t:bob").Edges {
		if by := strings.Join(e.DeniedBy, "; "); e.Contested != (by == "denied in dataset:joined") || e.Contested != (e.To == "t:denied") {
			t.Errorf("%s: denied by %q", e.To, by)
		}
	}
}

// TestDeniedDate: that an event was when it is said to have been is marked as denied wherever the date is shown: in
// rows, in the notes of answers made from it, at the entity in every answer with all its properties, and in exports.
func TestDeniedDate(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "dates"},
		`{"type":"Event","xid":"t:raid","name":"Raid","date":"2014-05-05","event_kind":"raid"}`,
		`{"type":"Event","xid":"t:feast","name":"Feast","date":"2014-06-06"}`,
		`{"type":"Location","xid":"t:ford","name":"Ford"}`,
		`{"type":"Unit","xid":"t:own","name":"Own"}`, `{"type":"Unit","xid":"t:foe","name":"Foe"}`,
		`{"relation":"located_at","from":"t:raid","to":"t:ford"}`, `{"relation":"located_at","from":"t:feast","to":"t:ford"}`,
		`{"relation":"carried_out","from":"t:own","to":"t:raid","role":"executed"}`,
		`{"relation":"affected_by","from":"t:foe","to":"t:raid"}`)
	s.load(loader.Options{Dataset: "denials"}, `{"property":"date","of":"t:raid","value":"2014-05","assertion":"denied","marking":"TLP:RED"}`,
		`{"property":"date","of":"t:feast","value":"2013-06-06","assertion":"denied"}`)
	for args, want := range map[string]string{
		"timeline-of-area|place=t:ford": "2014-05-05 | Raid | contested\n2014-05-05 | Own | contested\n2014-05-05 | Foe | contested\n" +
			"2014-06-06 | Feast",
		"timeline-of-area|place=t:ford|max_marking=TLP:GREEN": "2014-05-05 | Raid\n2014-05-05 | Own\n2014-05-05 | Foe\n2014-06-06 | Feast",
		"events-involving|entity=t:own":                       "2014-05-05 | Own | contested",
	} {
		words := strings.Split(args, "|")
		r, err := s.Run(t.Context(), words[0], params(words[1:]...), queries.Ask{Full: true})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Split(cells(r, "date", "from", "contested"), "\n")
		wanted := strings.Split(want, "\n")
		slices.Sort(got)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("%s:\n%s", args, strings.Join(got, "\n"))
		}
		for _, n := range r.Nodes {
			if denied := strings.Join(n.Denied, ", "); (denied == "date") != (n.XID == "t:raid" && strings.Contains(want, "contested")) {
				t.Errorf("%s: %s: denied %q", args, n.XID, denied)
			}
		}
		notes := strings.Join(r.Notes, "\n")
		says := strings.Contains(notes, "Others deny the date of Raid, 2014-05-05; entity-card says who.")
		if says != strings.Contains(want, "contested") {
			t.Errorf("%s: %s", args, notes)
		}
	}
	if r := s.ask("adversary-encounters", "entity=t:own", "opponent=t:foe"); r.Contested != 1 {
		t.Errorf("%d encounters contested", r.Contested)
	}
	for n, err := range s.Export(t.Context(), "").Nodes {
		if err != nil || (len(n.Denied) > 0) != (n.XID == "t:raid") {
			t.Errorf("%s: denied %v, %v", n.XID, n.Denied, err)
		}
	}
}
