package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kballard/go-shellquote"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/mcp"
	"orbat/cmd/orbat/reconcile"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// served starts a server as orbat serve does, with its /mcp, on a database and for a caller.
func served(t *testing.T, conn *deploy.Conn, caller *access.Caller) *httptest.Server {
	t.Helper()
	s := &serving{
		app: &app{
			in: strings.NewReader(""), out: &output{w: io.Discard}, err: io.Discard, home: t.TempDir(),
			dgraph: conn.Target().String(),
		},
		listen: "127.0.0.1:0", role: "reader",
	}
	server := httpapi.New(httpapi.Options{
		Backend: s.backend(), Gate: &access.Gate{Anonymous: caller, Hosts: []string{"127.0.0.1", "localhost"}}, Version: "test",
	})
	mountMCP(server, mcp.New(mcp.Options{Version: "test"}))
	reconcile.New(reconcile.Options{Version: "test"}).Mount(server)
	return servetest.Start(t, server)
}

func local() *access.Caller { return &access.Caller{Name: "local", Role: access.Reader} }

// get asks and returns the answer's status and body.
func get(t *testing.T, address string) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

// asked is a question with its values.
type asked struct {
	q      *queries.Query
	params map[string]string
}

// exampleQuestions returns each question with the values of its header's example.
func exampleQuestions(t *testing.T, ontology *schema.Ontology) (list []asked) {
	t.Helper()
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range library.List() {
		words, err := shellquote.Split(q.Example)
		if err != nil {
			t.Fatalf("%s: %v", q.Name, err)
		}
		words = words[3:] // orbat query NAME
		if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "-") }); i >= 0 {
			words = words[:i]
		}
		params, err := q.ParseArgs(words)
		if err != nil {
			t.Fatalf("%s: %v", q.Name, err)
		}
		list = append(list, asked{q, params})
	}
	return list
}

// wants are the filters and the wishes that every question is asked with, beside its own values.
func wants() []map[string]string {
	return []map[string]string{
		{},
		{"evidence": "true"},
		{"as_of": "2023-07-07"},
		{"min_confidence": "60", "evidence": "true"},
		{"max_marking": "TLP:GREEN", "evidence": "true"},
		{"dataset": "strike-2023"},
		{"from": "2023", "to": "2023-07", "certain": "true"},
		{"limit": "3"},
		{"exact": "true"},
	}
}

// Every canned question through HTTP is what the shell prints as JSON, with filters, markings and evidence; and where
// the shell refuses, so does HTTP.
func TestServedQuestionsAreTheShells(t *testing.T) {
	conn := deploytest.Shared(t)
	ontology := servetest.LoadExample(t, conn)
	list := exampleQuestions(t, ontology)
	sameAsShell(t, conn, local(), list, func(n int) (some []map[string]string) {
		for i, want := range wants() {
			if inFull() || (n+i)%3 == 0 { // each with a third of them, and each of them with a third of the questions
				some = append(some, want)
			}
		}
		return some
	})
	// A caller's limits are what the shell is asked with as filters.
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	bounded := &access.Caller{Name: "partner", Role: access.Reader, MaxMarking: limit}
	sameAsShell(t, conn, bounded, list, func(int) []map[string]string { return []map[string]string{{"evidence": "true"}} })
}

// sameAsShell asks each question through HTTP and through the shell, with each of the wants for the n-th question. What
// bounds the caller, the shell is asked with as a filter. Most must have an answer, be it one without rows.
func sameAsShell(t *testing.T, conn *deploy.Conn, caller *access.Caller, list []asked, wants func(n int) []map[string]string) {
	t.Helper()
	web := served(t, conn, caller)
	if len(list) < 31 {
		t.Errorf("%d questions", len(list))
	}
	home, answered := t.TempDir(), 0
	var refused []string
	for n, a := range list {
		for _, want := range wants(n) {
			values := maps.Clone(a.params)
			query := url.Values{}
			line := []string{"query", a.q.Name}
			for name, value := range want {
				switch {
				case name == "evidence" || name == "exact":
					line = append(line, "--"+name)
					query.Set(name, value)
				case a.q.Param(name).Type == "entity": // a path's ends: its time has other names
					values[map[string]string{"from": "since", "to": "until"}[name]] = value
				default:
					values[name] = value
				}
			}
			for name, value := range values {
				if name != "" && a.q.Param(name) != nil {
					line = append(line, name+"="+value)
					query.Set(name, value)
				}
			}
			if caller.MaxMarking != nil {
				line = append(line, "max_marking="+caller.MaxMarking.String())
			}
			var out, errs bytes.Buffer
			code := run(append(line, "-o", "json", "--home", home, "--dgraph", conn.Target().String()), strings.NewReader(""), &out, &errs)
			status, body := get(t, web.URL+"/api/v1/ask/"+a.q.Name+"?"+query.Encode())
			if (code == exitOK) != (status == http.StatusOK) {
				t.Errorf("%v: exit status %d (%s), but HTTP %d\n%s", line, code, errs.String(), status, body)
				continue
			}
			if code == exitOK && !sameJSON(t, out.Bytes(), body, caller.MaxMarking != nil) {
				t.Errorf("%v: through HTTP\n%.5000s\nthe shell\n%.5000s", line, body, out.String())
			}
			if answered++; code != exitOK {
				refused = append(refused, strings.Join(line, " ")+": "+errs.String())
			}
		}
	}
	if len(refused) > answered/3 { // what the graph holds nothing of, and what no limit can hold for
		t.Errorf("%d of %d are refused:\n%s", len(refused), answered, strings.Join(refused, "\n"))
	}
}

