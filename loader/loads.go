package loader

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// The states of a load. One that is neither complete nor held by a living lease was cut short.
const (
	incomplete = "incomplete"
	complete   = "complete"
)

// begin writes the node of a load of one data set and gives its uid. It counts as incomplete until [Loader.end].
func (l *Loader) begin(ctx context.Context, resolver *resolver, dataset string) (string, error) {
	xid := schema.DatasetSource(dataset)
	uids, err := resolver.ensure(ctx, []string{xid})
	if err != nil {
		return "", err
	}
	var uid string
	err = retry(ctx, "begin a load", func() error {
		txn := l.DB.NewTxn()
		defer discard(txn)
		answer, err := txn.Mutate(ctx, &api.Mutation{CommitNow: true, Set: []*api.NQuad{
			valueQuad(uids[xid], "dataset.name", dataset),
			valueQuad("_:load", "load.id", rand.Text()),
			valueQuad("_:load", "load.state", incomplete),
			valueQuad("_:load", "load.started", stamp(time.Now())),
			valueQuad("_:load", "dgraph.type", "Load"),
			edgeQuad("_:load", "load.dataset", uids[xid]),
		}})
		uid = answer.GetUids()["load"]
		return err
	})
	return uid, err
}

// end marks a load complete and keeps its report.
func (l *Loader) end(ctx context.Context, uid string, report *Report) error {
	text, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("keep the report: %w", err)
	}
	return retry(ctx, "end a load", func() error {
		txn := l.DB.NewTxn()
		defer discard(txn)
		_, err := txn.Mutate(ctx, &api.Mutation{CommitNow: true, Set: []*api.NQuad{
			valueQuad(uid, "load.state", complete),
			valueQuad(uid, "load.finished", stamp(time.Now())),
			valueQuad(uid, "load.report", string(text)),
		}})
		return err
	})
}

// Dataset is one data set in the graph.
type Dataset struct {
	Name   string     `json:"name"`
	Claims int        `json:"claims"` // standing and retracted
	Loads  []LoadInfo `json:"loads"`  // oldest first
	uid    string
}

// LoadInfo is one load of a data set.
type LoadInfo struct {
	ID       string     `json:"id"`
	State    string     `json:"state"` // complete or incomplete
	Started  time.Time  `json:"started"`
	Finished *time.Time `json:"finished,omitempty"`
	uid      string
}

// Datasets lists the data sets that hold claims, by name.
func (l *Loader) Datasets(ctx context.Context) ([]Dataset, error) {
	const q = `{ q(func: has(dataset.name)) { uid dataset.name
		~load.dataset { uid load.id load.state load.started load.finished } } }`
	txn := l.DB.NewReadOnlyTxn()
	answer, err := txn.Query(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list data sets: %w", err)
	}
	var found struct {
		Q []struct {
			UID   string
			Name  string `json:"dataset.name"`
			Loads []struct {
				UID      string
				ID       string     `json:"load.id"`
				State    string     `json:"load.state"`
				Started  time.Time  `json:"load.started"`
				Finished *time.Time `json:"load.finished"`
			} `json:"~load.dataset"`
		}
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, fmt.Errorf("list data sets: %w", err)
	}
	var sets []Dataset
	for _, d := range found.Q {
		set := Dataset{Name: d.Name, uid: d.UID}
		for _, load := range d.Loads {
			set.Loads = append(set.Loads, LoadInfo{load.ID, load.State, load.Started, load.Finished, load.UID})
		}
		slices.SortFunc(set.Loads, func(a, b LoadInfo) int { return a.Started.Compare(b.Started) })
		if set.Claims, err = l.countClaims(ctx, set.Loads); err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	slices.SortFunc(sets, func(a, b Dataset) int { return strings.Compare(a.Name, b.Name) })
	return sets, nil
}

// countClaims counts the claims that any of the loads touched, each once.
func (l *Loader) countClaims(ctx context.Context, loads []LoadInfo) (int, error) {
	if len(loads) == 0 {
		return 0, nil
	}
	uids := make([]string, len(loads))
	for i, load := range loads {
		uids[i] = load.uid
	}
	answer, err := l.DB.NewReadOnlyTxn().QueryWithVars(ctx,
		`query q($loads: string) { loads(func: uid($loads)) { c as ~claim.load } q(func: uid(c)) { count(uid) } }`,
		map[string]string{"$loads": "[" + strings.Join(uids, ",") + "]"})
	if err != nil {
		return 0, fmt.Errorf("count claims: %w", err)
	}
	var found struct {
		Q []struct{ Count int }
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil || len(found.Q) == 0 {
		return 0, errors.Join(err, errors.New("count claims: no count"))
	}
	return found.Q[0].Count, nil
}

// dataset gives one data set by name, or nil.
func (l *Loader) dataset(ctx context.Context, name string) (*Dataset, error) {
	sets, err := l.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	for i := range sets {
		if sets[i].Name == name {
			return &sets[i], nil
		}
	}
	return nil, nil //nolint:nilnil // absence is an answer here
}

// pageSize is how many claims one look at a load brings. The facets on claim.load make Dgraph build the whole list for
// every page (dgraph#9807), so that pages are large.
const pageSize = 10_000

// eachClaim gives the claims that the loads wrote or touched; one that several touched comes several times.
func (l *Loader) eachClaim(ctx context.Context, loads []LoadInfo, do func([]*schema.Stored) error) error {
	const q = `query q($load: string, $after: string, $first: int) {
		load(func: uid($load)) { ~claim.load (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`
	for _, load := range loads {
		for after := "0x0"; ; {
			answer, err := l.DB.NewReadOnlyTxn().QueryWithVars(ctx, q,
				map[string]string{"$load": load.uid, "$after": after, "$first": fmt.Sprint(pageSize)})
			if err != nil {
				return fmt.Errorf("read a load's claims: %w", err)
			}
			var found struct {
				Load []struct {
					Claims json.RawMessage `json:"~claim.load"`
				}
			}
			if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
				return fmt.Errorf("read a load's claims: %w", err)
			}
			if len(found.Load) == 0 {
				break
			}
			claims, err := schema.DecodeClaims(found.Load[0].Claims)
			if err != nil {
				return err
			}
			if len(claims) == 0 {
				break
			}
			if err := do(claims); err != nil {
				return err
			}
			after = claims[len(claims)-1].UID
		}
	}
	return nil
}
