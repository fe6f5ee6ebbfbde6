package loader

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"orbat/loader/identity"
	"orbat/schema"
)

// Alike says how many of the entities that a load described for the first time look like ones that were known.
type Alike struct {
	New      int `json:"new"`
	Compared int `json:"compared"` // fewer than New where the load was too large for a look in passing
	Alike    int `json:"alike"`
}

// maxCompared is how many new entities a load compares in passing: some milliseconds each. Candidates compares all.
const maxCompared = 500

// newcomers collects the entities that a load describes for the first time.
type newcomers struct {
	mu    sync.Mutex
	count int
	xids  []string
}

func (n *newcomers) note(result *batchResult) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count += len(result.described)
	if room := maxCompared - len(n.xids); room > 0 {
		n.xids = append(n.xids, result.described[:min(room, len(result.described))]...)
	}
}

// anyData reports whether there is a data set that describes anything.
func (l *Loader) anyData(ctx context.Context) (bool, error) {
	var found struct {
		Q []struct {
			Name string `json:"dataset.name"`
		}
	}
	err := l.ask(ctx, "list data sets", "{ q(func: has(dataset.name), first: 2) { dataset.name } }", nil, &found)
	for _, set := range found.Q {
		if set.Name != schema.DecisionsDataset {
			return true, err
		}
	}
	return false, err
}

// suggest compares the newcomers with what was known. They are looked up by the sound of their names, so that the cost grows
// with the load and not with the graph. What it misses, [Loader.Candidates] finds.
func (r *run) suggest(ctx context.Context) (*Alike, error) {
	found := &Alike{New: r.newcomers.count}
	if !r.others || found.New == 0 {
		return nil, nil //nolint:nilnil // nothing was known before: there is nothing to say
	}
	fresh := map[string]bool{}
	for _, xid := range r.newcomers.xids {
		fresh[xid] = true
	}
	found.Compared = len(fresh)
	byName, err := r.soundingLike(ctx, r.newcomers.xids)
	if err != nil {
		return nil, err
	}
	population, err := r.population(ctx)
	if err != nil {
		return nil, err
	}
	// By their names alone first: few stay, whose claims are then read.
	opts := identity.Options{New: fresh, Population: population, Threshold: 0.1}
	pairs, err := byName.Pairs(ctx, opts)
	if err != nil {
		return nil, err
	}
	var ends []string
	for _, p := range pairs {
		ends = append(ends, p.A.XID, p.B.XID)
	}
	slices.Sort(ends)
	gathering, err := r.gatherEntities(ctx, slices.Compact(ends))
	if err != nil {
		return nil, err
	}
	opts.Threshold = 0
	if pairs, err = gathering.Pairs(ctx, opts); err != nil {
		return nil, err
	}
	alike := map[string]bool{}
	for _, p := range pairs {
		for _, xid := range []string{p.A.XID, p.B.XID} {
			if fresh[xid] {
				alike[xid] = true
			}
		}
	}
	found.Alike = len(alike)
	return found, nil
}

const (
	namesAtOnce    = 100 // look-ups by sound in one question
	entitiesAtOnce = 50  // whose claims are read in one question
	mostAlike      = 20  // entities of one sound looked at
	namesCompared  = 4   // of one entity
)

// named is what a node shows of an entity's names.
type named struct {
	XID     string
	Type    string `json:"entity.type"`
	Name    string
	Title   string
	Country string
	Aliases []string
}

const namedFields = " { xid entity.type name title country aliases }"

