package step

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"time"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

//go:embed connect.dql
var connectDQL string

// maxJoined is how many entities a search for the smallest graph may come to.
const maxJoined = 50_000

// connect finds the smallest graph that joins some entities: a Steiner tree, fewest links first, then those that
// nobody denies, then the surest.
func connect() Step {
	return Step{
		Name: "join", Doc: "finds the smallest graph that joins the entities listed", Needs: "entities",
		Time: canned.Timing{Shows: "the smallest graph, if its links held together", Marks: "a graph whose dates make no such moment sure"},
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			ends := x.lists["entities"]
			if len(ends) < 2 {
				return nil, x.wrong("entities", "names fewer than two entities",
					"write two or more with ; between: entities='CENTCOM; Islamic State'")
			}
			g := newMesh(ends)
			tree, err := x.smallestTree(ctx, g)
			if err != nil {
				return nil, err
			}
			if len(ends) > maxExact && tree != nil {
				x.note("Of more than %d entities each was joined to the nearest; a smaller graph may join them.", maxExact)
			}
			if tree == nil {
				x.note("Nothing joins them within %d hops of each: %s.", x.number("max_hops"), g.apart(ends))
			}
			x.drawFirst(x.heldTogether(tree))
			return nil, nil
		},
	}
}

// heldTogether returns a graph that is one answer, marked as a whole (law 7).
func (x *Execution) heldTogether(tree []*view.GraphEdge) []*view.GraphEdge {
	if !x.Filter.Timed() || tree == nil {
		return tree
	}
	holding := x.Together(tree)
	if x.Filter.LeavesOut(holding == schema.Possible) {
		x.note("The smallest graph's %d links held together only possibly.", len(tree))
	}
	for _, e := range tree {
		e.Possible = holding == schema.Possible
	}
	return tree
}

// smallestTree widens around all entities at once, a step at a time, until no smaller tree can lie outside what was
// seen: each link of the smallest tree, of n links, begins at most (n-1)/2 steps from one of the entities it joins.
// Inside, Dreyfus and Wagner's algorithm ("The Steiner problem in graphs", Networks 1, 1971) is exact; its cost triples
// with each entity. Nil: nothing joins them.
func (x *Execution) smallestTree(ctx context.Context, g *mesh) (tree []*view.GraphEdge, err error) {
	frontier := slices.Clone(g.ends)
	for hops := 1; hops <= x.number("max_hops") && len(frontier) > 0; hops++ {
		edges, err := x.hop(ctx, frontier, view.BothWays(x.relations)...)
		if err != nil {
			return nil, err
		}
		if edges, err = x.betweenEntities(ctx, frontier, edges); err != nil {
			return nil, err
		}
		if err := x.Contest(ctx, edges); err != nil {
			return nil, err
		}
		if frontier = g.grow(edges); len(g.links) > maxJoined {
			x.truncated = true
			x.note("gave up after reaching %d entities; narrow it with relations= or as_of=", len(g.links))
			return tree, nil
		}
		if tree = x.treeInTime(g); tree != nil && (len(tree)-1)/2 <= hops-1 {
			return tree, nil // what lies further out joins them with more links
		}
	}
	return tree, nil
}

// maxMoments is how many moments are tried where the links of the smallest tree held at no one moment.
const maxMoments = 64

// treeInTime returns the smallest tree whose links may all have held at one moment of the time asked for (law 7), of
// several one whose links surely did.
func (x *Execution) treeInTime(g *mesh) []*view.GraphEdge {
	tree := g.tree()
	if !x.Filter.Timed() || tree == nil {
		return tree
	}
	holding := x.Together(tree)
	if holding == schema.No {
		tree = x.treeAtSomeMoment(g)
	}
	if tree == nil || holding == schema.Certain {
		return tree
	}
	sure := g.with(func(e *view.GraphEdge) bool { return !e.Possible }).tree()
	if sure != nil && len(sure) == len(tree) && x.Together(sure) == schema.Certain {
		return sure
	}
	return tree
}

// treeAtSomeMoment finds it where the links of the smallest tree held at no one moment. Links share a moment if they
// share that at which the last of them may have begun: those are tried one by one, each with what held then.
func (x *Execution) treeAtSomeMoment(g *mesh) (smallest []*view.GraphEdge) {
	moments := []time.Time{x.Filter.Time().Min}
	for _, e := range g.seen {
		for _, begun := range e.Beginnings() {
			if begun.After(moments[0]) && !slices.ContainsFunc(moments, begun.Equal) {
				moments = append(moments, begun)
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	if len(moments) > maxMoments {
		moments = moments[:maxMoments]
		x.note("Looked at the graph of %d moments only; a shorter time asked for has fewer.", maxMoments)
	}
	for _, moment := range moments {
		tree := g.with(func(e *view.GraphEdge) bool { return e.MayHold(moment) }).tree()
		if tree != nil && x.Together(tree) != schema.No && (smallest == nil || len(tree) < len(smallest)) {
			smallest = tree
		}
	}
	return smallest
}

// with returns the mesh of some of the links seen.
func (g *mesh) with(wanted func(e *view.GraphEdge) bool) *mesh {
	some := &mesh{ends: g.ends, links: map[string]map[string]*view.GraphEdge{}}
	for _, uid := range g.ends {
		some.links[uid] = map[string]*view.GraphEdge{}
	}
	some.grow(slices.DeleteFunc(slices.Clone(g.seen), func(e *view.GraphEdge) bool { return !wanted(e) }))
	return some
}

// betweenEntities leaves out what no chain may run over (law 16): mentions, even where relations= names it, and the
// links of Sources.
func (x *Execution) betweenEntities(ctx context.Context, frontier []string, edges []*view.GraphEdge) ([]*view.GraphEdge, error) {
	ends := slices.Clone(frontier)
	for _, e := range edges {
		ends = append(ends, e.FromUID, e.ToUID)
	}
	sources := map[string]bool{}
	for batch := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ends))), 10*view.FrontierAtOnce) {
		var found struct{ Q []struct{ UID string } }
		err := x.UnredactedInto(ctx, connectDQL, map[string]string{"$uids": view.UIDList(batch), "$type": schema.SourceType}, &found)
		if err != nil {
			return nil, fmt.Errorf("look for types: %w", err)
		}
		for _, n := range found.Q {
			sources[n.UID] = true
		}
	}
	return slices.DeleteFunc(edges, func(e *view.GraphEdge) bool {
		return e.Relation == "mentions" || sources[e.FromUID] || sources[e.ToUID]
	}), nil
}
