package deploy

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	compose "github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/dgraph-io/dgo/v230/protos/api"
)

// readCompose reads a compose file as docker compose does, strictly: an unknown key is an error.
func readCompose(t *testing.T, file, project string) *types.Project {
	t.Helper()
	p, err := compose.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: project, ConfigFiles: []types.ConfigFile{{Filename: file}}, Environment: types.Mapping{},
	}, func(o *compose.Options) { o.SetProjectName("orbat", false) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// makeSecrets makes what a profile needs, as its head tells to.
func makeSecrets(t *testing.T, dir string, hosts ...string) Secrets {
	t.Helper()
	s := Secrets{Dir: dir, Hosts: append([]string{"localhost", "127.0.0.1"}, hosts...), Finder: Finder{Progress: t.Output()}}
	if err := s.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// run starts the processes of a profile as its containers would, on this machine: the same commands and environment,
// each when those it depends on are healthy, with other ports, folders and names. It returns where the alphas listen.
func run(ctx context.Context, t *testing.T, p *types.Project, project string) []string {
	t.Helper()
	bin, err := Finder{Progress: t.Output()}.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, kind := range []string{"zero", "alpha"} {
		for _, name := range p.ServiceNames() {
			if strings.HasPrefix(name, kind) {
				names = append(names, name)
			}
		}
	}
	ports, err := findPorts(t.Context(), 0, len(names)/2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ports.release)
	offset := func(name string) portRange { _, i := nodeIndex(strings.Replace(name, "1", "", 1)); return ports.at(i) }
	var hosts []string
	for _, name := range names {
		service := p.Services[name]
		for other := range service.DependsOn {
			awaitHealth(ctx, t, other, p.Services[other].HealthCheck.Test, offset(other).offset)
		}
		var args []string
		for _, arg := range service.Command[1:] {
			for _, secret := range service.Secrets { // what a container is not given is not there for it
				arg = strings.ReplaceAll(arg, "/run/secrets/"+secret.Source, p.Secrets[secret.Source].File)
			}
			for _, other := range names {
				for _, port := range []int{zeroGRPC, alphaPeer} {
					arg = strings.ReplaceAll(arg, fmt.Sprintf("%s:%d", other, port), offset(other).addr(port))
				}
			}
			args = append(args, arg)
		}
		args = append(args, "--bindall=false", "--port_offset="+strconv.Itoa(offset(name).offset))
		cmd := exec.Command(bin.Path, args...) //nolint:noctx // it ends with the test, by the clean-up
		cmd.Env = engineEnv(os.Environ())
		for key, value := range service.Environment {
			cmd.Env = append(cmd.Env, key+"="+*value)
		}
		cmd.Dir = filepath.Join(project, "data", name)
		if err := os.MkdirAll(cmd.Dir, 0o700); err != nil {
			t.Fatal(err)
		}
		var log output
		cmd.Stdout, cmd.Stderr = &log, &log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // it was killed
			if t.Failed() {
				t.Logf("%s: %s", name, lastLines(log.String(), 15))
			}
		})
		if service.Command[1] == "alpha" {
			hosts = append(hosts, offset(name).addr(alphaGRPC))
		}
	}
	return hosts
}

// awaitHealth waits until a check of health holds: a page that it fetches from its own container, and perhaps a text on
// it. Its port is that of the container, moved by offset.
func awaitHealth(ctx context.Context, t *testing.T, name string, check []string, offset int) {
	t.Helper()
	m := regexp.MustCompile(`curl --fail --silent --insecure "?https://localhost:(\d+)(/\w+)"?(?: \| grep --quiet '(.*)')?$`).
		FindStringSubmatch(strings.Join(check[1:], " "))
	if m == nil {
		t.Fatalf("%s: a check that no test knows: %v", name, check)
	}
	port, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	insecure := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as curl is told
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: insecure}}
	defer client.CloseIdleConnections()
	healthy := func() error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("https://127.0.0.1:%d%s", port+offset, m[2]), nil)
		if err != nil {
			return err
		}
		answer, err := client.Do(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err == nil && (answer.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(m[3]))) {
			err = fmt.Errorf("%s: %s", answer.Status, text)
		}
		return err
	}
	if err := poll(ctx, func() (bool, error) { err = healthy(); return err == nil, nil }); err != nil {
		t.Fatalf("%s did not become healthy: %v", name, errors.Join(ctx.Err(), healthy()))
	}
}

