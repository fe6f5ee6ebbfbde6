package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
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

// suggest compares the newcomers with what was known. They are looked up by the sound of their names, so that the cost grows
// with the load and not with the graph. What it misses, [Loader.Candidates] finds.
func (r *run) suggest(ctx context.Context) (*Alike, error) {
	found := &Alike{New: r.newcomers.count}
	others := slices.DeleteFunc(slices.Collect(maps.Keys(r.known)), func(name string) bool { return name == schema.DecisionsDataset })
	if len(others) == 0 || found.New == 0 {
		return nil, nil //nolint:nilnil // nothing was known before: there is nothing to say
	}
	fresh := map[string]bool{}
	for _, xid := range r.newcomers.xids {
		fresh[xid] = true
	}
	found.Compared = len(fresh)
	near, types, err := r.soundingLike(ctx, r.newcomers.xids)
	if err != nil {
		return nil, err
	}
	gathering, err := r.gatherEntities(ctx, slices.Concat(r.newcomers.xids, near))
	if err != nil {
		return nil, err
	}
	population, err := r.population(ctx, types)
	if err != nil {
		return nil, err
	}
	pairs, err := gathering.Pairs(ctx, identity.Options{New: fresh, Population: population})
	if err != nil {
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
	wordsCompared  = 4   // of one name
)

// soundingLike gives the entities that have a word of the same consonants in their names as one of those named, and the types of
// these.
func (r *run) soundingLike(ctx context.Context, xids []string) (near, types []string, err error) {
	type look struct{ sounds, entityType string }
	looks := map[look]bool{}
	for batch := range slices.Chunk(xids, xidsAtOnce) {
		list, vars := listVariables("x", batch)
		var found struct {
			Q []struct {
				Type    string `json:"entity.type"`
				Name    string
				Title   string
				Aliases []string
			}
		}
		err := r.ask(ctx, "read new entities", "query q("+list.declared+") { q(func: eq(xid, ["+list.used+"])) { entity.type name title aliases } }", vars, &found)
		if err != nil {
			return nil, nil, err
		}
		for _, n := range found.Q {
			if n.Type == "Source" {
				continue
			}
			types = append(types, n.Type)
			slices.Sort(n.Aliases) // Dgraph keeps no order
			for _, name := range append([]string{n.Name, n.Title}, n.Aliases...)[:min(namesCompared, 2+len(n.Aliases))] {
				sounds := schema.NameSounds([]string{name})
				if len(sounds) > 0 {
					looks[look{strings.Join(sounds, " "), n.Type}] = true // all of it, so that a common name is met among its like
				}
				for _, sound := range sounds[:min(wordsCompared, len(sounds))] {
					if len(sound) > 1 && len(sounds) > 1 {
						looks[look{sound, n.Type}] = true
					}
				}
			}
		}
	}
	all := slices.SortedFunc(maps.Keys(looks), func(a, b look) int {
		return strings.Compare(a.sounds+"\x00"+a.entityType, b.sounds+"\x00"+b.entityType)
	})
	set := map[string]bool{}
	for batch := range slices.Chunk(all, namesAtOnce) {
		declared, blocks, vars := "", "", map[string]string{}
		for i, l := range batch {
			n := strconv.Itoa(i)
			vars["$s"+n], vars["$t"+n] = l.sounds, l.entityType
			declared += ", $s" + n + ": string, $t" + n + ": string"
			blocks += "q" + n + "(func: allofterms(name.sound, $s" + n + "), first: " + strconv.Itoa(mostAlike) + ") @filter(eq(entity.type, $t" + n + ")) { xid }\n"
		}
		found := map[string][]struct{ XID string }{}
		if err := r.ask(ctx, "look for like names", "query q("+declared[2:]+") {\n"+blocks+"}", vars, &found); err != nil {
			return nil, nil, err
		}
		for _, nodes := range found {
			for _, n := range nodes {
				set[n.XID] = true
			}
		}
	}
	for _, xid := range xids {
		delete(set, xid)
	}
	slices.Sort(types)
	return sortedNames(set), slices.Compact(types), nil
}

// gatherEntities reads what claims say about some entities, and about what is merged into them.
func (r *run) gatherEntities(ctx context.Context, xids []string) (*identity.Gathering, error) {
	gathering, err := identity.Gather(r.decided.Rep)
	if err != nil {
		return nil, err
	}
	var parts []string
	for _, xid := range xids {
		parts = append(parts, r.decided.membersOf(xid)...)
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
					if r.decided.counts(claim) {
						gathering.Add(&claim.Claim)
					}
				}
			}
		}
	}
	return gathering, nil
}

// population counts the entities of types: how common a name is depends on how many there are.
func (r *run) population(ctx context.Context, types []string) (map[string]int, error) {
	population := map[string]int{}
	for _, t := range types {
		var found struct {
			Q []struct{ Count int }
		}
		err := r.ask(ctx, "count entities", `query q($t: string) { q(func: eq(entity.type, $t)) { count(uid) } }`, map[string]string{"$t": t}, &found)
		if err != nil {
			return nil, fmt.Errorf("count entities of a type: %w", err)
		}
		for _, n := range found.Q {
			population[t] = n.Count
		}
	}
	return population, nil
}
