package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/queries"
)

// What a question may be answered with, when it cannot be answered.
func TestProblems(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{Limits: httpapi.Limits{Rows: 1000}})
	for _, c := range []struct {
		path   string
		status int
		kind   string
		field  string
	}{
		{"/api/v1/ask/career?person=Nobody%20At%20All", 404, "unknown-name", "person"},
		{"/api/v1/ask/career?person=Kurila", 404, "unknown-name", "person"},
		{"/api/v1/ask/career?person=CENTCOM", 404, "unknown-name", "person"},
		{"/api/v1/ask/carer?person=x", 404, "unknown-question", ""},
		{"/api/v1/ask/career", 422, "bad-parameter", "person"},
		{"/api/v1/ask/career?person=x&person=y", 422, "bad-parameter", "person"},
		{"/api/v1/ask/career?persn=x", 422, "bad-parameter", "persn"},
		{"/api/v1/ask/career?person=%ff", 422, "bad-parameter", "person"},
		{"/api/v1/ask/career?person=x;y", 400, "bad-query", ""},
		{"/api/v1/ask/career?person=x&limit=1001", 422, "limit", "limit"},
		{"/api/v1/ask/career?person=x&limit=%201001", 422, "limit", "limit"},
		{"/api/v1/ask/career?person=x&limit=100001", 422, "limit", "limit"},
		{"/api/v1/ask/career?person=x&limit=0", 422, "bad-parameter", "limit"},
		{"/api/v1/ask/career?person=x&limit=99999999999999999999", 422, "bad-parameter", "limit"},
		{"/api/v1/ask/career?person=x&as_of=yesterday", 422, "bad-parameter", "as_of"},
		{"/api/v1/ask/career?person=x&evidence=perhaps", 422, "bad-parameter", "evidence"},
		{"/api/v1/ask/career?person=x&format=pdf", 422, "bad-parameter", "format"},
		{"/api/v1/ask/career?person=x&max_marking=", 422, "bad-parameter", "max_marking"},
		{"/api/v1/questions/carer", 404, "unknown-question", ""},
		{"/api/v1/search", 422, "bad-parameter", "q"},
		{"/api/v1/search?q=x&type=Persn", 422, "bad-parameter", "type"},
		{"/api/v1/entity?entity=Nobody%20At%20All", 404, "unknown-name", "entity"},
		{"/api/v1/links?entity=CENTCOM&relation=comands", 422, "bad-parameter", "relation"},
		{"/api/v1/links?entity=CENTCOM&direction=up", 422, "bad-parameter", "direction"},
		{"/api/v1/export?format=pdf", 422, "bad-parameter", "format"},
		{"/api/v1/export?format=json&dataset=nowhere", 404, "unknown-dataset", ""},
		{"/api/v1/export?format=canonical&dataset=nowhere", 404, "unknown-dataset", ""},
		{"/api/v1/nothing", 404, "unknown-path", ""},
		{"/", 404, "unknown-path", ""},
	} {
		a := w.get(c.path)
		p := a.problem(t)
		if a.StatusCode != c.status || p.Type != "urn:orbat:problem:"+c.kind || p.Field != c.field || p.Detail == "" {
			t.Errorf("%s: %d %s", c.path, a.StatusCode, a.body)
		}
	}
	if p := w.get("/api/v1/ask/career?person=Kurila").problem(t); len(p.Candidates) == 0 || p.Candidates[0].Name != "Michael Kurilla" {
		t.Errorf("no suggestion: %+v", p)
	}
	if a := w.request(http.MethodDelete, "/api/v1/search", nil); a.StatusCode != http.StatusMethodNotAllowed ||
		a.Header.Get("Allow") != "GET, OPTIONS" {
		t.Errorf("%d, Allow: %s", a.StatusCode, a.Header.Get("Allow"))
	}
}

