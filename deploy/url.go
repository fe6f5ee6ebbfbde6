package deploy

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// DefaultPort is an alpha's gRPC port, taken where a URL names none.
const DefaultPort = "9080"

// SSLMode says how a connection is encrypted. The words are those of dgo's own connection strings.
type SSLMode string

// The modes. A URL that names none means disable, or verify-ca where it names a ca, cert or key file.
const (
	SSLDisable  SSLMode = "disable"   // no TLS
	SSLRequire  SSLMode = "require"   // TLS, but the server's certificate is not checked
	SSLVerifyCA SSLMode = "verify-ca" // TLS; the certificate must be good for the host and signed by the system's CAs or those of CA
)

// Target is a database to connect to: what a connection URL says. Printing one never shows a secret.
type Target struct {
	Hosts     []string // "host:port", at least one; several are alphas of one cluster
	User      string   // ACL login; empty: none
	Password  Secret
	Namespace uint64 // the namespace to log in to; needs a User unless 0
	SSLMode   SSLMode

	// Token is sent with every call, as "auth-token" (what an alpha's --security token= asks for) and as a bearer
	// authorization (what a proxy in front of it asks for).
	Token  Secret
	APIKey Secret // sent with every call as the plain authorization, as Dgraph's cloud wanted it

	CA         string // file of PEM certificates to trust instead of the system's
	Cert, Key  string // files of our own certificate, for mTLS; both or none
	ServerName string // the name expected in the server's certificate; empty: the host's

	PasswordFile, TokenFile string // files to read Password and Token from, when connecting

	// HTTPPorts are the ports of the alphas' HTTP, which backup and restore go over: one for all hosts, or one for
	// each. None: 1000 below the gRPC port, as an alpha has it by itself. An alpha tells nobody which it has.
	HTTPPorts []string

	local bool // our own Dgraph's: secrets of the environment are meant for others

	// Insecure permits credentials to travel unencrypted to another machine. Without it that is refused.
	Insecure bool
}

const urlForm = "a connection URL looks like dgraph://user@host:9080?sslmode=verify-ca&passwordfile=FILE; " +
	"write reserved characters in it as %40 for @, %2F for /, %3F for ?"

// Parse reads a connection URL:
//
//	dgraph://user:password@host:port,host2:port?sslmode=disable|require|verify-ca&namespace=N&…
//
// It follows dgo's own connection strings (sslmode, namespace, bearertoken, apikey) and adds several hosts and ca=FILE,
// cert=FILE, key=FILE, servername=NAME, passwordfile=FILE, tokenfile=FILE, httpport=PORT,… and insecure=true. The port
// is 9080 by default.
//
// Parse reads no file and no environment; [Connect] does. Its errors quote nothing of the URL but the names of known
// options: one unescaped character is enough to make a piece of a password look like a host or an option.
func Parse(raw string) (Target, error) {
	t, err := parse(raw)
	if err == nil {
		err = t.check()
	}
	if err != nil {
		var known *DatabaseError
		if errors.As(err, &known) {
			return Target{}, err
		}
		return Target{}, &DatabaseError{Do: "read connection URL", Err: err, Fix: urlForm}
	}
	return t, nil
}

func parse(raw string) (Target, error) {
	rest, ok := strings.CutPrefix(raw, "dgraph://")
	if !ok {
		return Target{}, errors.New("it does not start with dgraph://")
	}
	rest, query, _ := strings.Cut(rest, "?")
	rest, path, _ := strings.Cut(rest, "/")
	if path != "" || strings.Contains(rest+query, "#") {
		return Target{}, errors.New("it has a path or a fragment")
	}
	var t Target
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		if err := parseUser(&t, rest[:at]); err != nil {
			return Target{}, err
		}
		rest = rest[at+1:]
	}
	for i, part := range strings.Split(rest, ",") {
		host, err := parseHost(part)
		if err != nil {
			return Target{}, fmt.Errorf("host %d: %w", i+1, err)
		}
		t.Hosts = append(t.Hosts, host)
	}
	if err := parseOptions(&t, query); err != nil {
		return Target{}, err
	}
	if t.SSLMode == "" {
		t.SSLMode = SSLDisable
		if t.CA != "" || t.Cert != "" || t.Key != "" {
			t.SSLMode = SSLVerifyCA
		}
	}
	return t, nil
}

