package loader

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// The states of a load. One that is neither complete nor held by a living lease was cut short.
const (
	incomplete = "incomplete"
	complete   = "complete"
)

// begin writes the node of a load of one data set and gives its uid. It counts as incomplete until [run.end].
func (r *run) begin(ctx context.Context, dataset string) (string, error) {
	xid := schema.DatasetSource(dataset)
	uids, err := r.resolver.ensure(ctx, []string{xid})
	if err != nil {
		return "", err
	}
	id := rand.Text() // drawn once: a commit whose answer was lost is found again
	var uid string
	err = r.fenced(ctx, "begin a load", func(ctx context.Context, txn *dgo.Txn, m *api.Mutation) (func(map[string]string), error) {
		if uid, err = uidOf(ctx, txn, "load.id", id); err != nil || uid != "" {
			return nil, err
		}
		m.Set = append(m.Set,
			valueQuad(uids[xid], "dataset.name", dataset),
			valueQuad("_:load", "load.id", id),
			valueQuad("_:load", "load.state", incomplete),
			valueQuad("_:load", "load.journal", wholeJournal),
			valueQuad("_:load", "load.started", schema.Stamp(time.Now())),
			valueQuad("_:load", "dgraph.type", "Load"),
			edgeQuad("_:load", "load.dataset", uids[xid]))
		return func(made map[string]string) { uid = made["load"] }, nil
	})
	return uid, err
}

// end marks a load complete and keeps its report.
func (r *run) end(ctx context.Context, uid string, report *Report) error {
	text, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("keep the report: %w", err)
	}
	return r.fenced(ctx, "end a load", func(_ context.Context, _ *dgo.Txn, m *api.Mutation) (func(map[string]string), error) {
		m.Set = append(m.Set,
			valueQuad(uid, "load.state", complete),
			valueQuad(uid, "load.finished", schema.Stamp(time.Now())),
			valueQuad(uid, "load.report", string(text)))
		return nil, nil
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
	whole    bool // its journal is
}

// Datasets lists the data sets with the number of their claims, by name.
func (l *Loader) Datasets(ctx context.Context) ([]Dataset, error) {
	sets, err := l.datasets(ctx)
	for i := range sets {
		if sets[i].Claims, err = l.countClaims(ctx, sets[i].Loads); err != nil {
			return nil, err
		}
	}
	return sets, err
}

func (l *Loader) datasets(ctx context.Context) ([]Dataset, error) {
	return l.someDatasets(ctx, "{ q(func: has(dataset.name)) { "+datasetFields+" } }", nil)
}

const datasetFields = "uid dataset.name ~load.dataset { uid load.id load.state load.started load.finished load.journal }"

func (l *Loader) someDatasets(ctx context.Context, q string, vars map[string]string) ([]Dataset, error) {
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
				Journal  string     `json:"load.journal"`
			} `json:"~load.dataset"`
		}
	}
	if err := l.ask(ctx, "list data sets", q, vars, &found); err != nil {
		return nil, err
	}
	var sets []Dataset
	for _, d := range found.Q {
		set := Dataset{Name: d.Name, uid: d.UID}
		for _, load := range d.Loads {
			set.Loads = append(set.Loads, LoadInfo{load.ID, load.State, load.Started, load.Finished, load.UID, load.Journal == wholeJournal})
		}
		slices.SortFunc(set.Loads, func(a, b LoadInfo) int { return a.Started.Compare(b.Started) })
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
	var found struct {
		Q []struct{ Count int }
	}
	err := l.ask(ctx, "count claims", `query q($loads: string) { loads(func: uid($loads)) { c as ~claim.load } q(func: uid(c)) { count(uid) } }`,
		map[string]string{"$loads": "[" + strings.Join(uids, ",") + "]"}, &found)
	if err != nil || len(found.Q) == 0 {
		return 0, err
	}
	return found.Q[0].Count, nil
}

// dataset gives one data set by name, or nil.
func (l *Loader) dataset(ctx context.Context, name string) (*Dataset, error) {
	sets, err := l.someDatasets(ctx, "query q($name: string) { q(func: eq(dataset.name, $name)) { "+datasetFields+" } }", map[string]string{"$name": name})
	if err != nil || len(sets) == 0 {
		return nil, err
	}
	return &sets[0], nil
}

// pageSize is how many claims one look at a load brings. The facets on claim.load make Dgraph build the whole list for
// every page (dgraph#9807), so that pages are large.
const pageSize = 10_000

// claimPages returns the claims of a query with $first and $after, which answers in its block q.
func (l *Loader) claimPages(ctx context.Context, what, dql string, first int) iter.Seq2[*schema.StoredClaim, error] {
	return schema.ClaimPages(func(after string) (json.RawMessage, error) {
		var page struct{ Q json.RawMessage }
		err := l.ask(ctx, what, dql, map[string]string{"$first": strconv.Itoa(first), "$after": after}, &page)
		return page.Q, err
	})
}

// nestedPages returns the claims of a query with $first and $after, which answers in the block claims of the one node
// in its block q.
func (l *Loader) nestedPages(ctx context.Context, what, dql, variable, value string, first int) iter.Seq2[*schema.StoredClaim, error] {
	return schema.ClaimPages(func(after string) (json.RawMessage, error) {
		var page struct {
			Q []struct{ Claims json.RawMessage }
		}
		err := l.ask(ctx, what, dql, map[string]string{variable: value, "$first": strconv.Itoa(first), "$after": after}, &page)
		if err != nil || len(page.Q) == 0 {
			return nil, err
		}
		return page.Q[0].Claims, nil
	})
}

// loadClaims returns the claims that the loads wrote or touched; one that several touched comes several times.
func (l *Loader) loadClaims(ctx context.Context, loads []LoadInfo) iter.Seq2[*schema.StoredClaim, error] {
	const q = `query q($load: string, $after: string, $first: int) {
		q(func: uid($load)) { claims: ~claim.load (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`
	return func(yield func(*schema.StoredClaim, error) bool) {
		for _, load := range loads {
			for claim, err := range l.nestedPages(ctx, "read a load's claims", q, "$load", load.uid, pageSize) {
				if !yield(claim, err) {
					return
				}
			}
		}
	}
}
