package paths

import (
	"context"
	"errors"
	"slices"

	"orbat/queries/view"
	"orbat/schema"
)

var errTooMuch = errors.New("more links than are kept in memory")

// walks are the ways of exactly so many hops between the ends over what is known.
type walks struct {
	*graph
	hops  int
	times func(before []view.Common, e *edge) []view.Common // what the links so far have in common with one more
	steps map[walkState][]link                              // a hub is looked through once, however many ways lead to it
}

// walkState is where a walk is after so many hops. before matters only where there are hops to spare: without it every
// neighbour of a hub would seem to be on a way, there and back.
type walkState struct {
	hop        int
	at, before *node
}

func (s *search) walks(hops int) *walks {
	return &walks{graph: s.graph, hops: hops, times: s.inCommon, steps: map[walkState][]link{}}
}

func (w *walks) start() walkState { return walkState{at: w.ends[atFrom]} }

// onward returns the links by which a walk can go on and still arrive in time, without turning back.
func (w *walks) onward(s walkState) []link {
	links, known := w.steps[s]
	if known {
		return links
	}
	for _, l := range s.at.links {
		if !w.opens(s, l) {
			continue
		}
		if next := w.next(s, l); next.hop == w.hops || len(w.onward(next)) > 0 {
			links = append(links, l)
		}
	}
	w.steps[s] = links
	return links
}

func (w *walks) opens(s walkState, l link) bool {
	left := w.hops - s.hop - 1
	n := l.to
	switch {
	case l.edge.proof == fails, n.dead, n == s.before, n == w.ends[atFrom]:
		return false
	case n == w.ends[atTo]:
		return left == 0
	default:
		return n.dist[atTo] != unreached && n.dist[atTo] <= left
	}
}

func (w *walks) next(s walkState, l link) walkState {
	n := walkState{hop: s.hop + 1, at: l.to}
	if l.to.dist[atTo] < w.hops-n.hop {
		n.before = s.at
	}
	return n
}

// chains returns the loopless ones among the walks, up to a number, and whether there are more. All links of a chain
// held at one moment, as far as they are proven.
func (w *walks) chains(ctx context.Context, most int) (all [][]*edge, more bool, err error) {
	var chain []*edge
	on := map[*node]bool{w.ends[atFrom]: true}
	tried := 0
	var walk func(walkState, []view.Common) bool
	walk = func(s walkState, common []view.Common) bool {
		if s.hop == w.hops {
			more = len(all) == most
			if !more {
				all = append(all, slices.Clone(chain))
			}
			return !more
		}
		if tried++; tried%1024 == 0 && ctx.Err() != nil {
			err = ctx.Err()
			return false
		}
		for _, l := range w.onward(s) {
			if on[l.to] {
				continue
			}
			both := w.times(common, l.edge)
			if len(both) == 0 {
				continue
			}
			on[l.to], chain = true, append(chain, l.edge)
			goOn := walk(w.next(s, l), both)
			on[l.to], chain = false, chain[:len(chain)-1]
			if !goOn {
				return false
			}
		}
		return true
	}
	walk(w.start(), view.AnyTime())
	return all, more, err
}

// inCommon returns what times have in common with one more link: none where the links never held at one moment of the
// time asked for or, where the search is for what certainly did, where that is not certain. A link that is not proven
// yet may have held at any time.
func (s *search) inCommon(before []view.Common, e *edge) []view.Common {
	if !s.Filter.Timed() || e.raw == nil {
		return before
	}
	both := s.Meet(before, e.raw)
	if s.certain {
		both = slices.DeleteFunc(both, func(c view.Common) bool { return c.Certainty != schema.Certain })
	}
	return both
}

// together says whether the links of a chain held at one moment of the time asked for.
func (s *search) together(chain []*edge) schema.Certainty {
	common := view.AnyTime()
	for _, e := range chain {
		common = s.inCommon(common, e)
	}
	return view.Best(common)
}