// Both compose files start a database that takes nobody in without certificate, token and password, in which a reader
// cannot write, a loader cannot empty it, and an admin can.
func TestComposeProfiles(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts Dgraphs")
	}
	for file, hosts := range map[string][]string{
		"compose.yaml":    {"zero", "alpha"},
		"compose.ha.yaml": {"zero1", "zero2", "zero3", "alpha1", "alpha2", "alpha3"},
	} {
		t.Run(file, func(t *testing.T) {
			project := t.TempDir()
			secrets := makeSecrets(t, filepath.Join(project, "secrets"), hosts...)
			p := readCompose(t, file, project)
			checkContainers(t, p)
			if got := p.ServiceNames(); len(got) != len(hosts) {
				t.Fatalf("services %v, want %v", got, hosts)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
			defer cancel()
			alphas := run(ctx, t, p, project)
			target := Target{
				Hosts: alphas, SSLMode: SSLVerifyCA, CA: filepath.Join(secrets.Dir, SecretTLS, "ca.crt"),
				TokenFile: filepath.Join(secrets.Dir, SecretToken),
			}
			for { // until it runs
				err := secrets.Setup(ctx, target)
				if err == nil {
					break
				}
				if ctx.Err() != nil {
					t.Fatalf("set up the users, in 20 minutes: %v", err)
				}
			}
			if err := secrets.Setup(ctx, target); err != nil {
				t.Errorf("set up again: %v", err)
			}
			accessHolds(ctx, t, secrets, target)
		})
	}
}

// as returns the target for one of the users that Setup made.
func (s Secrets) as(t Target, user string) Target {
	t.User, t.PasswordFile = user, s.password(user)
	return t
}

func accessHolds(ctx context.Context, t *testing.T, secrets Secrets, target Target) {
	t.Helper()
	if _, err := Connect(ctx, target); !errors.Is(err, ErrDenied) {
		t.Errorf("nobody: %v", err)
	}
	known := target
	known.User, known.Password = "groot", NewSecret("password")
	if _, err := Connect(ctx, known); !errors.Is(err, ErrDenied) {
		t.Errorf("groot by the password that everybody knows: %v", err)
	}
	plain := secrets.as(target, "loader")
	plain.SSLMode, plain.CA = SSLDisable, ""
	if _, err := Connect(ctx, plain); err == nil {
		t.Error("a connection without TLS")
	}
	alter := func(c *Conn) error { return c.Alter(ctx, &api.Operation{Schema: "name: string @index(exact) ."}) }
	write := func(c *Conn) error {
		_, err := c.NewTxn().Mutate(ctx, &api.Mutation{CommitNow: true, SetNquads: []byte(`_:a <name> "somebody" .`)})
		return err
	}
	read := func(c *Conn) error {
		r, err := c.NewReadOnlyTxn().Query(ctx, `{q(func: has(name)) {name}}`)
		if err == nil && !strings.Contains(string(r.GetJson()), "somebody") {
			err = errors.New("it sees nothing")
		}
		return err
	}
	users := func(c *Conn) error {
		list, err := c.Users(ctx)
		if err == nil && len(list) == 0 {
			err = errors.New("it sees none")
		}
		return err
	}
	place := filepath.Join(secrets.Dir, "..", "backup") // as seen by the alphas, which are on this machine
	if err := os.Mkdir(place, 0o700); err != nil {
		t.Fatal(err)
	}
	backup := func(c *Conn) error { return c.Backup(ctx, place, false) }
	empty := func(c *Conn) error { return c.Alter(ctx, &api.Operation{DropAll: true}) }
	promote := func(c *Conn) error { return c.Grant(ctx, "reader", NewSecret("a password of mine"), RoleAdmin) }
	for _, user := range []struct {
		name string
		may  map[string]bool
	}{
		{"loader", map[string]bool{"alter": true, "write": true, "read": true}},
		{"reader", map[string]bool{"read": true}},
		{"groot", map[string]bool{
			"alter": true, "write": true, "read": true, "users": true, "empty": true, "promote": true,
			"backup": true,
		}},
	} {
		conn, err := Connect(ctx, secrets.as(target, user.name))
		if err != nil {
			t.Errorf("%s: %v", user.name, err)
			continue
		}
		for _, act := range []struct {
			name string
			do   func(*Conn) error
		}{{"alter", alter}, {"write", write}, {"read", read}, {"users", users}, {"promote", promote}, {"backup", backup}, {
			"empty",
			empty,
		}} {
			err := act.do(conn)
			if may := user.may[act.name]; may != (err == nil) {
				t.Errorf("%s: may %s %v, got %v", user.name, act.name, may, err)
			}
		}
		_ = conn.Close()
	}
	conn, err := Connect(ctx, known) // emptied, it has forgotten the users too
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Restore(ctx, place, RestoreOptions{}); !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "all is restored") {
		t.Errorf("restored by the password that everybody knows, which is not that of the backup: %v", err)
	}
	again, err := Connect(ctx, secrets.as(target, "groot"))
	if err != nil {
		t.Fatalf("groot, restored: %v", err)
	}
	defer again.Close()
	if err := read(again); err != nil {
		t.Errorf("restored: %v", err)
	}
}