func parseUser(t *Target, text string) error {
	user, password, _ := strings.Cut(text, ":")
	var err error
	if t.User, err = url.PathUnescape(user); err != nil {
		return errors.New("the user is not escaped as a URL wants it")
	}
	if password, err = url.PathUnescape(password); err != nil {
		return errors.New("the password is not escaped as a URL wants it")
	}
	if t.User == "" {
		return errors.New("there is an @ but no user before it")
	}
	t.Password = NewSecret(password)
	return nil
}

func parseHost(text string) (string, error) {
	host, port := text, DefaultPort
	switch {
	case text == "":
		return "", errors.New("it is empty")
	case strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]"):
		host = text[1 : len(text)-1]
	case strings.Contains(text, ":"):
		var err error
		if host, port, err = net.SplitHostPort(text); err != nil {
			return "", errors.New("it is not host:port") // err would quote it
		}
	}
	if host == "" || strings.ContainsAny(host, " \t\r\n%@") {
		return "", errors.New("it is not a host name or address")
	}
	for _, c := range host {
		if c < ' ' || c == 0x7f {
			return "", errors.New("it is not a host name or address")
		}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", errors.New("its port is not a number from 1 to 65535")
	}
	return net.JoinHostPort(host, port), nil
}

func parseOptions(t *Target, query string) error {
	seen := map[string]bool{}
	n := 0
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		n++
		name, value, _ := strings.Cut(part, "=")
		value, err := url.QueryUnescape(value)
		if err != nil {
			return fmt.Errorf("option %d is not escaped as a URL wants it", n)
		}
		if err := setOption(t, name, value); err != nil {
			return fmt.Errorf("option %d: %w", n, err)
		}
		if seen[name] {
			return fmt.Errorf("option %d: %s is given twice", n, name)
		}
		seen[name] = true
	}
	return nil
}

func setOption(t *Target, name, value string) error {
	var err error
	switch name {
	case "sslmode":
		t.SSLMode = SSLMode(value)
		if t.SSLMode != SSLDisable && t.SSLMode != SSLRequire && t.SSLMode != SSLVerifyCA {
			err = errors.New("sslmode is one of disable, require, verify-ca")
		}
	case "namespace":
		if t.Namespace, err = strconv.ParseUint(value, 0, 64); err != nil {
			err = errors.New("namespace is not a number")
		}
	case "insecure":
		if t.Insecure, err = strconv.ParseBool(value); err != nil {
			err = errors.New("insecure is true or false")
		}
	case "httpport":
		t.HTTPPorts = strings.Split(value, ",")
		for _, port := range t.HTTPPorts {
			if n, wrong := strconv.ParseUint(port, 10, 16); wrong != nil || n == 0 {
				err = errors.New("httpport is a number from 1 to 65535, or one for each host")
			}
		}
	case "bearertoken":
		t.Token = NewSecret(value)
	case "apikey":
		t.APIKey = NewSecret(value)
	case "ca":
		t.CA = value
	case "cert":
		t.Cert = value
	case "key":
		t.Key = value
	case "servername":
		t.ServerName = value
	case "passwordfile":
		t.PasswordFile = value
	case "tokenfile":
		t.TokenFile = value
	default:
		err = errors.New("its name is not one of apikey, bearertoken, ca, cert, httpport, insecure, key, namespace, " +
			"passwordfile, servername, sslmode, tokenfile")
	}
	return err
}

// encrypted reports whether connections speak TLS.
func (t Target) encrypted() bool { return t.SSLMode != SSLDisable && t.SSLMode != "" }

// each yields a target for every host.
func (t Target) each() iter.Seq[Target] {
	return func(yield func(Target) bool) {
		for i := range t.Hosts {
			if !yield(t.host(i)) {
				return
			}
		}
	}
}

// host returns a target for the host at i alone.
func (t Target) host(i int) Target {
	if len(t.HTTPPorts) > 1 {
		t.HTTPPorts = t.HTTPPorts[i : i+1]
	}
	t.Hosts = t.Hosts[i : i+1]
	return t
}

