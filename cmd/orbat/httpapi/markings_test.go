package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/mcp"
	"orbat/cmd/orbat/reconcile"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
	"orbat/queries"
	"orbat/schema"
)

// hiddenWorld is a graph that a caller sees, and claims above the caller's limit that others load beside it.
type hiddenWorld struct {
	*rand.Rand
	seen, hidden []string // lines of NDJSON
	texts        []string // of seen documents that hidden claims cite: a text is marked as what cites it
	again        string   // what the last of seen says, by a hidden source as well: without that it is the same claim

	people, units, places, sources, events, things []string
	names                                          []string
}

func (w *hiddenWorld) line(to *[]string, record map[string]any) {
	text, err := json.Marshal(record)
	if err != nil {
		panic(err)
	}
	*to = append(*to, string(text))
}

func newHiddenWorld(r *rand.Rand) *hiddenWorld {
	w := &hiddenWorld{Rand: r}
	given := []string{"Ali", "Omar", "Zayd", "Hasan", "Ивана", "Yusuf"}
	name := func() string { return given[r.IntN(len(given))] + " " + given[r.IntN(len(given))] }
	marking := func() string { return []string{"", "", "TLP:CLEAR", "TLP:GREEN"}[r.IntN(4)] }
	describe := func(to *[]string, kind, xid, mark string) {
		record := map[string]any{"type": kind, "xid": xid, "name": name(), "description": "about " + xid}
		if kind == "Source" {
			record = map[string]any{"type": kind, "xid": xid, "title": "Report of " + name(), "publisher": given[r.IntN(len(given))]}
		}
		if kind == "Location" {
			record["geo"] = map[string]any{"type": "Point", "coordinates": []float64{30 + r.Float64(), 50 + r.Float64()}}
		}
		if mark != "" {
			record["marking"] = mark
		}
		if n, is := record["name"].(string); is {
			w.names = append(w.names, n)
		}
		w.line(to, record)
	}
	some := func(to *[]string, prefix, kind, letter string, n int, mark func() string) (xids []string) {
		for i := range n {
			xid := fmt.Sprintf("%s:%s%d", prefix, letter, i)
			describe(to, kind, xid, mark())
			xids = append(xids, xid)
		}
		return xids
	}
	w.people = some(&w.seen, "t", "Person", "p", 6, marking)
	w.units = some(&w.seen, "t", "Unit", "u", 4, marking)
	w.places = some(&w.seen, "t", "Location", "l", 2, marking)
	w.sources = some(&w.seen, "t", "Source", "s", 4, marking)
	w.events = some(&w.seen, "t", "Event", "e", 2, marking)
	w.things = some(&w.seen, "t", "Equipment", "q", 2, marking)
	red := func() string { return "TLP:RED" }
	people := slices.Concat(w.people, some(&w.hidden, "h", "Person", "p", 3, red))
	units := slices.Concat(w.units, some(&w.hidden, "h", "Unit", "u", 2, red))
	places := slices.Concat(w.places, some(&w.hidden, "h", "Location", "l", 1, red))
	sources := slices.Concat(w.sources[:3], some(&w.hidden, "h", "Source", "s", 2, red)) // nothing hidden cites the last
	sentences := map[string][]string{}
	for i, xid := range slices.Concat(w.sources, sources[3:]) {
		for range 4 {
			sentences[xid] = append(sentences[xid], "The brigade of "+name()+" left "+name()+" at the bridge.")
		}
		to, pieces := &w.seen, &w.texts
		switch {
		case i == 3:
			pieces = &w.seen
		case i > 3:
			to, pieces = &w.hidden, &w.hidden
		}
		text := schema.NewText(strings.Join(sentences[xid], " "))
		w.line(to, map[string]any{
			"type": "Source", "xid": xid, "text_sha256": text.SHA256, "text_length": utf8.RuneCountInString(text.Content),
		})
		w.line(pieces, map[string]any{"text": text.SHA256, "piece": 1, "of": 1, "content": text.Content})
	}
	events := slices.Concat(w.events, some(&w.hidden, "h", "Event", "e", 1, red))
	things := slices.Concat(w.things, some(&w.hidden, "h", "Equipment", "q", 1, red))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	type ends struct {
		relation string
		from, to []string
	}
	relate := func(to *[]string, mark string, people, units, places, sources, events, things []string) {
		kinds := []ends{
			{"commands", people, units},
			{"posted_to", people, units},
			{"subordinate_to", units, units},
			{"associate_of", people, people},
			{"based_at", units, places},
			{"mentions", sources, people},
			{"carried_out", units, events},
			{"affected_by", people, events},
			{"operates", units, things},
		}
		kind := kinds[r.IntN(len(kinds))]
		record := map[string]any{
			"relation": kind.relation, "from": pick(kind.from), "to": pick(kind.to),
			"sources": []map[string]any{{"source": pick(sources), "quote": "q " + name()}},
			"period":  []string{"2001/2004", "2010/..", "2003-05", "2023-07/.."}[r.IntN(4)],
		}
		if r.IntN(2) == 0 {
			record["confidence"] = 10 * r.IntN(11)
		}
		if r.IntN(2) == 0 {
			source := pick(sources)
			of := sentences[source]
			at := r.IntN(len(of))
			begin := utf8.RuneCountInString(strings.Join(append(slices.Clone(of[:at]), ""), " "))
			record["sources"] = []map[string]any{{
				"source": source, "quote": of[at], "begin": begin, "end": begin + utf8.RuneCountInString(of[at]),
			}}
		}
		if mark != "" {
			record["marking"] = mark
		}
		if record["from"] != record["to"] {
			w.line(to, record)
		}
	}
	for range 40 {
		relate(&w.seen, marking(), w.people, w.units, w.places, w.sources, w.events, w.things)
	}
	for range 40 {
		relate(&w.hidden, "TLP:RED", people, units, places, sources, events, things)
	}
	for range 5 {
		w.line(&w.hidden, map[string]any{
			"property": "description", "of": pick(w.people), "value": "hidden " + name(), "marking": "TLP:RED",
		})
		w.line(&w.hidden, map[string]any{"property": "aliases", "of": pick(w.people), "value": name(), "marking": "TLP:RED"})
	}
	statement := map[string]any{"relation": "commands", "from": w.people[0], "to": w.units[0]}
	statement["sources"] = []map[string]any{{"source": w.sources[0]}}
	w.line(&w.seen, statement)
	statement["sources"] = []map[string]any{{"source": w.sources[0]}, {"source": sources[3]}}
	var again []string
	w.line(&again, statement)
	w.again = again[0]
	return w
}

