package step

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/step/paths"
	"orbat/queries/view"
)

// Execution is one question on its way: what was asked, the snapshot that it is asked on, and the answer so far.
type Execution struct {
	*view.Snapshot
	*arguments
	draft
	options Options
	known   map[string]*view.Node // by uid: what was described on the way
}

// draft is what an answer holds besides its rows.
type draft struct {
	edges          []*view.GraphEdge
	taken          map[string]bool            // ids of the edges
	leads          map[string]*view.GraphEdge // by id: those that only lead to the answer, or are timeless
	dates          map[string]string          // of events, by xid: what gives none itself held then
	wants          map[string]bool            // uids of further entities to describe
	chains         [][]paths.Link
	possibleChains []bool // of each: it held only possibly
	root           string
	notes          []string
	truncated      bool
	ungraded       int // beside what proofs left out

	differing   map[string]*view.Node // by uid: on what the answer is made from sources disagree, or it is denied
	differingIn []string              // the properties that it is made from
	around      map[string]bool       // by uid: places that were found by where they are
}

// draw puts edges into the answer, each once.
func (d *draft) draw(edges ...*view.GraphEdge) {
	for _, e := range edges {
		if e.Scaffold || e.Timeless {
			d.leads[e.ID()] = e
		}
		if !d.taken[e.ID()] {
			d.taken[e.ID()] = true
			d.edges = append(d.edges, e)
		}
	}
}

// drawFirst puts edges into the answer, up to its limit.
func (x *Execution) drawFirst(edges []*view.GraphEdge) {
	if limit := x.limit(); len(edges) > limit {
		edges, x.truncated = edges[:limit], true
	}
	x.draw(edges...)
}

// note tells the reader something.
func (d *draft) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

// cut notes whether there is more than the answer looks at.
func (d *draft) cut(more bool) { d.truncated = d.truncated || more }

// Options say how an answer is wanted.
type Options struct {
	Evidence bool // every edge has the claims behind it, with their sources
	Periods  bool // every edge whose claims do not agree on a period says theirs
	Loads    bool // every claim that the answer shows says by which loads it came
	Full     bool // every node has all its properties; else what a terminal shows
	Exact    bool // no entity is taken for a single match by words of its name (law 17)
	Fanout   int  // links of one request in a search for paths; 0: as many as it sees fit
}

// Answer answers a question on a snapshot: it resolves the parameters, runs the step that the query's header names, or
// its DQL alone, and describes what that found.
func Answer(ctx context.Context, s *view.Snapshot, q *canned.Query, v *canned.Values, o Options) (*view.Result, error) {
	var run Step
	switch {
	case q.Step != "":
		run = named(q.Step)
	case q.Shape.Rows():
		run = plainRows()
	default:
		run = plainGraph()
	}
	return run.answer(ctx, s, q, v, o)
}

func (s *Step) answer(ctx context.Context, on *view.Snapshot, q *canned.Query, v *canned.Values, o Options) (*view.Result, error) {
	x := &Execution{
		Snapshot: on, options: o, known: map[string]*view.Node{},
		draft: draft{
			taken: map[string]bool{}, leads: map[string]*view.GraphEdge{}, wants: map[string]bool{},
			differing: map[string]*view.Node{}, around: map[string]bool{},
		},
	}
	var err error
	if x.arguments, err = readArguments(ctx, on, q, v, o.Exact); err != nil {
		return nil, err
	}
	rows, err := s.Run(ctx, x)
	if err != nil {
		return nil, x.failed(err)
	}
	if x.Filter.Certain && !x.Filter.Timed() {
		x.note("No time is asked for: certain=true leaves out only what does not surely overlap.")
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return x.Filter.LeavesOut(r.Possible) })
	if limit := x.limit(); len(rows) > limit {
		rows, x.truncated = rows[:limit], true
	}
	for _, r := range rows {
		x.draw(r.Edges...)
		for _, uid := range r.Also {
			x.wants[uid] = true
		}
	}
	if s.Columns == nil {
		x.leaveOut()
	} else if x.Filter.Timed() {
		markEdges(rows)
	}
	if err := x.cite(ctx, rows); err != nil {
		return nil, x.failed(err)
	}
	if x.options.Evidence {
		unproven := slices.DeleteFunc(slices.Clone(x.edges), func(e *view.GraphEdge) bool { return e.Proven })
		if _, err := x.Prove(ctx, unproven); err != nil {
			return nil, x.failed(err)
		}
	}
	if x.options.Periods {
		if err := x.TellPeriods(ctx, x.edges); err != nil {
			return nil, x.failed(err)
		}
	}
	if err := x.markContested(ctx, rows); err != nil {
		return nil, x.failed(err)
	}
	x.leansOn()
	result, err := x.result(ctx)
	if err == nil && x.Markings {
		if err = x.Mark(ctx, result.Nodes, result.Edges); err == nil {
			result.Markings = markingsOf(result, rows)
		}
	}
	if err != nil {
		return nil, x.failed(err)
	}
	if x.options.Loads {
		if err := x.tellLoads(ctx, result, rows); err != nil {
			return nil, x.failed(err)
		}
	}
	if s.Columns != nil {
		result.Possible, result.Contested = 0, 0 // the rows are the answers, and not the links they rest on
		s.fill(x.Ontology, result, q, rows, o.Full)
	}
	result.Cost = x.Cost()
	return result, nil
}

