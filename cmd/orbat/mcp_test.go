package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
)

func connectMCP(t *testing.T, transport sdk.Transport) *sdk.ClientSession {
	t.Helper()
	s, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func callMCP(t *testing.T, s *sdk.ClientSession, tool string, args map[string]any) string {
	t.Helper()
	r, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		t.Fatal(err)
	}
	text, is := r.Content[0].(*sdk.TextContent)
	if !is {
		t.Fatalf("%T", r.Content[0])
	}
	return text.Text
}

// Both ways in are one server: they list the same tools, and give Kurilla's path with the same quotes. What orbat mcp
// writes on standard output is the protocol alone, and it ends with its input.
func TestMCPIsOneServerBothWays(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	web := connectMCP(t, &sdk.StreamableClientTransport{Endpoint: served(t, conn, local()).URL + "/mcp"})

	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	var written, errs bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run([]string{"mcp", "--home", t.TempDir(), "--dgraph", conn.Target().String()}, in, io.MultiWriter(&written, out), &errs)
		_ = out.Close()
	}()
	shell := connectMCP(t, &sdk.IOTransport{Reader: fromServer, Writer: toServer})

	args := map[string]any{"from": "Michael Kurilla", "to": "Usamah al-Muhajir", "as_of": "2023-07-07"}
	one, other := callMCP(t, web, "path", args), callMCP(t, shell, "path", args)
	if one != other || !strings.Contains(one, "relinquished command today") {
		t.Errorf("over HTTP %s\nover standard input %s", one, other)
	}
	var lists [2][]byte
	for i, s := range []*sdk.ClientSession{web, shell} {
		list, err := s.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if lists[i], err = json.Marshal(list.Tools); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(lists[0], lists[1]) {
		t.Errorf("the tools differ:\n%s\n%s", lists[0], lists[1])
	}
	if err := shell.Close(); err != nil {
		t.Error(err)
	}
	if code := <-ended; code != exitOK {
		t.Errorf("exit status %d: %s", code, errs.String())
	}
	for line := range bytes.Lines(written.Bytes()) {
		if !json.Valid(line) || !bytes.Contains(line, []byte(`"jsonrpc"`)) {
			t.Errorf("standard output has %q", line)
		}
	}
}

// A caller's marking limit and data sets bind what an assistant is told; another site's page is told nothing.
func TestMCPOverHTTPIsBound(t *testing.T) {
	conn := deploytest.Shared(t)
	ontology := servetest.LoadExample(t, conn)
	l := &loader.Loader{DB: conn, Ontology: ontology}
	for name, text := range map[string]string{
		"red":   "entities:\n  - {id: a, type: Unit, name: Ghost Army, marking: \"TLP:RED\"}\n",
		"other": "entities:\n  - {id: b, type: Unit, name: Other Army}\n",
	} {
		file := format.Stream(name+".yaml", strings.NewReader(text))
		if _, err := l.Load(t.Context(), format.Read(t.Context(), file, format.Options{}), loader.Options{Dataset: name}); err != nil {
			t.Fatal(err)
		}
	}
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		caller access.Caller
		hidden string
	}{
		{access.Caller{MaxMarking: limit}, "Ghost Army"},
		{access.Caller{Datasets: []string{"strike-2023"}}, "Other Army"},
	} {
		c.caller.Name, c.caller.Role = "bound", access.Reader
		s := connectMCP(t, &sdk.StreamableClientTransport{Endpoint: served(t, conn, &c.caller).URL + "/mcp"})
		for _, text := range []string{
			callMCP(t, s, "entity", map[string]any{"entity": c.hidden}),
			callMCP(t, s, "search", map[string]any{"text": "Army"}),
		} {
			if strings.Contains(strings.ReplaceAll(text, `"value":"`+c.hidden, ""), c.hidden) {
				t.Errorf("%s is told of: %s", c.hidden, text)
			}
		}
	}
	web := served(t, conn, local())
	for _, header := range [][2]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Host", "evil.example"}} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, web.URL+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json, text/event-stream")
		if r.Header.Set(header[0], header[1]); header[0] == "Host" {
			r.Host = header[1]
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil || response.StatusCode < 400 || response.StatusCode >= 500 {
			t.Errorf("%v: %d, %v", header, response.StatusCode, err)
		}
	}
}

// The scenarios of @modelcontextprotocol/conformance that need no fixtures of their own in the server.
func TestMCPConformance(t *testing.T) {
	npm, err := filepath.Abs(cmp.Or(os.Getenv("ORBAT_TEST_NPM"), filepath.Join("..", "..", ".ci", "npm", "node_modules")))
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(npm, "@modelcontextprotocol", "conformance", "dist", "index.js")
	if _, err := os.Stat(program); err != nil {
		absentProgram(t, "npm's @modelcontextprotocol/conformance")
	}
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	web := served(t, conn, local())
	for _, scenario := range []string{
		"server-initialize", "ping", "logging-set-level", "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection",
	} {
		cmd := exec.CommandContext(t.Context(), "node", program, "server", "--url", web.URL+"/mcp", "--scenario", scenario)
		cmd.Dir = t.TempDir()
		out, err := cmd.CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("0 failed, 0 warnings")) {
			t.Errorf("%s: %v\n%s", scenario, err, out)
		}
	}
}

// What orbat mcp refuses before it starts a database.
func TestMCPUsage(t *testing.T) {
	for _, line := range [][]string{
		{"mcp", "--tools", "some"},
		{"mcp", "--max-marking", ""},
		{"mcp", "--max-marking", "TLP:BROWN"},
		{"mcp", "--dataset", ""},
		{"mcp", "--log-level", "loud"},
		{"mcp", "extra"},
	} {
		var out, errs bytes.Buffer
		line = slices.Concat(line, []string{"--home", t.TempDir(), "--dgraph", "dgraph://127.0.0.1:1"})
		code := run(line, strings.NewReader(""), &out, &errs)
		if code != exitUsage || !strings.Contains(errs.String(), "hint: ") || out.Len() > 0 {
			t.Errorf("%v: exit status %d\n%s%s", line, code, errs.String(), out.String())
		}
	}
}
