package explorer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"orbat/cmd/orbat/explorer"
	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy"
	"orbat/queries"
)

// withoutDatabase serves the page where no database answers and whoever asks needs a token: neither is the page's to
// mind.
func withoutDatabase(t *testing.T) *httptest.Server {
	t.Helper()
	server := httpapi.New(httpapi.Options{
		Gate: &access.Gate{Callers: func() *access.Callers { return &access.Callers{} }, Hosts: []string{"127.0.0.1"}},
		Backend: httpapi.Backend{
			Connect: func(context.Context) (*deploy.Conn, error) { return nil, errors.New("away") },
			Library: queries.Builtin,
		},
	})
	if err := explorer.Publish(server, nil); err != nil {
		t.Fatal(err)
	}
	return servetest.Start(t, server)
}

func ask(t *testing.T, method, address string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// each calls do with every file of the page: its path, and what it is named.
func each(t *testing.T, do func(at, name string)) {
	t.Helper()
	err := fs.WalkDir(explorer.Built(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
		case name == "index.html":
			do("/", name)
		default:
			do("/"+name, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every file comes to whoever asks, as what it is on any machine, once, and may do nothing but what the policy allows.
func TestPageIsServed(t *testing.T) {
	web := withoutDatabase(t)
	kinds := map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	}
	each(t, func(at, name string) {
		want, err := fs.ReadFile(explorer.Built(), name)
		if err != nil {
			t.Fatal(err)
		}
		r, body := ask(t, http.MethodGet, web.URL+at)
		if r.StatusCode != http.StatusOK || body != string(want) {
			t.Errorf("%s: %d, %d bytes, want %d", at, r.StatusCode, len(body), len(want))
		}
		if kind := r.Header.Get("Content-Type"); kind == "" || kinds[path.Ext(name)] != "" && kind != kinds[path.Ext(name)] {
			t.Errorf("%s is of the type %q", at, kind)
		}
		for header, want := range map[string]string{
			"Content-Security-Policy": explorer.Policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "no-referrer",
		} {
			if got := r.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", at, header, got, want)
			}
		}
		tag := r.Header.Get("ETag")
		again, body := ask(t, http.MethodGet, web.URL+at, "If-None-Match", tag)
		if tag == "" || again.StatusCode != http.StatusNotModified || body != "" {
			t.Errorf("%s with %q: %d, %d bytes", at, tag, again.StatusCode, len(body))
		}
		head, body := ask(t, http.MethodHead, web.URL+at)
		if head.StatusCode != http.StatusOK || body != "" || head.Header.Get("ETag") != tag {
			t.Errorf("HEAD %s: %d, %q, %d bytes", at, head.StatusCode, head.Header.Get("ETag"), len(body))
		}
	})
	for _, word := range []string{"unsafe", "*", "http:", "https:"} {
		if policy := explorer.Policy; strings.Contains(policy, word) {
			t.Errorf("the policy has %s: %s", word, explorer.Policy)
		}
	}
}

// A server of tiles is the only other that a page may ask, for pictures alone; what is no address of tiles is refused.
func TestTiles(t *testing.T) {
	tiles, err := explorer.NewTiles(`https://tiles.example:8443/a&b/{z}/{x}/{y}.png?key=1`, `<b>"Makers"</b>`)
	if err != nil {
		t.Fatal(err)
	}
	p := &published{}
	if err := explorer.Publish(p, tiles); err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(explorer.Policy, "img-src 'self' ", "img-src 'self' https://tiles.example:8443 ", 1)
	for at, policy := range p.policies {
		if policy != want {
			t.Errorf("%s has the policy %s, want %s", at, policy, want)
		}
	}
	index := string(p.files["/"])
	for _, part := range []string{
		`content="https://tiles.example:8443/a&amp;b/{z}/{x}/{y}.png?key=1"`, `data-credit="&lt;b&gt;&#34;Makers&#34;&lt;/b&gt;"`,
	} {
		if !strings.Contains(index, part) {
			t.Errorf("the page is not told %s:\n%s", part, index)
		}
	}
	for _, bad := range []string{
		"", "https://tiles.example/", "https://tiles.example/{z}/{x}.png", "https://{x}.example/{z}/{x}/{y}.png",
		"https://{z}.example/{x}/{y}.png", "/tiles/{z}/{x}/{y}.png", "//tiles.example/{z}/{x}/{y}", "javascript:{z}{x}{y}",
		"data:{z}/{x}/{y}", "https://*/{z}/{x}/{y}", "https://a.example; script-src */{z}/{x}/{y}", "https://me:key@a.example/{z}/{x}/{y}",
		`https://tiles.example/{z}/{x}/{y}.png?key="1"`, "https://tiles.example/{s}/{z}/{x}/{y}.png", "file:///{z}/{x}/{y}",
	} {
		if _, err := explorer.NewTiles(bad, ""); err == nil {
			t.Errorf("%q is taken for an address of tiles", bad)
		}
	}
}

// published keeps what a page has published.
type published struct {
	files    map[string][]byte
	policies map[string]string
}

func (p *published) Publish(path, _, policy string, content []byte) {
	if p.files == nil {
		p.files, p.policies = map[string][]byte{}, map[string]string{}
	}
	p.files[path], p.policies[path] = content, policy
}

// What is no file of the page is not there; what is there takes no other method; a name that is not ours gets nothing.
func TestPageIsNothingElse(t *testing.T) {
	web := withoutDatabase(t)
	for _, c := range []struct {
		method, path string
		status       int
		headers      []string
	}{
		{http.MethodGet, "/nothing", http.StatusNotFound, nil},
		{http.MethodGet, "/dist/index.html", http.StatusNotFound, nil},
		{http.MethodGet, "/explorer.go", http.StatusNotFound, nil},
		{http.MethodGet, "/%2e%2e/explorer.go", http.StatusNotFound, nil},
		{http.MethodPost, "/", http.StatusMethodNotAllowed, nil},
		{http.MethodPost, "/nothing", http.StatusNotFound, nil},
		{http.MethodGet, "/api/v1/whoami", http.StatusUnauthorized, nil},
		{http.MethodGet, "/", http.StatusMisdirectedRequest, []string{"Host", "evil.example"}},
		{http.MethodGet, "/", http.StatusForbidden, []string{"Origin", "https://evil.example"}},
		{http.MethodGet, "/", http.StatusForbidden, []string{
			"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script",
		}},
		{http.MethodGet, "/", http.StatusOK, []string{
			"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document",
		}},
	} {
		if r, body := ask(t, c.method, web.URL+c.path, c.headers...); r.StatusCode != c.status {
			t.Errorf("%s %s %q: %d, want %d\n%.200s", c.method, c.path, c.headers, r.StatusCode, c.status, body)
		}
	}
}

// What the page loads first comes compressed, in at most a quarter of a megabyte: all that index.html names.
func TestFirstLoadIsSmall(t *testing.T) {
	if size := firstLoad(t); size > firstLoadMost {
		t.Errorf("the first load is %d bytes, more than %d", size, firstLoadMost)
	}
}

const firstLoadMost = 250 << 10

// firstLoad returns how many bytes the page loads first.
func firstLoad(t *testing.T) (size int) {
	t.Helper()
	web := withoutDatabase(t)
	index, err := fs.ReadFile(explorer.Built(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(at, name string) {
		if name != "index.html" && !strings.Contains(string(index), name) {
			return // loaded when it is needed
		}
		r, body := ask(t, http.MethodGet, web.URL+at, "Accept-Encoding", "gzip")
		size += len(body)
		if r.Header.Get("Content-Encoding") != "gzip" {
			if len(body) > 1<<10 {
				t.Errorf("%s: %d bytes are not compressed", at, len(body))
			}
			return
		}
		unpacked, err := gzip.NewReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(unpacked)
		if want, _ := fs.ReadFile(explorer.Built(), name); err != nil || !bytes.Equal(text, want) {
			t.Errorf("%s: %v, unpacked it is %d bytes, want %d", at, err, len(text), len(want))
		}
		t.Logf("%s: %d bytes", name, len(body))
	})
	return size
}
