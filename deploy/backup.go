package deploy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"google.golang.org/grpc/metadata"
)

// Backup has Dgraph write a binary backup to a place that its alphas reach: a folder of theirs, or s3:// or minio://.
// Where one is there already only what is new since is added, unless full. It returns when the backup is whole.
func (c *Conn) Backup(ctx context.Context, place string, full bool) error {
	admin, err := c.admin(ctx, 0)
	if err != nil {
		return err
	}
	var queued struct {
		Backup struct {
			TaskID string `json:"taskId"`
		} `json:"backup"`
	}
	err = admin.ask(ctx, `mutation($to: String!, $full: Boolean) { backup(input: {destination: $to, forceFull: $full}) { taskId } }`,
		map[string]any{"to": place, "full": full}, &queued)
	if err != nil {
		return &DatabaseError{Do: "back up to " + place, Err: err, Fix: backupFix}
	}
	return poll(ctx, func() (bool, error) {
		var now struct {
			Task struct {
				Status string `json:"status"`
			} `json:"task"`
		}
		if err := admin.ask(ctx, `query($id: String!) { task(input: {id: $id}) { status } }`, map[string]any{"id": queued.Backup.TaskID},
			&now); err != nil {
			return false, &DatabaseError{Do: "ask how the backup goes", Err: err, Fix: backupFix}
		}
		switch now.Task.Status {
		case "Success":
			return true, nil
		case "Failed", "Error":
			return false, &DatabaseError{
				Do: "back up to " + place, Err: errors.New("it failed; the log of Dgraph says why"),
				Fix: "can each alpha write there?", Remedy: RemedyLog, Of: "alpha",
			}
		}
		return false, nil // Queued, Running
	})
}

// RestoreOptions say what becomes of the login. The zero value leaves users and passwords as the backup has them.
type RestoreOptions struct {
	KeepLogin bool // the user of this connection goes on as an admin, with the password of now
}

// Restore has Dgraph replace all it holds by a backup, and returns when every host has done so and holds what the
// backup lists. The caller has made sure that what is there may go: where a backup cannot be read, Dgraph finds out
// after it has dropped everything.
func (c *Conn) Restore(ctx context.Context, place string, o RestoreOptions) error {
	var admin *administration
	for i := range c.target.Hosts {
		a, err := c.admin(ctx, i) // each is asked later how it goes
		if err != nil {
			return err
		}
		admin = cmp.Or(admin, a)
	}
	wanted, err := admin.lastBackup(ctx, place)
	if err != nil {
		return &DatabaseError{Do: "restore " + place, Err: err, Fix: backupFix}
	}
	mark, err := c.mark(ctx)
	if err != nil {
		return err
	}
	var started struct {
		Restore struct {
			Code string `json:"code"`
		} `json:"restore"`
	}
	err = admin.ask(ctx, `mutation($from: String!) { restore(input: {location: $from}) { code } }`, map[string]any{"from": place}, &started)
	if err == nil && started.Restore.Code != "Success" {
		err = errors.New("it did not begin; the log of Dgraph says why")
	}
	if err != nil {
		c.unmark(ctx, mark)
		return &DatabaseError{Do: "restore " + place, Err: err, Fix: backupFix}
	}
	unknown := false
	for i := range c.hosts { // each alpha takes its part in its own time
		err := c.awaitRestore(ctx, i, mark)
		if errors.Is(err, errUserGone) {
			unknown = true
		} else if err != nil {
			c.unmark(ctx, mark)
			return err
		}
	}
	if unknown {
		return &DatabaseError{
			Do: "log in again", Kind: ErrDenied, Fix: "log in as one of then, and check what is there",
			Err: errors.New("the restore has ended on every host; this user is none of those of then, so nobody looked what it restored"),
		}
	}
	err = c.verifyRestore(ctx, wanted)
	if err != nil {
		err = &DatabaseError{
			Do: "restore " + place, Err: err, Fix: "restore another backup, or load again;", Remedy: RemedyLog, Of: "alpha",
		}
	}
	if o.KeepLogin && c.target.User != "" {
		err = errors.Join(err, c.keepLogin(ctx))
	}
	if err != nil {
		return err
	}
	if err := Wait(ctx, c.target, nil); errors.Is(err, ErrDenied) {
		return &DatabaseError{
			Do: "log in again", Kind: ErrDenied, Fix: "log in as one of then",
			Err: errors.New("all is restored, the users and passwords of then included, and this login is none of them"),
		}
	} else if err != nil {
		return err
	}
	return nil
}

