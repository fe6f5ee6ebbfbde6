package deploy

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"
)

// A folder whose secrets are gone, or whose data came from elsewhere, gets its own password again, and nobody else gets
// in while that is done.
func TestPasswordIsResetBehindALock(t *testing.T) {
	t.Parallel()
	l, out := newLocal(t)
	first := up(t, l)
	put(t, first.Target, "a secret")
	if err := l.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(l.secrets().Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(l.file("reset-killed"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	tries := make(chan map[string]int, 1)
	go func() { tries <- intrude(ctx, l) }()
	again := up(t, l)
	cancel()
	got := <-tries
	if !strings.Contains(out.String(), "the data has another password") || got["gRPC "+accessReset] == 0 || got["HTTP "+accessReset] == 0 {
		t.Errorf("it was not reset, or nobody tried meanwhile: %v", got)
	}
	if got["in"] > 0 {
		t.Errorf("others get in while the password is set: %v", got)
	}
	if !has(t, again.Target, "a secret") {
		t.Error("data is lost")
	}
	if left, err := os.ReadDir(l.folder()); err != nil || strings.Contains(names(left), "reset-") {
		t.Errorf("left behind: %s, %v", names(left), err)
	}
}

func names(entries []os.DirEntry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

// intrude asks without a secret, by gRPC and by HTTP, until ctx ends, and counts its tries by what the state says of
// the access, and those that get an answer about the graph.
func intrude(ctx context.Context, l Local) map[string]int {
	count := map[string]int{}
	client := &http.Client{Timeout: 2 * time.Second}
	for ctx.Err() == nil {
		s, _ := readState(l.file("state.json")) // one that is not there yet says nothing
		if s.Offset == 0 || len(s.Nodes) < 2 {
			continue
		}
		port := portRange{offset: s.Offset}
		once, stop := context.WithTimeout(ctx, 2*time.Second)
		if conn, err := Connect(once, Target{Hosts: []string{port.addr(alphaGRPC)}, SSLMode: SSLDisable}); err == nil {
			if answer, err := conn.NewReadOnlyTxn().Query(once, "{q(func: has(name)) {name}}"); err == nil {
				count["in"] += strings.Count(string(answer.GetJson()), "a secret")
			}
			if _, err := conn.NewTxn().Mutate(once, &api.Mutation{SetNquads: []byte(probeNQuad)}); err == nil {
				count["in"]++
			}
			_ = conn.Close()
		}
		stop()
		count["gRPC "+s.Access]++
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+port.addr(alphaHTTP)+"/query",
			strings.NewReader("{q(func: has(name)) {name}}"))
		if err != nil {
			continue
		}
		request.Header.Set("Content-Type", "application/dql")
		if answer, err := client.Do(request); err == nil {
			text := make([]byte, 1000)
			n, _ := answer.Body.Read(text)
			_ = answer.Body.Close()
			count["in"] += strings.Count(string(text[:n]), "a secret")
		}
		count["HTTP "+s.Access]++
	}
	return count
}
