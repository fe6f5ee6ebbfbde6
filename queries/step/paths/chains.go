package paths

import (
	"context"
	"errors"
	"slices"
)

var errTooMuch = errors.New("more links than are kept in memory")

// walks are the ways of exactly so many hops between the ends over what is known.
type walks struct {
	*graph
	hops  int
	steps map[walkState][]link // a hub is looked through once, however many ways lead to it
}

// walkState is where a walk is after so many hops. before matters only where there are hops to spare: without it every
// neighbour of a hub would seem to be on a way, there and back.
type walkState struct {
	hop        int
	at, before *node
}

func newWalks(g *graph, hops int) *walks {
	return &walks{graph: g, hops: hops, steps: map[walkState][]link{}}
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

// chains returns the loopless ones among the walks, up to a number, and whether there are more.
func (w *walks) chains(ctx context.Context, most int) (all [][]*edge, more bool, err error) {
	var chain []*edge
	on := map[*node]bool{w.ends[atFrom]: true}
	tried := 0
	var walk func(walkState) bool
	walk = func(s walkState) bool {
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
			on[l.to], chain = true, append(chain, l.edge)
			goOn := walk(w.next(s, l))
			on[l.to], chain = false, chain[:len(chain)-1]
			if !goOn {
				return false
			}
		}
		return true
	}
	walk(w.start())
	return all, more, err
}
