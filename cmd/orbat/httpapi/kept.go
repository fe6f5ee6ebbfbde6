package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/loader"
	"orbat/queries"
	"orbat/queries/canned"
)

// kept is what somebody keeps of their work, in the graph's database, so that all instances show it: a view or a
// question. It is no claim.
type kept struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Owner   string    `json:"owner"`
	Marking string    `json:"marking,omitempty"` // who may see no more sees it only where this is allowed
	Changed time.Time `json:"changed"`
	Version int       `json:"version"` // to be sent back by who changes it
}

// stored is a node that keeps something.
type stored struct {
	UID       string    `json:"uid,omitempty"`
	ID        string    `json:"kept.id,omitempty"`
	Kind      string    `json:"kept.kind,omitempty"`
	Title     string    `json:"kept.title"`
	Owner     string    `json:"kept.owner,omitempty"`
	Marking   string    `json:"kept.marking"`
	Sight     string    `json:"kept.sight"`
	Changed   time.Time `json:"kept.changed"`
	Version   int       `json:"kept.version"`
	XIDs      string    `json:"view.xids,omitempty"`
	Positions string    `json:"view.positions,omitempty"`
	Filters   string    `json:"view.filters,omitempty"`
	Notes     string    `json:"view.notes,omitempty"`
	Name      string    `json:"question.name,omitempty"`
	Values    string    `json:"question.values,omitempty"`
}

const (
	listedFields = `uid kept.id kept.kind kept.title kept.owner kept.marking kept.sight kept.changed kept.version
	question.name question.values`
	storedFields = listedFields + ` view.xids view.positions view.filters view.notes`
)

// kept returns what all see of a node.
func (s *stored) kept() kept { return kept{s.ID, s.Title, s.Owner, s.Marking, s.Changed, s.Version} }

// The kinds.
const (
	viewKind     = "view"
	questionKind = "question"
)

// shows reports whether a caller may see what somebody keeps: its title and filters may tell of what only its owner may
// see, so that who may see less sees what was kept under the same limits, or what bears a marking that is allowed.
func shows(c *access.Caller, s *stored) bool {
	if s.Marking != "" && c.MaxMarking != nil && c.MaxMarking.Judge(s.Marking) != canned.Allowed {
		return false
	}
	return c.Sees() || s.Sight == c.Sight() || s.Marking != "" && c.Datasets == nil
}

// keeper keeps and finds.
type keeper struct {
	known atomic.Bool // the database has the predicates
}

// ready reports whether the database knows what is kept: one that an older orbat wrote does not.
func (k *keeper) ready(ctx context.Context, g *Graph) (bool, error) {
	if k.known.Load() {
		return true, nil
	}
	answer, err := g.Conn.NewReadOnlyTxn().Query(ctx, "schema(pred: [kept.id]) { type }")
	if err != nil {
		return false, err
	}
	var found struct{ Schema []struct{ Predicate string } }
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return false, fmt.Errorf("read the schema: %w", err)
	}
	if len(found.Schema) > 0 {
		k.known.Store(true)
	}
	return len(found.Schema) > 0, nil
}

// list returns what is kept of a kind, in the order of titles, of views without what is in them: each may hold a
// megabyte.
func (k *keeper) list(ctx context.Context, g *Graph, kind string) ([]*stored, error) {
	if known, err := k.ready(ctx, g); err != nil || !known {
		return nil, err
	}
	found, err := ask(ctx, g.Conn.NewReadOnlyTxn(), "query q($kind: string) { q(func: eq(kept.kind, $kind)) { "+listedFields+" } }",
		map[string]string{"$kind": kind})
	slices.SortFunc(found, func(a, b *stored) int {
		return strings.Compare(a.Title+"\x00"+a.ID, b.Title+"\x00"+b.ID)
	})
	return found, err
}

func ask(ctx context.Context, txn *dgo.Txn, dql string, vars map[string]string) ([]*stored, error) {
	answer, err := txn.QueryWithVars(ctx, dql, vars)
	if err != nil {
		return nil, err
	}
	var found struct{ Q []*stored }
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, fmt.Errorf("read what is kept: %w", err)
	}
	return found.Q, nil
}

func unknownKept(kind, id string) error {
	return newProblem(http.StatusNotFound, "unknown-"+kind, "Unknown "+kind, fmt.Sprintf("there is no %s %q", kind, shorten(id)))
}

// find returns one that a caller may see.
func (k *keeper) find(ctx context.Context, g *Graph, txn *dgo.Txn, kind, id string, caller *access.Caller) (*stored, error) {
	if known, err := k.ready(ctx, g); err != nil || !known {
		return nil, errors.Join(err, unknownKept(kind, id))
	}
	found, err := ask(ctx, txn, "query q($id: string) { q(func: eq(kept.id, $id)) { "+storedFields+" } }", map[string]string{"$id": id})
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		if s.Kind == kind && shows(caller, s) {
			return s, nil
		}
	}
	return nil, unknownKept(kind, id)
}

// add keeps something new of a caller's. A database of an older orbat's is brought up where the caller may load: what a
// reader does changes no schema.
func (k *keeper) add(ctx context.Context, g *Graph, s *stored, caller *access.Caller) error {
	known, err := k.ready(ctx, g)
	if err != nil {
		return err
	}
	switch {
	case known:
		if err := k.bound(ctx, g, s.Kind, caller.Name); err != nil {
			return err
		}
	case !caller.Role.Includes(access.Loader):
		p := newProblem(http.StatusServiceUnavailable, "format", "Another format",
			"the database is an older version's, which kept nothing of this kind")
		p.retry = time.Minute
		return p.hinted("the next load brings it up, and so does a loader or an admin who keeps something")
	default:
		if _, err := loader.Migrate(ctx, g.Conn, g.Ontology); err != nil {
			return err
		}
	}
	s.ID, s.UID = strings.ToLower(rand.Text()[:16]), "_:new"
	return k.write(ctx, g.Conn.NewTxn(), s)
}

