package loader

import (
	"context"

	"orbat/loader/commit"
	"orbat/loader/identity"
	"orbat/schema"
)

// Candidates returns the pairs of entities of the graph that may be one: all that claims say is gathered and compared
// (package identity). Pairs that are decided already, unsure ones included, are left out.
func (l *Loader) Candidates(ctx context.Context, opts identity.Options) ([]identity.Pair, error) {
	g := l.graph()
	standing, err := g.StandingDecisions(ctx)
	if err != nil {
		return nil, err
	}
	decided := schema.Decide(standing)
	gathering, err := gather(ctx, g, decided)
	if err != nil {
		return nil, err
	}
	settled := keptApart(decided, standing)
	opts.Decided = func(a, b string) bool { return settled[[2]string{a, b}] || settled[[2]string{b, a}] }
	for i, xid := range opts.Between {
		opts.Between[i] = decided.Rep(xid)
	}
	return gathering.Pairs(ctx, opts)
}

// gather reads all that counts in the graph, in the order of uids: by their loads it would be read page by page of ever
// longer lists (dgraph#9807).
func gather(ctx context.Context, g *commit.Graph, decided *schema.Merges) (*identity.Corpus, error) {
	gathering, err := identity.NewCorpus(decided.Rep)
	if err != nil {
		return nil, err
	}
	for claim, err := range g.Claims(ctx, "read the claims", schema.EveryClaim, pageSize) {
		if err != nil {
			return nil, err
		}
		if decided.Counts(claim) {
			gathering.Add(&claim.Claim)
		}
	}
	return gathering, nil
}

// keptApart returns the pairs that analysts kept apart or were unsure of, by their representatives.
func keptApart(decided *schema.Merges, decisions []*schema.Claim) map[[2]string]bool {
	pairs := map[[2]string]bool{}
	for _, d := range decisions {
		if d.Predicate == schema.Different || d.Predicate == schema.Unsure {
			pairs[[2]string{decided.Rep(d.Subject), decided.Rep(d.Object)}] = true
		}
	}
	return pairs
}
