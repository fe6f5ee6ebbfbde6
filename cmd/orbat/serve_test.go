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
	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
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
	web := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		web.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return web
}

func local() *access.Caller { return &access.Caller{Name: "local", Role: access.Reader} }

// loadExample loads the built-in case.
func loadExample(t *testing.T, conn *deploy.Conn) *schema.Ontology {
	t.Helper()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = loader.Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	l := &loader.Loader{DB: conn, Ontology: ontology}
	example := format.Stream("example.yaml", bytes.NewReader(loader.Example()))
	if _, err := l.Load(t.Context(), format.Read(t.Context(), example, format.Options{}),
		loader.Options{Dataset: "strike-2023"}); err != nil {
		t.Fatal(err)
	}
	return ontology
}

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
	ontology := loadExample(t, conn)
	sameAsShell(t, conn, exampleQuestions(t, ontology))
}

func sameAsShell(t *testing.T, conn *deploy.Conn, list []asked) {
	t.Helper()
	web := served(t, conn, local())
	if len(list) < 31 {
		t.Errorf("%d questions", len(list))
	}
	home := t.TempDir()
	for _, a := range list {
		for _, want := range wants() {
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
			var out, errs bytes.Buffer
			code := run(append(line, "-o", "json", "--home", home, "--dgraph", conn.Target().String()), strings.NewReader(""), &out, &errs)
			status, body := get(t, web.URL+"/api/v1/ask/"+a.q.Name+"?"+query.Encode())
			if (code == exitOK) != (status == http.StatusOK) {
				t.Errorf("%v: exit status %d (%s), but HTTP %d\n%s", line, code, errs.String(), status, body)
				continue
			}
			if code == exitOK && !sameJSON(t, out.Bytes(), body) {
				t.Errorf("%v: through HTTP\n%s\nthe shell\n%s", line, body, out.String())
			}
		}
	}
}

func sameJSON(t *testing.T, one, other []byte) bool {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(one, &a); err != nil {
		t.Fatalf("%v in %s", err, one)
	}
	if err := json.Unmarshal(other, &b); err != nil {
		t.Fatalf("%v in %s", err, other)
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
