package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"orbat/cmd/orbat/httpapi"
	"orbat/deploy"
	"orbat/queries"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := io.WriteString(z, text)
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

func zstandard(t *testing.T, text string) string {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(z.EncodeAll([]byte(text), nil))
}

// A file goes by its name once it is unpacked: no two of a load by the same, none by none, and none by one that is a
// file's worth itself; and where a mapping reads them none is left unread. Of what is refused nothing stays on disk.
func TestNamesOfWhatIsSent(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	gate := loaderGate("mine")
	gate.Hosts = []string{"example.com"}
	server := httpapi.New(httpapi.Options{Gate: gate, Backend: httpapi.Backend{
		Connect: func(context.Context) (*deploy.Conn, error) { return nil, errors.New("there is none") }, Library: queries.Builtin,
	}})
	const (
		table = "type,xid\nPerson,t:1\n"
		one   = "tables: [{name: a, file: people.csv, entities: [{name: p, type: Person, key: {xid: 't:{id}'}}]}]\n"
	)
	for _, c := range []struct {
		parts  []string
		status int
		name   string
	}{
		{[]string{"file=a.csv", table, "file=a.csv.gz", gzipped(t, table)}, 422, ""},
		{[]string{"file=a.csv.zst", zstandard(t, table), "file=a.csv.gz", gzipped(t, table)}, 422, ""},
		{[]string{"file=.gz", gzipped(t, table)}, 422, ""},
		{[]string{"file=" + strings.Repeat("a", 5000) + ".csv", table}, 422, ""},
		{[]string{"file=a.csv.gz.zst", zstandard(t, gzipped(t, table))}, 202, "a.csv"},
		{[]string{"file=b/a.csv.GZ", gzipped(t, table)}, 202, "b/a.csv"},
		{[]string{"file=a.csv.gz", table}, 202, "a.csv.gz"},
		{[]string{"file=people.csv", "id\n1\n", "mapping", one, "file=posts.csv", "id\n1\n"}, 422, ""},
		{[]string{"file=people.csv", "id\n1\n", "mapping", one}, 202, "people.csv"},
	} {
		body, kind := form(t, c.parts...)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/loads?dataset=mine", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)
		var job struct{ File string }
		if err := json.Unmarshal(w.Body.Bytes(), &job); err != nil || w.Code != c.status || job.File != c.name {
			t.Errorf("%.60q: %d %s", c.parts[0], w.Code, w.Body)
		}
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "*")); err != nil || len(left) > 0 {
		t.Errorf("left on disk: %v %v", left, err)
	}
}
