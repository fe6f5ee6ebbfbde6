package deploy

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"
)

// A page of another origin reads nothing of a local Dgraph, changes nothing and stops nothing, whatever it tries. Of an
// open one it reads all and plants what it likes: so the page does try.
func TestWebPageGetsNothing(t *testing.T) {
	browser := chromium(t)
	t.Parallel()
	for _, open := range []bool{false, true} {
		t.Run("open="+strconv.FormatBool(open), func(t *testing.T) {
			run, err := Local{Home: t.TempDir(), Progress: t.Output(), Open: open}.Start(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(run.Stop)
			conn, err := Connect(t.Context(), run.Target())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			if _, err := conn.NewTxn().Mutate(t.Context(),
				&api.Mutation{CommitNow: true, SetNquads: []byte(`_:x <name> "a secret" .`)}); err != nil {
				t.Fatal(err)
			}
			before := seen(t, run, conn)

			got := attack(t, browser, run, !open)
			var read, planted bool
			for what, text := range got {
				if read = read || strings.Contains(text, "a secret"); !open && strings.Contains(text, "a secret") {
					t.Errorf("%s reads the graph: %s", what, text)
				}
				for _, inner := range []string{"cacheMb\":", "\"tablets\":", "accessJWT", "\"maxUID\":", "startId", "\"types\":[{"} {
					if !open && strings.Contains(text, inner) {
						t.Errorf("%s gets in: %s", what, text)
					}
				}
			}
			after := seen(t, run, conn)
			if planted = after != before; planted != open || read != open {
				t.Errorf("read: %v, changed: %v; before:\n%s\nafter:\n%s\nthe page got %q", read, planted, before, after, got)
			}
		})
	}
}

// seen tells all that the page could have changed: the graph, its schema, and who is in the cluster.
func seen(t *testing.T, run *Ephemeral, conn *Conn) string {
	t.Helper()
	all := ""
	for _, query := range []string{`{ q(func: has(name)) { name } }`, `schema { type }`} {
		answer, err := conn.NewReadOnlyTxn().Query(t.Context(), query)
		if err != nil {
			t.Fatalf("the Dgraph is not what it was: %v", err)
		}
		all += string(answer.GetJson()) + "\n"
	}
	members, err := readMembers(t.Context(), portRange{offset: run.local.offset()}.addr(zeroGRPC))
	if err != nil {
		t.Fatalf("zero is not what it was: %v", err)
	}
	for _, m := range members {
		all += m.kind + " " + m.addr + "\n"
	}
	return all
}

// attack has a browser open the page, and returns what that got.
func attack(t *testing.T, browser string, run *Ephemeral, destroy bool) map[string]string {
	t.Helper()
	page, err := os.ReadFile("testdata/attack.html")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/done" {
			text, _ := io.ReadAll(r.Body) // a text cut short is no JSON
			done <- text
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(page)
	}))
	t.Cleanup(server.Close)
	ports := portRange{offset: run.local.offset()}
	values := url.Values{"alpha": {"http://" + ports.addr(alphaHTTP)}, "zero": {"http://" + ports.addr(zeroHTTP)}}
	if destroy {
		values.Set("destroy", "1")
	}
	cmd := exec.CommandContext(t.Context(), browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync", "--no-first-run",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--user-data-dir="+filepath.Join(t.TempDir(), "profile"),
		"--remote-debugging-port=0", server.URL+"/?"+values.Encode())
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}()
	select {
	case text := <-done:
		got := map[string]string{}
		if err := json.Unmarshal(text, &got); err != nil || len(got) < 12 {
			t.Fatalf("the page said %q, %v", text, err)
		}
		return got
	case <-time.After(3 * time.Minute):
		t.Fatal("the page did not end within three minutes")
	}
	return nil
}

// chromium returns a browser, or skips the test. CI has one, or is broken.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("chromium is absent under CI")
	}
	t.Skip("chromium is absent: make deps")
	return ""
}
