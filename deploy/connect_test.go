package deploy

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"
)

// authority makes certificates in a folder: NAME.pem and NAME.key each.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) authority {
	a := authority{dir: t.TempDir()}
	a.cert, a.key = a.make(t, name, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

func (a authority) make(t *testing.T, name string, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.Subject = pkix.Name{CommonName: name}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	der, err = x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, a.dir+"/"+name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})))
	writeFile(t, a.dir+"/"+name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	return cert, key
}

func (a authority) server(t *testing.T, name string) {
	a.make(t, name, &x509.Certificate{
		DNSNames: []string{"db.test"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
}

func (a authority) client(t *testing.T, name string) {
	a.make(t, name, &x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
}

// start runs a real alpha with flags, in which access gets in.
func start(t *testing.T, access string, flags ...string) Target {
	t.Helper()
	l := Local{Home: t.TempDir(), AlphaFlags: flags, Open: access == "", Progress: t.Output()}
	if access != "" {
		l.Access = parsed(t, access)
	}
	run, err := l.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Stop)
	return run.Target()
}

func parsed(t *testing.T, url string) Target {
	t.Helper()
	target, err := Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// attempt is a URL, with HOST for the server, and what comes of using it.
type attempt struct {
	name, url string
	kind      error  // nil: it gets in
	says      string // in the error or its hint
}

func try(t *testing.T, host string, attempts []attempt) {
	t.Helper()
	for _, a := range attempts {
		t.Run(a.name, func(t *testing.T) {
			begin := time.Now()
			conn, err := Connect(t.Context(), parsed(t, strings.ReplaceAll(a.url, "HOST", host)))
			if took := time.Since(begin); took > dialTimeout+time.Minute { // it would take minutes if nothing bounded it
				t.Errorf("it took %s", took)
			}
			if err == nil {
				defer conn.Close()
				if err := conn.Alter(t.Context(), &api.Operation{Schema: "name: string @index(exact) ."}); err != nil {
					t.Errorf("alter: %v", err)
				}
			}
			if a.kind == nil {
				if err != nil {
					t.Errorf("it does not get in: %v", err)
				}
				return
			}
			var hinted *DatabaseError
			if !errors.As(err, &hinted) {
				t.Fatalf("got %v, want %v", err, a.kind)
			}
			if !errors.Is(err, a.kind) || !strings.Contains(err.Error()+" "+hinted.Hint(), a.says) || hinted.Hint() == "" {
				t.Errorf("got %v, want %v with %q", err, a.kind, a.says)
			}
			if strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
				t.Errorf("the error is long: %v", err)
			}
			t.Logf("%v (%s)", err, hinted.Hint())
		})
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	ca, stranger := newAuthority(t, "ca"), newAuthority(t, "ca")
	ca.server(t, "node")
	ca.client(t, "client")
	stranger.client(t, "client")
	good := "ca=" + ca.dir + "/ca.pem&servername=db.test"
	server := "ca-cert=" + ca.dir + "/ca.pem; server-cert=" + ca.dir + "/node.pem; server-key=" + ca.dir +
		"/node.key; internal-port=false; client-auth-type="
	t.Run("TLS", func(t *testing.T) {
		t.Parallel()
		host := start(t, "dgraph://localhost?"+good, "--tls", server+"VERIFYIFGIVEN").Hosts[0]
		try(t, host, []attempt{
			{"verified", "dgraph://HOST?" + good, nil, ""},
			{"unverified", "dgraph://HOST?sslmode=require", nil, ""},
			{"plain", "dgraph://HOST", ErrUnreachable, "sslmode"},
			{"system CAs", "dgraph://HOST?sslmode=verify-ca&servername=db.test", ErrDenied, "ca=FILE"},
			{"other CA", "dgraph://HOST?servername=db.test&ca=" + stranger.dir + "/ca.pem", ErrDenied, "ca=FILE"},
			{"other name", "dgraph://HOST?ca=" + ca.dir + "/ca.pem", ErrDenied, "servername"},
		})
		conn, err := Connect(t.Context(), parsed(t, "dgraph://"+host+"?"+good))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if warning := conn.Warning(); !strings.HasPrefix(warning, "the server's certificate ends on 20") {
			t.Errorf("of a certificate that ends in an hour: %q", warning)
		}
	})
	t.Run("mTLS", func(t *testing.T) {
		t.Parallel()
		pair := "&cert=" + ca.dir + "/client.pem&key=" + ca.dir + "/client.key"
		host := start(t, "dgraph://localhost?"+good+pair, "--tls", server+"REQUIREANDVERIFY").Hosts[0]
		try(t, host, []attempt{
			{"with certificate", "dgraph://HOST?" + good + pair, nil, ""},
			{"without", "dgraph://HOST?" + good, ErrDenied, "cert=FILE"},
			{
				"a stranger's", "dgraph://HOST?" + good + "&cert=" + stranger.dir + "/client.pem&key=" + stranger.dir + "/client.key",
				ErrDenied, "cert=FILE",
			},
		})
		for _, bad := range []string{"ca=" + ca.dir + "/none", "ca=" + ca.dir + "/ca.key", good + "&cert=" + ca.dir + "/client.pem&key=" +
			ca.dir + "/node.key"} {
			if _, err := Connect(t.Context(), parsed(t, "dgraph://"+host+"?"+bad)); err == nil ||
				!strings.Contains(err.Error(), "certificate") {
				t.Errorf("%s: got %v", bad, err)
			}
		}
	})
}

func TestLoginAndToken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir+"/acl", strings.Repeat("k", 32))
	writeFile(t, dir+"/password", "password\n")
	t.Run("login", func(t *testing.T) {
		t.Parallel()
		host := start(t, "dgraph://groot:password@localhost", "--acl", "secret-file="+dir+"/acl").Hosts[0]
		try(t, host, []attempt{
			{"password", "dgraph://groot:password@HOST", nil, ""},
			{"password file", "dgraph://groot@HOST?passwordfile=" + dir + "/password", nil, ""},
			{"wrong password", "dgraph://groot:hunter2@HOST", ErrDenied, EnvPassword},
			{"no login", "dgraph://HOST", ErrDenied, "user"},
			{"no such namespace", "dgraph://groot:password@HOST?namespace=77", ErrDenied, "namespace"},
		})
		t.Run("other namespace", func(t *testing.T) {
			id := addNamespace(t, host)
			try(t, host, []attempt{{"login", fmt.Sprintf("dgraph://groot:password@HOST?namespace=%d", id), nil, ""}})
			url := fmt.Sprintf("dgraph://groot:password@%s?namespace=%d", host, id)
			put(t, parsed(t, url), "apart")
			if !has(t, parsed(t, url), "apart") || has(t, parsed(t, "dgraph://groot:password@"+host), "apart") {
				t.Error("what was written is not in the namespace, or not only there")
			}
		})
		if err := Wait(t.Context(), parsed(t, "dgraph://groot:hunter2@"+host), nil); !errors.Is(err, ErrDenied) {
			t.Errorf("waiting with a wrong password: %v", err)
		}
	})
	t.Run("token and login", func(t *testing.T) {
		t.Parallel()
		writeFile(t, dir+"/token", "t0ken")
		access := "dgraph://groot:password@localhost?bearertoken=t0ken"
		host := start(t, access, "--security", "token=t0ken", "--acl", "secret-file="+dir+"/acl").Hosts[0]
		try(t, host, []attempt{
			{"both", "dgraph://groot:password@HOST?bearertoken=t0ken", nil, ""},
			{"token file", "dgraph://groot:password@HOST?tokenfile=" + dir + "/token", nil, ""},
			{"no token", "dgraph://groot:password@HOST", ErrDenied, EnvToken},
			{"wrong token", "dgraph://groot:password@HOST?bearertoken=hunter2", ErrDenied, EnvToken},
		})
	})
	t.Run("token", func(t *testing.T) {
		t.Parallel()
		host := start(t, "dgraph://localhost?bearertoken=t0ken", "--security", "token=t0ken").Hosts[0]
		try(t, host, []attempt{{"right", "dgraph://HOST?bearertoken=t0ken", nil, ""}})
		// Without a login to make, the server lets anybody ask; it is the schema that it guards.
		conn, err := Connect(t.Context(), parsed(t, "dgraph://"+host))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		err = conn.Explain("apply the schema", conn.Alter(t.Context(), &api.Operation{Schema: "name: string ."}))
		var hinted *DatabaseError
		if !errors.Is(err, ErrDenied) || !errors.As(err, &hinted) || !strings.Contains(hinted.Hint(), EnvToken) {
			t.Errorf("alter without a token: %v", err)
		}
	})
}

// addNamespace makes a namespace as its superuser, which gRPC cannot, on the alpha that listens for gRPC at host.
func addNamespace(t *testing.T, host string) uint64 {
	t.Helper()
	conn, err := Connect(t.Context(), parsed(t, "dgraph://groot:password@"+host))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	name, port, _ := net.SplitHostPort(host)
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	query := `{"query": "mutation { addNamespace(input: {password: \"password\"}) { namespaceId } }"}`
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		fmt.Sprintf("http://%s:%d/admin", name, n-alphaGRPC+alphaHTTP), strings.NewReader(query))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Dgraph-AccessToken", conn.GetJwt().AccessJwt)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Data struct {
			AddNamespace struct{ NamespaceID uint64 }
		}
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Data.AddNamespace.NamespaceID == 0 {
		t.Fatalf("add a namespace: %+v, %v", answer, err)
	}
	return answer.Data.AddNamespace.NamespaceID
}