// sfmWorth are the values that the questions are asked with of which the sheets' own questions have none: what the
// sheets tell nothing of is asked too.
func sfmWorth() map[string]map[string]string {
	const unit, person = "sfm:1378033c-b3e5-4b90-8b00-9caa641b0d99", "orbat:nigeria/Person/ibrahim attahiru"
	return map[string]map[string]string{
		"adversary-encounters":   {"entity": unit, "opponent": person},
		"alliances-and-rivals":   {"entity": unit},
		"conflicting-claims":     {"entity": person},
		"ego-network":            {"entity": person, "depth": "2"},
		"entity-card":            {"entity": "Ibrahim Attahiru"},
		"equipment-of-unit":      {"unit": unit},
		"event-network":          {"event": unit},
		"events-involving":       {"entity": unit},
		"operators-of-equipment": {"equipment": unit},
		"search-entity":          {"text": "battalion"},
		"strike-attribution":     {"event": unit},
		"text-in-evidence":       {"text": "battalion"},
		"timeline-of-area":       {"place": "sfm-place:3718182"},
		"what-changed":           {"dataset": "nigeria", "limit": "50"},
	}
}

// sameAsShellOfSFM asks all questions of a country's sheets, which are loaded, through HTTP and the shell: with
// evidence, then for a caller with a limit, each with another of the wants.
func sameAsShellOfSFM(t *testing.T, conn *deploy.Conn, sheets []sfmQuestion) {
	t.Helper()
	ontology, err := loader.Applied(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	worth := sfmWorth()
	var list []asked
	for _, q := range library.List() {
		params := worth[q.Name]
		if i := slices.IndexFunc(sheets, func(s sfmQuestion) bool { return s.Query == q.Name }); i >= 0 {
			params = sheets[i].Params
		}
		if params == nil {
			t.Errorf("%s is not asked", q.Name)
		}
		list = append(list, asked{q, maps.Clone(params)})
	}
	sameAsShell(t, conn, local(), list, func(int) []map[string]string { return []map[string]string{{"evidence": "true"}} })
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	sameAsShell(t, conn, &access.Caller{Name: "partner", Role: access.Reader, MaxMarking: limit}, list,
		func(n int) []map[string]string {
			want := maps.Clone(wants()[n%len(wants())])
			delete(want, "max_marking") // it is the caller's
			return []map[string]string{want}
		})
}

// sameJSON reports whether the shell's answer is the served one. bound: the shell's was asked with a filter that the
// server puts in itself, and does not name.
func sameJSON(t *testing.T, shell, served []byte, bound bool) bool {
	t.Helper()
	var a, b map[string]any
	if err := json.Unmarshal(shell, &a); err != nil {
		t.Fatalf("%v in %s", err, shell)
	}
	if err := json.Unmarshal(served, &b); err != nil {
		t.Fatalf("%v in %s", err, served)
	}
	if params, is := a["params"].(map[string]any); is && bound {
		delete(params, "max_marking")
	}
	return reflect.DeepEqual(a, b)
}

// What serve refuses before it listens, and what a token's entry lets in.
func TestServeRefusesToBeExposed(t *testing.T) {
	for _, line := range [][]string{
		{"serve", "--listen", "0.0.0.0:0"},
		{"serve", "--listen", ":0"},
		{"serve", "--listen", "192.0.2.1:0", "--tls-cert", "c.pem", "--tls-key", "k.pem"},
		{"serve", "--listen", "0.0.0.0:0", "--behind-proxy"},
		{"serve", "--listen", "0.0.0.0:0", "--callers", "callers.yaml"},
		{"serve", "--tls-cert", "c.pem"},
		{"serve", "--user-header", "X-User"},
		{"serve", "--role", "king"},
		{"serve", "--log-level", "loud"},
		{"serve", "--callers", "nowhere.yaml"},
	} {
		var out, errs bytes.Buffer
		line = append(line, "--home", t.TempDir(), "--dgraph", "dgraph://127.0.0.1:1")
		if code := run(line, strings.NewReader(""), &out, &errs); code != exitUsage {
			t.Errorf("%v: exit status %d\n%s", line, code, errs.String())
		} else if !strings.Contains(errs.String(), "hint: ") {
			t.Errorf("%v: no hint\n%s", line, errs.String())
		}
	}
}

// Whose header names the caller is this machine, or the proxy that is named in its place.
func TestProxyThatIsBelieved(t *testing.T) {
	for _, c := range []struct {
		proxies []string
		from    string
		in      bool
	}{
		{nil, "127.0.0.1:5000", true},
		{nil, "10.0.0.7:5000", false},
		{[]string{"10.0.0.7"}, "10.0.0.7:5000", true},
		{[]string{"10.0.0.7"}, "127.0.0.1:5000", false},
		{[]string{"10.0.0.7", "::1"}, "[::1]:5000", true},
	} {
		s := &serving{listen: "127.0.0.1:0", proxy: true, proxies: c.proxies, userHeader: "X-User", proxyRole: "admin"}
		gate, err := s.gate(slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = c.from
		r.Header.Set("X-User", "eve")
		if _, err := gate.Admit(r); (err == nil) != c.in {
			t.Errorf("%v from %s: %v", c.proxies, c.from, err)
		}
	}
}
