package reconcile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/reconcile"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/queries"
)

func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }

// specification finds the protocol's schemas and examples beside the project; where they are absent the test skips,
// except under CI.
func specification(t *testing.T) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "reconciliation")
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("test data is absent under CI: %v", err)
		}
		t.Skipf("test data is absent: %v", err)
	}
	return path
}

// specified compiles the schemas, by the names of their files.
func specified(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(specification(t), "schemas", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	compiler := jsonschema.NewCompiler()
	ids := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		object, _ := doc.(map[string]any)
		id, _ := object["$id"].(string)
		// A schema of a draft refers to the others as they were then.
		id = strings.Replace(id, "/specs/draft/", "/specs/0.2/", 1)
		object["$id"] = id
		if err := compiler.AddResource(id, doc); err != nil {
			t.Fatal(err)
		}
		ids[strings.TrimSuffix(filepath.Base(file), ".json")] = id
	}
	compiled := map[string]*jsonschema.Schema{}
	for name, id := range ids {
		if compiled[name], err = compiler.Compile(id); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return compiled
}

// world is a server over a database.
type world struct {
	*testing.T
	web *httptest.Server
}

// serve starts a server whose origin https://refine.example may read and frame answers.
func serve(t *testing.T, conn *deploy.Conn, caller *access.Caller) *world {
	t.Helper()
	const origin = "https://refine.example"
	server := httpapi.New(httpapi.Options{
		Backend: httpapi.Backend{
			Connect: func(ctx context.Context) (*deploy.Conn, error) { return deploy.Connect(ctx, conn.Target()) },
			Library: queries.Builtin,
		},
		Gate: &access.Gate{Anonymous: caller, Hosts: []string{"127.0.0.1"}, Origins: []string{origin}}, Version: "test",
	})
	reconcile.New(reconcile.Options{Version: "test", Origins: []string{origin}}).Mount(server)
	web := servetest.Start(t, server)
	return &world{t, web}
}

func anybody() *access.Caller { return &access.Caller{Name: "local", Role: access.Reader} }

// send sends a request and returns its answer; a form is sent as OpenRefine does.
func (w *world) send(method, path string, form url.Values, headers ...string) (*http.Response, []byte) {
	w.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(w.Context(), method, w.web.URL+path, body)
	if err != nil {
		w.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	return response, text
}

// ok returns the answer to a request that is right, which is of a schema.
func (w *world) ok(of *jsonschema.Schema, method, path string, form url.Values) any {
	w.Helper()
	response, text := w.send(method, path, form)
	if response.StatusCode != http.StatusOK {
		w.Fatalf("%s %s: %d %s", method, path, response.StatusCode, text)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		w.Fatalf("%v in %s", err, text)
	}
	if of != nil {
		if err := of.Validate(doc); err != nil {
			w.Errorf("%s %s: %v\n%s", method, path, err, text)
		}
	}
	return doc
}

// at walks into an answer.
func at(t *testing.T, doc any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			doc = doc.(map[string]any)[step] //nolint:errcheck,forcetypeassert // a test
		case int:
			list, _ := doc.([]any)
			if step >= len(list) {
				t.Fatalf("only %d of %v", len(list), path)
			}
			doc = list[step]
		}
	}
	return doc
}

