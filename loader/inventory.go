package loader

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"orbat/loader/commit"
	"orbat/schema"
	"orbat/schema/externalsort"
)

const (
	// firstBlocks and lastBlocks are how many blocks of journals the first and the longest requests of an inventory
	// read, each of a few hundred claims; between them each reads twice as many as the one before.
	firstBlocks = 100
	lastBlocks  = 800
	// maxInventory bounds the claims in all inventories of a load, to about 100 MB. A data set that does not fit in is
	// looked up claim by claim.
	maxInventory = 2_000_000
)

// inventory is what a data set held when this run took its lease: the digests of its claims, out of the journals of its
// loads. The lease keeps others from retracting or removing any meanwhile; what others add is missing, and the writing
// transaction looks again.
//
// It is read some blocks with every chunk of the input, so that a small input pays little for a large data set, and one
// as large as the data set is soon looked up in memory.
type inventory struct {
	graph  *commit.Graph
	loads  []LoadInfo
	whole  bool // there is a journal of every load: else it is given up from the start
	reader *commit.JournalReader
	blocks int               // how many the next request reads
	budget *int              // claims that still fit into this inventory and the load's others
	held   map[[16]byte]bool // false: it was retracted once. It may stand again: the clocks of loads do not tell which came last
}

// newInventory returns that of a data set which has had these loads. Nothing is read yet.
func newInventory(g *commit.Graph, loads []LoadInfo, budget *int) *inventory {
	return &inventory{
		graph: g, loads: loads, whole: !slices.ContainsFunc(loads, func(load LoadInfo) bool { return !load.whole }),
		reader: commit.ReadJournals(loadUIDs(loads)), blocks: firstBlocks, held: map[[16]byte]bool{}, budget: budget,
	}
}

// complete reports whether all is read.
func (v *inventory) complete() bool { return v.whole && v.reader.Done() && v.held != nil }

// more reads on, if there is anything to be read.
func (v *inventory) more(ctx context.Context) error {
	if !v.whole || v.held == nil || v.reader.Done() {
		return nil
	}
	before := len(v.held)
	err := v.reader.Next(ctx, v.graph, v.blocks, func(_ string, sign byte, key string) error {
		digest := keyDigest(key)
		if stands, known := v.held[digest]; !known || stands {
			v.held[digest] = sign == commit.EntryStands
		}
		return nil
	})
	v.blocks = min(2*v.blocks, lastBlocks)
	if *v.budget -= len(v.held) - before; *v.budget < 0 {
		*v.budget += len(v.held)
		v.held = nil
	}
	return err
}

// stands reports whether the claim of a key certainly does.
func (v *inventory) stands(key string) bool { return v.held[keyDigest(key)] }

// keyDigest returns the second half of a key, which alone holds everything the claim says.
func keyDigest(key string) (digest [16]byte) {
	bytes, _ := base32.HexEncoding.WithPadding(base32.NoPadding).DecodeString(key[len(schema.GroupOf(key))+1:])
	copy(digest[:], bytes)
	return digest
}

// eachUnseen calls do, in the order of their keys, with the claims that the data set holds and the input did not
// repeat, retracted ones among them, each with whether the input says something else about the same. Both are sorted on
// disk and read side by side, group by group.
func (v *inventory) eachUnseen(
	ctx context.Context, inputKeys *externalsort.Sorter[string], do func(claim *schema.StoredClaim, about bool) error,
) error {
	ctx, cancel := context.WithCancel(ctx) // ends what sorts, too
	defer cancel()
	keys, err := v.keys(ctx)
	if err != nil {
		return err
	}
	next, stop := iter.Pull2(inputKeys.Sorted())
	defer stop()
	input := groups{next: next}
	about := map[string]bool{} // groups of the unseen
	var unseen []string
	read := func() error {
		defer clear(about)
		defer func() { unseen = nil }()
		for batch := range slices.Chunk(unseen, claimsPerRequest) {
			claims, err := claimsOf(ctx, v.graph, batch)
			if err != nil {
				return err
			}
			for _, claim := range claims {
				if err := do(claim, about[schema.GroupOf(claim.StoredKey)]); err != nil {
					return err
				}
			}
		}
		return nil
	}
	last := ""
	for key, err := range keys.Sorted() {
		if err != nil {
			return err
		}
		if key == last {
			continue // several loads touched it
		}
		group := schema.GroupOf(key)
		if group != schema.GroupOf(last) {
			if len(unseen) >= pageSize {
				if err := read(); err != nil {
					return err
				}
			}
			if err := input.advance(group); err != nil {
				return err
			}
		}
		last = key
		if !input.keys[key] {
			unseen = append(unseen, key)
			about[group] = len(input.keys) > 0
		}
	}
	return read()
}

// keys returns those of all claims that the data set's loads touched.
func (v *inventory) keys(ctx context.Context) (*externalsort.Sorter[string], error) {
	keys := externalsort.Texts(ctx, "")
	if !v.whole { // what there is of journals is read all the same: a list may lack some
		for claim, err := range loadClaims(ctx, v.graph, v.loads) {
			if err == nil {
				err = keys.Add(claim.StoredKey)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	for journals := commit.ReadJournals(loadUIDs(v.loads)); !journals.Done(); {
		err := journals.Next(ctx, v.graph, lastBlocks, func(_ string, _ byte, key string) error { return keys.Add(key) })
		if err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// groups reads sorted keys a group at a time.
type groups struct {
	next  func() (key string, err error, ok bool)
	ahead string          // the first that belongs to none yet; empty: none was read
	keys  map[string]bool // of the group advanced to
}

// advance goes on to a group that lies behind the last.
func (g *groups) advance(group string) error {
	g.keys = map[string]bool{}
	from, to := schema.KeyRange(group)
	for g.ahead < to {
		if g.ahead >= from {
			g.keys[g.ahead] = true
		}
		key, err, ok := g.next()
		switch {
		case err != nil:
			return err
		case !ok:
			key = afterAll
		}
		g.ahead = key
	}
	return nil
}

// afterAll lies behind every key.
const afterAll = "~"

// claimsPerRequest is how many whole claims are read by their keys at once.
const claimsPerRequest = 1000

// claimsOf returns the claims of some keys, in the order of keys.
func claimsOf(ctx context.Context, g *commit.Graph, keys []string) ([]*schema.StoredClaim, error) {
	var found struct{ Q json.RawMessage }
	if err := g.AskEach(ctx, "read claims", "claim.key", keys, schema.ClaimFields, &found); err != nil {
		return nil, err
	}
	claims, err := schema.DecodeClaims(found.Q)
	slices.SortFunc(claims, func(a, b *schema.StoredClaim) int { return strings.Compare(a.StoredKey, b.StoredKey) })
	return claims, err
}