// maxKept is how many views, and how many questions, one owner may keep: a view may hold a megabyte.
const maxKept = 200

// bound refuses another of a kind to an owner who keeps as many as may be.
func (k *keeper) bound(ctx context.Context, g *Graph, kind, owner string) error {
	found, err := ask(ctx, g.Conn.NewReadOnlyTxn(), "query q($kind: string) { q(func: eq(kept.kind, $kind)) { kept.owner } }",
		map[string]string{"$kind": kind})
	if err != nil {
		return err
	}
	if found = slices.DeleteFunc(found, func(s *stored) bool { return s.Owner != owner }); len(found) < maxKept {
		return nil
	}
	return newProblem(http.StatusUnprocessableEntity, "limit", "Beyond a limit", fmt.Sprintf("you keep %d of these already", len(found))).
		hinted("forget one that is no longer needed")
}

// write writes a node within a transaction, and ends that.
func (k *keeper) write(ctx context.Context, txn *dgo.Txn, s *stored) error {
	defer func() { _ = txn.Discard(ctx) }() // after a commit it does nothing
	s.Changed, s.Version = time.Now().UTC().Truncate(time.Millisecond), s.Version+1
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = txn.Do(ctx, &api.Request{Mutations: []*api.Mutation{{SetJson: text}}, CommitNow: true})
	return changedMeanwhile(err)
}

// changedMeanwhile says of a transaction that collided with another's what it means.
func changedMeanwhile(err error) error {
	if errors.Is(err, dgo.ErrAborted) {
		return staleVersion()
	}
	return err
}

func staleVersion() error {
	return newProblem(http.StatusConflict, "stale", "Changed meanwhile", "somebody has changed it since it was read").
		hinted("read it again, and change that")
}

// change changes what its owner, or an admin, keeps. version is the one that was read; 0: whatever it is.
func (k *keeper) change(ctx context.Context, g *Graph, kind, id string, version int, caller *access.Caller,
	how func(*stored) error,
) (*stored, error) {
	txn := g.Conn.NewTxn()
	defer func() { _ = txn.Discard(ctx) }()
	s, err := k.own(ctx, g, txn, kind, id, caller)
	if err != nil {
		return nil, err
	}
	if version != 0 && version != s.Version {
		return nil, staleVersion()
	}
	if err := how(s); err != nil {
		return nil, err
	}
	// What is written may tell of what its writer sees: who sees less than that is shown it by a marking alone (law 8).
	if s.Owner != caller.Name && s.Sight != caller.Sight() && s.Marking == "" {
		return nil, badField("marking", "it was kept under other limits than yours, and what you write may tell of what you see",
			"say by a marking who may see it")
	}
	s.Sight = caller.Sight()
	return s, k.write(ctx, txn, s)
}

// own finds what a caller may change.
func (k *keeper) own(ctx context.Context, g *Graph, txn *dgo.Txn, kind, id string, caller *access.Caller) (*stored, error) {
	s, err := k.find(ctx, g, txn, kind, id, caller)
	if err != nil {
		return nil, err
	}
	if s.Owner != caller.Name && !caller.Role.Includes(access.Admin) {
		return nil, newProblem(http.StatusForbidden, "owner", "Not allowed", "it is another's: only its owner and an admin may change it").
			hinted("keep one of your own")
	}
	return s, nil
}

// remove forgets something.
func (k *keeper) remove(ctx context.Context, g *Graph, kind, id string, caller *access.Caller) error {
	txn := g.Conn.NewTxn()
	defer func() { _ = txn.Discard(ctx) }()
	s, err := k.own(ctx, g, txn, kind, id, caller)
	if err != nil {
		return err
	}
	nothing := map[string]any{"uid": s.UID}
	for field := range strings.FieldsSeq(storedFields) {
		if field != "uid" {
			nothing[field] = nil
		}
	}
	text, err := json.Marshal(nothing)
	if err != nil {
		return err
	}
	_, err = txn.Do(ctx, &api.Request{Mutations: []*api.Mutation{{DeleteJson: text}}, CommitNow: true})
	return changedMeanwhile(err)
}

// badField refuses what was sent.
func badField(field, reason, hint string) error {
	p := newProblem(http.StatusUnprocessableEntity, "bad-field", "Bad field", reason)
	p.Field, p.Hint = field, hint
	return p
}

const (
	maxTitle    = 200
	maxEntities = 5000
	maxNotes    = 500
	maxNote     = 5000
	maxFilters  = 100
	maxFilter   = 2000
)

// checkKept checks what all that is kept has, and its marking by the limit's own words.
func checkKept(title, marking string) error {
	title = strings.TrimSpace(title)
	switch {
	case title == "":
		return badField("title", "a title is needed", "say in a few words what it is")
	case len(title) > maxTitle:
		return badField("title", "the title is too long", fmt.Sprintf("at most %d bytes", maxTitle))
	}
	return checkMarking("marking", marking)
}

// checkMarking refuses a marking that no limit could tell the level of.
func checkMarking(field, marking string) error {
	if marking == "" {
		return nil
	}
	if _, err := queries.ParseMaxMarking(marking); err != nil {
		return badField(field, err.Error(), "give one, such as TLP:GREEN or SECRET")
	}
	return nil
}
