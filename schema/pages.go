package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// Dgraph keeps what a list was before a change for a while only: once a minute, while much is written, it gives leave
// to drop it (v25.4.0, worker/draft.go), and who reads an older snapshot then is given an empty list, without an error.
// What nobody changed since is never dropped.
//
// So a snapshot older than SnapshotLasts is taken at its word only where nobody has written since, which is so if the
// answer to [Writing] is the same on it and on a fresh one: every run that writes draws the gate's number anew, and
// renews its lease every few seconds. A younger one is, unless a data set is removed or replaced meanwhile: what that
// takes away is many lists at once, and the leave to drop them may come at any moment. [Kept] says which it is.
const (
	SnapshotLasts = 30 * time.Second
	Writing       = `{ gate(func: eq(lease.name, "gate:graph")) { lease.beat }
		removals(func: eq(lease.name, "` + RemovalsGate + `")) { lease.beat }
		leases(func: has(lease.scope)) { uid lease.scope lease.beat lease.expires } }`
)

// RemovalsGate names the node of which every run that takes a data set for itself alone, to remove or replace it, draws
// the number anew. While it runs, one of its lease's scopes begins with DatasetScope and ends in exclusiveScope.
const (
	RemovalsGate   = "gate:removals"
	DatasetScope   = "dataset:"
	exclusiveScope = " exclusive"
)

// deadAfter is how long after it ran out a lease of a removal counts as that of a dead one, by this machine's clock. A
// wrong guess takes a young snapshot at its word; without one, whoever is killed would keep everybody from reading.
const deadAfter = time.Minute

// Kept reports whether a snapshot still holds all that it did when it was taken so long ago, by the answers to
// [Writing] on it and on a fresh one. lasts is how long it does while others only load.
func Kept(age, lasts time.Duration, before, now []byte) (bool, error) {
	if age >= lasts {
		return bytes.Equal(before, now), nil
	}
	type writing struct {
		Removals json.RawMessage
		Leases   []struct {
			Scopes  []string  `json:"lease.scope"`
			Expires time.Time `json:"lease.expires"`
		}
	}
	var was, is writing
	if err := errors.Join(json.Unmarshal(before, &was), json.Unmarshal(now, &is)); err != nil {
		return false, fmt.Errorf("read who writes: %w", err)
	}
	for _, lease := range was.Leases { // what began since has drawn the number
		if !lease.Expires.IsZero() && time.Since(lease.Expires) > deadAfter { // it was killed, and nobody has tidied up yet
			continue
		}
		for _, scope := range lease.Scopes {
			if strings.HasPrefix(scope, DatasetScope) && strings.HasSuffix(scope, exclusiveScope) {
				return false, nil
			}
		}
	}
	return bytes.Equal(was.Removals, is.Removals), nil
}

// Readings is how often what may lack something is read, the first time included: where others load on, a third reading
// would take as long as the two before, and fare no better.
const Readings = 2

// ClaimsPerPage is how many claims one request for [EveryClaim] or [EveryDecision] is best asked for.
const ClaimsPerPage = 5000

// DecidedVar is a DQL block that leaves the claims of the reserved data set, decisions standing and undone, in the
// variable decided. Analysts decide one at a time, so that there are as many loads as decisions: one request asks for
// those of all loads.
const DecidedVar = `var(func: eq(dataset.name, "` + DecisionsDataset + `")) { ~load.dataset { decided as ~claim.load } }`

// The queries for all claims of a graph, and for all decisions, a page at a time: each takes $first and $after and
// answers in its block q, as [ClaimPages] reads it.
const (
	EveryClaim = `query q($after: string, $first: int) {
		q(func: has(claim.key), first: $first, after: $after) { ` + ClaimFields + ` } }`
	EveryDecision = `query q($after: string, $first: int) { ` + DecidedVar + `
		q(func: uid(decided), first: $first, after: $after) { ` + ClaimFields + ` } }`
)

// ClaimPages returns the claims of a query that answers in pages, in the order of their uids. ask requests the page
// that lies behind a uid and returns its block of claims, queried with [ClaimFields]; the last page is empty. Any error
// ends the pages, but a *[BrokenClaimError]: a caller that does not stop there gets the claims behind it.
func ClaimPages(ask func(after string) (json.RawMessage, error)) iter.Seq2[*StoredClaim, error] {
	return func(yield func(*StoredClaim, error) bool) {
		for after := "0x0"; ; {
			block, err := ask(after)
			if err != nil {
				yield(nil, err)
				return
			}
			last := ""
			for claim, err := range decodeEach(block) {
				var broken *BrokenClaimError
				switch {
				case err == nil:
					last = claim.UID
				case errors.As(err, &broken):
					last = broken.UID
				default:
					yield(nil, err)
					return
				}
				if !yield(claim, err) {
					return
				}
			}
			if last == "" {
				return
			}
			after = last
		}
	}
}
