package step

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/queries/view"
)

// ranked is a chain with the evidence behind it.
type ranked struct {
	chain      []*pathEdge
	weakest    int // confidence of the edge with the least; -1: nobody graded it
	publishers int
	text       string
}

// rankedAtOnce is how many chains' evidence is read before the time is looked at.
const rankedAtOnce = 50

// rank orders chains by length, then by the confidence of the weakest edge, then by the distinct publishers along them
// (law 16). With an error it gives, in order, those whose evidence was read by then.
func (s *pathSearch) rank(ctx context.Context, chains [][]*pathEdge) ([][]*pathEdge, error) {
	s.toRank = true
	var list []ranked
	var err error
	for batch := range slices.Chunk(chains, rankedAtOnce) {
		if err = s.readEvidence(ctx, batch); err != nil {
			break
		}
		for _, chain := range batch {
			list = append(list, weigh(chain))
		}
	}
	slices.SortFunc(list, func(x, y ranked) int {
		return cmp.Or(cmp.Compare(len(x.chain), len(y.chain)), cmp.Compare(y.weakest, x.weakest), cmp.Compare(y.publishers, x.publishers),
			strings.Compare(x.text, y.text))
	})
	inOrder := make([][]*pathEdge, len(list))
	for i := range list {
		inOrder[i] = list[i].chain
	}
	return inOrder, err
}

// readEvidence reads what was not read yet of the claims along chains.
func (s *pathSearch) readEvidence(ctx context.Context, chains [][]*pathEdge) error {
	var edges []*pathEdge
	taken := map[*pathEdge]bool{}
	for _, chain := range chains {
		for _, e := range chain {
			if !taken[e] && e.proof == unproven {
				taken[e] = true
				edges = append(edges, e)
			}
		}
	}
	_, err := s.proveEdges(ctx, edges)
	return err
}

func weigh(chain []*pathEdge) ranked {
	r := ranked{chain: chain, weakest: 101}
	publishers := map[string]bool{}
	var names []string
	for _, e := range chain {
		best := -1
		for _, c := range e.raw.Passed {
			if c.Confidence != nil {
				best = max(best, *c.Confidence)
			}
			for _, cite := range c.Cites {
				publishers[cmp.Or(cite.Publisher, cite.Source)] = true
			}
		}
		r.weakest = min(r.weakest, best)
		names = append(names, e.raw.From+" "+e.relation+" "+e.raw.To)
	}
	r.publishers, r.text = len(publishers), strings.Join(names, "\x00")
	return r
}

// salvage gives what is worth showing when the time is over: the chains that were ranked, else some of those found, else some among
// what is known, shortest first.
func (s *pathSearch) salvage(ctx context.Context, chains [][]*pathEdge) ([][]*pathEdge, error) {
	if s.toRank && len(chains) > 0 {
		return chains, nil
	}
	if !s.Filter.Active() {
		for hops := s.sure + 1; hops <= s.rules.maxHops && len(chains) == 0; hops++ {
			var err error
			if chains, _, err = newWalks(s.graph, hops).chains(ctx, rankedAtOnce); err != nil {
				return nil, err
			}
			_, between := s.parts(chains)
			if _, err = s.vetNodes(ctx, between); err != nil {
				return nil, err
			}
			chains = slices.DeleteFunc(chains, func(chain []*pathEdge) bool {
				return slices.ContainsFunc(chain, func(e *pathEdge) bool { return e.from.dead || e.to.dead })
			})
		}
	}
	toRank := s.toRank
	chains, err := s.rank(ctx, chains[:min(len(chains), s.values.Ints["limit"], rankedAtOnce)])
	s.toRank = toRank
	return chains, err
}

// show puts the first chains into the answer.
func (s *pathSearch) show(chains [][]*pathEdge) {
	if limit := s.values.Ints["limit"]; len(chains) > limit {
		chains, s.result.Truncated = chains[:limit], true
	}
	taken := map[*pathEdge]bool{}
	for _, chain := range chains {
		for _, e := range chain {
			if !taken[e] {
				taken[e] = true
				s.edges = append(s.edges, e.raw)
			}
		}
	}
	s.rows = func(context.Context, *Execution) error {
		shown := map[string]*view.Edge{}
		for _, e := range s.result.Edges {
			shown[e.ID] = e
		}
		for _, chain := range chains {
			at := s.graph.ends[atFrom]
			var steps []view.Step
			for _, e := range chain {
				steps = append(steps, view.Step{Edge: shown[e.raw.ID()], Forward: e.from == at})
				if e.from == at {
					at = e.to
				} else {
					at = e.from
				}
			}
			s.result.Paths = append(s.result.Paths, steps)
		}
		return nil
	}
}