// A name of several is refused with those it may mean, by which it is then asked for.
func TestAmbiguousName(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.Load(t, conn, "two.ndjson", `{"type":"Person","xid":"t:1","name":"Ali Hassan","country":"iq"}
{"type":"Person","xid":"t:2","name":"Ali Hassan","country":"sy"}
`, "two")
	w := serve(t, conn, httpapi.Options{})
	a := w.get("/api/v1/ask/career?person=Ali+Hassan")
	p := a.problem(t)
	if a.StatusCode != http.StatusConflict || len(p.Candidates) != 2 || p.Field != "person" || p.Value != "Ali Hassan" {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	for _, c := range p.Candidates {
		if a := w.get("/api/v1/ask/career?person=" + c.XID); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", c.XID, a.StatusCode)
		}
	}
}

// What a body is compressed to is what it is without; an answer that has not changed is not sent again; the last record
// of a stream says that it is whole.
func TestAnswersTravel(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{})
	const path = "/api/v1/ask/ego-network?entity=CENTCOM&evidence=true"
	plain := w.get(path)
	tag := plain.Header.Get("ETag")
	if plain.StatusCode != http.StatusOK || tag == "" || plain.Header.Get("Content-Length") == "" {
		t.Fatalf("%d %v", plain.StatusCode, plain.Header)
	}
	for _, coding := range []string{"gzip", "zstd", "zstd;q=0.5, gzip", "gzip, zstd"} {
		packed := w.get(path, "Accept-Encoding", coding)
		var body bytes.Buffer
		switch packed.Header.Get("Content-Encoding") {
		case "gzip":
			r, err := gzip.NewReader(bytes.NewReader(packed.body))
			if err != nil {
				t.Fatal(err)
			}
			_, err = body.ReadFrom(r)
			if err != nil {
				t.Fatal(err)
			}
		case "zstd":
			r, err := zstd.NewReader(bytes.NewReader(packed.body))
			if err != nil {
				t.Fatal(err)
			}
			if _, err = body.ReadFrom(r); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(body.Bytes(), plain.body) || packed.Header.Get("ETag") == tag {
			t.Errorf("%s: %v, %d bytes", coding, packed.Header, body.Len())
		}
		if again := w.get(path, "If-None-Match", packed.Header.Get("ETag")); again.StatusCode != http.StatusNotModified ||
			len(again.body) > 0 {
			t.Errorf("%s: %d", coding, again.StatusCode)
		}
	}
	if again := w.get(path, "If-None-Match", `"other", W/`+tag); again.StatusCode != http.StatusNotModified {
		t.Errorf("%d", again.StatusCode)
	}
	if head := w.request(http.MethodHead, path, nil); head.StatusCode != http.StatusOK || len(head.body) > 0 ||
		head.Header.Get("ETag") != tag {
		t.Errorf("HEAD: %d %v", head.StatusCode, head.Header)
	}
	stream := w.get(path + "&format=ndjson")
	lines := strings.Split(strings.TrimSuffix(string(stream.body), "\n"), "\n")
	var last struct {
		End struct {
			Complete     bool
			Nodes, Edges int
		}
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatal(err)
	}
	if !last.End.Complete || last.End.Nodes+last.End.Edges+1 != len(lines) || stream.Header.Get("ETag") != "" {
		t.Errorf("%+v after %d lines", last, len(lines))
	}
}

// The formats of answers and of the graph: their types, file names, and that all is in them.
func TestExports(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{})
	d := parsed(t)
	for _, format := range d.Paths.Value("/api/v1/export").Get.Parameters[0].Value.Schema.Value.Enum {
		a := w.get("/api/v1/export?format=" + fmt.Sprint(format))
		if a.StatusCode != http.StatusOK || len(a.body) == 0 || a.Trailer.Get("Orbat-Complete") != "true" ||
			!strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment; filename=orbat.") {
			t.Errorf("%s: %d %v, %d bytes", format, a.StatusCode, a.Header, len(a.body))
		}
	}
	for _, p := range d.Paths.Value("/api/v1/ask/ego-network").Get.Parameters {
		if p.Value.Name != "format" {
			continue
		}
		for _, format := range p.Value.Schema.Value.Enum {
			if a := w.get("/api/v1/ask/ego-network?entity=CENTCOM&format=" + fmt.Sprint(format)); a.StatusCode != http.StatusOK ||
				len(a.body) == 0 {
				t.Errorf("%s: %d %s", format, a.StatusCode, a.body)
			}
		}
	}
	var want bytes.Buffer
	if _, err := queries.Canonical(t.Context(), conn, &want, ""); err != nil {
		t.Fatal(err)
	}
	if a := w.get("/api/v1/export?format=canonical"); !bytes.Equal(a.body, want.Bytes()) {
		t.Error("the canonical export differs through HTTP")
	}
}