// keepLogin gives the user of this connection the password of now, where others have taken the users' place: a login
// that stood before goes on for some hours. What is restored may be written once more, which aborts others.
func (c *Conn) keepLogin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return poll(ctx, func() (bool, error) {
		err := c.Grant(ctx, c.target.User, c.target.Password, RoleAdmin)
		if errors.Is(err, dgo.ErrAborted) {
			return false, nil
		}
		return err == nil, err
	})
}

// backupMade is what a backup says of itself.
type backupMade struct {
	BackupNum int     `json:"backupNum"`
	Since     float64 `json:"since"` // the timestamp up to which it holds everything
	Groups    []struct {
		Predicates []string `json:"predicates"`
	} `json:"groups"`
}

// lastBackup returns the newest of those at a place, which is what a restore ends with.
func (a *administration) lastBackup(ctx context.Context, place string) (backupMade, error) {
	var found struct {
		ListBackups []backupMade `json:"listBackups"`
	}
	err := a.ask(ctx, `query($from: String!) { listBackups(input: {location: $from}) { backupNum since groups { predicates } } }`,
		map[string]any{"from": place}, &found)
	if err == nil && len(found.ListBackups) == 0 {
		err = errors.New("no backups found")
	}
	if err != nil {
		return backupMade{}, err
	}
	return slices.MaxFunc(found.ListBackups, func(a, b backupMade) int { return cmp.Compare(a.Since, b.Since) }), nil
}

// mark writes a node that the drop with which a restore begins takes away. A restore of little is over before anybody
// sees it under way, so that it is not under way tells nothing.
func (c *Conn) mark(ctx context.Context) (string, error) {
	mark := "orbat.restoring." + random()
	_, err := c.NewTxn().Mutate(ctx, &api.Mutation{CommitNow: true, SetNquads: []byte(`_:mark <dgraph.type> "` + mark + `" .`)})
	return mark, c.Explain("mark what is to be replaced", err)
}

// unmark takes the mark back where nothing was restored. It is no loss where that fails.
func (c *Conn) unmark(ctx context.Context, mark string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dialTimeout)
	defer cancel()
	_, _ = c.NewTxn().Do(ctx, &api.Request{
		Query: `{ m as var(func: type(` + mark + `)) }`, CommitNow: true,
		Mutations: []*api.Mutation{{DelNquads: []byte(`uid(m) <dgraph.type> * .`)}},
	})
}

const (
	// beginWithin is how long a restore may take to drop what is there.
	beginWithin = 2 * time.Minute
	// restoreSilence is how long a host that restores may not answer; while it says that it does, it may take its time.
	restoreSilence = 10 * time.Minute
)

// errUserGone says that a host has nothing under way any more, and knows our user no more: the users of the backup have
// taken the place of those who were there, so the drop is over.
var errUserGone = errors.New("this user is gone")