// checkContainers holds what every service of a compose file must have.
func checkContainers(t *testing.T, p *types.Project) {
	t.Helper()
	for name, s := range p.Services {
		switch {
		case s.Image != "dgraph/dgraph:"+Version:
			t.Errorf("%s: image %s, orbat is tested with %s", name, s.Image, Version)
		case !s.ReadOnly, s.User == "" || strings.HasPrefix(s.User, "0"), !slices.Contains(s.CapDrop,
			"ALL"), !slices.Contains(s.SecurityOpt, "no-new-privileges:true"):
			t.Errorf("%s may do more than it needs: %+v", name, s)
		case s.HealthCheck == nil || s.Restart != "unless-stopped":
			t.Errorf("%s: no check of its health, or no restart", name)
		}
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s listens on %q", name, port.HostIP)
			}
		}
		for _, secret := range s.Secrets {
			if file := p.Secrets[secret.Source].File; !strings.Contains(strings.Join(s.Command, " "), "/run/secrets/"+secret.Source) {
				t.Errorf("%s is given %s and does not read it", name, file)
			}
		}
		if args := strings.Join(s.Command, " "); !strings.Contains(args, "use-system-ca=false") {
			t.Errorf("%s trusts what any public authority signs", name)
		}
		for _, v := range s.Volumes {
			if strings.Contains(v.Source, "secrets") {
				t.Errorf("%s is given all of %s", name, v.Source)
			}
			if v.Bind == nil || v.Bind.CreateHostPath {
				t.Errorf("%s: %s would be made as root's", name, v.Source)
			}
		}
	}
}

// The roles that a user has are changed, not added to; and secrets in use are not overwritten.
func TestGrantAndRevoke(t *testing.T) {
	t.Parallel()
	project := t.TempDir()
	secrets := makeSecrets(t, filepath.Join(project, "secrets"))
	if err := secrets.Make(t.Context()); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("made over what there is: %v", err)
	}
	for name, want := range map[string]os.FileMode{
		SecretACL: 0o600, SecretToken: 0o600, SecretEnv: 0o600, "reader.password": 0o600,
		"": 0o700,
	} {
		if info, err := os.Stat(filepath.Join(secrets.Dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v, %v", name, info, err)
		}
	}
	l, _ := newLocal(t)
	l.AlphaFlags = []string{"--acl=secret-file=" + filepath.Join(secrets.Dir, SecretACL)}
	l.Access = Target{User: "groot", Password: NewSecret("password")}
	s := up(t, l)
	ctx := t.Context()
	conn, err := Connect(ctx, s.Target)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, role := range []Role{RoleReader, RoleLoader, RoleAdmin, RoleReader} {
		if err := conn.Grant(ctx, "ann", NewSecret("correct horse"), role); err != nil {
			t.Fatal(err)
		}
		list, err := conn.Users(ctx)
		if want := []User{{"ann", []Role{role}}, {"groot", []Role{RoleAdmin}}}; err != nil || fmt.Sprint(list) != fmt.Sprint(want) {
			t.Errorf("users %v, %v; want %v", list, err, want)
		}
		granted(t, s.Target, role)
	}
	if err := conn.Grant(ctx, "ann", NewSecret("short"), RoleReader); err == nil {
		t.Error("a password of five characters")
	}
	if err := conn.Grant(ctx, "ann", NewSecret("correct horse"), "king"); err == nil {
		t.Error("a role that is none")
	}
	for _, want := range []bool{true, false} {
		if was, err := conn.Revoke(ctx, "ann"); err != nil || was != want {
			t.Errorf("revoked: %v, %v", was, err)
		}
	}
	ann := s.Target
	ann.User, ann.Password = "ann", NewSecret("correct horse")
	if _, err := Connect(ctx, ann); !errors.Is(err, ErrDenied) {
		t.Errorf("ann, removed: %v", err)
	}
}

// granted shows that ann has her role at once, and no other.
func granted(t *testing.T, target Target, role Role) {
	t.Helper()
	target.User, target.Password = "ann", NewSecret("correct horse")
	conn, err := Connect(t.Context(), target)
	if err != nil {
		t.Errorf("%s: %v", role, err)
		return
	}
	defer conn.Close()
	txn := conn.NewTxn()
	_, err = txn.Mutate(t.Context(), &api.Mutation{SetNquads: []byte(probeNQuad)})
	if may := role != RoleReader; may != (err == nil) {
		t.Errorf("%s: may write %v, got %v", role, may, err)
	}
	_ = txn.Discard(t.Context())
	if _, err := conn.Users(t.Context()); (role == RoleAdmin) != (err == nil) {
		t.Errorf("%s: asked for the users: %v", role, err)
	}
}
