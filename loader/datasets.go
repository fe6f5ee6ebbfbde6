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
	Name      string     `json:"name"`
	Claims    int        `json:"claims"`    // that stand
	Retracted int        `json:"retracted"` // claims that are kept as history
	Loads     []LoadInfo `json:"loads"`     // oldest first
	uid       string
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
		all, retracted, err := countStandings(ctx, g, sets[i].Loads)
		if err != nil {
			return nil, err
		}
		sets[i].Claims, sets[i].Retracted = all-retracted, retracted
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
	all, _, err := countStandings(ctx, g, loads)
	return all, err
}

// countStandings counts the claims that any of the loads touched, each once, and how many of them are retracted.
func countStandings(ctx context.Context, g *commit.Graph, loads []LoadInfo) (all, retracted int, err error) {
	if len(loads) == 0 {
		return 0, 0, nil
	}
	var found struct {
		All       []struct{ Count int }
		Retracted []struct{ Count int }
	}
	const q = `query q($loads: string) { loads(func: uid($loads)) { c as ~claim.load }
		all(func: uid(c)) { count(uid) } retracted(func: uid(c)) @filter(has(claim.standing)) { count(uid) } }`
	err = g.Ask(ctx, "count claims", q,
		map[string]string{"$loads": "[" + strings.Join(loadUIDs(loads), ",") + "]"}, &found)
	if err != nil || len(found.All) == 0 || len(found.Retracted) == 0 {
		return 0, 0, err
	}
	return found.All[0].Count, found.Retracted[0].Count, nil
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

// loadClaims returns the claims that loads wrote or touched, as the lists of their claims have them. One that several
// touched comes several times, and so does one of a list that is read again: the database can give less than all of a
// long list while it rewrites that, without an error (deploy/README.md, "Long lists"), so what came is counted.
func loadClaims(ctx context.Context, g *commit.Graph, loads []LoadInfo) iter.Seq2[*schema.StoredClaim, error] {
	const q = `query q($at: string, $after: string, $first: int) {
		q(func: uid($at)) { claims: ~claim.load (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`
	return func(yield func(*schema.StoredClaim, error) bool) {
		for i := range loads {
			for look := 1; look <= shortLooks; look++ {
				want, err := countClaims(ctx, g, loads[i:i+1])
				if err != nil {
					yield(nil, err)
					return
				}
				for claim, err := range g.ClaimsAt(ctx, "read a load's claims", q, loads[i].uid, pageSize) {
					want--
					if !yield(claim, err) {
						return
					}
				}
				if want <= 0 {
					break
				}
			}
		}
	}
}

// journalClaims returns the claims that the journals of loads name, whatever became of them since: more than the lists
// of the loads' claims where an alpha that was killed has left those short, and nothing of loads from before there were
// journals.
func journalClaims(ctx context.Context, g *commit.Graph, loads []LoadInfo) iter.Seq2[*schema.StoredClaim, error] {
	return func(yield func(*schema.StoredClaim, error) bool) {
		for journals := commit.ReadJournals(loadUIDs(loads)); !journals.Done(); {
			var keys []string
			err := journals.Next(ctx, g, firstBlocks, func(_ string, _ byte, key string) error {
				keys = append(keys, key)
				return nil
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for batch := range slices.Chunk(keys, claimsPerRequest) {
				claims, err := claimsOf(ctx, g, batch)
				if err != nil {
					yield(nil, err)
					return
				}
				for _, claim := range claims {
					if !yield(claim, nil) {
						return
					}
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
