package loader

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"maps"
	"slices"

	"orbat/schema"
)

const (
	// firstBlocks and lastBlocks are how many blocks of journals the first and the longest requests of an inventory read, each of
	// a few hundred claims; between them each reads twice as many as the one before.
	firstBlocks = 100
	lastBlocks  = 800
	// maxInventory bounds its memory, to about 100 MB. A larger data set is looked up claim by claim.
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
	held   map[[16]byte]bool // false: it was retracted once. It may stand again: the clocks of loads do not tell which came last
}

// inventoryOf is that of a data set which has had these loads. Nothing is read yet.
func inventoryOf(loads []LoadInfo) *inventory {
	return &inventory{
		whole: !slices.ContainsFunc(loads, func(load LoadInfo) bool { return !load.whole }), loads: loads,
		reader: readJournals(loads), blocks: firstBlocks, held: map[[16]byte]bool{},
	}
}

// complete reports that all is read.
func (v *inventory) complete() bool { return v.whole && v.reader.done() && v.held != nil }

// more reads on, if there is anything to be read.
func (v *inventory) more(ctx context.Context, l *Loader) error {
	if !v.whole || v.held == nil || v.reader.done() {
		return nil
	}
	err := v.reader.next(ctx, l, v.blocks, func(_ string, sign byte, key string) error {
		digest := keyDigest(key)
		if stands, known := v.held[digest]; !known || stands {
			v.held[digest] = sign == entryStands
		}
		return nil
	})
	v.blocks = min(2*v.blocks, lastBlocks)
	if len(v.held) > maxInventory {
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

// eachUnseen reads the claims of a data set that the input did not repeat, or, where not all of its loads kept a journal, all.
func (r *run) eachUnseen(ctx context.Context, dataset string, do func([]*schema.Stored) error) error {
	held := r.known[dataset]
	if held == nil {
		return nil
	}
	if !held.whole {
		return r.eachClaim(ctx, held.loads, do)
	}
	gone := map[string]bool{}
	read := func() error {
		keys := slices.Sorted(maps.Keys(gone))
		clear(gone)
		return r.claimsOf(ctx, keys, do)
	}
	for journals := readJournals(held.loads); !journals.done(); {
		err := journals.next(ctx, r.Loader, lastBlocks, func(_ string, _ byte, key string) error {
			if !r.seen[keyDigest(key)] {
				gone[key] = true
			}
			return nil
		})
		if err == nil && (len(gone) >= pageSize || journals.done()) {
			err = read()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// claimsOf reads whole claims by their keys, some hundreds at a time.
func (l *Loader) claimsOf(ctx context.Context, keys []string, do func([]*schema.Stored) error) error {
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
