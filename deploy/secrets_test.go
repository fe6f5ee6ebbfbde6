package deploy

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Renewed certificates are others, made out to the same hosts by the same authority, and no secret beside them changes.
func TestRenewCertificates(t *testing.T) {
	t.Parallel()
	s := makeSecrets(t, filepath.Join(t.TempDir(), "secrets"), "alpha")
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(s.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	certificate := func(name string) *x509.Certificate {
		c, err := readCertificate(filepath.Join(s.Dir, SecretTLS, name))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	old := certificate("node.crt")
	kept := read("tls/ca.crt") + read("tls/ca.key") + read(SecretACL) + read(SecretToken) + read("groot.password")
	if err := (Secrets{Dir: s.Dir, Finder: s.Finder}).Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now := read("tls/ca.crt") + read("tls/ca.key") + read(SecretACL) + read(SecretToken) + read("groot.password"); now != kept {
		t.Error("the authority or another secret is not what it was")
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate("ca.crt"))
	for _, name := range []string{"node.crt", "client.orbat.crt"} {
		c := certificate(name)
		if _, err := c.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if c.SerialNumber.Cmp(old.SerialNumber) == 0 {
			t.Errorf("%s is the old one", name)
		}
	}
	if now := certificate("node.crt"); !slices.Equal(now.DNSNames, old.DNSNames) || len(now.IPAddresses) != len(old.IPAddresses) {
		t.Errorf("made out to %v %v, was to %v %v", now.DNSNames, now.IPAddresses, old.DNSNames, old.IPAddresses)
	}
	if err := os.Remove(filepath.Join(s.Dir, SecretTLS, "ca.key")); err != nil {
		t.Fatal(err)
	}
	if err := s.Renew(t.Context()); err == nil {
		t.Error("renewed without the authority's key")
	}
}