// An entity is expanded by what its card counts, page by page, each link once.
func TestLinksByPages(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{})
	var hits struct {
		Hits []struct{ XID, Name, Match string }
	}
	w.get("/api/v1/search?q=centc").into(t, &hits)
	if len(hits.Hits) == 0 || hits.Hits[0].XID == "" {
		t.Fatalf("%+v", hits)
	}
	var card struct {
		Entity queries.Node
		Facts  []struct{ Property, Value string }
		Links  []struct {
			Relation, Direction string
			Count               int
		}
	}
	w.get("/api/v1/entity?entity="+url.QueryEscape(hits.Hits[0].XID)).into(t, &card)
	if card.Entity.XID != hits.Hits[0].XID || len(card.Facts) == 0 || len(card.Links) == 0 {
		t.Fatalf("%+v", card)
	}
	for _, link := range card.Links {
		if link.Relation == "mentions" {
			continue
		}
		seen := map[string]bool{}
		for offset, pages := 0, 0; ; pages++ {
			var page struct {
				Next  *int
				Nodes []queries.Node
				Edges []queries.Edge
			}
			path := "/api/v1/links?limit=2&entity=" + url.QueryEscape(card.Entity.XID) + "&relation=" + link.Relation +
				"&direction=" + link.Direction
			w.get(path+"&offset="+jsonOf(offset)).into(t, &page)
			for _, e := range page.Edges {
				if seen[e.ID] {
					t.Errorf("%s twice", e.ID)
				}
				seen[e.ID] = true
			}
			if page.Next == nil || pages > link.Count {
				break
			}
			offset = *page.Next
		}
		if len(seen) != link.Count {
			t.Errorf("%+v: %d on its pages", link, len(seen))
		}
	}
}