// sending is one request: of an operation of the document, or of an assistant's tool.
type sending struct {
	of, method, path, body string
}

func (s sending) String() string { return strings.TrimSpace(s.method + " " + s.path + " " + s.body) }

// known are what is seen, what is hidden, and what both are called.
func (w *hiddenWorld) known() []string {
	return slices.Concat(w.people, w.units, w.places, w.sources, w.events, w.things, w.names, []string{
		"h:p0", "h:p1", "h:u0", "h:l0", "h:s0", "Al", "Om", "ha", "Person", "Unit", "commands", "seen", "concealed", "2003", "2023-07-07",
	})
}

// requests are what is asked of the world: each operation and question, and each tool of an assistant. kept are the ids
// of what the caller keeps.
func (w *hiddenWorld) requests(d *openapi3.T, tools []*tool, kept []string) (list []sending) {
	known := w.known()
	draw := texts{w.Rand, known, slices.Concat(known, kept, []string{"career", "search-entity"})}
	add := func(of, path string) { list = append(list, sending{of: of, method: http.MethodGet, path: path}) }
	for _, r := range readings(d) {
		add(r.op.OperationID, draw.request(r, 6))
		add(r.op.OperationID, draw.request(r, 50)) // of little else than what it must have: most are answered
	}
	add("metrics", "/metrics")
	for _, id := range kept {
		for of, path := range map[string]string{
			"showView": "/views/", "showSavedQuestion": "/saved-questions/", "askSavedQuestion": "/saved-questions/",
		} {
			path = "/api/v1" + path + id
			if of == "askSavedQuestion" {
				path += "/answer"
			}
			add(of, path)
		}
	}
	add("describeQuestion", "/api/v1/questions/career")
	for _, xid := range slices.Concat(w.people, w.units, []string{"h:p0", "h:u0"}) {
		add("entity", "/api/v1/entity?entity="+url.QueryEscape(xid))
		add("links", "/api/v1/links?limit=3&evidence=true&entity="+url.QueryEscape(xid))
		add("ask", "/api/v1/ask/ego-network?evidence=true&depth=2&entity="+url.QueryEscape(xid))
	}
	everybody := url.QueryEscape(strings.Join(slices.Concat(w.people, w.units, w.places, w.sources, []string{"h:p0", "h:u0"}), ";"))
	add("among", "/api/v1/among?entities="+everybody)
	add("among", "/api/v1/among?as_of=2003&format=gexf&entities="+everybody)
	add("evidence", "/api/v1/evidence?from="+url.QueryEscape(w.people[0])+"&to="+url.QueryEscape(w.units[0]))
	add("evidence", "/api/v1/evidence?loads=true&from="+url.QueryEscape(w.people[0])+"&to="+url.QueryEscape(w.units[0]))
	for _, format := range []string{"canonical", "ndjson", "json", "gexf", "csv-links", "stix"} {
		add("export", "/api/v1/export?format="+format)
		add("export", "/api/v1/export?dataset=concealed&format="+format)
	}
	for _, n := range w.names {
		add("search", "/api/v1/search?q="+url.QueryEscape(n))
		add("ask", "/api/v1/ask/career?person="+url.QueryEscape(n))
	}
	for _, xid := range slices.Concat(w.sources, []string{"h:s0"}) {
		for of, path := range map[string]string{"showDocument": "show", "documentText": "text"} {
			add(of, "/api/v1/documents/"+path+"?document="+url.QueryEscape(xid))
			add(of, "/api/v1/documents/"+path+"?max_marking=TLP:CLEAR&document="+url.QueryEscape(xid))
		}
	}
	add("documents", "/api/v1/documents")
	add("documents", "/api/v1/documents?limit=2&offset=1")
	for _, text := range []string{"brigade", "Ali bridge", `"left Omar"`, "hidden"} {
		for _, limit := range []string{"2", "100"} {
			add("ask", "/api/v1/ask/text-in-evidence?limit="+limit+"&text="+url.QueryEscape(text))
		}
	}
	for _, t := range tools {
		list = append(list, t.call(draw))
	}
	list = append(list, w.reconciled(draw)...)
	for _, xid := range []string{w.people[0], w.units[0], "h:p0"} {
		list = append(list, mcpCall("resources/read", object{"uri": "orbat://entity/" + url.PathEscape(xid)}))
	}
	for _, xid := range slices.Concat(w.sources, []string{"h:s0"}) {
		list = append(list, mcpCall("resources/read", object{"uri": "orbat://document/" + url.PathEscape(xid)}))
	}
	for _, method := range []string{"tools/list", "resources/list", "resources/templates/list", "prompts/list"} {
		list = append(list, mcpCall(method, object{}))
	}
	return list
}