// soundingLike gathers some entities and those that have a name of the same consonants, or a word of one, by nothing but what
// their nodes show.
func (r *run) soundingLike(ctx context.Context, xids []string) (*identity.Gathering, error) {
	gathering, err := identity.Gather(func(xid string) string { return xid })
	if err != nil {
		return nil, err
	}
	seen, looks := map[string]bool{}, map[string]bool{}
	add := func(n named) {
		if seen[n.XID] || n.Type == schema.NoType || n.Type == "Source" {
			return
		}
		seen[n.XID] = true
		values := map[string][]string{"aliases": n.Aliases}
		for property, value := range map[string]string{"name": n.Name, "title": n.Title, "country": n.Country} {
			if value != "" {
				values[property] = []string{value}
			}
		}
		gathering.Add(&schema.Claim{Subject: n.XID, Predicate: schema.Describes, Type: n.Type, Values: values, Assertion: schema.Asserted})
	}
	for batch := range slices.Chunk(xids, xidsAtOnce) {
		list, vars := listVariables("x", batch)
		var found struct{ Q []named }
		if err := r.ask(ctx, "read new entities", "query q("+list.declared+") { q(func: eq(xid, ["+list.used+"]))"+namedFields+" }", vars, &found); err != nil {
			return nil, err
		}
		for _, n := range found.Q {
			add(n)
			if n.Type == "Source" {
				continue
			}
			slices.Sort(n.Aliases) // Dgraph keeps no order
			for _, name := range append([]string{n.Name, n.Title}, n.Aliases...)[:min(namesCompared, 2+len(n.Aliases))] {
				for _, sounds := range looksFor(name) {
					looks[sounds] = true
				}
			}
		}
	}
	for batch := range slices.Chunk(sortedNames(looks), namesAtOnce) {
		list, vars := listVariables("s", batch)
		blocks := ""
		for i := range batch {
			n := strconv.Itoa(i)
			blocks += "q" + n + "(func: allofterms(name.sound, $s" + n + "), first: " + strconv.Itoa(mostAlike) + ")" + namedFields + "\n"
		}
		found := map[string][]named{}
		if err := r.ask(ctx, "look for like names", "query q("+list.declared+") {\n"+blocks+"}", vars, &found); err != nil {
			return nil, err
		}
		for _, nodes := range found {
			for _, n := range nodes {
				add(n)
			}
		}
	}
	return gathering, nil
}

// looksFor gives the sounds to look a name up by: all of its words, so that a common name is met among its like, and the one that
// tells most by itself, for those who write the rest otherwise.
func looksFor(name string) []string {
	sounds := schema.NameSounds([]string{name})
	if len(sounds) < 2 {
		return sounds
	}
	longest := slices.MaxFunc(sounds, func(a, b string) int { return len(a) - len(b) })
	return []string{strings.Join(sounds, " "), longest}
}

// gatherEntities reads what claims say about some entities, and about what is merged into them.
func (r *run) gatherEntities(ctx context.Context, xids []string) (*identity.Gathering, error) {
	gathering, err := identity.Gather(r.decided.Rep)
	if err != nil {
		return nil, err
	}
	var parts []string
	for _, xid := range xids {
		parts = append(parts, r.decided.Members(xid)...)
	}
	for batch := range slices.Chunk(parts, entitiesAtOnce) {
		list, vars := listVariables("x", batch)
		var found struct {
			Q []struct{ S, O json.RawMessage }
		}
		err := r.ask(ctx, "read claims about like entities", "query q("+list.declared+") { q(func: eq(xid, ["+list.used+"])) {"+
			" s: ~claim.subject (first: 200) { "+schema.ClaimFields+" } o: ~claim.object (first: 100) { "+schema.ClaimFields+" } } }", vars, &found)
		if err != nil {
			return nil, err
		}
		for _, n := range found.Q {
			for _, block := range []json.RawMessage{n.S, n.O} {
				claims, err := schema.DecodeClaims(block)
				if err != nil {
					return nil, err
				}
				for _, claim := range claims {
					if r.decided.Counts(claim) {
						gathering.Add(&claim.Claim)
					}
				}
			}
		}
	}
	return gathering, nil
}

// population counts the entities by type: how common a name is depends on how many there are.
func (r *run) population(ctx context.Context) (map[string]int, error) {
	blocks := ""
	for _, t := range r.Ontology.Types {
		blocks += t.Name + "(func: eq(entity.type, \"" + t.Name + "\")) { count(uid) }\n" // names of types are words (law 13)
	}
	found := map[string][]struct{ Count int }{}
	if err := r.ask(ctx, "count entities", "{\n"+blocks+"}", nil, &found); err != nil {
		return nil, err
	}
	population := map[string]int{}
	for t, counts := range found {
		for _, n := range counts {
			population[t] = n.Count
		}
	}
	return population, nil
}