// check refuses what cannot work or would be less safe than it looks.
func (t Target) check() error {
	switch {
	case len(t.Hosts) == 0:
		return errors.New("no host is given")
	case (t.Cert == "") != (t.Key == ""):
		return errors.New("cert and key go together, and one is missing")
	case t.CA != "" && t.SSLMode != SSLVerifyCA:
		return errors.New("ca is only looked at with sslmode=verify-ca")
	case (t.Cert != "" || t.ServerName != "") && t.SSLMode == SSLDisable:
		return errors.New("cert, key and servername need sslmode=verify-ca or sslmode=require")
	case !t.Token.IsZero() && !t.APIKey.IsZero():
		return errors.New("bearertoken and apikey cannot both be sent")
	case !t.Password.IsZero() && t.PasswordFile != "", !t.Token.IsZero() && t.TokenFile != "":
		return errors.New("a secret is given both in the URL and as a file")
	case (t.PasswordFile != "" || t.Namespace != 0) && t.User == "":
		return errors.New("passwordfile and namespace need a user")
	case len(t.HTTPPorts) > 1 && len(t.HTTPPorts) != len(t.Hosts):
		return errors.New("httpport is one for all hosts, or one for each")
	}
	return t.checkExposure()
}

// checkExposure refuses to send a credential in clear over a network.
func (t Target) checkExposure() error {
	if t.SSLMode != SSLDisable || t.Insecure {
		return nil
	}
	if t.User == "" && t.Token.IsZero() && t.APIKey.IsZero() && t.TokenFile == "" {
		return nil
	}
	for _, h := range t.Hosts {
		host, _, _ := net.SplitHostPort(h)
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return &DatabaseError{
				Do:  "use connection URL",
				Err: errors.New("it would send a password or token unencrypted to another machine"),
				Fix: "add sslmode=verify-ca (or sslmode=require); on a network you trust, add insecure=true",
			}
		}
	}
	return nil
}

// HasInlineSecret reports a password, token or key written in the URL itself. A command may refuse one on its command
// line, where the shell's history and every user's ps see it.
func (t Target) HasInlineSecret() bool {
	return !t.Password.IsZero() && t.PasswordFile == "" || !t.Token.IsZero() && t.TokenFile == "" || !t.APIKey.IsZero()
}

// String returns the URL with each secret written xxxxx. A target without secrets reads back as itself.
func (t Target) String() string {
	var b strings.Builder
	b.WriteString("dgraph://")
	if t.User != "" {
		b.WriteString(url.PathEscape(t.User))
		if !t.Password.IsZero() && t.PasswordFile == "" {
			b.WriteString(":" + redacted)
		}
		b.WriteByte('@')
	}
	b.WriteString(strings.Join(t.Hosts, ","))
	sep := byte('?')
	option := func(name, value string) {
		if value != "" {
			b.WriteByte(sep)
			b.WriteString(name + "=" + url.QueryEscape(value))
			sep = '&'
		}
	}
	if t.Namespace != 0 {
		option("namespace", strconv.FormatUint(t.Namespace, 10))
	}
	if t.SSLMode != SSLDisable {
		option("sslmode", string(t.SSLMode))
	}
	option("ca", t.CA)
	option("cert", t.Cert)
	option("key", t.Key)
	option("servername", t.ServerName)
	option("passwordfile", t.PasswordFile)
	option("tokenfile", t.TokenFile)
	if t.TokenFile == "" {
		option("bearertoken", t.Token.String())
	}
	option("apikey", t.APIKey.String())
	option("httpport", strings.Join(t.HTTPPorts, ","))
	if t.Insecure {
		option("insecure", "true")
	}
	return b.String()
}

// Address returns the URL of its hosts alone, without how to get in.
func (t Target) Address() string { return "dgraph://" + strings.Join(t.Hosts, ",") }

// GoString serves %#v.
func (t Target) GoString() string { return fmt.Sprintf("deploy.Target(%q)", t.String()) }

// Format serves every verb, so that %+v does not walk the fields.
func (t Target) Format(f fmt.State, verb rune) {
	switch {
	case verb == 'v' && f.Flag('#'):
		fmt.Fprint(f, t.GoString())
	case verb == 'q':
		fmt.Fprintf(f, "%q", t.String())
	default:
		fmt.Fprint(f, t.String())
	}
}

// LogValue serves log/slog.
func (t Target) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText serves JSON and the like with the redacted URL.
func (t Target) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
