package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
)

// What a stranger gets, of every operation: nothing but that it must say who it is.
func TestStrangers(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	token, hash := access.NewToken()
	old, oldHash := access.NewToken()
	file := filepath.Join(t.TempDir(), "callers.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(fmt.Sprintf("callers:\n- {name: ann, role: reader, sha256: %s}\n- {name: old, role: admin, sha256: %s, expires: 2020-01-01}\n",
		hash, oldHash))
	watched, err := access.Watch(file, func(err error) { t.Log(err) })
	if err != nil {
		t.Fatal(err)
	}
	w := serve(t, conn, httpapi.Options{Gate: &access.Gate{Callers: watched.Callers}})
	d := parsed(t)
	for path, item := range d.Paths.Map() {
		for method, op := range item.Operations() {
			path := strings.NewReplacer("{name}", "career", "{id}", "1").Replace(path)
			a := w.request(method, path, nil)
			open := op.OperationID == "health" || op.OperationID == "ready"
			if open != (a.StatusCode == http.StatusOK) || !open && a.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s %s: %d\n%s", method, path, a.StatusCode, a.body)
			}
			if !open && (a.Header.Get("WWW-Authenticate") == "" || a.problem(t).Type != "urn:orbat:problem:unauthenticated") {
				t.Errorf("%s %s: %v", method, path, a.Header)
			}
		}
	}
	for header, want := range map[string]int{
		"Bearer " + token: 200, "bearer " + token: 200, "Bearer " + old: 401, "Bearer ": 401, "Bearer x": 401, "Basic " + token: 401,
		"Bearer " + hash: 401, token: 401,
	} {
		if a := w.get("/api/v1/whoami", "Authorization", header); a.StatusCode != want {
			t.Errorf("%.12s: %d, want %d", header, a.StatusCode, want)
		}
	}
	if a := w.get("/api/v1/datasets", "Authorization", "Bearer "+token); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	// Who is taken out of the file is not let in any more, without a restart; a slip in it changes nothing.
	write("callers:\n- {name: ann, rle: reader}\n")
	if a := w.get("/api/v1/whoami", "Authorization", "Bearer "+token); a.StatusCode != http.StatusOK {
		t.Errorf("%d", a.StatusCode)
	}
	write("callers: []\n")
	for deadline := time.Now().Add(10 * time.Second); ; {
		if a := w.get("/api/v1/whoami", "Authorization", "Bearer "+token); a.StatusCode == http.StatusUnauthorized {
			break
		} else if time.Now().After(deadline) {
			t.Fatal("a token that was taken away still holds")
		}
	}
}

// A page of somebody else's gets nothing: neither by a name that it has point here nor by a browser's hand.
func TestForeignPages(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{Gate: &access.Gate{
		Anonymous: anybody(), Hosts: []string{"graph.example"}, Origins: []string{"https://gephi.example"},
	}})
	for _, c := range []struct {
		headers []string
		status  int
		shared  bool
	}{
		{nil, 200, false},
		{[]string{"Host", "graph.example:443"}, 200, false},
		{[]string{"Host", "GRAPH.example."}, 200, false},
		{[]string{"Host", "evil.example"}, 421, false},
		{[]string{"Host", "127.0.0.1.evil.example"}, 421, false},
		{[]string{"Origin", "https://evil.example"}, 403, false},
		{[]string{"Origin", "null"}, 403, false},
		{[]string{"Origin", "http://graph.example", "Host", "graph.example"}, 200, false},
		{[]string{"Origin", "https://graph.example", "Host", "graph.example"}, 403, false}, // we speak no TLS
		{[]string{"Origin", "http://graph.example", "Host", "graph.example:80"}, 200, false},
		{[]string{"Origin", "https://gephi.example"}, 200, true},
		{[]string{"Origin", "http://gephi.example"}, 403, false},
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200, false},
		{[]string{"Sec-Fetch-Site", "none"}, 200, false},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403, false},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403, false},
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200, false},
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403, false},
	} {
		a := w.get("/api/v1/whoami", c.headers...)
		if a.StatusCode != c.status || (a.Header.Get("Access-Control-Allow-Origin") != "") != c.shared {
			t.Errorf("%v: %d %v", c.headers, a.StatusCode, a.Header)
		}
		if a.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Error("credentials are shared")
		}
	}
	pre := w.request(http.MethodOptions, "/api/v1/whoami", nil, "Origin", "https://gephi.example", "Access-Control-Request-Method", "GET")
	if pre.StatusCode != http.StatusNoContent || pre.Header.Get("Access-Control-Allow-Methods") != "GET, OPTIONS" {
		t.Errorf("%d %v", pre.StatusCode, pre.Header)
	}
	if pre := w.request(http.MethodOptions, "/api/v1/whoami", nil, "Origin",
		"https://evil.example"); pre.StatusCode != http.StatusForbidden {
		t.Errorf("%d", pre.StatusCode)
	}
}

func proxyGate(t *testing.T) *access.Gate {
	t.Helper()
	return &access.Gate{
		UserHeader: "X-Forwarded-User", Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, ProxyRole: access.Reader,
		Secure: true, Keys: keysOf(t, access.NewKey()), Hosts: []string{"graph.example"},
	}
}

