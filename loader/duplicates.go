package loader

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"orbat/loader/commit"
	"orbat/loader/identity"
	"orbat/schema"
)

// PossibleDuplicates says how many of the entities that a load described for the first time look like ones that were
// known.
type PossibleDuplicates struct {
	New      int `json:"new"`
	Compared int `json:"compared"` // fewer than New where the load was too large for a look in passing
	Alike    int `json:"alike"`
}

// maxCompared is how many new entities a load compares in passing: some milliseconds each. Candidates compares all.
const maxCompared = 500

// newEntities collects the entities that a load describes for the first time.
type newEntities struct {
	mu    sync.Mutex
	count int
	xids  []string
}

func (n *newEntities) add(described []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count += len(described)
	if left := maxCompared - len(n.xids); left > 0 {
		n.xids = append(n.xids, described[:min(left, len(described))]...)
	}
}

// anyData reports whether there is a data set that describes anything.
func anyData(ctx context.Context, g *commit.Graph) (bool, error) {
	var found struct {
		Q []struct {
			Name string `json:"dataset.name"`
		}
	}
	err := g.Ask(ctx, "list data sets", "{ q(func: has(dataset.name), first: 2) { dataset.name } }", nil, &found)
	for _, set := range found.Q {
		if set.Name != schema.DecisionsDataset {
			return true, err
		}
	}
	return false, err
}

// compare compares the new entities with what was known. They are looked up by the sound of their names, so that the
// cost grows with the load and not with the graph. What it misses, [Loader.Candidates] finds.
func (n *newEntities) compare(ctx context.Context, s *commit.Session) (*PossibleDuplicates, error) {
	if n.count == 0 {
		return nil, nil //nolint:nilnil // nothing is new: there is nothing to say
	}
	found := &PossibleDuplicates{New: n.count}
	fresh := map[string]bool{}
	for _, xid := range n.xids {
		fresh[xid] = true
	}
	found.Compared = len(fresh)
	byName, err := soundingLike(ctx, s.Graph, n.xids)
	if err != nil {
		return nil, err
	}
	counts, err := population(ctx, s.Graph)
	if err != nil {
		return nil, err
	}
	// By their names alone first: few stay, whose claims are then read.
	opts := identity.Options{New: fresh, Population: counts, Threshold: 0.1}
	pairs, err := byName.Pairs(ctx, opts)
	if err != nil {
		return nil, err
	}
	var ends []string
	for _, p := range pairs {
		ends = append(ends, p.A.XID, p.B.XID)
	}
	slices.Sort(ends)
	gathering, err := gatherEntities(ctx, s, slices.Compact(ends))
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
	xidsPerRequest = 2000
	namesAtOnce    = 100 // look-ups by sound in one request
	entitiesAtOnce = 50  // whose claims are read in one request
	maxAlike       = 20  // entities of one sound looked at
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

const namedFields = "xid entity.type name title country aliases"

// soundingLike gathers some entities and those that have a name of the same consonants, or a word of one, by nothing
// but what their nodes show.
func soundingLike(ctx context.Context, g *commit.Graph, xids []string) (*identity.Corpus, error) {
	gathering, err := identity.NewCorpus(func(xid string) string { return xid })
	if err != nil {
		return nil, err
	}
	seen, sounds := map[string]bool{}, map[string]bool{}
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
	for batch := range slices.Chunk(xids, xidsPerRequest) {
		var found struct{ Q []named }
		if err := g.AskEach(ctx, "read new entities", "xid", batch, namedFields, &found); err != nil {
			return nil, err
		}
		for _, n := range found.Q {
			add(n)
			if n.Type == "Source" {
				continue
			}
			slices.Sort(n.Aliases) // Dgraph keeps no order
			for _, name := range append([]string{n.Name, n.Title}, n.Aliases...)[:min(namesCompared, 2+len(n.Aliases))] {
				for _, sound := range soundsFor(name) {
					sounds[sound] = true
				}
			}
		}
	}
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(sounds)), namesAtOnce) {
		list, vars := commit.ListVariables("s", batch)
		blocks := ""
		for i := range batch {
			n := strconv.Itoa(i)
			blocks += "q" + n + "(func: allofterms(name.sound, $s" + n + "), first: " + strconv.Itoa(maxAlike) + ") { " +
				namedFields + " }\n"
		}
		found := map[string][]named{}
		if err := g.Ask(ctx, "look for like names", "query q("+list.Declared+") {\n"+blocks+"}", vars, &found); err != nil {
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

// soundsFor returns the sounds to look a name up by: all of its words, so that a common name is met among its like, and
// the one that tells most by itself, for those who write the rest otherwise.
func soundsFor(name string) []string {
	sounds := schema.NameSounds([]string{name})
	if len(sounds) < 2 {
		return sounds
	}
	longest := slices.MaxFunc(sounds, func(a, b string) int { return len(a) - len(b) })
	return []string{strings.Join(sounds, " "), longest}
}

// gatherEntities reads what claims say about some entities, and about what is merged into them.
func gatherEntities(ctx context.Context, s *commit.Session, xids []string) (*identity.Corpus, error) {
	gathering, err := identity.NewCorpus(s.Merges.Rep)
	if err != nil {
		return nil, err
	}
	var parts []string
	for _, xid := range xids {
		parts = append(parts, s.Merges.Members(xid)...)
	}
	for batch := range slices.Chunk(parts, entitiesAtOnce) {
		var found struct {
			Q []struct{ S, O json.RawMessage }
		}
		err := s.AskEach(ctx, "read claims about like entities", "xid", batch,
			"s: ~claim.subject (first: 200) { "+schema.ClaimFields+" } o: ~claim.object (first: 100) { "+schema.ClaimFields+" }", &found)
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
					if s.Merges.Counts(claim) {
						gathering.Add(&claim.Claim)
					}
				}
			}
		}
	}
	return gathering, nil
}

// population counts the entities by type: how common a name is depends on how many there are.
func population(ctx context.Context, g *commit.Graph) (map[string]int, error) {
	blocks := ""
	for _, t := range g.Ontology.Types {
		blocks += t.Name + "(func: eq(entity.type, \"" + t.Name + "\")) { count(uid) }\n" // names of types are words (law 13)
	}
	found := map[string][]struct{ Count int }{}
	if err := g.Ask(ctx, "count entities", "{\n"+blocks+"}", nil, &found); err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for t, numbers := range found {
		for _, n := range numbers {
			counts[t] = n.Count
		}
	}
	return counts, nil
}
