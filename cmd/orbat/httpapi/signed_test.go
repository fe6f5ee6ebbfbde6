package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
)

// fileOf writes a file and returns its path.
func fileOf(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// callersOf reads a file of callers.
func callersOf(t *testing.T, text string) *access.Callers {
	t.Helper()
	callers, err := access.ReadFile(fileOf(t, "callers.yaml", text))
	if err != nil {
		t.Fatal(err)
	}
	return callers
}

func keysOf(t *testing.T, keys ...string) func() *access.Keys {
	t.Helper()
	read, err := access.ReadKeys(fileOf(t, "signing.keys", "# keys\n"+strings.Join(keys, "\n")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return func() *access.Keys { return read }
}

// sign has a URL signed and returns its path.
func (w *world) sign(path string, seconds int, headers ...string) string {
	w.Helper()
	text, err := json.Marshal(object{"url": path, "seconds": seconds})
	if err != nil {
		w.Fatal(err)
	}
	a := w.request(http.MethodPost, "/api/v1/signed-urls", bytes.NewReader(text), append(headers, "Content-Type", "application/json")...)
	var out struct {
		URL, Path string
		Expires   time.Time
	}
	if a.StatusCode != http.StatusCreated || json.Unmarshal(a.body, &out) != nil || out.URL != w.web.URL+out.Path {
		w.Fatalf("%s: %d %s", path, a.StatusCode, a.body)
	}
	return out.Path
}

// A signed URL lets whoever has it ask what it says, as its signer could: nothing else, no longer, and not once the
// signer could not.
func TestSignedURLs(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	servetest.Load(t, conn, "red.ndjson", `{"type":"Unit","xid":"t:red","name":"Red Unit","marking":"TLP:RED"}`+"\n", "red")
	token, hash := access.NewToken()
	other, otherHash := access.NewToken()
	entry := "- {name: ann, role: admin, sha256: " + hash + ", max_marking: TLP:GREEN}\n"
	bob := "- {name: bob, role: reader, sha256: " + otherHash + ", expires: 2030-12-31}\n"
	var known atomic.Pointer[access.Callers]
	known.Store(callersOf(t, "callers:\n"+entry+bob))
	now := time.Date(2030, 12, 31, 23, 0, 0, 0, time.UTC)
	first, second := access.NewKey(), access.NewKey()
	kept, log := &lockedBuffer{}, &lockedBuffer{}
	gate := func(keys ...string) *access.Gate {
		return &access.Gate{Callers: known.Load, Keys: keysOf(t, keys...), Now: func() time.Time { return now }}
	}
	w := serve(t, conn, httpapi.Options{Gate: gate(first), Audit: kept, Log: logTo(log)})
	bearer := []string{"Authorization", "Bearer " + token}

	const path = "/api/v1/ask/ego-network?entity=CENTCOM&format=gexf&as_of=2023"
	own := w.get(path, bearer...)
	signed := w.sign(path, 60, bearer...)
	if a := w.get(signed); a.StatusCode != http.StatusOK || !bytes.Equal(a.body, own.body) || a.Header.Get("Content-Type") !=
		own.Header.Get("Content-Type") {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if a := w.request(http.MethodHead, signed, nil); a.StatusCode != http.StatusOK {
		t.Errorf("HEAD: %d", a.StatusCode)
	}
	_, query, _ := strings.Cut(signed, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	signature := values.Get("orbat-signature")
	if decoded := signature + query; strings.Contains(decoded, "ann") || signature == "" {
		t.Errorf("it tells who signed it: %s", signed)
	}
	// However a client writes the same, it is the same.
	if a := w.get("/api/v1/ask/ego-network?orbat-signature=" + signature + "&format=gexf&as_of=%32023&entity=CENTCOM"); a.StatusCode !=
		http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	flipped := "A" + signature[1:]
	if flipped == signature {
		flipped = "B" + signature[1:]
	}
	for _, changed := range []string{
		strings.Replace(signed, "CENTCOM", "NATO", 1), strings.Replace(signed, "as_of=2023&", "", 1), signed + "&evidence=true",
		strings.Replace(signed, "/ego-network", "/neighbours", 1), strings.Replace(signed, signature, flipped, 1),
		strings.Replace(signed, signature, signature[:len(signature)-4], 1), strings.Replace(signed, signature, "", 1),
		signed + "&orbat-signature=" + signature, "/api/v1/export?format=canonical&orbat-signature=" + signature,
		"/api/v1/whoami?orbat-signature=" + signature,
	} {
		if a := w.get(changed); a.StatusCode != http.StatusUnauthorized || a.problem(t).Type != "urn:orbat:problem:unauthenticated" {
			t.Errorf("%s: %d %s", changed, a.StatusCode, a.body)
		}
	}
	if a := w.request(http.MethodPost, strings.Replace(signed, "ask/ego-network", "views", 1), strings.NewReader("{}")); a.StatusCode !=
		http.StatusUnauthorized {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	// It signs no other.
	if a := w.request(http.MethodPost, "/api/v1/signed-urls?orbat-signature="+signature,
		strings.NewReader(`{"url":"/api/v1/whoami"}`)); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	// An admin's is a reader's.
	if a := w.get(w.sign("/api/v1/whoami", 0, bearer...)); !strings.Contains(string(a.body), `"role":"reader"`) ||
		!strings.Contains(string(a.body), "TLP:GREEN") {
		t.Errorf("%s", a.body)
	}
	for address, status := range map[string]int{
		"/api/v1/jobs": 422, "/metrics": 422, "/healthz": 422, "/api/v1/candidates": 422, "/api/v1/nothing": 422, "/mcp": 422,
		"https://evil.example/api/v1/whoami": 422, signed: 422, "": 422, "/api/v1/datasets": 403, "/api/v1/ask/carer": 404,
		"/api/v1/ask/career?persn=x": 422, "/api/v1/search?limit=x": 422, "/api/v1/search?q=a;b": 400, "mailto:x": 422, "/api/v1//whoami": 422,
	} {
		text, err := json.Marshal(object{"url": address})
		if err != nil {
			t.Fatal(err)
		}
		if a := w.request(http.MethodPost, "/api/v1/signed-urls", bytes.NewReader(text), append(bearer, "Content-Type",
			"application/json")...); a.StatusCode != status {
			t.Errorf("%s: %d %s", address, a.StatusCode, a.body)
		}
	}
	for _, seconds := range []string{"-1", "86401"} {
		if a := w.request(http.MethodPost, "/api/v1/signed-urls", strings.NewReader(`{"url":"/api/v1/whoami","seconds":`+seconds+`}`),
			append(bearer, "Content-Type", "application/json")...); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", seconds, a.StatusCode, a.body)
		}
	}
	// Two instances share keys; what the one before signed holds while keys change hands; a stranger's key does not.
	for _, c := range []struct {
		keys   []string
		status int
	}{{[]string{first}, 200}, {[]string{second, first}, 200}, {[]string{second}, 401}} {
		if a := serve(t, conn, httpapi.Options{Gate: gate(c.keys...)}).get(signed); a.StatusCode != c.status {
			t.Errorf("%d keys: %d %s", len(c.keys), a.StatusCode, a.body)
		}
	}
	// It falls with its signer's token and with the signer's limits, and does not outlive either.
	_, newHash := access.NewToken()
	for what, callers := range map[string]string{
		"removed":  bob,
		"replaced": strings.Replace(entry, hash, newHash, 1) + bob,
		"lowered":  strings.Replace(entry, "TLP:GREEN", "TLP:CLEAR", 1) + bob,
		"narrowed": strings.Replace(entry, "}", ", datasets: [red]}", 1) + bob,
		"ended":    strings.Replace(entry, "}", ", expires: 2030-12-30}", 1) + bob,
	} {
		known.Store(callersOf(t, "callers:\n"+callers))
		if a := w.get(signed); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", what, a.StatusCode)
		}
	}
	known.Store(callersOf(t, "callers:\n"+entry+bob))
	if a := w.get(signed); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	bobs := w.sign("/api/v1/whoami", 86400, "Authorization", "Bearer "+other)
	now = now.Add(61 * time.Second)
	if a := w.get(signed); a.StatusCode != http.StatusUnauthorized || !strings.Contains(string(a.body), "expired") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := w.get(bobs); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	now = now.Add(59 * time.Minute)
	if a := w.get(bobs); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("it outlives its signer's token: %d", a.StatusCode)
	}
	metrics := w.get("/metrics", "Authorization", "Bearer "+other)
	w.web.Close()
	for what, text := range map[string]string{"audit": kept.String(), "log": log.String(), "metrics": string(metrics.body)} {
		if strings.Contains(text, signature) || strings.Contains(text, signature[:20]) || strings.Contains(text, first) {
			t.Errorf("the %s holds a signature", what)
		}
	}
	if !strings.Contains(kept.String(), `"caller":"ann","role":"reader","signed":true`) ||
		!strings.Contains(kept.String(), `"about":"ask /api/v1/ask/ego-network?entity=CENTCOM`) {
		t.Errorf("%s", kept.String())
	}
}

// Whom a proxy alone knows signs for those who come through it.
func TestSignedBehindProxy(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	gate := proxyGate(t)
	w := serve(t, conn, httpapi.Options{Gate: gate})
	a := w.request(http.MethodPost, "/api/v1/signed-urls", strings.NewReader(`{"url":"/api/v1/whoami"}`), "Content-Type",
		"application/json", "X-Forwarded-User", "ann")
	var out struct{ URL, Path string }
	if json.Unmarshal(a.body, &out) != nil || !strings.HasPrefix(out.URL, "https://127.0.0.1:") {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if a := w.get(out.Path); a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), `"name":"ann"`) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	gate.ProxyRole = ""
	if a := w.get(out.Path); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("who may not ask any more asks still: %d", a.StatusCode)
	}
}

// A page of a listed origin reads what a signed URL answers, errors included; another's does not.
func TestSignedForPages(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{Gate: &access.Gate{
		Anonymous: anybody(), Origins: []string{"https://gephi.example"}, Keys: keysOf(t, access.NewKey()),
	}})
	signed := w.sign("/api/v1/export?format=gexf", 0)
	for _, path := range []string{signed, signed + "&dataset=x"} {
		a := w.get(path, "Origin", "https://gephi.example", "Sec-Fetch-Site", "cross-site")
		if a.Header.Get("Access-Control-Allow-Origin") != "https://gephi.example" || a.Header.Get("Cross-Origin-Resource-Policy") !=
			"cross-origin" || (a.StatusCode == http.StatusOK) != (path == signed) {
			t.Errorf("%d %v", a.StatusCode, a.Header)
		}
	}
	if a := w.get(signed, "Origin", "https://evil.example"); a.StatusCode != http.StatusForbidden {
		t.Errorf("%d", a.StatusCode)
	}
	pre := w.request(http.MethodOptions, signed, nil, "Origin", "https://gephi.example", "Access-Control-Request-Method", "GET",
		"Access-Control-Request-Headers", "authorization", "Access-Control-Request-Private-Network", "true")
	if pre.StatusCode != http.StatusNoContent || !strings.Contains(pre.Header.Get("Access-Control-Allow-Headers"), "Authorization") ||
		!strings.Contains(pre.Header.Get("Access-Control-Allow-Methods"), "GET") ||
		pre.Header.Get("Access-Control-Allow-Private-Network") != "true" {
		t.Errorf("%d %v", pre.StatusCode, pre.Header)
	}
}
