package httpapi_test

import (
	"cmp"
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

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
	"orbat/queries"
)

// readmeExample returns a text that the README shows.
func readmeExample(t *testing.T, name string) string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(readme), "<!-- example: "+name+" -->\n```")
	_, text, more := strings.Cut(text, "\n")
	text, _, ends := strings.Cut(text, "\n```\n")
	if !found || !more || !ends {
		t.Fatalf("the README shows no %s", name)
	}
	return text + "\n"
}

// absent skips what cannot be tested here. CI has everything, or is broken.
func absent(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what + " is absent under CI")
	}
	t.Skip(what + " is absent: make deps")
}

// neighbourhood serves the built-in case to pages of an origin; ask is what its server is asked for CENTCOM's
// neighbours by, up to a format.
func neighbourhood(t *testing.T, origins ...string) (w *world, ask string, want queries.Result) {
	t.Helper()
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w = serve(t, conn, httpapi.Options{
		Gate: &access.Gate{Anonymous: anybody(), Origins: origins, Keys: keysOf(t, access.NewKey())},
	})
	ask = "/api/v1/ask/ego-network?entity=CENTCOM&format="
	w.get(ask+"json").into(t, &want)
	if len(want.Nodes) < 3 || len(want.Edges) < 3 {
		t.Fatalf("%d entities, %d links", len(want.Nodes), len(want.Edges))
	}
	return w, ask, want
}

// The README's program reads a signed URL with networkx, as its Debian package has it.
func TestReadmeNetworkx(t *testing.T) {
	python := cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "/usr/bin/python3")
	if err := exec.CommandContext(t.Context(), python, "-c", "import networkx").Run(); err != nil {
		absent(t, "Python's networkx")
	}
	w, ask, want := neighbourhood(t)
	program := fileOf(t, "neighbourhood.py", readmeExample(t, "networkx"))
	run := exec.CommandContext(t.Context(), python, program, w.web.URL+w.sign(ask+"graphml", 0))
	printed, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	degree, label := map[string]int{}, map[string]string{}
	for _, e := range want.Edges {
		degree[e.From]++
		degree[e.To]++
	}
	for _, n := range want.Nodes {
		label[n.XID] = n.Name
	}
	lines := strings.Split(strings.TrimSpace(string(printed)), "\n")
	if lines[0] != strconv.Itoa(len(want.Nodes))+" entities and "+strconv.Itoa(len(want.Edges))+" links" || len(lines) != 4 {
		t.Errorf("%s", printed)
	}
	if best := "orbat:strike-2023/#centcom"; lines[1] != strconv.Itoa(degree[best])+" "+label[best] {
		t.Errorf("%s, want first %d %s", printed, degree[best], label[best])
	}
}

// The README's page draws what a signed URL answers, in a browser, from another origin that is listed; from one that is
// not it says that it got nothing.
func TestReadmePage(t *testing.T) {
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		absent(t, "chromium")
	}
	npm := cmp.Or(os.Getenv("ORBAT_TEST_NPM"), filepath.Join("..", "..", "..", ".ci", "npm", "node_modules"))
	d3, err := os.ReadFile(filepath.Join(npm, "d3", "dist", "d3.min.js"))
	if err != nil {
		absent(t, "npm's d3")
	}
	files := map[string][]byte{"/": []byte(readmeExample(t, "D3")), "/d3.min.js": d3}
	site := func() *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				w.Header().Set("Content-Type", "text/html")
			}
			_, _ = w.Write(files[r.URL.Path]) // nothing where there is none
		}))
		t.Cleanup(s.Close)
		return s
	}
	listed, other := site(), site()
	w, ask, want := neighbourhood(t, listed.URL)
	signed := w.web.URL + w.sign(ask+"node-link", 0)
	open := func(page string, more ...string) string {
		run := exec.CommandContext(t.Context(), browser, append(more, "--headless=new", "--no-sandbox", "--disable-gpu",
			"--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
			"--disable-sync", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
			"--user-data-dir="+filepath.Join(t.TempDir(), "profile"), "--virtual-time-budget=20000",
			page+"/#"+url.QueryEscape(signed))...)
		run.WaitDelay = 5 * time.Second
		dom, err := run.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, dom)
		}
		return string(dom)
	}
	dom := open(listed.URL, "--dump-dom")
	if circles, lines := strings.Count(dom, "<circle"), strings.Count(dom, "<line x1")+strings.Count(dom, "<line stroke"); circles !=
		len(want.Nodes) || lines != len(want.Edges) || strings.Contains(dom, "NaN") {
		t.Errorf("%d circles and %d lines for %d entities and %d links\n%s", circles, lines, len(want.Nodes), len(want.Edges), dom)
	}
	for _, n := range want.Nodes {
		if !strings.Contains(dom, ">"+n.Name+"<") && !strings.ContainsAny(n.Name, "&<>") {
			t.Errorf("%s is not drawn", n.Name)
		}
	}
	if picture := os.Getenv("ORBAT_PICTURE"); picture != "" {
		open(listed.URL, "--screenshot="+picture, "--window-size=1200,800")
	}
	if dom := open(other.URL, "--dump-dom"); strings.Contains(dom, "<circle") || !strings.Contains(dom, "Failed to fetch") {
		t.Errorf("a page that is not listed shows\n%s", dom)
	}
}