// A client's whole way, as OpenRefine goes it: the manifest, a batch without types by which it guesses them, one with a
// type and columns, suggestions, a preview, values of what was matched. All answers are as the protocol's schemas say.
func TestClient(t *testing.T) {
	schemas := specified(t)
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, anybody())

	m := w.ok(schemas["manifest"], http.MethodGet, "/reconcile", nil)
	if got := at(t, m, "preview", "url"); got != w.web.URL+"/reconcile/preview?id={{id}}" {
		t.Errorf("previews are at %v", got)
	}
	batch := `{"q0":{"query":"Micheal Kurila","type":"Person","type_strict":"should","limit":3},
		"q1":{"query":"CENTCOM"},"q2":{"query":"Nobody Atall"},"q3":{"query":"CENTCOM","type":"Q5","type_strict":"all"},
		"q4":{"properties":[{"pid":"commands","v":"CENTCOM"}],"type":"Person"},
		"q5":{"query":"Kurilla","properties":[{"pid":"commands","v":{"id":"orbat:strike-2023/#centcom"}},{"pid":"No such column","v":3}]}}`
	get := w.ok(schemas["reconciliation-result-batch"], http.MethodGet, "/reconcile?queries="+url.QueryEscape(batch), nil)
	found := w.ok(schemas["reconciliation-result-batch"], http.MethodPost, "/reconcile", url.Values{"queries": {batch}})
	if fmt.Sprint(get) != fmt.Sprint(found) {
		t.Errorf("by GET\n%v\nby POST\n%v", get, found)
	}
	const kurilla = "orbat:strike-2023/#kurilla"
	for _, q := range []string{"q0", "q5"} {
		if got := at(t, found, q, "result", 0, "id"); got != kurilla {
			t.Errorf("%s: %v first", q, got)
		}
	}
	if got := fmt.Sprint(at(t, found, "q4", "result")); !strings.Contains(got, kurilla) || strings.Contains(got, "Organisation") {
		t.Errorf("who commands: %v", got)
	}
	if got := at(t, found, "q0", "result", 0, "match"); got != true {
		t.Errorf("q0 is no match: %v", at(t, found, "q0"))
	}
	if got := at(t, found, "q1", "result", 0, "name"); got != "US Central Command" {
		t.Errorf("q1: %v first", got)
	}
	for _, q := range []string{"q2", "q3"} { // whose names have nothing in common with any; of a type that is not known
		if got, _ := at(t, found, q, "result").([]any); len(got) > 0 {
			t.Errorf("%s: %v", q, got)
		}
	}

	entity := w.ok(schemas["suggest-entities-response"], http.MethodGet, "/reconcile/suggest/entity?prefix=kuri", nil)
	if got := at(t, entity, "result", 0, "id"); got != kurilla {
		t.Errorf("suggested: %v", got)
	}
	next := w.ok(nil, http.MethodGet, "/reconcile/suggest/entity?prefix=kuri&cursor=1", nil)
	if page, _ := at(t, next, "result").([]any); slices.ContainsFunc(page, func(one any) bool { return at(t, one, "id") == kurilla }) {
		t.Error("the second page has what the first has")
	}
	w.ok(schemas["suggest-types-response"], http.MethodGet, "/reconcile/suggest/type?prefix=per", nil)
	property := w.ok(schemas["suggest-properties-response"], http.MethodGet, "/reconcile/suggest/property?prefix=comm", nil)
	if got := at(t, property, "result", 0, "id"); got != "commands" {
		t.Errorf("suggested: %v", got)
	}
	for _, flyout := range []string{"entity?id=" + url.QueryEscape(kurilla), "type?id=Person", "property?id=~commands"} {
		if html, _ := at(t, w.ok(nil, http.MethodGet, "/reconcile/flyout/"+flyout, nil), "html").(string); !strings.Contains(html, "<h1>") {
			t.Errorf("flyout %s: %q", flyout, html)
		}
	}
	w.ok(schemas["data-extension-property-proposal"], http.MethodGet, "/reconcile/properties?type=Person&limit=5", nil)
	extend := `{"ids":["` + kurilla + `","orbat:strike-2023/#none"],"properties":[{"id":"rank"},{"id":"commands","settings":{"limit":"1"}},
		{"id":"no such"}]}`
	values := w.ok(schemas["data-extension-response"], http.MethodPost, "/reconcile", url.Values{"extend": {extend}})
	if got := at(t, values, "rows", kurilla, "rank", 0, "str"); got != "General" {
		t.Errorf("rank %v", got)
	}
	if got, _ := at(t, values, "rows", kurilla, "commands").([]any); len(got) != 1 || at(t, got[0], "id") == "" {
		t.Errorf("commands %v", got)
	}
}

