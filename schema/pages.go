package schema

import (
	"encoding/json"
	"errors"
	"iter"
)

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
