package loader

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

const (
	// firstPage and lastPage are how many claims the first and the longest requests of an inventory read; between them each
	// reads twice as many as the one before. A key read so costs a fifth of a look-up by itself, of which a re-load made
	// one for each claim (`make bench`: unchanged re-load).
	firstPage = 10_000
	lastPage  = 160_000
	// maxInventory bounds its memory, to about 150 MB. A larger data set is looked up claim by claim.
	maxInventory = 2_000_000
)

// inventory is what a data set held when a load of it began: the digests of its claims. The data set's lease keeps others
// from retracting or removing any meanwhile; what others add is missing, and the writing transaction looks again.
//
// It is read a page with every chunk of the input but the first, so that a small input pays little for a large data set, and
// one as large as the data set is soon looked up in memory.
type inventory struct {
	named map[string]bool // uids of all loads that are read or to be read
	loads []LoadInfo      // still to be read
	after string          // within the first of them
	page  int             // how many the next request reads
	held  map[[16]byte]claimHeld
	over  bool // more than fits: it is given up
}

type claimHeld struct {
	uid    uint64
	stands bool
}

// inventoryOf is that of a data set which has had these loads. Nothing is read yet.
func inventoryOf(loads []LoadInfo) *inventory {
	v := &inventory{named: map[string]bool{}, after: "0x0", page: firstPage, held: map[[16]byte]claimHeld{}}
	v.also(loads)
	return v
}

// also adds loads that are not named yet.
func (v *inventory) also(loads []LoadInfo) {
	for _, load := range loads {
		if !v.named[load.uid] {
			v.named[load.uid] = true
			v.loads = append(v.loads, load)
		}
	}
}

// complete reports that all is read.
func (v *inventory) complete() bool { return len(v.loads) == 0 && !v.over }

// more reads the next page, if there is any to be read.
func (v *inventory) more(ctx context.Context, l *Loader) error {
	if v.over || len(v.loads) == 0 {
		return nil
	}
	const q = `query q($load: string, $after: string, $first: int) {
		load(func: uid($load)) { ~claim.load (first: $first, after: $after) { uid claim.key claim.standing } } }`
	var found struct {
		Load []struct {
			Claims []struct {
				UID      string
				Key      string `json:"claim.key"`
				Standing string `json:"claim.standing"`
			} `json:"~claim.load"`
		}
	}
	vars := map[string]string{"$load": v.loads[0].uid, "$after": v.after, "$first": strconv.Itoa(v.page)}
	if err := l.ask(ctx, "read a load's claims", q, vars, &found); err != nil {
		return err
	}
	if len(found.Load) == 0 || len(found.Load[0].Claims) == 0 {
		v.loads, v.after = v.loads[1:], "0x0"
		return nil
	}
	claims := found.Load[0].Claims
	for _, c := range claims {
		uid, err := strconv.ParseUint(strings.TrimPrefix(c.UID, "0x"), 16, 64)
		if err != nil || len(c.Key) != schema.KeyLength {
			return fmt.Errorf("read a load's claims: %q is no claim's key, of the node %s", c.Key, c.UID)
		}
		v.held[keyDigest(c.Key)] = claimHeld{uid, c.Standing != schema.Retracted}
	}
	v.after = claims[len(claims)-1].UID
	if len(claims) < v.page {
		v.loads, v.after = v.loads[1:], "0x0"
	}
	v.page = min(2*v.page, lastPage)
	if len(v.held) > maxInventory {
		v.over, v.held = true, nil
	}
	return nil
}

// finish reads all that is left.
func (v *inventory) finish(ctx context.Context, l *Loader) error {
	for !v.over && len(v.loads) > 0 {
		if err := v.more(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// unseen gives the claims that stand and are not among those seen.
func (v *inventory) unseen(seen map[[16]byte]bool) []uint64 {
	var uids []uint64
	for digest, claim := range v.held {
		if claim.stands && !seen[digest] {
			uids = append(uids, claim.uid)
		}
	}
	slices.Sort(uids)
	return uids
}

// keyDigest is the second half of a key, which alone holds everything the claim says.
func keyDigest(key string) (digest [16]byte) {
	bytes, _ := base32.HexEncoding.WithPadding(base32.NoPadding).DecodeString(key[len(schema.GroupOf(key))+1:])
	copy(digest[:], bytes)
	return digest
}

// claimsAt reads whole claims by their nodes, some hundreds at a time.
func (l *Loader) claimsAt(ctx context.Context, uids []uint64, do func([]*schema.Stored) error) error {
	for batch := range slices.Chunk(uids, pageSize) {
		names := make([]string, len(batch))
		for i, uid := range batch {
			names[i] = "0x" + strconv.FormatUint(uid, 16)
		}
		var found struct{ Claims json.RawMessage }
		err := l.ask(ctx, "read claims", `query q($at: string) { claims(func: uid($at)) { `+schema.ClaimFields+` } }`,
			map[string]string{"$at": "[" + strings.Join(names, ",") + "]"}, &found)
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