// The protocol's own examples: valid queries are answered, invalid ones refused; what the schemas refuse of answers
// they refuse here too, so that they hold ours to something.
func TestSpecifiedExamples(t *testing.T) {
	schemas := specified(t)
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, anybody())
	sent := map[string]string{"reconciliation-query-batch": "queries", "data-extension-query": "extend"}
	answers := map[string]string{"queries": "reconciliation-result-batch", "extend": "data-extension-response"}
	n := 0
	err := filepath.WalkDir(filepath.Join(specification(t), "examples"), func(path string, d fs.DirEntry, err error) error {
		kind, of := filepath.Base(filepath.Dir(path)), filepath.Base(filepath.Dir(filepath.Dir(path)))
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" || schemas[of] == nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		var invalid *jsonschema.ValidationError
		if err := schemas[of].Validate(doc); errors.As(err, &invalid) != (kind == "invalid") {
			t.Errorf("%s: %v", path, err)
		}
		if sent[of] == "" {
			return nil
		}
		if kind == "valid" {
			w.ok(schemas[answers[sent[of]]], http.MethodPost, "/reconcile", url.Values{sent[of]: {string(text)}})
		} else if response, text := w.send(http.MethodPost, "/reconcile", url.Values{sent[of]: {string(text)}}); response.StatusCode !=
			http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", path, response.StatusCode, text)
		}
		return nil
	})
	if err != nil || n < 20 {
		t.Errorf("%d examples, %v", n, err)
	}
}

// What a client must not send is refused in the API's own words: too much by 413 or 422, nonsense by 400 or 422, never
// by 500.
func TestHostileRequests(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, anybody())
	many := map[string]any{}
	for i := range 10_000 {
		many[fmt.Sprint("q", i)] = map[string]string{"query": "CENTCOM"}
	}
	thousands, err := json.Marshal(many)
	if err != nil {
		t.Fatal(err)
	}
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, c := range []struct {
		name, field, text string
		status            int
	}{
		{"10,000 queries", "queries", string(thousands), 422},
		{"a body of two megabytes", "queries", strings.Repeat(" ", 2<<20), 413},
		{"a deep value", "queries", `{"q0":{"query":"x","properties":[{"pid":"country","v":` + deep + `}]}}`, 422},
		{"a deep batch", "queries", deep, 422},
		{"a null byte", "queries", "{\"q0\":{\"query\":\"\x00\"}}", 422},
		{"an escaped null", "queries", `{"q0":{"query":"a\u0000b"}}`, 422},
		{"not UTF-8", "queries", "{\"q0\":{\"query\":\"\xff\"}}", 422},
		{"a long name", "queries", `{"q0":{"query":"` + strings.Repeat("a", 5000) + `"}}`, 422},
		{"no JSON", "queries", "CENTCOM", 422},
		{"a second object", "queries", `{"q0":{"query":"x"}}{}`, 422},
		{"two of one key", "queries", `{"q0":{"query":"x"},"q0":{"query":"y"}}`, 422},
		{"a list", "queries", `[{"query":"x"}]`, 422},
		{"a query that is a list", "queries", `{"q0":[]}`, 422},
		{"a query that is null", "queries", `{"q0":null}`, 422},
		{"an unknown field", "queries", `{"q0":{"query":"x","tpye":"Person"}}`, 422},
		{"a limit below 0", "queries", `{"q0":{"query":"x","limit":-1}}`, 422},
		{"a type that is a number", "queries", `{"q0":{"query":"x","type":7}}`, 422},
		{"a property without a value", "queries", `{"q0":{"query":"x","properties":[{"pid":"country"}]}}`, 422},
		{"no ids", "extend", `{"properties":[]}`, 422},
		{"an id that is a number", "extend", `{"ids":[1],"properties":[]}`, 422},
		{"a thousand ids", "extend", `{"ids":["` + strings.Repeat(`a","`, 1000) + `b"],"properties":[{"id":"rank"}]}`, 422},
		{"nothing", "nothing", "", 422},
		{"a script", "callback", "f", 422},
	} {
		response, text := w.send(http.MethodPost, "/reconcile", url.Values{c.field: {c.text}})
		if response.StatusCode != c.status || response.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %.300s", c.name, response.StatusCode, text)
		}
	}
	if response, text := w.send(http.MethodGet, "/reconcile?callback=f", nil); response.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a script: %d %s", response.StatusCode, text)
	}
	if response, _ := w.send(http.MethodDelete, "/reconcile", nil); response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", response.StatusCode)
	}
	if response, _ := w.send(http.MethodPost, "/reconcile", nil, "Content-Type", "application/json"); response.StatusCode !=
		http.StatusUnsupportedMediaType {
		t.Errorf("JSON: %d", response.StatusCode)
	}
	for _, text := range []string{`") { uid } }`, "😀", "()", "....", "~", strings.Repeat("a ", 400), "1 2 3 4 5 6 7 8 9 10", "ŻÓŁĆ", "د"} {
		body, err := json.Marshal(map[string]any{"q0": map[string]string{"query": text}})
		if err != nil {
			t.Fatal(err)
		}
		response, answer := w.send(http.MethodPost, "/reconcile", url.Values{"queries": {string(body)}})
		if response.StatusCode != http.StatusOK {
			t.Errorf("%q: %d %s", text, response.StatusCode, answer)
		}
	}
}

