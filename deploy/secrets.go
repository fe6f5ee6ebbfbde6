package deploy

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Secrets makes what a Dgraph with TLS, access control and a token needs, as the files that deploy/compose.yaml and the
// Kubernetes manifests name.
type Secrets struct {
	Dir    string   // a new folder
	Hosts  []string // names and addresses under which the alphas are reached, which their certificate is made out to
	Finder Finder   // where the binary comes from, which makes the certificates
}

// The files of [Secrets.Make], beside those of the users' passwords, NAME.password.
const (
	SecretTLS   = "tls"       // folder: ca.crt, node.crt, node.key, client.orbat.crt, client.orbat.key; ca.key, which no server needs
	SecretACL   = "acl.key"   // the key by which alphas sign logins
	SecretToken = "token"     // what Alter and the administration ask for
	SecretEnv   = "alpha.env" // the token as the environment of an alpha, the one way to give it that no list of processes shows
)

// password returns the file of a user's password.
func (s Secrets) password(user string) string { return filepath.Join(s.Dir, user+".password") }

// standing returns the users that Setup makes. groot is Dgraph's own first one, and cannot be done without.
func standing() map[string]Role {
	return map[string]Role{groot: RoleAdmin, "loader": RoleLoader, "reader": RoleReader}
}

// Make writes the files, all or none.
func (s Secrets) Make(ctx context.Context) error {
	if _, err := os.Stat(s.Dir); !errors.Is(err, fs.ErrNotExist) {
		return &DatabaseError{
			Do: "make secrets in " + s.Dir, Err: errors.New("it is there already"),
			Fix: "name a new folder: what is in use must not be overwritten",
		}
	}
	if len(s.Hosts) == 0 {
		return &DatabaseError{Do: "make secrets", Err: errors.New("no host is named"), Fix: "name those that clients call the alphas by"}
	}
	bin, err := s.Finder.Find(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(s.Dir)), 0o700); err != nil {
		return diskError("make secrets", s.Dir, err)
	}
	work, err := os.MkdirTemp(filepath.Dir(filepath.Clean(s.Dir)), ".orbat-secrets-")
	if err != nil {
		return diskError("make secrets", s.Dir, err)
	}
	defer func() { _ = os.RemoveAll(work) }() // nothing is there once it has its name
	if err := makeCertificates(ctx, bin, filepath.Join(work, SecretTLS), s.Hosts); err != nil {
		return err
	}
	token := random()
	files := map[string]string{
		SecretACL: random(), SecretToken: token + "\n",
		// Administration is refused to all but the machine itself unless told otherwise, and from within a container
		// every caller is another machine: so private networks may try, and need certificate, token and password.
		SecretEnv: "DGRAPH_ALPHA_SECURITY=token=" + token + ";whitelist=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16\n",
	}
	for user := range standing() {
		files[user+".password"] = random() + "\n"
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			return diskError("make secrets", s.Dir, err)
		}
	}
	return os.Rename(work, s.Dir)
}

// makeCertificates has Dgraph make the certificates and keys that are not in a folder yet.
func makeCertificates(ctx context.Context, bin Binary, dir string, hosts []string) error {
	cert := exec.CommandContext(ctx, bin.Path, "cert", "--dir", dir, "--nodes", strings.Join(hosts, ","),
		"--client", "orbat", "--elliptic-curve", "P256")
	cert.Env = engineEnv(os.Environ())
	said, err := cert.CombinedOutput()
	if err == nil {
		return nil
	}
	return &DatabaseError{
		Do: "make certificates", Err: fmt.Errorf("%w: %s", err, lastLines(string(said), 5)),
		Fix: "are the hosts names or addresses?",
	}
}

// Renew makes the certificates of servers and clients anew, by the same authority and for the same hosts unless Hosts
// names others, for a year from now. Servers take them when they start again, one after another: the old are as good
// until they end.
func (s Secrets) Renew(ctx context.Context) error {
	dir := filepath.Join(s.Dir, SecretTLS)
	failed := func(err error, fix string) error {
		return &DatabaseError{Do: "renew the certificates in " + dir, Err: err, Fix: fix}
	}
	if _, err := os.Stat(filepath.Join(dir, "ca.key")); err != nil {
		return failed(err, "the authority's key is needed for as long as this takes: put ca.key back")
	}
	old, err := readCertificate(filepath.Join(dir, "node.crt"))
	if err != nil {
		return failed(err, "name the folder that was made with the secrets")
	}
	if len(s.Hosts) == 0 {
		s.Hosts = old.DNSNames
		for _, address := range old.IPAddresses {
			s.Hosts = append(s.Hosts, address.String())
		}
	}
	bin, err := s.Finder.Find(ctx)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(s.Dir, ".renewed-")
	if err != nil {
		return diskError("renew the certificates", s.Dir, err)
	}
	defer func() { _ = os.RemoveAll(work) }() // what counts has left it
	for _, name := range []string{"ca.crt", "ca.key"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(work, name), text, 0o600)
		}
		if err != nil {
			return diskError("renew the certificates", s.Dir, err)
		}
	}
	if err := makeCertificates(ctx, bin, work, s.Hosts); err != nil {
		return err
	}
	// A key and a certificate that do not belong together are told to whoever starts with them; the next renewal mends
	// it.
	for _, name := range []string{"node.key", "node.crt", "client.orbat.key", "client.orbat.crt"} {
		if err := os.Rename(filepath.Join(work, name), filepath.Join(dir, name)); err != nil {
			return diskError("renew the certificates", s.Dir, err)
		}
	}
	return nil
}

func readCertificate(file string) (*x509.Certificate, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM certificate", file)
	}
	return x509.ParseCertificate(block.Bytes)
}

// random returns 256 bits in 64 hexadecimal digits.
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

// Setup gives a new database the users of the files: groot, whom Dgraph makes with a password that everybody knows, a
// loader and a reader. Where it was done before it is done again: passwords become those of the files.
func (s Secrets) Setup(ctx context.Context, t Target) error {
	t.User = groot
	t.PasswordFile = s.password(groot)
	conn, err := connectFirst(ctx, t)
	if err != nil {
		return err
	}
	defer conn.Close()
	for user, role := range standing() {
		password, err := findSecret(Secret{}, s.password(user), "password", "", nil)
		if err != nil {
			return err
		}
		if err := conn.Grant(ctx, user, password, role); err != nil {
			return err
		}
	}
	return nil
}
