package step

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// Execution is one question on its way.
type Execution struct {
	*view.Snapshot
	query     *canned.Query
	values    *canned.Values
	entities  map[string]view.Candidate
	lists     map[string][]view.Candidate // of parameters of type entities
	relations []string
	vars      map[string]string
	result    *view.Result

	edges  []*view.GraphEdge
	wants  map[string]bool                               // uids of the nodes to describe
	rows   func(ctx context.Context, a *Execution) error // fills a table once nodes are described
	byXID  map[string]*view.Node
	fanout int
}

// Options say how an answer is wanted.
type Options struct {
	Evidence bool // every edge has the claims behind it, with their sources
	Full     bool // every node has all its properties; else what a terminal shows
	Fanout   int  // links of one request in a search for paths; 0: probeFanout
}

// Answer answers a question on a snapshot: it resolves the parameters, runs the step that the query's header names, or
// its DQL alone, and describes what that found.
func Answer(ctx context.Context, s *view.Snapshot, q *canned.Query, v *canned.Values, o Options) (*view.Result, error) {
	a := &Execution{
		Snapshot: s, query: q, values: v, entities: map[string]view.Candidate{}, lists: map[string][]view.Candidate{}, fanout: cmp.Or(o.Fanout, probeFanout),
		vars: map[string]string{}, wants: map[string]bool{}, byXID: map[string]*view.Node{},
		result: &view.Result{Query: q.Name, Params: map[string]string{}, Shape: q.Shape, Nodes: []*view.Node{}, Edges: []*view.Edge{}, Ontology: s.Ontology},
	}
	if err := a.prepare(ctx); err != nil {
		return nil, err
	}
	run := plain
	if q.Step != "" {
		run = steps()[q.Step].run
	}
	if err := run(ctx, a); errors.Is(err, view.ErrUnredacted) {
		return nil, canned.NewParamError(q.Name, "max_marking", "this question shows values of the graph whose markings nobody looks at", "ask ego-network or entity-card, which do")
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", q.Name, err)
	}
	if err := a.finish(ctx, o); err != nil {
		return nil, fmt.Errorf("%s: %w", q.Name, err)
	}
	a.result.Cost = a.Cost()
	return a.result, nil
}

// prepare reads the parameters, resolves entities and fills the DQL variables.
func (a *Execution) prepare(ctx context.Context) error {
	var entities []*canned.Param
	for i := range a.query.Params {
		p := &a.query.Params[i]
		text := a.values.Text[p.Name]
		switch {
		case text == "":
		case p.Type == "entity":
			entities = append(entities, p)
		case p.Type == "entities":
			if err := a.takeEntities(ctx, p, text); err != nil {
				return err
			}
		case p.Type == "type":
			if err := a.takeType(p, text); err != nil {
				return err
			}
		case p.Type == "relations":
			if err := a.takeRelations(p, text); err != nil {
				return err
			}
		}
	}
	if a.relations == nil {
		a.relations = a.query.Selected(a.Ontology)
	}
	a.vars["$fanout"] = strconv.Itoa(view.DefaultFanout)
	for _, name := range a.query.Declared {
		if _, set := a.vars["$"+name]; !set {
			a.vars["$"+name] = a.values.Text[name]
		}
	}
	for _, p := range entities {
		c, err := a.Resolve(ctx, a.query.Name, p, a.values.Text[p.Name])
		if err != nil {
			return err
		}
		at, err := a.DrawnAt(ctx, c.UID)
		if err != nil {
			return err
		}
		a.entities[p.Name], a.values.Text[p.Name], a.vars["$"+p.Name] = c, c.XID, at[0]
		a.wants[c.UID] = true
	}
	maps.Copy(a.result.Params, a.values.Text)
	return nil
}

// takeEntities reads a list of entities, each named as a parameter of its own would be.
func (a *Execution) takeEntities(ctx context.Context, p *canned.Param, text string) error {
	var xids []string
	for _, name := range strings.Split(text, ";") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		c, err := a.Resolve(ctx, a.query.Name, p, name)
		if err != nil {
			return err
		}
		if slices.Contains(xids, c.XID) {
			continue
		}
		if xids = append(xids, c.XID); len(xids) > maxListed {
			return canned.NewParamError(a.query.Name, p.Name, fmt.Sprintf("more than %d entities", maxListed), "ask for fewer at once")
		}
		a.lists[p.Name] = append(a.lists[p.Name], c)
		a.wants[c.UID] = true
	}
	a.values.Text[p.Name] = strings.Join(xids, "; ")
	return nil
}

// maxListed is how many entities one parameter may list.
const maxListed = 50

// takeType checks the name of an entity type.
func (a *Execution) takeType(p *canned.Param, text string) error {
	if a.Ontology.Type(text) != nil {
		return nil
	}
	fix := "orbat schema types"
	if like := a.Ontology.Suggest("type", text); like != "" {
		fix = "did you mean " + like + "?"
	}
	return canned.NewParamError(a.query.Name, p.Name, fmt.Sprintf("unknown type %q", schema.Shorten(text)), fix)
}