// cite reads the sources of what the answer shows, where the step looked for it without ([view.Snapshot.Said]).
func (x *Execution) cite(ctx context.Context, rows []Row) error {
	var claims []*view.Evidence
	for _, r := range rows {
		claims = append(claims, r.Claims...)
	}
	return x.CiteEdges(ctx, x.edges, claims)
}

// markingsOf returns how what an answer shows is marked.
func markingsOf(result *view.Result, rows []Row) []string {
	var all []string
	for _, n := range result.Nodes {
		all = append(all, n.Markings...)
	}
	for _, e := range result.Edges {
		all = append(all, e.Markings...)
	}
	for _, r := range rows {
		for _, claim := range r.Claims {
			all = append(all, claim.Markings()...)
		}
	}
	return canned.PlainMarkings(all...)
}

// tellLoads says of the claims that an answer shows by which loads they came.
func (x *Execution) tellLoads(ctx context.Context, result *view.Result, rows []Row) error {
	var claims []*view.Evidence
	for _, e := range result.Edges {
		claims = append(claims, e.Evidence...)
	}
	for _, r := range rows {
		claims = append(claims, r.Claims...)
	}
	return x.TellLoads(ctx, claims)
}

// leaveOut leaves out of a graph, where only the certain is wanted, the edges that hold only possibly, and of the
// others the claims by which they would.
func (x *Execution) leaveOut() {
	x.edges = slices.DeleteFunc(x.edges, func(e *view.GraphEdge) bool { return x.Filter.LeavesOut(e.Possible) })
	for _, e := range x.edges {
		if x.Filter.Certain {
			e.KeepCertain()
		}
	}
}

// markEdges marks the edges that rows name as what they are about as the rows are: one that no row is certain of holds
// only possibly.
func markEdges(rows []Row) {
	possible := map[*view.GraphEdge]bool{}
	for _, r := range rows {
		if r.About != nil {
			all, marked := possible[r.About]
			possible[r.About] = r.Possible && (all || !marked)
		}
	}
	for e, all := range possible {
		e.Possible = all
	}
}

// failed returns the error of a question that has no answer.
func (x *Execution) failed(err error) error {
	if errors.Is(err, view.ErrUnredacted) {
		return x.wrong("max_marking", "this question shows values of the graph whose markings nobody looks at",
			"ask ego-network or entity-card, which do")
	}
	return fmt.Errorf("%s: %w", x.query.Name, err)
}

