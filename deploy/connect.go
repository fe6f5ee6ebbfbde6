package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
)

const (
	// dialTimeout bounds how long one host may take to answer, so that a mistyped address is said soon.
	dialTimeout = 5 * time.Second
	// enterTimeout bounds the login and the first question. A host that has answered is given time: checking a password
	// is made to be slow, and slower where processor time is short.
	enterTimeout = 30 * time.Second
	// maxMessage is in bytes. gRPC's own limit of 4 MiB is less than one page of a large answer.
	maxMessage = 256 << 20
	// warnBefore is how long before its end a certificate is spoken of.
	warnBefore = 30 * 24 * time.Hour
)

// lookForHost is how often a host that does not answer is looked for: gRPC's own times but for the longest.
func lookForHost() backoff.Config {
	often := backoff.DefaultConfig
	often.MaxDelay = 3 * time.Second
	return often
}

// Conn is a connection to a database, ready for queries. Close it when done.
type Conn struct {
	*dgo.Dgraph
	target  Target
	version string
	hosts   []*host

	repeated        atomic.Int64 // questions that met a list being rewritten
	certificateEnds atomic.Int64 // Unix seconds, the first of the hosts'; 0: no TLS
}

// Target returns what the connection was made from. Its String holds no secret.
func (c *Conn) Target() Target { return c.target }

// Close closes the connections to all hosts.
func (c *Conn) Close() error {
	var all []error
	for _, h := range c.hosts {
		all = append(all, h.Close())
	}
	return errors.Join(all...)
}

// ServerVersion asks the server for its version, such as "v25.4.0".
func (c *Conn) ServerVersion(ctx context.Context) (string, error) {
	v, err := checkVersion(ctx, failoverClient{c.hosts, 0})
	if err != nil {
		return "", c.target.explain("ask for the server's version", strings.Join(c.target.Hosts, ","), err)
	}
	return v, nil
}

// Warning returns what is wrong with using this server's version, or which certificate ends soon, or "".
func (c *Conn) Warning() string {
	if warning := VersionWarning(c.version); warning != "" {
		return warning
	}
	whose, ends := "the server's", time.Time{}
	if at := c.certificateEnds.Load(); at != 0 {
		ends = time.Unix(at, 0)
	}
	if ours, err := readCertificate(c.target.Cert); err == nil && (ends.IsZero() || ours.NotAfter.Before(ends)) {
		whose, ends = "our own", ours.NotAfter
	}
	if left := time.Until(ends); !ends.IsZero() && left < warnBefore {
		return fmt.Sprintf("%s certificate ends on %s, in %d days", whose, ends.UTC().Format(time.DateOnly), int(left.Hours()/24))
	}
	return ""
}

// Connect reads the target's secrets, connects to each of its hosts, logs in where there is a user and proves the
// connection by a query. Of several hosts one must answer within five seconds; a call that one cannot take goes to
// another where that is safe (see failoverClient).
//
// Its errors are an [*DatabaseError] of kind [ErrUnreachable], [ErrNotReady] or [ErrDenied].
func Connect(ctx context.Context, t Target) (*Conn, error) { return ConnectWith(ctx, t) }

// ConnectWith is [Connect] with further options of gRPC's, for who watches calls.
func ConnectWith(ctx context.Context, t Target, more ...grpc.DialOption) (*Conn, error) {
	t, err := t.withSecrets(os.Getenv)
	if err != nil {
		return nil, err
	}
	c := &Conn{target: t}
	transport, err := t.transport(&c.certificateEnds)
	if err != nil {
		return nil, err
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithPerRPCCredentials(t.callCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
		grpc.WithUnaryInterceptor(c.awaitListParts),
		// Dgraph's message about a list that it cannot read holds the list. One beyond the limit (16 MiB unless told
		// otherwise) would end the connection, and with it whatever else is under way there.
		grpc.WithMaxHeaderListSize(maxMessage),
		// A quiet connection through a firewall is kept alive; every 5 minutes is the least a gRPC server tolerates.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 5 * time.Minute, Timeout: 20 * time.Second}),
		// Who has been away for long is looked for as often as before: gRPC itself would wait for up to two minutes, in
		// which a server that is asked goes on to say that there is no database.
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: lookForHost(), MinConnectTimeout: 20 * time.Second}),
	}
	if err := c.dial(ctx, append(options, more...)); err != nil {
		return nil, err
	}
	if err := c.enter(ctx); err != nil {
		_ = c.Close() // err says what matters
		return nil, err
	}
	return c, nil
}

