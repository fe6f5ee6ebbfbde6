package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/cmd/orbat/telemetry"
	"orbat/deploy/deploytest"
)

// traceReceiver takes traces as an OpenTelemetry collector does, over HTTP.
type traceReceiver struct {
	mu    sync.Mutex
	spans []*tracepb.Span
	raw   bytes.Buffer // all that came, as text
}

func (c *traceReceiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = z
	}
	text, err := io.ReadAll(body)
	sent := &collector.ExportTraceServiceRequest{}
	if err != nil || proto.Unmarshal(text, sent) != nil || r.URL.Path != "/v1/traces" {
		http.Error(w, "no traces", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, of := range sent.ResourceSpans {
		fmt.Fprintln(&c.raw, of.String())
		for _, scope := range of.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func attributeOf(s *tracepb.Span, name string) string {
	for _, a := range s.Attributes {
		if a.Key == name {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

// Where the environment names an endpoint, a request is a trace of its question and of the calls to the database; it
// holds nothing that was asked for. Where it names none, nothing is sent.
func TestTraces(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	to := &traceReceiver{}
	receiver := httptest.NewServer(to)
	t.Cleanup(receiver.Close)
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_SDK_DISABLED"} {
		t.Setenv(name, "")
	}
	ask := func(endpoint string) {
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
		t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
		traces, err := telemetry.Start(t.Context(), "1", os.Getenv, func(err error) { t.Error(err) })
		if err != nil {
			t.Fatal(err)
		}
		s := &serving{app: &app{
			in: strings.NewReader(""), out: &output{w: io.Discard}, err: io.Discard, home: t.TempDir(), dgraph: conn.Target().String(),
			dial: traces.DialOptions(),
		}}
		server := httpapi.New(httpapi.Options{
			Backend: s.backend(), Gate: &access.Gate{Anonymous: local(), Hosts: []string{"127.0.0.1"}}, Tracer: traces.Provider(),
		})
		web := httptest.NewServer(server.Handler())
		for path, status := range map[string]int{
			"/api/v1/ask/career?person=Michael%20Kurilla": 200, "/api/v1/ask/career?person=Kurila": 404, "/secret-path": 404,
			"/api/v1/search?q=kurilla": 200,
		} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, web.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			request.Header.Set("X-Secret", "orbat_token")
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != status {
				t.Errorf("%s: %d", path, response.StatusCode)
			}
		}
		web.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := traces.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	ask("")
	if len(to.spans) > 0 {
		t.Fatalf("sent without an endpoint: %s", to.raw.String())
	}
	ask(receiver.URL)
	find := func(matches func(*tracepb.Span) bool) *tracepb.Span {
		i := slices.IndexFunc(to.spans, matches)
		if i < 0 {
			t.Fatalf("no such span in\n%s", to.raw.String())
		}
		return to.spans[i]
	}
	request := find(func(s *tracepb.Span) bool { return s.Name == "GET /api/v1/ask/{name}" })
	if fmt.Sprintf("%x", request.TraceId) != "0af7651916cd43dd8448eb211c80319c" || attributeOf(request, "orbat.operation") != "ask" {
		t.Errorf("%s", request)
	}
	question := find(func(s *tracepb.Span) bool { return attributeOf(s, "orbat.question") == "career" })
	find(func(s *tracepb.Span) bool {
		return bytes.Equal(s.SpanId, question.ParentSpanId) && s.Name == "GET /api/v1/ask/{name}"
	})
	find(func(s *tracepb.Span) bool {
		return bytes.Equal(s.ParentSpanId, question.SpanId) && strings.Contains(s.Name, "api.Dgraph/Query")
	})
	for _, secret := range []string{"Kuril", "kuril", "secret", "token", "query q", "127.0.0.1:1\"", "eq("} {
		if strings.Contains(to.raw.String(), secret) {
			t.Errorf("%q stands in\n%s", secret, to.raw.String())
		}
	}
	if !strings.Contains(to.raw.String(), "deployment.environment.name") {
		t.Errorf("%s", to.raw.String())
	}
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon")
	if _, err := telemetry.Start(t.Context(), "1", os.Getenv, nil); err == nil {
		t.Error("any protocol is spoken")
	}
}