// reconciled are what clients of the reconciliation service send, and what is asked for by example.
func (w *hiddenWorld) reconciled(draw texts) (list []sending) {
	add := func(of, path string, values ...string) {
		query := url.Values{}
		for i := 0; i+1 < len(values); i += 2 {
			query.Set(values[i], values[i+1])
		}
		list = append(list, sending{of: "reconcile " + of, method: http.MethodGet, path: "/reconcile" + path + "?" + query.Encode()})
	}
	text := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return string(b)
	}
	queries, ids := object{}, slices.Concat(w.people, w.units, []string{"h:p0", "h:u0", "h:l0"})
	for i, n := range w.names {
		q := object{"query": n, "limit": 20}
		switch i % 4 {
		case 1: // a slip, which may make another name of it
			q["query"] = n[:len(n)-1]
		case 2:
			q["type"], q["type_strict"] = []string{"Person", "Unit"}, "should"
			q["properties"] = []object{{"pid": "commands", "v": draw.any()}, {"pid": "~posted_to", "v": object{"id": "h:p1"}}}
		case 3:
			pid := []string{"commands", "associate_of", "aliases", "xid"}[draw.IntN(4)]
			q = object{"properties": []object{{"pid": pid, "v": draw.any()}}}
		}
		if len(queries) < 40 {
			queries[fmt.Sprint("q", i)] = q
		}
		body := object{"aliases": []string{n}}
		if i%2 == 0 {
			body["type"], body["relations"] = "Person", []object{{"relation": "posted_to", "end": draw.any()}}
		}
		list = append(list, sending{"match", http.MethodPost, "/api/v1/match", text(body)})
	}
	add("batch", "", "queries", text(queries))
	properties := []object{}
	for _, p := range []string{
		"name", "aliases", "description", "commands", "~commands", "posted_to", "associate_of", "based_at", "mentions",
	} {
		properties = append(properties, object{"id": p})
	}
	add("extend", "", "extend", text(object{"ids": ids, "properties": properties}))
	for _, id := range ids {
		add("preview", "/preview", "id", id)
		add("flyout", "/flyout/entity", "id", id)
	}
	for _, n := range slices.Concat(w.names, []string{"Al", "h:p0", "Zay"}) {
		add("suggest", "/suggest/entity", "prefix", n)
	}
	add("properties", "/properties", "type", "Person")
	add("manifest", "")
	return list
}