// Explain turns an error of a call on this connection into a short one with a hint: what refused us, what is not there,
// what is not ready yet. do says what was tried. An error that did not come from the server is returned as it is.
func (c *Conn) Explain(do string, err error) error {
	if _, ok := status.FromError(err); err == nil || !ok {
		return err
	}
	return c.target.explain(do, strings.Join(c.target.Hosts, ","), err)
}

// dial connects to all hosts at once and is content where one answers: the others may come back.
func (c *Conn) dial(ctx context.Context, options []grpc.DialOption) error {
	type answer struct {
		host    *host
		version string
		err     error
	}
	if len(c.target.Hosts) == 0 {
		return &DatabaseError{Do: "connect", Kind: ErrUnreachable, Err: errors.New("no host is given"), Remedy: RemedyStart}
	}
	answers := make([]answer, len(c.target.Hosts))
	var group errgroup.Group
	for i, name := range c.target.Hosts {
		group.Go(func() error {
			a := &answers[i]
			cc, err := grpc.NewClient("dns:///"+name, options...)
			if err != nil {
				a.err = err
				return nil // kept in answers: one host of several may fail
			}
			a.host = &host{ClientConn: cc}
			ctx, cancel := context.WithTimeout(ctx, dialTimeout)
			defer cancel()
			if a.version, a.err = checkVersion(ctx, api.NewDgraphClient(cc)); status.Code(a.err) == codes.Unavailable &&
				c.target.SSLMode != SSLDisable {
				if reason := c.target.handshake(ctx, name); reason != nil {
					a.err = status.Error(codes.Unavailable, reason.Error())
				}
			}
			return nil
		})
	}
	_ = group.Wait() // none returns an error
	var failure error
	answered := false
	for i, a := range answers {
		if a.host != nil {
			c.hosts = append(c.hosts, a.host)
		}
		switch {
		case a.err == nil:
			answered = true
			c.version = a.version
		case failure == nil:
			failure = c.target.explain("connect", c.target.Hosts[i], a.err)
		}
		if a.err != nil && a.host != nil {
			a.host.backOff()
		}
	}
	if !answered {
		_ = c.Close() // nothing was ever said over them
		return failure
	}
	var clients []api.DgraphClient
	for i := range c.hosts {
		clients = append(clients, failoverClient{c.hosts, i})
	}
	c.Dgraph = dgo.NewDgraphClient(clients...)
	return nil
}

func checkVersion(ctx context.Context, c api.DgraphClient) (string, error) {
	v, err := c.CheckVersion(ctx, &api.Check{})
	if err != nil {
		return "", err
	}
	return v.GetTag(), nil
}

// enter logs in and asks one question, so that a server that wants a login says so here and not in mid-work.
func (c *Conn) enter(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, enterTimeout)
	defer cancel()
	host := strings.Join(c.target.Hosts, ",")
	if c.target.User != "" {
		if err := c.LoginIntoNamespace(ctx, c.target.User, c.target.Password.Reveal(), c.target.Namespace); err != nil {
			return c.target.explain("log in as "+c.target.User, host, err)
		}
	}
	if _, err := c.NewReadOnlyTxn().Query(ctx, "{ q(func: uid(0x1)) { uid } }"); err != nil {
		return c.target.explain("ask a first question", host, err)
	}
	return nil
}

