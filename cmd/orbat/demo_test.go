package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
)

// prompter does something once what is written to it says where the page is.
type prompter struct {
	mu   sync.Mutex
	text string
	do   func(page string)
}

func (p *prompter) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text += string(b)
	if page := regexp.MustCompile(`explorer at (http://[^;\s]+);`).FindStringSubmatch(p.text); page != nil && p.do != nil {
		go p.do(page[1])
		p.do = nil
	}
	return len(b), nil
}

// The demo shows the built-in case in the explorer, until it is told to end.
func TestDemoExplores(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts Dgraph")
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	ctx, end := context.WithCancel(t.Context())
	defer end()
	found := make(chan string, 1)
	out := &prompter{do: func(page string) {
		defer end()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"api/v1/search?q=kurilla", nil)
		if err != nil {
			found <- err.Error()
			return
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			found <- err.Error()
			return
		}
		defer a.Body.Close()
		body, err := io.ReadAll(a.Body)
		if err != nil {
			body = []byte(err.Error())
		}
		found <- string(body)
	}}
	a := &app{in: strings.NewReader(""), out: &output{w: out}, err: out, home: t.TempDir()}
	cmd := &cobra.Command{}
	cmd.SetContext(ctx)
	if err := a.demo(cmd, true); err != nil && ctx.Err() == nil {
		t.Fatalf("%v after %s", err, out.text)
	}
	if body := <-found; !strings.Contains(body, "Michael Kurilla") {
		t.Errorf("%s after %s", body, out.text)
	}
}