// awaitRestore returns when a host has taken its part: the mark is gone, and nothing is under way. It returns
// errUserGone where the login has ended meanwhile and the backup does not know its user: then nobody can look for the
// mark.
func (c *Conn) awaitRestore(ctx context.Context, i int, mark string) error {
	host := c.target.Hosts[i]
	admin, err := c.administration(i)
	if err != nil {
		return err
	}
	heard, begun := time.Now(), false
	var refused time.Time // since when our login is, without an end, and nothing is under way
	return poll(ctx, func() (bool, error) {
		gone, denied := c.markGone(ctx, i, mark) // asked first: a restore is under way from before the drop to its end
		restoring, err := admin.restoring(ctx)
		switch {
		case err != nil || restoring || !denied:
			refused = time.Time{}
		case refused.IsZero():
			refused = time.Now()
		case time.Since(refused) > denialGrace:
			return false, errUserGone
		}
		if gone && err == nil && !restoring {
			return true, nil
		}
		if begun = begun || gone || restoring; restoring {
			heard = time.Now()
		}
		silent := time.Since(heard)
		switch {
		case !begun && silent > beginWithin:
			return false, &DatabaseError{
				Do: "restore at " + host, Err: errors.New("it has not begun, and nothing is lost"), Remedy: RemedyRestOfLog, Of: "alpha",
			}
		case silent > restoreSilence:
			return false, &DatabaseError{
				Do: "restore at " + host, Kind: ErrUnreachable, Remedy: RemedyRestOfLog, Of: "alpha",
				Err: fmt.Errorf("it has begun, which dropped what was there, and no more was heard of it for %s", restoreSilence),
			}
		}
		return false, nil
	})
}

// markGone reports whether a host no longer has the mark, or refuses our login. A host that cannot say so may have it.
func (c *Conn) markGone(ctx context.Context, i int, mark string) (gone, refused bool) {
	ctx, cancel := context.WithTimeout(c.authorized(ctx), dialTimeout)
	defer cancel()
	answer, err := api.NewDgraphClient(c.hosts[i].ClientConn).Query(ctx,
		&api.Request{Query: `{ m(func: type(` + mark + `)) { uid } }`, ReadOnly: true})
	if err != nil && strings.Contains(err.Error(), "xpired") {
		denied := c.Relogin(ctx) // the next look has a login again, unless the backup does not know the user
		return false, denied != nil && strings.Contains(denied.Error(), "invalid username or password")
	}
	return err == nil && !bytes.Contains(answer.GetJson(), []byte("uid")), false
}

// authorized adds the login that this connection has to a call that is made past it.
func (c *Conn) authorized(ctx context.Context) context.Context {
	jwt := c.GetJwt()
	if jwt.GetAccessJwt() == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "accessJwt", jwt.GetAccessJwt())
}

// verifyRestore compares what there is now with what the backup lists: each predicate is in the schema, and the clock
// of transactions is past the backup's, without which some of it would not be seen.
func (c *Conn) verifyRestore(ctx context.Context, wanted backupMade) error {
	var schema struct {
		Schema []struct {
			Predicate string `json:"predicate"`
		} `json:"schema"`
	}
	answer, err := c.NewReadOnlyTxn().Query(ctx, `schema { type }`)
	if err == nil {
		err = json.Unmarshal(answer.GetJson(), &schema)
	}
	if err != nil {
		return c.Explain("look what was restored", err)
	}
	there := map[string]bool{}
	for _, p := range schema.Schema {
		there[p.Predicate] = true
	}
	var listed, missing int
	for _, g := range wanted.Groups {
		for _, p := range g.Predicates {
			p = strings.TrimPrefix(p, "0-") // of the first namespace, which is not named in a schema
			if strings.HasPrefix(p, "dgraph.") {
				continue // Dgraph makes those itself
			}
			if listed++; !there[p] {
				missing++
			}
		}
	}
	switch now := answer.GetTxn().GetStartTs(); {
	case missing > 0 && missing == listed:
		return errors.New("it could not be read, and what was there is dropped: the database is empty now")
	case missing > 0:
		return fmt.Errorf("it could not be read whole, and what was there is dropped: %d of %d predicates are missing now", missing, listed)
	case float64(now) < wanted.Since:
		return fmt.Errorf("what was written after timestamp %d of %.0f is not seen", now, wanted.Since)
	}
	return nil
}

const backupFix = "the place is one that every alpha reaches"

