package loader

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"orbat/loader/commit"
	"orbat/schema"
)

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

// Datasets returns the data sets with the number of their claims, by name.
func (l *Loader) Datasets(ctx context.Context) ([]Dataset, error) {
	g := l.graph()
	sets, err := datasets(ctx, g)
	for i := range sets {
		if sets[i].Claims, err = countClaims(ctx, g, sets[i].Loads); err != nil {
			return nil, err
		}
	}
	return sets, err
}

func datasets(ctx context.Context, g *commit.Graph) ([]Dataset, error) {
	return someDatasets(ctx, g, "{ q(func: has(dataset.name)) { "+datasetFields+" } }", nil)
}

const datasetFields = "uid dataset.name ~load.dataset { uid load.id load.state load.started load.finished load.journal }"

func someDatasets(ctx context.Context, g *commit.Graph, q string, vars map[string]string) ([]Dataset, error) {
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
	if err := g.Ask(ctx, "list data sets", q, vars, &found); err != nil {
		return nil, err
	}
	var sets []Dataset
	for _, d := range found.Q {
		set := Dataset{Name: d.Name, uid: d.UID}
		for _, load := range d.Loads {
			set.Loads = append(set.Loads, LoadInfo{
				load.ID, load.State, load.Started, load.Finished, load.UID,
				load.Journal == commit.WholeJournal,
			})
		}
		slices.SortFunc(set.Loads, func(a, b LoadInfo) int { return a.Started.Compare(b.Started) })
		sets = append(sets, set)
	}
	slices.SortFunc(sets, func(a, b Dataset) int { return strings.Compare(a.Name, b.Name) })
	return sets, nil
}

// countClaims counts the claims that any of the loads touched, each once.
func countClaims(ctx context.Context, g *commit.Graph, loads []LoadInfo) (int, error) {
	if len(loads) == 0 {
		return 0, nil
	}
	var found struct {
		Q []struct{ Count int }
	}
	const q = `query q($loads: string) { loads(func: uid($loads)) { c as ~claim.load } q(func: uid(c)) { count(uid) } }`
	err := g.Ask(ctx, "count claims", q,
		map[string]string{"$loads": "[" + strings.Join(loadUIDs(loads), ",") + "]"}, &found)
	if err != nil || len(found.Q) == 0 {
		return 0, err
	}
	return found.Q[0].Count, nil
}

// dataset returns one data set by name, or nil.
func dataset(ctx context.Context, g *commit.Graph, name string) (*Dataset, error) {
	const q = "query q($name: string) { q(func: eq(dataset.name, $name)) { " + datasetFields + " } }"
	sets, err := someDatasets(ctx, g, q, map[string]string{"$name": name})
	if err != nil || len(sets) == 0 {
		return nil, err
	}
	return &sets[0], nil
}

// pageSize is how many claims of a load one request brings. The facets on claim.load make Dgraph build the whole list
// for every page (dgraph#9807), so that pages are large.
const pageSize = 10_000

// loadClaims returns the claims that loads wrote or touched; one that several touched comes several times.
func loadClaims(ctx context.Context, g *commit.Graph, loads []LoadInfo) iter.Seq2[*schema.StoredClaim, error] {
	const q = `query q($at: string, $after: string, $first: int) {
		q(func: uid($at)) { claims: ~claim.load (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`
	return func(yield func(*schema.StoredClaim, error) bool) {
		for _, load := range loads {
			for claim, err := range g.ClaimsAt(ctx, "read a load's claims", q, load.uid, pageSize) {
				if !yield(claim, err) {
					return
				}
			}
		}
	}
}

func loadUIDs(loads []LoadInfo) []string {
	uids := make([]string, len(loads))
	for i, load := range loads {
		uids[i] = load.uid
	}
	return uids
}
