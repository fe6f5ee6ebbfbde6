package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/deploy"
)

// While one request waits for a database that hangs, another waits no longer than it may.
func TestNobodyWaitsForAnothersConnection(t *testing.T) {
	asked := make(chan struct{}, 1)
	server := httpapi.New(httpapi.Options{
		Gate: &access.Gate{Anonymous: anybody(), Hosts: []string{"example.com"}}, Limits: httpapi.Limits{Time: 50 * time.Millisecond},
		Backend: httpapi.Backend{Connect: func(ctx context.Context) (*deploy.Conn, error) {
			asked <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}},
	})
	defer func() { _ = server.Close() }()
	slow, giveUp := context.WithCancel(t.Context())
	ended := make(chan int, 2)
	ask := func(ctx context.Context, path string) {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
		w := httptest.NewRecorder()
		defer func() {
			_ = recover() // what nobody waits for breaks off
			ended <- w.Code
		}()
		server.Handler().ServeHTTP(w, r)
	}
	go ask(slow, "/api/v1/export?format=json") // it has an hour
	<-asked
	go ask(t.Context(), "/api/v1/ontology")
	select {
	case code := <-ended:
		if code != http.StatusGatewayTimeout {
			t.Errorf("%d", code)
		}
	case <-time.After(5 * time.Second):
		t.Error("it waits for the other")
	}
	giveUp()
	<-ended
}
