package paths

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/queries/view"
	"orbat/schema"
)

// ranked is a chain with the evidence behind it.
type ranked struct {
	chain      []*edge
	contested  int // edges that claims deny
	weakest    int // confidence of the edge with the least; -1: nobody graded it
	publishers int
	text       string
}

// rankedAtOnce is how many chains' evidence is read before the time is looked at.
const rankedAtOnce = 50

// rank orders chains by length, then by how many of their edges are contested, then by the confidence of the weakest,
// then by the distinct publishers along them (law 16). With an error it gives, in order, those whose evidence was read
// by then.
func (s *search) rank(ctx context.Context, chains [][]*edge) ([][]*edge, error) {
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
		return cmp.Or(cmp.Compare(len(x.chain), len(y.chain)), cmp.Compare(x.contested, y.contested), cmp.Compare(y.weakest, x.weakest),
			cmp.Compare(y.publishers, x.publishers), strings.Compare(x.text, y.text))
	})
	inOrder := make([][]*edge, len(list))
	for i := range list {
		inOrder[i] = list[i].chain
	}
	return inOrder, err
}

// readEvidence reads what was not read yet of the claims along chains.
func (s *search) readEvidence(ctx context.Context, chains [][]*edge) error {
	var edges []*edge
	taken := map[*edge]bool{}
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

func weigh(chain []*edge) ranked {
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
		if e.raw.Contested {
			r.contested++
		}
		r.weakest = min(r.weakest, best)
		names = append(names, e.raw.From+" "+e.relation+" "+e.raw.To)
	}
	r.publishers, r.text = len(publishers), strings.Join(names, "\x00")
	return r
}

// salvage returns what is worth showing when the time is over: the chains that were ranked, else some of those found,
// else some among what is known, shortest first.
func (s *search) salvage(ctx context.Context, chains [][]*edge) ([][]*edge, error) {
	if s.toRank && len(chains) > 0 {
		return chains, nil
	}
	if !s.Filter.Active() {
		for hops := s.sure + 1; hops <= s.rules.MaxHops && len(chains) == 0; hops++ {
			var err error
			if chains, _, err = s.walks(hops).chains(ctx, rankedAtOnce); err != nil {
				return nil, err
			}
			_, between := s.parts(chains)
			if _, err = s.vetNodes(ctx, between); err != nil {
				return nil, err
			}
			chains = slices.DeleteFunc(chains, func(chain []*edge) bool {
				return slices.ContainsFunc(chain, func(e *edge) bool { return e.from.dead || e.to.dead })
			})
		}
	}
	toRank := s.toRank
	chains, err := s.rank(ctx, chains[:min(len(chains), s.rules.Limit, rankedAtOnce)])
	s.toRank = toRank
	return chains, err
}

// take puts the first chains into the answer.
func (s *search) take(chains [][]*edge) {
	if len(chains) > s.rules.Limit {
		chains, s.answer.Truncated = chains[:s.rules.Limit], true
	}
	var walked []*view.GraphEdge
	for _, chain := range chains {
		at := s.graph.ends[atFrom]
		links := make([]Link, len(chain))
		for i, e := range chain {
			links[i] = Link{Edge: e.raw, Forward: e.from == at}
			walked = append(walked, e.raw)
			if at = e.to; !links[i].Forward {
				at = e.from
			}
		}
		s.answer.Chains = append(s.answer.Chains, links)
		s.answer.Possible = append(s.answer.Possible, s.Filter.Timed() && s.together(chain) != schema.Certain)
	}
	if s.Withheld() != nil {
		s.ForgetUngraded(walked)
	}
}
