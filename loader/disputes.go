package loader

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"orbat/schema"
)

// maxDisputes is how many disputes a report names; all are counted.
const maxDisputes = 20

// typeWatch sees the types that a load derives, and finds at its end what no single record shows (law 5): entities
// whose type is disputed, relations whose ends do not fit, and references to what nobody described.
type typeWatch struct {
	ontology *schema.Ontology
	plan     bool // batches do not see each other's claims: what they derive is put together here

	mu       sync.Mutex
	types    map[string]string   // by xid: as last derived; empty: undescribed
	disputed map[string][]string // by xid: more than one type claimed
	links    map[target]bool     // relations to look at when all types are known
	referred map[string]bool     // xids referred to
	claimed  map[string]string   // by xid: the type that descriptions found in place give; empty: they disagree
}

func newTypeWatch(ontology *schema.Ontology, plan bool) *typeWatch {
	return &typeWatch{
		ontology: ontology, plan: plan, types: map[string]string{}, disputed: map[string][]string{},
		links: map[target]bool{}, referred: map[string]bool{}, claimed: map[string]string{},
	}
}

// note takes a claim of the load's input.
func (w *typeWatch) note(claim *schema.Claim) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, xid := range claimXIDs(claim) {
		if !schema.IsDatasetSource(xid) {
			w.referred[xid] = true
		}
	}
	if claim.Object != "" {
		w.links[target{claim.Subject, claim.Predicate, claim.Object}] = true
	}
}

// inPlace takes a description that counts and stood before this load. The entity shows its type, or that of a rival with
// whom it was reported by the load that brought the second of them: there is nothing to look up.
func (w *typeWatch) inPlace(claim *schema.Claim) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if other, twice := w.claimed[claim.Subject]; twice && other != claim.Type {
		w.claimed[claim.Subject] = ""
	} else {
		w.claimed[claim.Subject] = claim.Type
	}
}

// see takes what a transaction derived.
func (w *typeWatch) see(facts map[string]schema.Facts) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for xid, f := range facts {
		if w.plan {
			f = w.together(xid, f)
		}
		w.types[xid] = f.Type
		delete(w.disputed, xid)
		if len(f.Types) > 1 {
			w.disputed[xid] = f.Types
		}
	}
}

// together adds what earlier batches of a plan derived of an entity.
func (w *typeWatch) together(xid string, f schema.Facts) schema.Facts {
	f.Types = slices.Compact(slices.Sorted(slices.Values(slices.Concat(f.Types, w.disputed[xid], []string{w.types[xid]}))))
	f.Types = slices.DeleteFunc(f.Types, func(t string) bool { return t == "" })
	f.Type = cmp.Or(f.Type, w.types[xid])
	return f
}

// settle looks up the types this load did not derive itself and puts its findings into the report.
func (w *typeWatch) settle(ctx context.Context, l *Loader, report *Report) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ask []string
	for xid := range w.referred {
		if w.types[xid] == "" {
			w.types[xid] = w.claimed[xid]
		}
		if w.types[xid] == "" {
			ask = append(ask, xid)
		}
	}
	slices.Sort(ask)
	shown, err := l.shownTypes(ctx, ask)
	if err != nil {
		return err
	}
	for xid := range w.referred {
		if w.types[xid] == "" {
			w.types[xid] = shown[xid]
		}
		if w.types[xid] == "" {
			report.Dangling++
		}
	}
	for _, xid := range sortedNames(w.disputed) {
		report.Disputed++
		if len(report.Disputes) < maxDisputes {
			report.Disputes = append(report.Disputes, Dispute{XID: xid, Types: w.disputed[xid], Shown: w.types[xid]})
		}
	}
	for link := range w.links {
		from, to := w.types[link.subject], w.types[link.object]
		relation := w.ontology.Relation(link.predicate)
		if relation == nil || relation.Fits(from, to) {
			continue
		}
		report.Disputed++
		if len(report.Disputes) < maxDisputes {
			report.Disputes = append(report.Disputes, Dispute{XID: link.subject, Relation: link.predicate, To: link.object, Types: []string{from, to}})
		}
	}
	slices.SortFunc(report.Disputes, compareDisputes)
	return l.placeDisputes(ctx, report.Disputes)
}

// shownTypes gives the types that entities show; absent: the xid is unknown. A merged entity shows its representative's.
func (l *Loader) shownTypes(ctx context.Context, xids []string) (map[string]string, error) {
	types := make(map[string]string, len(xids))
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.workers())
	for batch := range slices.Chunk(xids, xidsAtOnce) {
		g.Go(func() error {
			list, vars := listVariables("x", batch)
			type node struct {
				XID  string
				Type string `json:"entity.type"`
				Rep  *struct {
					Type string `json:"entity.type"`
				} `json:"entity.rep"`
			}
			var found struct{ Q []node }
			err := l.ask(ctx, "look up types", "query q("+list.declared+
				") { q(func: eq(xid, ["+list.used+"])) { xid entity.type entity.rep { entity.type } } }", vars, &found)
			mu.Lock()
			defer mu.Unlock()
			for _, n := range found.Q {
				kind := n.Type
				if n.Rep != nil {
					kind = n.Rep.Type
				}
				if kind != schema.NoType {
					types[n.XID] = kind
				}
			}
			return err
		})
	}
	return types, g.Wait()
}

// placeDisputes adds the positions of the claims that disagree: of both types, or of the relation and its ends' types.
func (l *Loader) placeDisputes(ctx context.Context, disputes []Dispute) error {
	for i := range disputes {
		d := &disputes[i]
		groups := []string{schema.FactsKey(d.XID)}
		if d.Relation != "" {
			groups = []string{schema.GroupKey(d.XID, d.Relation, d.To), schema.FactsKey(d.XID), schema.FactsKey(d.To)}
		}
		for _, group := range groups {
			places, err := l.places(ctx, group)
			if err != nil {
				return err
			}
			d.Places = append(d.Places, places...)
		}
	}
	return nil
}

// places gives file:row of the first claims of a group, one for each type claimed.
func (l *Loader) places(ctx context.Context, group string) ([]string, error) {
	const q = `query q($a: string, $b: string) { q(func: between(claim.key, $a, $b), first: 50) { claim.value claim.load @facets { uid } } }`
	from, to := schema.KeyRange(group)
	var found struct {
		Q []struct {
			Value string `json:"claim.value"`
			Loads []struct {
				File string `json:"claim.load|file"`
				Row  int    `json:"claim.load|row"`
			} `json:"claim.load"`
		}
	}
	if err := l.ask(ctx, "find positions", q, map[string]string{"$a": from, "$b": to}, &found); err != nil {
		return nil, err
	}
	var places []string
	seen := map[string]bool{}
	for _, claim := range found.Q {
		var value schema.StoredValue
		if claim.Value != "" {
			if err := json.Unmarshal([]byte(claim.Value), &value); err != nil {
				return nil, fmt.Errorf("find positions: %w", err)
			}
		}
		for _, load := range claim.Loads {
			if load.File != "" && !seen[value.Type] {
				seen[value.Type] = true
				places = append(places, load.File+":"+strconv.Itoa(load.Row))
			}
		}
	}
	slices.Sort(places)
	return places, nil
}

func compareDisputes(a, b Dispute) int {
	return slices.Compare([]string{a.Relation, a.XID, a.To}, []string{b.Relation, b.XID, b.To})
}