// poll asks until it is told yes.
func poll(ctx context.Context, done func() (bool, error)) error {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		if is, err := done(); is || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// administrationTimeout bounds one call. None waits for its work: a backup is asked after, and so is a restore, whose
// call returns when its manifests are read.
const administrationTimeout = 5 * time.Minute

// administration is an alpha's GraphQL endpoint for administrators, the one way to Dgraph's backups.
type administration struct {
	conn   *Conn
	url    string
	client *http.Client
	header http.Header
}

// admin returns the administration of a host, having seen that an alpha answers there. It is asked without a secret:
// another program may listen where its HTTP port is thought to be.
func (c *Conn) admin(ctx context.Context, i int) (*administration, error) {
	a, err := c.administration(i)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	bare := *a
	bare.conn, bare.header = nil, nil
	if health, err := bare.health(ctx); err != nil || len(health) == 0 || health[0].Instance != "alpha" {
		return nil, &DatabaseError{
			Do: "ask " + c.target.Hosts[i] + " over HTTP", Kind: ErrUnreachable, Err: cmp.Or(err, errors.New("no alpha answers at "+a.url)),
			Fix: "administration goes over each alpha's HTTP port: add httpport=PORT to the URL where that is not 1000 below its gRPC port",
		}
	}
	return a, nil
}

func (c *Conn) administration(i int) (*administration, error) {
	url, err := adminURL(c.target, i)
	if err != nil {
		return nil, err
	}
	a := &administration{conn: c, url: url, header: http.Header{"Content-Type": {"application/json"}}}
	a.client = &http.Client{
		Timeout: administrationTimeout,
		// The token and the login are for this host, not for where it may send us.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if c.target.encrypted() {
		config, err := c.target.tlsConfig()
		if err != nil {
			return nil, err
		}
		a.client.Transport = &http.Transport{TLSClientConfig: config}
	}
	if token := c.target.Token.Reveal(); token != "" {
		a.header.Set("X-Dgraph-AuthToken", token)
	}
	return a, nil
}

// adminURL returns where a host's HTTP is.
func adminURL(t Target, i int) (string, error) {
	name, port, err := net.SplitHostPort(t.Hosts[i])
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return "", err
	}
	port = strconv.Itoa(n - alphaGRPC + alphaHTTP)
	switch len(t.HTTPPorts) {
	case 0:
	case 1:
		port = t.HTTPPorts[0]
	default:
		port = t.HTTPPorts[i]
	}
	scheme := "http"
	if t.encrypted() {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(name, port), nil
}

func (a *administration) ask(ctx context.Context, query string, variables map[string]any, into any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	for again := false; ; again = true {
		answer.Errors = nil
		if err := a.fetch(ctx, http.MethodPost, "/admin", bytes.NewReader(body), &answer); err != nil {
			return err
		}
		if len(answer.Errors) == 0 {
			return json.Unmarshal(answer.Data, into)
		}
		message := answer.Errors[0].Message
		if again || !strings.Contains(message, "xpired") || a.conn.Relogin(ctx) != nil { // a login lasts for minutes only
			return errors.New(message)
		}
	}
}

// restoring reports whether an alpha has a restore under way. It takes no requests meanwhile, and says so to whoever
// asks for its health, unless asked only whether it lives. Any other refusal (a proxy's, a wrong port's) tells nothing.
func (a *administration) restoring(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	health, err := a.health(ctx)
	return err == nil && len(health) > 0 && slices.Contains(health[0].Ongoing, "opRestore"), err
}

// alphaHealth is what an alpha says of itself to anybody.
type alphaHealth struct {
	Instance string   `json:"instance"`
	Ongoing  []string `json:"ongoing"`
}

func (a *administration) health(ctx context.Context) (health []alphaHealth, err error) {
	err = a.fetch(ctx, http.MethodGet, "/health?live=1", nil, &health)
	return health, err
}

func (a *administration) fetch(ctx context.Context, method, path string, body io.Reader, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, a.url+path, body)
	if err != nil {
		return err
	}
	if a.conn != nil {
		request.Header = a.header.Clone()
		jwt := a.conn.GetJwt()
		if jwt.GetAccessJwt() != "" {
			request.Header.Set("X-Dgraph-AccessToken", jwt.GetAccessJwt())
		}
	}
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status + ": " + lastLines(string(text), 3))
	}
	return json.Unmarshal(text, into)
}