// tool is one of those that assistants are given.
type tool struct {
	Name        string
	InputSchema struct {
		Properties map[string]struct {
			Type string
			Enum []string
		}
		Required []string
	}
}

// call draws a call of a tool.
func (t *tool) call(draw texts) sending {
	args := object{}
	for _, name := range slices.Sorted(maps.Keys(t.InputSchema.Properties)) {
		p := t.InputSchema.Properties[name]
		if !slices.Contains(t.InputSchema.Required, name) && draw.IntN(5) > 0 || name == "cursor" || name == "max_bytes" {
			continue
		}
		switch {
		case p.Enum != nil:
			args[name] = p.Enum[draw.IntN(len(p.Enum))]
		case p.Type == "integer":
			args[name] = 1 + draw.IntN(4)
		case p.Type == "boolean":
			args[name] = draw.IntN(2) == 0
		case p.Type == "object":
			args[name] = object{[]string{"min_confidence", "limit"}[draw.IntN(2)]: 1 + draw.IntN(60)}
		case name == "question":
			args[name], args["params"] = "ego-network", object{"entity": draw.any(), "depth": 2}
		case name == "as_of":
			args[name] = []string{"any", "2003", "2023-07-07"}[draw.IntN(3)]
		default:
			args[name] = draw.any()
		}
	}
	return mcpCall("tools/call", object{"name": t.Name, "arguments": args})
}