// Behind a proxy that speaks TLS a page that came without it is another's: whoever sits between has written it.
func TestPageWithoutTLS(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{Gate: proxyGate(t)})
	for _, c := range []struct {
		origin, said string
		status       int
	}{
		{"https://graph.example", "", 200},
		{"http://graph.example", "", 403},
		{"https://graph.example", "https", 200},
		{"http://graph.example", "http", 200},
		{"https://graph.example", "http", 403},
	} {
		headers := []string{"Host", "graph.example", "X-Forwarded-User", "ann", "Origin", c.origin}
		if c.said != "" {
			headers = append(headers, "X-Forwarded-Proto", c.said)
		}
		if a := w.get("/api/v1/whoami", headers...); a.StatusCode != c.status {
			t.Errorf("%+v: %d %s", c, a.StatusCode, a.body)
		}
	}
}

// A proxy's word is taken from a proxy alone.
func TestProxyNamesCallers(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	here, elsewhere := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")
	for _, c := range []struct {
		proxies netip.Prefix
		user    string
		role    access.Role
		status  int
	}{
		{here, "ann", access.Reader, 200}, {here, "", access.Reader, 401}, {here, "ann", "", 403}, {elsewhere, "ann", access.Reader, 403},
	} {
		w := serve(t, conn, httpapi.Options{Gate: &access.Gate{
			UserHeader: "X-Forwarded-User", Proxies: []netip.Prefix{c.proxies}, ProxyRole: c.role,
		}})
		if a := w.get("/api/v1/whoami", "X-Forwarded-User", c.user); a.StatusCode != c.status {
			t.Errorf("%+v: %d %s", c, a.StatusCode, a.body)
		}
	}
}

// Who may see a part of the graph is told nothing of its data sets, and none of the claims of the others.
func TestDatasetsOfCaller(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	servetest.Load(t, conn, "other.ndjson", `{"type":"Person","xid":"t:hidden","name":"Hidden Person"}`+"\n", "hidden")
	servetest.Load(t, conn, "shown.ndjson", `{"type":"Person","xid":"t:seen","name":"Seen Person"}`+"\n", "shown")
	w := serve(t, conn, httpapi.Options{Gate: &access.Gate{
		Anonymous: &access.Caller{Name: "partner", Role: access.Admin, Datasets: []string{"shown"}},
	}})
	for _, path := range []string{"/api/v1/datasets", "/metrics"} {
		if a := w.get(path); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	for _, path := range []string{
		"/api/v1/search?q=person", "/api/v1/export?format=canonical", "/api/v1/export?format=json", "/api/v1/export?format=ndjson",
		"/api/v1/export?format=gexf&dataset=shown", "/api/v1/search?q=kurilla", "/api/v1/ask/degree-ranking", "/api/v1/ask/what-changed",
	} {
		a := w.get(path)
		if refused := strings.Contains(path, "/ask/"); refused && a.StatusCode != http.StatusUnprocessableEntity ||
			!refused && a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
		if strings.Contains(string(a.body), "idden") || strings.Contains(string(a.body), "Kurilla") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if a := w.get("/api/v1/search?q=seen"); !strings.Contains(string(a.body), "t:seen") {
		t.Errorf("%s", a.body)
	}
}

// The audit says who asked what and how much came back; log and metrics hold neither names nor secrets.
func TestAuditAndLog(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	token, hash := access.NewToken()
	file := filepath.Join(t.TempDir(), "callers.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, "callers:\n- {name: ann, role: reader, sha256: %s}\n", hash), 0o600); err != nil {
		t.Fatal(err)
	}
	watched, err := access.Watch(file, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	kept, log := &lockedBuffer{}, &lockedBuffer{}
	w := serve(t, conn, httpapi.Options{Gate: &access.Gate{Callers: watched.Callers}, Audit: kept, Log: logTo(log)})
	w.get("/api/v1/ask/career?person=Michael+Kurilla", "Authorization", "Bearer "+token)
	w.get("/api/v1/ask/career?person=Kurila", "Authorization", "Bearer "+token)
	w.get("/api/v1/ask/career?person=Kurila", "Authorization", "Bearer x"+token)
	metrics := w.get("/metrics", "Authorization", "Bearer "+token)
	w.web.Close()
	lines := strings.Split(strings.TrimSpace(kept.String()), "\n")
	var first struct {
		Caller, Role, Operation, About string
		Status, Rows                   int
	}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.Caller != "ann" || first.Role != "reader" || first.Operation != "ask" || first.About != "career?person=Michael+Kurilla" ||
		first.Status != 200 || first.Rows == 0 || len(lines) != 4 {
		t.Errorf("%s", kept.String())
	}
	for _, text := range []string{log.String(), string(metrics.body)} {
		for _, secret := range []string{token, hash, "Kuril", "ann"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q stands in\n%s", secret, text)
			}
		}
	}
	if !strings.Contains(string(metrics.body), `orbat_http_requests_total{operation="ask",status="404"} 1`) {
		t.Errorf("%s", metrics.body)
	}
	if strings.Contains(kept.String(), token) {
		t.Error("the audit holds a token")
	}
}