// result describes what the answer holds.
func (x *Execution) result(ctx context.Context) (*view.Result, error) {
	r := &view.Result{
		Query: x.query.Name, Params: maps.Clone(x.values.Text), Shape: x.query.Shape, Root: x.root, Nodes: []*view.Node{},
		Edges:     []*view.Edge{},
		Truncated: x.truncated, Ungraded: x.ungraded + x.Ungraded(), Ontology: x.Ontology,
		Withheld: x.Withheld(), Taken: x.byWord,
	}
	shown := map[string]*view.Edge{}
	for _, e := range x.edges {
		if !x.Shows(e) {
			return nil, view.ErrUnredacted
		}
		x.wants[e.FromUID], x.wants[e.ToUID] = true, true
		edge := e.Show(x.options.Evidence)
		shown[edge.ID] = edge
		r.Edges = append(r.Edges, edge)
		if r.Shape == canned.TreeShape {
			r.Parents = append(r.Parents, e.Near)
		}
		if e.Possible && x.Filter.Timed() {
			r.Possible++
		}
		if e.Contested {
			r.Contested++
		}
	}
	if len(x.chains) > 0 {
		r.Possible, r.Contested = 0, 0
	}
	for i, chain := range x.chains {
		if x.possibleChains[i] {
			r.PossiblePaths = append(r.PossiblePaths, i)
			r.Possible++
		}
		steps := make([]view.Step, len(chain))
		for i, l := range chain {
			steps[i] = view.Step{Edge: shown[l.Edge.ID()], Forward: l.Forward}
		}
		if slices.ContainsFunc(steps, func(s view.Step) bool { return s.Edge.Contested }) {
			r.Contested++
		}
		r.Paths = append(r.Paths, steps)
	}
	for _, c := range x.entities {
		x.wants[c.UID] = true
	}
	for _, list := range x.lists {
		for _, c := range list {
			x.wants[c.UID] = true
		}
	}
	nodes, err := x.describe(ctx, slices.Sorted(maps.Keys(x.wants)))
	slices.SortFunc(nodes, func(a, b *view.Node) int { return strings.Compare(a.XID, b.XID) })
	r.Nodes = append(r.Nodes, nodes...)
	if err == nil {
		err = x.restOnPlaces(ctx, nodes)
	}
	x.tellDiffering(nodes)
	r.Notes = x.notes
	return r, err
}

// describe returns entities as the answer is to show them, each asked for once.
func (x *Execution) describe(ctx context.Context, uids []string) (nodes []*view.Node, err error) {
	more, err := x.Nodes(ctx, slices.DeleteFunc(slices.Clone(uids), func(uid string) bool { return x.known[uid] != nil }), x.options.Full)
	if err != nil {
		return nil, err
	}
	for _, n := range more {
		x.known[n.UID] = n
	}
	for _, uid := range uids {
		if n := x.known[uid]; n != nil {
			nodes = append(nodes, n)
		}
	}
	return nodes, nil
}

// askEdges runs the query's DQL and takes the edges out of its answer.
func (x *Execution) askEdges(ctx context.Context) ([]*view.GraphEdge, error) {
	edges, hub, err := x.EdgesOf(ctx, x.query, x.relations, x.variables())
	x.cut(hub)
	return edges, err
}

// along returns the edges that lead from a frontier along relations, backwards with a ~ before the name. Of a hub it
// has the first, and the answer is truncated.
func (x *Execution) along(ctx context.Context, frontier []string, ways ...string) ([]*view.GraphEdge, error) {
	return x.between(ctx, frontier, nil, ways...)
}

// between is along with the uids that the far ends must have.
func (x *Execution) between(ctx context.Context, frontier, others []string, ways ...string) ([]*view.GraphEdge, error) {
	edges, hub, err := x.Along(ctx, frontier, others, ways...)
	x.cut(hub)
	return edges, err
}

// hop is along with the edges that satisfy the filters; without any it reads no claims.
func (x *Execution) hop(ctx context.Context, frontier []string, ways ...string) ([]*view.GraphEdge, error) {
	edges, err := x.along(ctx, frontier, ways...)
	if err != nil {
		return nil, err
	}
	return x.keep(ctx, edges)
}

// edgesWithEvidence is along with the claims behind each edge read, as whoever asks for periods must.
func (x *Execution) edgesWithEvidence(ctx context.Context, frontier []string, ways ...string) ([]*view.GraphEdge, error) {
	edges, err := x.along(ctx, frontier, ways...)
	if err != nil {
		return nil, err
	}
	return x.Prove(ctx, edges)
}

// scaffold is edgesWithEvidence for links that only lead to an answer (law 7).
func (x *Execution) scaffold(ctx context.Context, frontier []string, ways ...string) ([]*view.GraphEdge, error) {
	edges, hub, err := x.ScaffoldAlong(ctx, frontier, ways...)
	x.cut(hub)
	if err != nil {
		return nil, err
	}
	return x.Prove(ctx, edges)
}

// keep applies the filters to edges; without any it costs nothing.
func (x *Execution) keep(ctx context.Context, edges []*view.GraphEdge) ([]*view.GraphEdge, error) {
	if !x.Filter.Active() {
		return edges, nil
	}
	return x.Prove(ctx, edges)
}