func mcpCall(method string, params object) sending {
	text, err := json.Marshal(object{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		panic(err)
	}
	of := "mcp " + method
	if name, is := params["name"].(string); is {
		of += " " + name
	}
	return sending{of, http.MethodPost, "/mcp", string(text)}
}

func (w *world) sent(s sending) answer {
	if s.method == http.MethodGet {
		return w.get(s.path)
	}
	return w.request(s.method, s.path, strings.NewReader(s.body), "Content-Type", "application/json",
		"Accept", "application/json, text/event-stream")
}

// assisted has a server answer assistants too, as orbat serve does, with a tool for each question.
func (w *world) assisted() []*tool {
	w.Helper()
	face := mcp.New(mcp.Options{All: true, Now: func() time.Time { return time.Date(2026, time.November, 29, 12, 0, 0, 0, time.UTC) }})
	w.server.Mount("/mcp", "mcp", func(to http.ResponseWriter, x *httpapi.Exchange) error {
		return face.ServeHTTP(to, x.Request, func(context.Context) (*mcp.Graph, error) {
			g, err := x.Graph()
			if err != nil {
				return nil, err
			}
			return &mcp.Graph{Runner: g.Runner(x.Caller), Explain: x.Explain}, nil
		})
	})
	var list struct{ Result struct{ Tools []*tool } }
	reconcile.New(reconcile.Options{}).Mount(w.server)
	w.sent(mcpCall("tools/list", object{})).into(w.T, &list)
	return list.Result.Tools
}

// writings asks what writes, of what is seen and hidden, and takes it back; and what a caller with limits may not ask.
// Each operation of the document that is no reading is here, or refused to who has a marking limit.
func (w *world) writings(h *hiddenWorld, d *openapi3.T, marked bool) (list []answer) {
	w.Helper()
	asked := map[string]bool{}
	send := func(of, method, path string, body any) answer {
		text, err := json.Marshal(body)
		if err != nil {
			w.Fatal(err)
		}
		a := w.sent(sending{of, method, path, string(text)})
		asked[of] = true
		list = append(list, a)
		return a
	}
	view := object{
		"title": "v", "xids": []string{h.people[0], "h:p0"}, "positions": object{"h:u0": []int{1, 2}, h.units[0]: []int{3, 4}},
		"notes": []object{{"text": "a", "on": "h:p1"}, {"text": "b", "on": h.people[1]}, {"text": "c"}},
	}
	question := object{"title": "q", "question": "career", "values": object{"person": h.names[0]}}
	for _, k := range []struct {
		path, add, change, forget string
		body                      object
	}{
		{"/api/v1/views", "keepView", "changeView", "forgetView", view},
		{"/api/v1/saved-questions", "saveQuestion", "changeSavedQuestion", "forgetSavedQuestion", question},
	} {
		at := send(k.add, http.MethodPost, k.path, k.body).Header.Get("Location")
		changed := send(k.change, http.MethodPut, at, k.body)
		list = append(list, w.get(at))
		gone := send(k.forget, http.MethodDelete, at, nil)
		if changed.StatusCode != http.StatusOK || gone.StatusCode != http.StatusNoContent {
			w.Errorf("%s: %d, then %d", k.path, changed.StatusCode, gone.StatusCode)
		}
	}
	send("match", http.MethodPost, "/api/v1/match", object{
		"name": h.names[0], "relations": []object{{"relation": "commands", "end": "h:u0"}},
	})
	send("screen", http.MethodPost, "/api/v1/among?markings=true&format=gexf", object{
		"entities": []string{h.people[0], "h:p0", h.units[0], "h:u0"}, "positions": object{"h:p0": []int{1, 2}},
	})
	send("signURL", http.MethodPost, "/api/v1/signed-urls", object{"url": "/api/v1/entity?entity=h:p0"})
	for _, path := range slices.Sorted(maps.Keys(d.Paths.Map())) {
		operations := d.Paths.Value(path).Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			op := operations[method]
			if method == http.MethodGet || asked[op.OperationID] {
				continue
			}
			a := send(op.OperationID, method, strings.NewReplacer("{id}", "1", "{key}", "1").Replace(path), object{})
			refused := a.StatusCode == http.StatusForbidden && a.problem(w.T).Type == "urn:orbat:problem:whole-graph"
			if !refused && marked {
				w.Errorf("%s %s answers who has limits (%d), and is not asked here: have it asked", method, path, a.StatusCode)
			}
		}
	}
	return list
}

// bodyOf is what a caller is told, without what is new in every answer: when, and which request it was.
func bodyOf(a answer, passing bool) string {
	var b bytes.Buffer
	header := a.Header.Clone()
	header.Del("Date")
	if passing { // what is kept anew has another id each time
		header.Del("ETag")
		header.Del("Content-Length")
		header.Del("Location")
	}
	_ = header.Write(&b) // a buffer takes all
	text := b.String() + string(a.body)
	text = regexp.MustCompile(`urn:orbat:request:[A-Z0-9]+|(created"?[=:]"?)[0-9T:.Z-]+`).ReplaceAllString(text, "")
	if passing {
		text = regexp.MustCompile(`"id":"[a-z0-9]{16}"|"(changed|expires|url|path)":"[^"]*"`).ReplaceAllString(text, "")
	}
	return fmt.Sprint(a.StatusCode, "\n", text, "\n", a.Trailer)
}

