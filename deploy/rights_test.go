package deploy

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
)

// What a host honours is judged in both directions: a right that was given, and one that was taken away.
func TestRights(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir+"/acl", strings.Repeat("k", 32))
	target := start(t, "dgraph://groot:password@localhost", "--acl", "secret-file="+dir+"/acl; access-ttl=1s")
	ctx := t.Context()
	groot, err := Connect(ctx, target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = groot.Close() })
	password := NewSecret("correct horse")
	for _, has := range Roles() {
		if err := groot.Grant(ctx, "ann", password, has); err != nil {
			t.Fatal(err)
		}
		for _, role := range Roles() {
			if err := groot.honours(ctx, groot.hosts[0], "ann", password, role); (err == nil) != (role == has) {
				t.Errorf("a host that takes ann for a %s is said to honour that she is a %s: %v", has, role, err)
			}
		}
	}

	t.Run("schema", func(t *testing.T) { mayDoToTheSchema(t, target, groot) })
	t.Run("login ends while it is restored", func(t *testing.T) {
		as := target
		as.User, as.Password = "ann", password
		ann, err := Connect(ctx, as)
		if err != nil {
			t.Fatal(err)
		}
		defer ann.Close()
		if _, err := groot.Revoke(ctx, "ann"); err != nil { // as a backup does that does not know her
			t.Fatal(err)
		}
		eventually(t, "her login has ended", func() bool {
			client := api.NewDgraphClient(ann.hosts[0].ClientConn)
			_, err := client.Query(ann.authorized(ctx), &api.Request{Query: "schema {}", ReadOnly: true})
			return err != nil && strings.Contains(err.Error(), "xpired")
		})
		soon, cancel := context.WithTimeout(ctx, 4*denialGrace)
		defer cancel()
		if err := ann.awaitRestore(soon, 0, "orbat.restoring.none"); !errors.Is(err, errUserGone) {
			t.Errorf("got %v", err)
		}
	})
}

// mayDoToTheSchema holds what the README says: a reader sees it, a loader changes it and may drop a predicate with all
// that it holds, and neither may drop everything.
func mayDoToTheSchema(t *testing.T, target Target, groot *Conn) {
	t.Helper()
	for _, role := range []Role{RoleReader, RoleLoader} {
		as := target
		as.User, as.Password = string(role), NewSecret("correct horse")
		if err := groot.Grant(t.Context(), as.User, as.Password, role); err != nil {
			t.Fatal(err)
		}
		if err := groot.Alter(t.Context(), &api.Operation{Schema: "kept: string ."}); err != nil {
			t.Fatal(err)
		}
		conn, err := Connect(t.Context(), as)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		answer, err := conn.NewReadOnlyTxn().Query(t.Context(), "schema {type}")
		if err != nil || !strings.Contains(string(answer.GetJson()), `"kept"`) {
			t.Errorf("%s: sees the schema %s, %v", role, answer.GetJson(), err)
		}
		for _, op := range []struct {
			name string
			*api.Operation
			may bool
		}{
			{"add", &api.Operation{Schema: "more: string ."}, role == RoleLoader},
			{"change", &api.Operation{Schema: "kept: int ."}, role == RoleLoader},
			{"drop one", &api.Operation{DropAttr: "kept"}, role == RoleLoader},
			{"drop the data", &api.Operation{DropOp: api.Operation_DATA}, false},
			{"drop all", &api.Operation{DropAll: true}, false},
		} {
			if err := conn.Alter(t.Context(), op.Operation); (err == nil) != op.may {
				t.Errorf("%s: may %s is %v: %v", role, op.name, op.may, err)
			}
		}
	}
}

// admins returns a connection whose administration is at a server of the test's own.
func admins(t *testing.T, handler http.Handler) *Conn {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return &Conn{
		Dgraph: dgo.NewDgraphClient(),
		target: Target{Hosts: []string{"127.0.0.1:1"}, HTTPPorts: []string{port}, Token: NewSecret("t0ken")},
	}
}

// An answer that is none is no restore under way: it may come from a proxy, or from a program that is no alpha.
func TestRestoringIsWhatAnAlphaSays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code      int
		text      string
		restoring bool
		good      bool
	}{
		{200, `[{"instance":"alpha","ongoing":["opRestore"]}]`, true, true},
		{200, `[{"instance":"alpha","ongoing":["opRollup"]}]`, false, true},
		{503, `draining mode`, false, false},
		{404, `not here`, false, false},
		{401, `log in`, false, false},
		{200, `<html>`, false, false},
	} {
		c := admins(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path+"?"+r.URL.RawQuery != "/health?live=1" { // only then an alpha that restores says so
				t.Errorf("asked for %s", r.URL)
			}
			w.WriteHeader(test.code)
			_, _ = w.Write([]byte(test.text))
		}))
		admin, err := c.administration(0)
		if err != nil {
			t.Fatal(err)
		}
		if restoring, err := admin.restoring(t.Context()); restoring != test.restoring || (err == nil) != test.good {
			t.Errorf("%d %s: restoring %v, %v", test.code, test.text, restoring, err)
		}
	}
}

// The token is for the host that was named, not for where that sends us, and not for a program that is no alpha.
func TestTokenStaysWithItsHost(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("sent there: %v", r.Header)
	}))
	t.Cleanup(elsewhere.Close)
	var asked int
	c := admins(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch asked++; {
		case r.URL.Path == "/health" && r.Header.Get("X-Dgraph-AuthToken") != "":
			t.Errorf("whoever answers is given the token: %v", r.Header)
		case r.URL.Path == "/admin" && r.Header.Get("X-Dgraph-AuthToken") != "t0ken":
			t.Errorf("without the token: %v", r.Header)
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	var problem *DatabaseError
	if err := c.Backup(t.Context(), "/nowhere", false); !errors.As(err, &problem) || !strings.Contains(problem.Hint(), "httpport=") {
		t.Errorf("backed up by a redirection: %v", err)
	}
	admin, err := c.administration(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := admin.ask(t.Context(), "{x}", nil, nil); err == nil || asked != 2 {
		t.Errorf("%d calls, %v", asked, err)
	}
	if admin.client.Timeout <= 0 {
		t.Error("a call may take for ever")
	}
}
