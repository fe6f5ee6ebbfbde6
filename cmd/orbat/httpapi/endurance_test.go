package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/queries"
)

// A thousand requests at once are answered or turned away, and the next one is answered.
func TestThousandAtOnce(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{Limits: httpapi.Limits{Client: 8, All: 8, Waiting: 200}})
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	count := map[int]int{}
	var group sync.WaitGroup
	for range 1000 {
		group.Go(func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.web.URL+"/api/v1/ask/career?person=Michael+Kurilla", nil)
			if err != nil {
				t.Error(err)
				return
			}
			response, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body) // its status tells
			_ = response.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			count[response.StatusCode]++
			if response.StatusCode == http.StatusTooManyRequests && response.Header.Get("Retry-After") == "" {
				t.Error("turned away without a word of when to come back")
			}
		})
	}
	group.Wait()
	t.Log(count)
	if count[http.StatusOK]+count[http.StatusTooManyRequests] != 1000 || count[http.StatusOK] < 100 {
		t.Errorf("%v", count)
	}
	if a := w.get("/api/v1/ask/career?person=Michael+Kurilla"); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// running is a server that listens as orbat serve does.
func running(t *testing.T, options httpapi.Options) (address string, stop func() error) {
	t.Helper()
	options.Gate.Hosts = append(options.Gate.Hosts, "127.0.0.1")
	server := httpapi.New(options)
	ctx, cancel := context.WithCancel(t.Context())
	told, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- server.Serve(ctx, httpapi.Listening{Address: "127.0.0.1:0"}, func(address string) { told <- address })
	}()
	stop = sync.OnceValue(func() error {
		cancel()
		return errors.Join(<-ended, server.Close())
	})
	t.Cleanup(func() { _ = stop() }) // a test that cares has looked
	select {
	case address = <-told:
	case err := <-ended:
		t.Fatal(err)
	}
	return address, stop
}

// Who sends its header or its body drop by drop does not hold a connection for ever, nor keep others from theirs; what
// is no HTTP is turned away; and the server ends when it is told to.
func TestSlowSenders(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	address, stop := running(t, httpapi.Options{
		Backend: backend(conn.Target()), Gate: loaderGate(), Limits: httpapi.Limits{Time: 2 * time.Second, Export: 2 * time.Second},
	})
	var dialer net.Dialer
	dial := func() net.Conn {
		c, err := dialer.DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	var slow []net.Conn
	for i := range 100 {
		c := dial()
		if _, err := fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nX-%d: ", i); err != nil {
			t.Fatal(err)
		}
		slow = append(slow, c)
	}
	var bodies []net.Conn
	for _, head := range []string{
		"POST /api/v1/loads?name=x.ndjson HTTP/1.1\r\nContent-Length: 100\r\nHost: x\r\n\r\n{",
		"POST /api/v1/loads?name=x.ndjson HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: x\r\n\r\n1\r\n{",
		"POST /api/v1/views HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\nHost: x\r\n\r\n{",
	} {
		c := dial()
		if _, err := io.WriteString(c, strings.Replace(head, "Host: x", "Host: "+address, 1)); err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, c)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("others are kept out: %v", err)
	}
	_ = response.Body.Close()
	for _, c := range slow {
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(c); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			t.Fatal("a connection without a request is held")
		}
	}
	for _, c := range bodies {
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(c)
		if isTimeout(err) || !bytes.Contains(said, []byte(" 408 ")) && !bytes.Contains(said, []byte(" 504 ")) {
			t.Errorf("a body that does not come: %q, %v", said, err)
		}
	}
	for _, text := range []string{
		"\x16\x03\x01\x00", "GET / HTTP/9.9\r\n\r\n", "GET  /\r\n\r\n", "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 1<<20),
	} {
		c := dial()
		_, _ = io.WriteString(c, text) // it may be cut off
		if half, can := c.(*net.TCPConn); can {
			_ = half.CloseWrite()
		}
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(c)
		refused := strings.HasPrefix(string(answer), "HTTP/1.1 4") || strings.HasPrefix(string(answer), "HTTP/1.1 5")
		if isTimeout(err) || len(answer) > 0 && !refused {
			t.Errorf("%.20q: %.100q, %v", text, answer, err)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Errorf("end: %v", err)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// While the database is away there are clear 503s, and answers again once it is back: without a restart, and also where
// it was away when the server began.
func TestDatabaseAway(t *testing.T) {
	home := t.TempDir()
	local := deploy.Local{Home: home, Progress: t.Output(), Open: true}
	start := func() *deploy.Ephemeral {
		run, err := local.Start(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	run := start()
	defer func() { run.Stop() }()
	conn, err := deploy.Connect(t.Context(), run.Target())
	if err != nil {
		t.Fatal(err)
	}
	servetest.LoadExample(t, conn)
	_ = conn.Close()
	target := run.Target()
	options := func() httpapi.Options {
		return httpapi.Options{Backend: httpapi.Backend{
			Connect: func(ctx context.Context) (*deploy.Conn, error) { return deploy.Connect(ctx, target) },
			Library: queries.Builtin,
		}}
	}
	w := serve(t, conn, options())
	const path = "/api/v1/ask/career?person=Michael+Kurilla"
	want := w.get(path)
	if want.StatusCode != http.StatusOK || w.get("/readyz").StatusCode != http.StatusOK {
		t.Fatalf("%d %s", want.StatusCode, want.body)
	}
	run.Stop()
	late := serve(t, conn, options()) // it begins while the database is away
	for range 5 {
		for _, s := range []*world{w, late} {
			a := s.get(path)
			if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
			if p := a.problem(t); p.Type != "urn:orbat:problem:database-away" {
				t.Errorf("%s", a.body)
			}
			if s.get("/readyz").StatusCode != http.StatusServiceUnavailable || s.get("/healthz").StatusCode != http.StatusOK {
				t.Error("health and readiness are one")
			}
		}
	}
	run = start()
	if run.Target().String() != target.String() {
		t.Skipf("the engine came back at %s, and was at %s", run.Target(), target)
	}
	ticks := time.NewTicker(100 * time.Millisecond)
	defer ticks.Stop()
	for _, s := range []*world{w, late} {
		for began := time.Now(); ; <-ticks.C {
			if a := s.get(path); a.StatusCode == http.StatusOK {
				if !bytes.Equal(a.body, want.body) {
					t.Errorf("another answer: %s", a.body)
				}
				break
			}
			if time.Since(began) > time.Minute {
				t.Fatal("the database is back, and the server does not find it")
			}
		}
	}
}