// Markings: no body, header, count, suggestion or error of any operation, or of an assistant's tool, differs between a
// world with and one without the claims above the caller's limit; nor, in every fifth world, for a caller of some data
// sets alone. Ten random worlds, or as many as ORBAT_WORLDS says.
func TestHiddenClaimsLeaveNoTrace(t *testing.T) {
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	d := parsed(t)
	first := numberFrom(t, "ORBAT_SEED", 1)
	said := map[string]map[int]int{} // by operation and status: how often; a tool's refusal is below zero
	for seed := first; seed < first+numberFrom(t, "ORBAT_WORLDS", 10); seed++ {
		caller := &access.Caller{Name: "partner", Role: access.Admin, MaxMarking: limit}
		if seed%5 == 0 {
			caller.MaxMarking, caller.Datasets = nil, []string{"seen"}
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newHiddenWorld(rand.New(rand.NewPCG(uint64(seed), 8))) //nolint:gosec // the same again is wanted
			conn := deploytest.Shared(t)
			if caller.MaxMarking == nil {
				w.seen, w.texts = append(w.seen, w.texts...), nil // nothing marks them
			}
			servetest.Load(t, conn, "seen.ndjson", strings.Join(w.seen, "\n")+"\n", "seen")
			s := serve(t, conn, httpapi.Options{
				Gate: &access.Gate{Anonymous: caller}, Limits: httpapi.Limits{Time: 30 * time.Second},
			})
			tools := s.assisted()
			kept := s.keep(w, "")
			list := w.requests(d, tools, kept)
			ask := func() (told []string) {
				for _, r := range list {
					a := s.sent(r)
					if said[r.of] == nil {
						said[r.of] = map[int]int{}
					}
					if code := a.StatusCode; bytes.Contains(a.body, []byte(`"isError":true`)) {
						said[r.of][-code]++
					} else {
						said[r.of][code]++
					}
					if a.StatusCode >= http.StatusInternalServerError {
						t.Errorf("%s: %d %s", r, a.StatusCode, a.body)
					}
					told = append(told, bodyOf(a, false))
				}
				for _, a := range s.writings(w, d, caller.MaxMarking != nil) {
					told = append(told, a.Request.Method+" "+bodyOf(a, true))
				}
				return told
			}
			without := ask()
			servetest.Load(t, conn, "hidden.ndjson", strings.Join(w.hidden, "\n")+"\n", "concealed")
			if w.texts != nil {
				servetest.Load(t, conn, "texts.ndjson", strings.Join(append(w.texts, w.again), "\n")+"\n", "seen")
			}
			all := serve(t, conn, httpapi.Options{Gate: &access.Gate{Anonymous: &access.Caller{Name: "all", Role: access.Admin}}})
			all.keep(w, "")
			if caller.MaxMarking != nil {
				all.keep(w, "TLP:RED")
			}
			for i, with := range ask() {
				if with != without[i] {
					t.Errorf("%s\nwithout the hidden claims\n%.1500s\nwith them\n%.1500s", list[min(i, len(list)-1)], without[i], with)
				}
			}
		})
	}
	for _, r := range readings(d) { // questions are answered by one operation
		of := r.op.OperationID
		if strings.HasPrefix(r.path, "/api/v1/ask/") || of == "showJob" { // a caller of some data sets sees no job of others
			continue
		}
		if said[of][http.StatusOK] == 0 && said[of][http.StatusForbidden] == 0 {
			t.Errorf("%s was never answered: %v; have it asked for something that is there", of, said[of])
		}
	}
	t.Log(said)
}

// keep keeps a view and a question that name what is hidden, and returns their ids.
func (w *world) keep(h *hiddenWorld, marking string) (ids []string) {
	w.Helper()
	bodies := []object{
		{"title": "kept", "xids": []string{h.people[0], "h:p0"}, "notes": []object{{"text": "n", "on": "h:p0"}}},
		{"title": "kept", "question": "ego-network", "values": object{"entity": h.people[0], "depth": "2"}},
	}
	for i, path := range []string{"/api/v1/views", "/api/v1/saved-questions"} {
		bodies[i]["marking"] = marking
		a := w.sendJSON(http.MethodPost, path, bodies[i])
		var made struct{ ID string }
		if err := json.Unmarshal(a.body, &made); err != nil || a.StatusCode != http.StatusCreated {
			w.Fatalf("%d %s", a.StatusCode, a.body)
		}
		ids = append(ids, made.ID)
	}
	return ids
}
