package loader

import (
	"context"

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

// gather reads all that counts in the graph, in the order of uids: by their loads it would be read page by page of ever longer
// lists (dgraph#9807).
func (l *Loader) gather(ctx context.Context, decided *closure) (*identity.Gathering, error) {
	gathering, err := identity.Gather(decided.Rep)
	if err != nil {
		return nil, err
	}
	const q = `query q($after: string, $first: int) { q(func: has(claim.key), first: $first, after: $after) { ` + schema.ClaimFields + ` } }`
	return gathering, l.eachPage(ctx, "read the claims", q, map[string]string{}, func(claims []*schema.StoredClaim) error {
		decided.gather(gathering, claims)
		return nil
	})
}

// gather hands on the claims that count.
func (c *closure) gather(gathering *identity.Gathering, claims []*schema.StoredClaim) {
	for _, claim := range claims {
		if c.counts(claim) {
			gathering.Add(&claim.Claim)
		}
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
