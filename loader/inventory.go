package loader

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"orbat/schema"
)

const (
	// firstBlocks and lastBlocks are how many blocks of journals the first and the longest requests of an inventory read, each of
	// a few hundred claims; between them each reads twice as many as the one before.
	firstBlocks = 100
	lastBlocks  = 800
	// maxInventory bounds the claims in all inventories of a load, to about 100 MB. A data set that does not fit in is looked up
	// claim by claim.
	maxInventory = 2_000_000
)

// inventory is what a data set held when this run took its lease: the digests of its claims, out of the journals of its loads.
// The lease keeps others from retracting or removing any meanwhile; what others add is missing, and the writing transaction looks
// again.
//
// It is read some blocks with every chunk of the input, so that a small input pays little for a large data set, and one as
// large as the data set is soon looked up in memory.
type inventory struct {
	whole  bool // there is a journal of every load: else it is given up from the start
	loads  []LoadInfo
	reader *journalReader
	blocks int               // how many the next request reads
	room   *int              // claims that still fit into this inventory and the load's others
	held   map[[16]byte]bool // false: it was retracted once. It may stand again: the clocks of loads do not tell which came last
}

// inventoryOf is that of a data set which has had these loads. Nothing is read yet.
func inventoryOf(loads []LoadInfo, room *int) *inventory {
	return &inventory{
		whole: !slices.ContainsFunc(loads, func(load LoadInfo) bool { return !load.whole }), loads: loads,
		reader: readJournals(loads), blocks: firstBlocks, held: map[[16]byte]bool{}, room: room,
	}
}

// complete reports that all is read.
func (v *inventory) complete() bool { return v.whole && v.reader.done() && v.held != nil }

// more reads on, if there is anything to be read.
func (v *inventory) more(ctx context.Context, l *Loader) error {
	if !v.whole || v.held == nil || v.reader.done() {
		return nil
	}
	before := len(v.held)
	err := v.reader.next(ctx, l, v.blocks, func(_ string, sign byte, key string) error {
		digest := keyDigest(key)
		if stands, known := v.held[digest]; !known || stands {
			v.held[digest] = sign == entryStands
		}
		return nil
	})
	v.blocks = min(2*v.blocks, lastBlocks)
	if *v.room -= len(v.held) - before; *v.room < 0 {
		*v.room += len(v.held)
		v.held = nil
	}
	return err
}

// stands reports whether a claim certainly does.
func (v *inventory) stands(digest [16]byte) bool { return v.held[digest] }

// keyDigest is the second half of a key, which alone holds everything the claim says.
func keyDigest(key string) (digest [16]byte) {
	bytes, _ := base32.HexEncoding.WithPadding(base32.NoPadding).DecodeString(key[len(schema.GroupOf(key))+1:])
	copy(digest[:], bytes)
	return digest
}

// eachUnseen gives, in the order of their keys, the claims that a data set holds and the input did not repeat, retracted ones
// among them, each with whether the input says something else about the same. Both are sorted on disk and read side by side,
// group by group.
func (r *run) eachUnseen(ctx context.Context, dataset string, do func(claim *schema.StoredClaim, about bool) error) error {
	held := r.known[dataset]
	if held == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx) // ends what sorts, too
	defer cancel()
	keys, err := r.heldKeys(ctx, held)
	if err != nil {
		return err
	}
	said, stop := iter.Pull2(r.said.sorted())
	defer stop()
	input := groups{next: said}
	about := map[string]bool{} // groups of the unseen
	var unseen []string
	read := func() error {
		defer clear(about)
		defer func() { unseen = nil }()
		return r.claimsOf(ctx, unseen, func(claims []*schema.StoredClaim) error {
			slices.SortFunc(claims, func(a, b *schema.StoredClaim) int { return strings.Compare(a.StoredKey, b.StoredKey) })
			for _, claim := range claims {
				if err := do(claim, about[schema.GroupOf(claim.StoredKey)]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	last := ""
	for key, err := range keys.sorted() {
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

// heldKeys are those of all claims that a data set's loads touched.
func (r *run) heldKeys(ctx context.Context, held *inventory) (*spill[string], error) {
	keys := newTextSpill(ctx, "")
	if !held.whole {
		for claim, err := range r.loadClaims(ctx, held.loads) {
			if err == nil {
				err = keys.add(claim.StoredKey)
			}
			if err != nil {
				return nil, err
			}
		}
		return keys, nil
	}
	for journals := readJournals(held.loads); !journals.done(); {
		err := journals.next(ctx, r.Loader, lastBlocks, func(_ string, _ byte, key string) error { return keys.add(key) })
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

// claimsOf reads whole claims by their keys, some hundreds at a time.
func (l *Loader) claimsOf(ctx context.Context, keys []string, do func([]*schema.StoredClaim) error) error {
	for batch := range slices.Chunk(keys, recordsAtOnce) {
		list, vars := listVariables("k", batch)
		var found struct{ Claims json.RawMessage }
		err := l.ask(ctx, "read claims", "query q("+list.declared+") { claims(func: eq(claim.key, ["+list.used+"])) { "+schema.ClaimFields+" } }", vars, &found)
		if err != nil {
			return err
		}
		claims, err := schema.DecodeClaims(found.Claims)
		if err != nil {
			return err
		}
		if err := do(claims); err != nil {
			return err
		}
	}
	return nil
}