// A graph on screen: the entities listed, the links between them and no others, how many each has in all, as of a time,
// and the same as a file.
func TestAmong(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{})
	const kurilla, centcom, strike = "orbat:strike-2023/#kurilla", "orbat:strike-2023/#centcom", "orbat:strike-2023/#strike"
	asked := "/api/v1/among?entities=" + url.QueryEscape(strings.Join([]string{kurilla, centcom, strike, "orbat:x/#nobody", centcom}, ";"))
	type total struct {
		Entity, Relation, Direction string
		Links                       int
	}
	var r struct {
		Nodes  []queries.Node
		Edges  []queries.Edge
		Totals []total
		Notes  []string
	}
	w.get(asked).into(t, &r)
	if len(r.Nodes) != 3 || len(r.Edges) != 2 || len(r.Notes) != 1 {
		t.Fatalf("%+v", r)
	}
	if !slices.Contains(r.Totals, total{centcom, "commands", "in", 3}) {
		t.Errorf("%+v", r.Totals)
	}
	w.get(asked+"&as_of=2023-07-07").into(t, &r)
	if len(r.Edges) != 2 || slices.Contains(r.Totals, total{centcom, "commands", "in", 3}) {
		t.Errorf("%+v", r)
	}
	for _, when := range []string{"", "&as_of=2023-07-07"} { // what is asked for by one relation is counted by it alone
		w.get(asked+"&relation=commands"+when).into(t, &r)
		if len(r.Totals) == 0 || slices.ContainsFunc(r.Totals, func(n total) bool { return n.Relation != "commands" }) {
			t.Errorf("%q: %+v", when, r.Totals)
		}
	}
	w.get(asked+"&as_of=2021").into(t, &r)
	if len(r.Nodes) != 3 || len(r.Edges) != 0 {
		t.Errorf("%+v", r)
	}
	for _, when := range []string{"", "&as_of=2023-07-07"} { // the links alone are the same links, and named ends
		w.get(asked+when).into(t, &r)
		links := r.Edges
		w.get(asked+when+"&links_only=true").into(t, &r)
		if !reflect.DeepEqual(r.Edges, links) || len(r.Nodes) != 3 || r.Nodes[0].Name == "" || len(r.Totals) != 0 || len(r.Notes) != 1 {
			t.Errorf("%q: %+v, want %+v", when, r, links)
		}
	}
	w.get(asked).into(t, &r)
	held := slices.IndexFunc(r.Edges, func(e queries.Edge) bool { return e.Relation == "commands" })
	apart := []string{"2022-04-01/2025-08-08", "~2023-07-09/2023-07-09~"} // as two claims say
	if e := r.Edges[held]; e.Period != "" || !slices.Equal(e.Periods, apart) {
		t.Errorf("%+v, want the periods %v", e, apart)
	}
	file := w.get(asked + "&format=gexf")
	for _, want := range []string{kurilla, centcom, strike, "relinquished command today"} {
		if !strings.Contains(string(file.body), want) {
			t.Errorf("no %s in %s", want, file.body)
		}
	}
}

// How entities and links are marked: as any claim says that stands, and as the sources are that it cites; to whom may
// see less, of what may be seen.
func TestAmongMarkings(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.Load(t, conn, "case.yaml", `
- {xid: "t:s1", type: Source, title: "Open report"}
- {xid: "t:s2", type: Source, title: "Closed report", marking: "TLP:AMBER"}
- {xid: "t:a", type: Person, name: "Ann", sources: [{source: "t:s1"}]}
- {xid: "t:b", type: Unit, name: "Unit", marking: "(C//NF)", sources: [{source: "t:s1"}]}
- {xid: "t:c", type: Unit, name: "Other", sources: [{source: "t:s1"}]}
- {relation: commands, from: "t:a", to: "t:b", marking: "tlp:green", sources: [{source: "t:s1"}]}
- {relation: commands, from: "t:a", to: "t:c", sources: [{source: "t:s2"}]}
`, "marked")
	w := serve(t, conn, httpapi.Options{})
	of := func(more string) map[string]string {
		var r struct {
			Nodes []queries.Node
			Edges []queries.Edge
		}
		w.get("/api/v1/among?entities=t:a%3Bt:b%3Bt:c"+more).into(t, &r)
		marked := map[string]string{}
		for _, n := range r.Nodes {
			marked[n.XID] = strings.Join(n.Markings, "; ")
		}
		for _, e := range r.Edges {
			marked[e.From+" "+e.To] = strings.Join(e.Markings, "; ")
		}
		return marked
	}
	want := map[string]string{"t:a": "", "t:b": "CONFIDENTIAL//NOFORN", "t:c": "", "t:a t:b": "TLP:GREEN", "t:a t:c": "TLP:AMBER"}
	if got := of("&markings=true"); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := of(""); got["t:a t:c"] != "" || got["t:b"] != "" {
		t.Errorf("nobody asked: %v", got)
	}
	less := map[string]string{"t:a": "", "t:c": "", "t:a t:c": "TLP:AMBER"}
	if got := of("&markings=true&max_marking=TLP:AMBER"); !maps.Equal(got, less) {
		t.Errorf("%v, want %v", got, less)
	}
}