// explain turns what gRPC or Dgraph says into a short error that names the host and what to do.
func (t Target) explain(do, host string, err error) error {
	text := plain(status.Convert(err).Message())
	has := func(oneOf ...string) bool {
		for _, s := range oneOf {
			if strings.Contains(text, s) {
				return true
			}
		}
		return false
	}
	e := &DatabaseError{Do: do + " at " + host, Err: errors.New(t.scrub(text))}
	switch code := status.Code(err); {
	case errors.Is(err, context.Canceled) || code == codes.Canceled:
		e.Err = context.Canceled
	case lacksListPart(err): // its text holds the list
		e.Err = errors.New("the server cannot read a part of a long list")
		e.Fix, e.Remedy = "it has been so for half a minute: a server that was killed may have left it so", RemedyRebuild
	case has("Please retry", "not ready to accept requests", "No connection exists", "No healthy connection found to"):
		e.Kind, e.Fix, e.Remedy = ErrNotReady, "it is still starting", RemedyWait
	case has("connection refused"):
		e.Kind, e.Err = ErrUnreachable, errors.New("connection refused")
		e.Remedy = RemedyFind
	case has("certificate signed by unknown authority", "failed to verify certificate", "certificate is not trusted"):
		e.Kind, e.Fix = ErrDenied, "give the CA that signed the server's certificate: ca=FILE (and servername=NAME if it is made out "+
			"to another name)"
	case has("certificate required", "bad certificate", "unknown certificate authority"):
		e.Kind, e.Fix = ErrDenied, "the server wants a client certificate it knows: cert=FILE&key=FILE"
	case has("first record does not look like a TLS handshake"):
		e.Kind, e.Fix = ErrDenied, "the server speaks no TLS: leave sslmode out"
	case t.SSLMode == SSLDisable && has("error reading server preface", "connection reset by peer", "EOF"):
		e.Kind, e.Fix = ErrUnreachable, "does the server want TLS? add sslmode=verify-ca&ca=FILE"
	case has("invalid username or password"):
		e.Kind, e.Err = ErrDenied, errors.New("wrong user, password or namespace")
		e.Fix = "check the user in the URL, " + EnvPassword + " or passwordfile="
	case has("no accessJwt available", "accessJwt", "no refreshToken available"):
		e.Kind, e.Err = ErrDenied, errors.New("the server wants a login")
		e.Fix = "put the user in the URL (dgraph://groot@host:port) and the password in " + EnvPassword
	case has("No Auth Token found", "does not match", "auth-token"):
		e.Kind, e.Err = ErrDenied, errors.New("the server wants a token")
		e.Fix = "set " + EnvToken + ", or add tokenfile=FILE to the URL"
	case has("unauthorized to", "only guardians"):
		return Refused(err)
	case code == codes.Unauthenticated || code == codes.PermissionDenied:
		e.Kind = ErrDenied
	case code == codes.DeadlineExceeded || errors.Is(err, context.DeadlineExceeded):
		e.Kind, e.Err = ErrUnreachable, fmt.Errorf("no answer: %w", context.DeadlineExceeded)
		e.Remedy = RemedyAddress
	case code == codes.Unavailable:
		e.Kind, e.Remedy = ErrUnreachable, RemedyAddress
	}
	return e
}

// Refused returns an error that says so where Dgraph's access control is behind an error, wrapped or not; else nil.
func Refused(err error) error {
	s, ok := status.FromError(err)
	if err == nil || !ok || !strings.Contains(s.Message(), "unauthorized to") && !strings.Contains(s.Message(), "only guardians") {
		return nil
	}
	return &DatabaseError{
		Do: "the database refuses it", Kind: ErrDenied, Err: errors.New("the role of this user does not allow it"),
		Fix: "log in as one that may; an admin gives roles", Remedy: RemedyGrant,
	}
}

// plain takes the wrapping of gRPC's layers off a message.
func plain(text string) string {
	if _, inner, ok := strings.Cut(text, `connection error: desc = "`); ok {
		text = strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `\"`, `"`)
	}
	for _, layer := range []string{"transport: ", "Error while dialing: ", "authentication handshake failed: "} {
		text = strings.TrimPrefix(text, layer)
	}
	return text
}

// scrub takes our own secrets out of a server's message, should it repeat one.
func (t Target) scrub(text string) string {
	for _, s := range []Secret{t.Password, t.Token, t.APIKey} {
		if !s.IsZero() {
			text = strings.ReplaceAll(text, s.Reveal(), redacted)
		}
	}
	return text
}
