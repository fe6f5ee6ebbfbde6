package deploy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// The environment variables that Connect takes secrets from, where neither the URL nor a file gives them.
const (
	EnvPassword = "ORBAT_DGRAPH_PASSWORD"
	EnvToken    = "ORBAT_DGRAPH_TOKEN"
)

// withSecrets reads the secrets that stand elsewhere: in files, else in the environment.
func (t Target) withSecrets(getenv func(string) string) (Target, error) {
	if t.local {
		getenv = func(string) string { return "" }
	}
	var err error
	if t.Password, err = findSecret(t.Password, t.PasswordFile, "password", EnvPassword, getenv); err != nil {
		return t, err
	}
	if t.Token, err = findSecret(t.Token, t.TokenFile, "token", EnvToken, getenv); err != nil {
		return t, err
	}
	if t.User == "" {
		t.Password = Secret{} // a password in the environment is not this target's
	}
	if !t.APIKey.IsZero() {
		t.Token = Secret{} // both would be the authorization
	}
	if t.User != "" && t.Password.IsZero() {
		return t, &DatabaseError{
			Do:  "log in as " + t.User,
			Err: errors.New("no password is given"),
			Fix: "set " + EnvPassword + ", or add passwordfile=FILE to the URL",
		}
	}
	return t, t.checkExposure()
}

func findSecret(have Secret, file, what, env string, getenv func(string) string) (Secret, error) {
	if !have.IsZero() {
		return have, nil
	}
	if file == "" {
		return NewSecret(getenv(env)), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return Secret{}, &DatabaseError{Do: "read " + what + " file", Err: err, Fix: "check " + what + "file= in the connection URL"}
	}
	secret := NewSecret(strings.TrimRight(string(text), "\r\n"))
	if secret.IsZero() {
		return Secret{}, &DatabaseError{Do: "read " + what + " file", Err: fmt.Errorf("%s is empty", file), Fix: "write the " + what +
			" to it"}
	}
	return secret, nil
}

// transport returns the TLS settings a target asks for. When the first certificate of its hosts ends is kept in ends.
func (t Target) transport(ends *atomic.Int64) (credentials.TransportCredentials, error) {
	if !t.encrypted() {
		return insecure.NewCredentials(), nil
	}
	c, err := t.tlsConfig()
	if err != nil {
		return nil, err
	}
	c.VerifyConnection = func(s tls.ConnectionState) error {
		for _, certificate := range s.PeerCertificates {
			if at, first := certificate.NotAfter.Unix(), ends.Load(); first == 0 || at < first {
				ends.Store(at) // of two at once either will do
			}
		}
		return nil
	}
	return credentials.NewTLS(c), nil
}

func (t Target) tlsConfig() (*tls.Config, error) {
	c := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         t.ServerName,
		InsecureSkipVerify: t.SSLMode == SSLRequire, // what "require" means in dgo's connection strings
	}
	if t.CA != "" {
		pem, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, &DatabaseError{Do: "read CA certificates", Err: err, Fix: "check ca= in the connection URL"}
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, &DatabaseError{
				Do: "read CA certificates", Err: fmt.Errorf("%s holds no PEM certificate", t.CA),
				Fix: "check ca= in the connection URL",
			}
		}
	}
	if t.Cert != "" {
		pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, &DatabaseError{Do: "read client certificate", Err: err, Fix: "check cert= and key= in the connection URL"}
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// handshake returns the reason for which a server hangs up on our TLS, or nil. In TLS 1.3 a server judges our
// certificate after we may have begun to talk, and gRPC then often reports the broken pipe and not the alert that tells
// why.
func (t Target) handshake(ctx context.Context, host string) error {
	c, err := t.tlsConfig()
	if err != nil {
		return err
	}
	c.NextProtos = []string{"h2"}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := (&tls.Dialer{Config: c}).DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	_, err = conn.Read(make([]byte, 1)) // an HTTP/2 server speaks first
	return err
}

// callCredentials go with every call: an alpha wants its token at Login and Alter, a proxy at all of them.
type callCredentials map[string]string

func (t Target) callCredentials() callCredentials {
	c := callCredentials{}
	if token := t.Token.Reveal(); token != "" {
		c["auth-token"] = token
		c["authorization"] = "Bearer " + token
	}
	if key := t.APIKey.Reveal(); key != "" {
		c["authorization"] = key
	}
	return c
}

func (c callCredentials) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return c, nil
}

// RequireTransportSecurity is false because checkExposure has decided already, and loopback may go without.
func (c callCredentials) RequireTransportSecurity() bool { return false }