// What is on a screen is sent where an address has no room for it, and as a file it is as it stands there: its links
// and no others, its places, and by what it leaves out the rest. An answer as a table says how it is marked.
func TestScreen(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.Load(t, conn, "case.yaml", `
- {xid: "t:s1", type: Source, title: "Open report"}
- {xid: "t:s2", type: Source, title: "Closed report", marking: "TLP:AMBER"}
- {xid: "t:a", type: Person, name: "Ann", sources: [{source: "t:s1"}]}
- {xid: "t:b", type: Unit, name: "Unit", sources: [{source: "t:s1"}]}
- {relation: commands, from: "t:a", to: "t:b", sources: [{source: "t:s1"}]}
- {relation: posted_to, from: "t:a", to: "t:b", sources: [{source: "t:s2"}]}
`, "screen")
	w := serve(t, conn, httpapi.Options{})
	sent := object{"entities": []string{"t:a", "t:b"}}
	var all struct{ Edges []queries.Edge }
	a := w.sendJSON(http.MethodPost, "/api/v1/among?markings=true", sent)
	if a.into(t, &all); len(all.Edges) != 2 || !bytes.Equal(a.body, w.get("/api/v1/among?markings=true&entities=t:a%3Bt:b").body) {
		t.Fatalf("POST and GET answer otherwise: %s", a.body)
	}
	kept := all.Edges[slices.IndexFunc(all.Edges, func(e queries.Edge) bool { return e.Relation == "commands" })].ID
	sent["links"], sent["filters"] = []string{kept}, object{"brush": "2001-01-01/2002-01-01"}
	sent["positions"] = object{"t:a": []float64{0, -7.5}, "t:b": []float64{120, 0}}
	for format, wants := range map[string][]string{
		"gexf":      {`<viz:position x="0" y="7.5" z="0"/>`, `<viz:position x="120" y="0" z="0"/>`},
		"gexf12":    {`<viz:position x="0" y="7.5" z="0"/>`},
		"cytoscape": {`"position":{"x":0,"y":-7.5}`},
		"node-link": {`"x":0,"y":-7.5`},
		"yed":       {`x="-20.5" y="-22.5"`},
		"dot":       {`pos="0,7.5!"`, "layout=neato"},
		"csv-links": {"commands"},
	} {
		a := w.sendJSON(http.MethodPost, "/api/v1/among?format="+format, sent)
		for _, want := range wants {
			if !strings.Contains(string(a.body), want) {
				t.Errorf("%s lacks %s:\n%s", format, want, a.body)
			}
		}
		if strings.Contains(string(a.body), "posted_to") || format == "gexf" && !strings.Contains(string(a.body), "screen.brush") {
			t.Errorf("%s has what the screen hides, or does not say so:\n%s", format, a.body)
		}
	}
	for _, bad := range []object{{}, {"entities": []string{"t:a;t:b"}}, {"entities": []string{"t:a"}, "place": 1}} {
		if a := w.sendJSON(http.MethodPost, "/api/v1/among", bad); a.StatusCode/100 != 4 {
			t.Errorf("%v: %d", bad, a.StatusCode)
		}
	}
	many := make([]string, 2000)
	for i := range many {
		many[i] = fmt.Sprintf("orbat:a-long-name-of-a-data-set/#%064d", i)
	}
	if a := w.sendJSON(http.MethodPost, "/api/v1/among", object{"entities": many}); a.StatusCode != http.StatusOK {
		t.Errorf("2,000 entities: %d %s", a.StatusCode, a.body)
	}
	var answer struct{ Markings []string }
	w.get("/api/v1/ask/career?person=t:a&markings=true").into(t, &answer)
	if !slices.Equal(answer.Markings, []string{"TLP:AMBER"}) {
		t.Errorf("a table that rests on a closed report is marked %q", answer.Markings)
	}
}

