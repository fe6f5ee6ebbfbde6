package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"orbat/cmd/orbat/explorer"
	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/queries"
)

var update = flag.Bool("update", false, "rewrite openapi.json")

func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }

// world is a server over a database that holds the built-in case.
type world struct {
	*testing.T
	conn   *deploy.Conn
	server *httpapi.Server
	web    *httptest.Server
}

// backend connects to a database that is there, and asks what orbat ships.
func backend(target deploy.Target) httpapi.Backend {
	return httpapi.Backend{
		Connect: func(ctx context.Context) (*deploy.Conn, error) { return deploy.Connect(ctx, target) },
		Library: queries.Builtin,
	}
}

func anybody() *access.Caller { return &access.Caller{Name: "local", Role: access.Reader} }

// serve starts a server for a test.
func serve(t *testing.T, conn *deploy.Conn, options httpapi.Options) *world {
	t.Helper()
	w := &world{T: t, conn: conn}
	if options.Backend.Connect == nil {
		options.Backend = backend(conn.Target())
	}
	if options.Gate == nil {
		options.Gate = &access.Gate{Anonymous: anybody()}
	}
	options.Gate.Hosts = append(options.Gate.Hosts, "127.0.0.1")
	options.Version, options.Page = "test", explorer.Built()
	w.server = httpapi.New(options)
	w.web = servetest.Start(t, w.server)
	return w
}

// answer is what came back.
type answer struct {
	*http.Response
	body []byte
}

func (a answer) problem(t *testing.T) httpapi.Problem {
	t.Helper()
	var p httpapi.Problem
	if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("%s %s: %d of type %q\n%s", a.Request.Method, a.Request.URL, a.StatusCode, kind, a.body)
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != a.StatusCode || !strings.HasPrefix(p.Type, "urn:orbat:problem:") || p.Title == "" || p.Instance == "" {
		t.Errorf("not a whole problem: %s", a.body)
	}
	return p
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d\n%s", a.Request.URL, a.StatusCode, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// request is what is sent: method and path, then headers as name and value.
func (w *world) request(method, path string, body io.Reader, headers ...string) answer {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, w.web.URL+path, body)
	if err != nil {
		w.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		} else {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	response, err := client.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{response, text}
}

func (w *world) get(path string, headers ...string) answer {
	w.Helper()
	return w.request(http.MethodGet, path, nil, headers...)
}

// lockedBuffer keeps what several goroutines write.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

func logTo(b *lockedBuffer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
