package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/reconcile"
	"orbat/deploy"
	"orbat/queries"
)

// slowBody is one whose next part did not come in time.
type slowBody struct{}

func (slowBody) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// without answers a request where there is no database.
func without(t *testing.T, audit io.Writer, method, path string, body io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	server := httpapi.New(httpapi.Options{
		Backend: httpapi.Backend{
			Connect: func(context.Context) (*deploy.Conn, error) { return nil, errors.New("there is none") }, Library: queries.Builtin,
		},
		Gate: &access.Gate{Anonymous: anybody(), Hosts: []string{"example.com"}}, Audit: audit,
	})
	defer server.Close()
	reconcile.New(reconcile.Options{}).Mount(server)
	r := httptest.NewRequestWithContext(t.Context(), method, path, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	server.Handler().ServeHTTP(w, r)
	return w
}

// A form that comes too slowly is told so, and not that it ends too early.
func TestSlowFormIsToldSo(t *testing.T) {
	w := without(t, nil, http.MethodPost, "/reconcile", io.MultiReader(strings.NewReader("queries="), slowBody{}))
	if w.Code != http.StatusRequestTimeout || !strings.Contains(w.Body.String(), "slowly") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// The audit tells of whom somebody looks at, as of all that is asked.
func TestAuditTellsWhatIsShown(t *testing.T) {
	for _, path := range []string{
		"/reconcile/preview?id=t:1&width=400", "/reconcile/flyout/entity?id=t:1", "/reconcile/suggest/entity?prefix=t:1",
	} {
		var audit bytes.Buffer
		without(t, &audit, http.MethodGet, path, nil)
		if !strings.Contains(audit.String(), "=t%3A1\"") {
			t.Errorf("%s: %s", path, &audit)
		}
	}
}