// Who loaded a claim and when is said of it where it is asked for, and what became of it since.
func TestEvidenceLoads(t *testing.T) {
	conn := deploytest.Shared(t)
	began := time.Now()
	const entities = `{"type":"Person","xid":"t:p","name":"P"}
{"type":"Unit","xid":"t:u","name":"U"}
`
	servetest.Load(t, conn, "a.ndjson", entities+`{"relation":"commands","from":"t:p","to":"t:u"}
`, "set")
	w := serve(t, conn, httpapi.Options{})
	said := func(more string) queries.Evidence {
		var r struct{ Said []queries.Evidence }
		w.get("/api/v1/evidence?from=t:p&to=t:u"+more).into(t, &r)
		if len(r.Said) != 1 {
			t.Fatalf("%d claims", len(r.Said))
		}
		return r.Said[0]
	}
	if c := said(""); c.Loads != nil {
		t.Errorf("nobody asked: %v", c.Loads)
	}
	c := said("&loads=true")
	if len(c.Loads) != 1 || c.Loads[0].By != "tests" || c.Loads[0].Started.Before(began.Truncate(time.Second)) || c.Loads[0].ID == "" {
		t.Errorf("%v", c.Loads)
	}
	servetest.Load(t, conn, "b.ndjson", entities, "set", func(o *loader.Options) { o.Replace = true })
	again := said("&loads=true")
	if !again.Retracted || len(again.Loads) != 2 || again.Loads[0] != c.Loads[0] || !again.Loads[1].Started.After(c.Loads[0].Started) {
		t.Errorf("taken back: %v", again.Loads)
	}
}

func jsonOf(v any) string {
	text, _ := json.Marshal(v) // of numbers
	return string(text)
}

// A link's evidence: every claim with its quote; what it quotes stays text.
func TestEvidence(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	servetest.Load(t, conn, "hostile.ndjson", `{"type":"Person","xid":"t:p","name":"P"}
{"type":"Unit","xid":"t:u","name":"U"}
{"relation":"commands","from":"t:p","to":"t:u","sources":[{"source":{"title":"S"},"quote":"<script>alert(1)</script>"}]}
{"relation":"commands","from":"t:p","to":"t:u","assertion":"denied","sources":[{"source":{"title":"D"},"quote":"never"}]}
`, "hostile")
	w := serve(t, conn, httpapi.Options{})
	var r struct {
		Edges []queries.Edge
		Said  []queries.Evidence
	}
	a := w.get("/api/v1/evidence?from=t:p&relation=commands&to=t:u")
	a.into(t, &r)
	if len(r.Edges) != 1 || len(r.Edges[0].Evidence) != 1 || r.Edges[0].Evidence[0].Cites[0].Quote != "<script>alert(1)</script>" {
		t.Errorf("%s", a.body)
	}
	if denied := func(c queries.Evidence) bool { return c.Assertion == "denied" && c.Cites[0].Quote == "never" }; len(r.Said) != 2 ||
		!slices.ContainsFunc(r.Said, denied) {
		t.Errorf("what denies it is not told: %s", a.body)
	}
	policy := a.Header.Get("Content-Security-Policy")
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("%v", a.Header)
	}
}

// A row says by which claims it stands, and they are behind its edge.
func TestRowsRestOnClaims(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{})
	var r struct {
		Rows      [][]string
		RowEdges  []string   `json:"row_edges"`
		RowClaims [][]string `json:"row_claims"`
		Edges     []queries.Edge
	}
	w.get("/api/v1/ask/evidence-for-link?from=Michael+Kurilla&to=CENTCOM&evidence=true").into(t, &r)
	if len(r.Rows) == 0 || len(r.RowClaims) != len(r.Rows) {
		t.Fatalf("%+v", r)
	}
	for i, keys := range r.RowClaims {
		if len(keys) == 0 || !strings.HasPrefix(keys[0], r.RowEdges[i]+".") {
			t.Errorf("row %d rests on %v, of %s", i, keys, r.RowEdges[i])
		}
	}
}

// An answer that takes too long ends in time, and says so.
func TestTimeout(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{Limits: httpapi.Limits{Time: time.Nanosecond}})
	if a := w.get("/api/v1/ask/career?person=x"); a.StatusCode != http.StatusGatewayTimeout || a.problem(t).Hint == "" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