// A preview is text: nothing of it runs, whatever an entity is called, and only pages of listed origins show it in a
// frame, whose requests for anything else are refused.
func TestPreview(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.Load(t, conn, "x.ndjson", `{"type":"Person","xid":"t:p","name":"<script>alert(1)</script>","description":"\"><img src=x onerror=alert(1)>"}`+"\n", "t")
	w := serve(t, conn, anybody())
	frame := []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}
	response, text := w.send(http.MethodGet, "/reconcile/preview?id=t:p", nil, frame...)
	policy := response.Header.Get("Content-Security-Policy")
	if response.StatusCode != http.StatusOK || strings.Contains(string(text), "<script") || strings.Contains(string(text), "<img") ||
		!strings.Contains(string(text), "&lt;script&gt;") {
		t.Errorf("%d %s", response.StatusCode, text)
	}
	if !strings.Contains(policy, "frame-ancestors https://refine.example;") || !strings.Contains(policy, "default-src 'none'") ||
		strings.Contains(policy, "script-src") || response.Header.Get("X-Frame-Options") != "" {
		t.Errorf("%v", response.Header)
	}
	if response, _ := w.send(http.MethodGet, "/reconcile?queries={}", nil, frame...); response.StatusCode != http.StatusForbidden {
		t.Errorf("a batch in a frame: %d", response.StatusCode)
	}
	if response, _ := w.send(http.MethodGet, "/reconcile/preview?id=t:none", nil); response.StatusCode != http.StatusNotFound {
		t.Errorf("of nobody: %d", response.StatusCode)
	}
	if response, _ := w.send(http.MethodGet, "/reconcile", nil, "Origin", "https://refine.example"); response.StatusCode != http.StatusOK ||
		response.Header.Get("Access-Control-Allow-Origin") != "https://refine.example" {
		t.Errorf("from a listed page: %d %v", response.StatusCode, response.Header)
	}
	if response, _ := w.send(http.MethodGet, "/reconcile", nil, "Origin", "https://elsewhere.example"); response.StatusCode !=
		http.StatusForbidden {
		t.Errorf("from another page: %d", response.StatusCode)
	}
}
