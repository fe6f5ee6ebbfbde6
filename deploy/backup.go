package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Backup has Dgraph write a binary backup to a place that its alphas reach: a folder of theirs, or s3:// or minio://.
// Where one is there already only what is new since is added, unless full. It returns when the backup is whole.
func (c *Conn) Backup(ctx context.Context, place string, full bool) error {
	admin, err := c.admin(c.target.Hosts[0])
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

// Restore has Dgraph replace all it holds by a backup, and returns when it answers again. The caller has made sure that
// what it holds may go.
func (c *Conn) Restore(ctx context.Context, place string) error {
	admin, err := c.admin(c.target.Hosts[0])
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
		return &DatabaseError{Do: "restore " + place, Err: err, Fix: backupFix}
	}
	for _, host := range c.target.Hosts { // each alpha takes its part in its own time
		one, err := c.admin(host)
		if err != nil {
			return err
		}
		if err := poll(ctx, func() (bool, error) { return one.rested(ctx) }); err != nil {
			return err
		}
	}
	if err := Wait(ctx, c.target, nil); errors.Is(err, ErrDenied) {
		return &DatabaseError{
			Do: "log in again", Kind: ErrDenied,
			Err: errors.New("all is restored, the users and passwords of then included, and this login is none of them"), Fix: "log in " +
				"as one of then",
		}
	} else if err != nil {
		return err
	}
	return nil
}

const backupFix = "the place is one that every alpha reaches; administration goes over each alpha's HTTP port, 1000 below its gRPC port"

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

// administration is an alpha's GraphQL endpoint for administrators, the one way to Dgraph's backups.
type administration struct {
	url    string
	client *http.Client
	header http.Header
}

func (c *Conn) admin(host string) (*administration, error) {
	url, err := adminURL(c.target, host)
	if err != nil {
		return nil, err
	}
	a := &administration{url: url, client: &http.Client{}, header: http.Header{"Content-Type": {"application/json"}}}
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
	if jwt := c.GetJwt(); jwt.GetAccessJwt() != "" {
		a.header.Set("X-Dgraph-AccessToken", jwt.GetAccessJwt())
	}
	return a, nil
}

func adminURL(t Target, host string) (string, error) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return "", err
	}
	scheme := "http"
	if t.encrypted() {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(name, strconv.Itoa(n-alphaGRPC+alphaHTTP)), nil
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
	if err := a.fetch(ctx, http.MethodPost, "/admin", bytes.NewReader(body), &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return errors.New(answer.Errors[0].Message)
	}
	return json.Unmarshal(answer.Data, into)
}

// rested reports that an alpha has no restore under way.
func (a *administration) rested(ctx context.Context) (bool, error) {
	var health []struct {
		Ongoing []string `json:"ongoing"`
	}
	if err := a.fetch(ctx, http.MethodGet, "/health", nil, &health); err != nil {
		return false, nil //nolint:nilerr // it is drained meanwhile, and says no to this too
	}
	return len(health) > 0 && !slices.Contains(health[0].Ongoing, "opRestore"), nil
}

func (a *administration) fetch(ctx context.Context, method, path string, body io.Reader, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, a.url+path, body)
	if err != nil {
		return err
	}
	request.Header = a.header
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
		return fmt.Errorf("%s: %s", response.Status, lastLines(string(text), 3))
	}
	return json.Unmarshal(text, into)
}