// takeRelations reads a list of relations. Only names that the ontology has come through (law 13), each once: Dgraph
// refuses a query that asks for one twice.
func (a *Execution) takeRelations(p *canned.Param, text string) error {
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if a.Ontology.Relation(name) == nil {
			return canned.NewParamError(a.query.Name, p.Name, fmt.Sprintf("unknown relation %q", schema.Shorten(name)), a.suggestRelation(name))
		}
		if !slices.Contains(a.relations, name) {
			a.relations = append(a.relations, name)
		}
	}
	if len(a.relations) == 0 {
		return canned.NewParamError(a.query.Name, p.Name, "names no relation", "orbat schema types")
	}
	return nil
}

func (a *Execution) suggestRelation(name string) string {
	if near := a.Ontology.Suggest("relation", name); near != "" {
		return "did you mean " + near + "?"
	}
	return "orbat schema types"
}

// entityParam gives the n-th entity parameter's value.
func (a *Execution) entityParam(n int) (view.Candidate, error) {
	for _, p := range a.query.Params {
		if p.Type != "entity" {
			continue
		}
		if n == 0 {
			if c, given := a.entities[p.Name]; given {
				return c, nil
			}
			return view.Candidate{}, canned.NewParamError(a.query.Name, p.Name, "missing: "+p.Help, "")
		}
		n--
	}
	return view.Candidate{}, fmt.Errorf("the query's header has too few entity parameters")
}

// variables are those that the DQL declares, with their values.
func (a *Execution) variables() map[string]string {
	vars := map[string]string{}
	for _, name := range a.query.Declared {
		vars["$"+name] = a.vars["$"+name]
	}
	return vars
}

// askEdges runs the query's DQL and takes the edges out of its answer. It reports whether a hub had more.
func (a *Execution) askEdges(ctx context.Context) (edges []*view.GraphEdge, hub bool, err error) {
	return a.EdgesOf(ctx, a.query, a.relations, a.variables())
}

// keep applies the filters to edges; without any it costs nothing.
func (a *Execution) keep(ctx context.Context, edges []*view.GraphEdge) ([]*view.GraphEdge, error) {
	if !a.Filter.Active() {
		return edges, nil
	}
	return a.Prove(ctx, edges)
}

// plain answers with DQL alone: rows of the block q, or a graph.
func plain(ctx context.Context, a *Execution) error {
	if !a.query.Shape.Rows() {
		edges, hub, err := a.askEdges(ctx)
		if err != nil {
			return err
		}
		a.result.Truncated = hub
		edges, err = a.keep(ctx, edges)
		a.take(view.Reachable(edges))
		return err
	}
	if a.Filter.Narrows() {
		a.result.Notes = append(a.result.Notes, "filters do not apply to this query: it gives rows, not links")
	}
	answer, err := a.Unredacted(ctx, canned.ExpandRelations(a.query.DQL, a.relations), a.variables())
	if err != nil {
		return a.query.Explain(a.relations, err)
	}
	blocks, err := fastjson.ParseBytes(answer)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	a.result.Columns = a.query.Labels()
	for _, row := range blocks.GetArray("q") {
		if len(a.result.Rows) == a.values.Ints["limit"] {
			a.result.Truncated = true
			break
		}
		cells := make([]string, len(a.query.Columns))
		for i, column := range a.query.Columns {
			field, _ := canned.SplitColumn(column)
			if v := row.Get(field); v != nil {
				cells[i] = strings.Join(view.PropertyTexts(v), ", ")
			}
		}
		a.result.Rows = append(a.result.Rows, cells)
	}
	return nil
}

// take puts edges into the answer, up to the limit.
func (a *Execution) take(edges []*view.GraphEdge) {
	limit := a.values.Ints["limit"]
	if len(edges) > limit {
		edges, a.result.Truncated = edges[:limit], true
	}
	a.edges = edges
}

// finish describes the nodes, proves the edges where evidence is wanted, and fills tables.
func (a *Execution) finish(ctx context.Context, o Options) error {
	if o.Evidence {
		unproven := slices.DeleteFunc(slices.Clone(a.edges), func(e *view.GraphEdge) bool { return e.Proven })
		if _, err := a.Prove(ctx, unproven); err != nil {
			return err
		}
	}
	a.result.Ungraded += a.Ungraded()
	for _, e := range a.edges {
		a.wants[e.FromUID], a.wants[e.ToUID] = true, true
		a.result.Edges = append(a.result.Edges, e.Show(o.Evidence))
		if a.result.Shape == canned.TreeShape {
			a.result.Parents = append(a.result.Parents, e.Near)
		}
		if e.Possible && a.Filter.Timed() {
			a.result.Possible++
		}
	}
	nodes, err := a.Nodes(ctx, slices.Sorted(maps.Keys(a.wants)), o.Full)
	if err != nil {
		return err
	}
	slices.SortFunc(nodes, func(x, y *view.Node) int { return strings.Compare(x.XID, y.XID) })
	for _, n := range nodes {
		a.byXID[n.XID] = n
	}
	a.result.Nodes = append(a.result.Nodes, nodes...)
	a.result.Withheld = a.Withheld()
	if a.rows != nil {
		return a.rows(ctx, a)
	}
	return nil
}

// nameOf is what to call an entity in a table.
func (a *Execution) nameOf(xid string) string {
	if n := a.byXID[xid]; n != nil {
		return n.Name
	}
	return xid
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
