package loader

import (
	"context"
	"fmt"

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

// gather reads all that counts in the graph.
func (l *Loader) gather(ctx context.Context, decided *closure) (*identity.Gathering, error) {
	gathering, err := identity.Gather(decided.Rep)
	if err != nil {
		return nil, err
	}
	sets, err := l.datasets(ctx)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if set.Name == schema.DecisionsDataset {
			continue
		}
		err := l.eachClaim(ctx, set.Loads, func(claims []*schema.Stored) error {
			for _, claim := range claims {
				if decided.counts(claim) {
					gathering.Add(&claim.Claim)
				}
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read data set %s: %w", set.Name, err)
		}
	}
	return gathering, nil
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
