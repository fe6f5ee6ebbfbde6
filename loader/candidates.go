package loader

import (
	"context"
	"encoding/json"
	"strconv"

	"orbat/loader/identity"
	"orbat/schema"
)

// Candidates proposes which entities of the graph may be one: all that claims say is gathered and compared (package identity).
// Pairs that are decided already, unsure ones included, are left out.
func (l *Loader) Candidates(ctx context.Context, opts identity.Options) ([]identity.Pair, error) {
	standing, err := l.standingDecisions(ctx)
	if err != nil {
		return nil, err
	}
	decided := decide(values(standing))
	gathering, err := l.gather(ctx, decided)
	if err != nil {
		return nil, err
	}
	settled := decided.settled(standing)
	opts.Decided = func(a, b string) bool { return settled[[2]string{a, b}] || settled[[2]string{b, a}] }
	for i, xid := range opts.Between {
		opts.Between[i] = decided.Rep(xid)
	}
	return gathering.Pairs(ctx, opts)
}

// claimsGathered is how many claims one look brings.
const claimsGathered = 5000

// gather reads all that counts in the graph, in the order of uids: by their loads it would be read page by page of ever longer
// lists (dgraph#9807).
func (l *Loader) gather(ctx context.Context, decided *closure) (*identity.Gathering, error) {
	gathering, err := identity.Gather(decided.Rep)
	if err != nil {
		return nil, err
	}
	for after := "0x0"; ; {
		var page struct{ Q json.RawMessage }
		err := l.ask(ctx, "read the claims", `query q($after: string, $first: int) { q(func: has(claim.key), first: $first, after: $after) { `+schema.ClaimFields+` } }`,
			map[string]string{"$after": after, "$first": strconv.Itoa(claimsGathered)}, &page)
		if err != nil {
			return nil, err
		}
		claims, err := schema.DecodeClaims(page.Q)
		if err != nil || len(claims) == 0 {
			return gathering, err
		}
		for _, claim := range claims {
			if decided.counts(claim) {
				gathering.Add(&claim.Claim)
			}
		}
		after = claims[len(claims)-1].UID
	}
}

// settled gives the pairs that analysts kept apart or were unsure of, by what stands for them.
func (c *closure) settled(decisions map[string]*schema.Claim) map[[2]string]bool {
	pairs := map[[2]string]bool{}
	for _, d := range decisions {
		if d.Predicate == schema.Different || d.Predicate == schema.Unsure {
			pairs[[2]string{c.Rep(d.Subject), c.Rep(d.Object)}] = true
		}
	}
	return pairs
}