func TestConnectPlain(t *testing.T) {
	t.Parallel()
	target := start(t, "")
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // accepts, by the kernel, and never says a word
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	try(t, target.Hosts[0], []attempt{
		{"plain", "dgraph://HOST", nil, ""},
		{"one of two", "dgraph://" + dead + ",HOST", nil, ""},
		{"TLS to a plain server", "dgraph://HOST?sslmode=require", ErrDenied, "sslmode"},
		{"nobody", "dgraph://" + dead, ErrUnreachable, dead + ": connection refused"},
		{"silence", "dgraph://" + silent.Addr().String(), ErrUnreachable, silent.Addr().String()},
		{"no such host", "dgraph://no-such-host.invalid", ErrUnreachable, "no-such-host.invalid"},
	})
	t.Run("version", func(t *testing.T) {
		conn, err := Connect(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if v, err := conn.ServerVersion(t.Context()); err != nil || !strings.HasPrefix(v, "v") {
			t.Errorf("version %q, %v", v, err)
		}
		if conn.Warning() != VersionWarning(conn.version) {
			t.Error("warning")
		}
	})
	t.Run("wait", func(t *testing.T) {
		if err := Wait(t.Context(), target, nil); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		err := Wait(ctx, parsed(t, "dgraph://"+dead), nil)
		if !errors.Is(err, ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), dead) {
			t.Errorf("got %v", err)
		}
	})
}

// Wait begins before there is anything to wait for.
func TestWaitForOneThatStarts(t *testing.T) {
	t.Parallel()
	l := Local{Home: t.TempDir(), Progress: t.Output()}
	done := make(chan error, 1)
	go func() {
		run, err := l.Start(t.Context())
		if err == nil {
			t.Cleanup(run.Stop)
		}
		done <- err
	}()
	var s state
	eventually(t, "ports", func() bool { s, _ = readState(l.file("state.json")); return len(s.Nodes) == 2 })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	if err := Wait(ctx, l.target(s.Offset), t.Output()); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
