package queries

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"orbat/schema"

	"orbat/queries/canned"
)

// Runner answers questions on one database.
type Runner struct {
	DB       DB
	Ontology *schema.Ontology
	Library  *canned.Library

	fanout int // links of one look in a search for paths; 0: probeFanout. Tests lower it
	// MaxMarking bounds everything that the runner gives, beside what a question's own max_marking does; nil: no bound.
	MaxMarking *canned.MaxMarking
}

// Ask says how an answer is wanted.
type Ask struct {
	Evidence bool // give every edge the claims behind it, with their sources
	Full     bool // give every node all its properties, as encoders want; else what a terminal shows

	// Sent is told each request before it is sent, to show or to repeat; nil: nobody is.
	Sent func(dql string, vars map[string]string)
}

// asking is one question on its way.
type asking struct {
	*snapshot
	query     *canned.Query
	values    *canned.Values
	entities  map[string]Candidate
	lists     map[string][]Candidate // of parameters of type entities
	relations []string
	vars      map[string]string
	result    *Result

	edges    []*rawEdge
	ungraded map[string]int                             // by edge: a search may look at one twice
	wants    map[string]bool                            // uids of the nodes to describe
	rows     func(ctx context.Context, a *asking) error // fills a table once nodes are described
	byXID    map[string]*Node
	proven   bool // the edges carry their evidence
	fanout   int
}

// step is a part of an answer that DQL alone cannot give.
type step struct {
	doc      string
	needsDQL bool
	entities int      // how many entity parameters it takes
	needs    string   // a parameter it reads by name
	columns  []string // what it fills, for the header to choose from; nil: it chooses itself, or takes any
	run      func(ctx context.Context, a *asking) error
}

// steps is the one list of Go steps.
func steps() map[string]step {
	return map[string]step{
		"expand":     {doc: "follows %out and %in from the first entity parameter, depth levels far", needsDQL: true, entities: 1, run: expand},
		"paths":      {doc: "finds the shortest chains between the first two entity parameters", entities: 2, needs: "max_hops", run: paths},
		"statements": {doc: "makes a row of each distinct statement behind the edges found, around all that reach leads to", needsDQL: true, run: statements},
		"card":       {doc: "shows an entity's values, who says so, and how it is linked", entities: 1, run: card},
		"links":      {doc: "lists all claims between the first two entity parameters", entities: 2, run: links},
		"search":     {doc: "finds what a text may mean", needs: "text", run: search},
		"common":     {doc: "finds what the first two entity parameters are both linked to", entities: 2, columns: commonColumns(), run: common},
		"join":       {doc: "finds the smallest graph that joins the entities listed", needs: "entities", run: join},
		"served":     {doc: "finds who was in the same units as a person at the same time", entities: 1, columns: servedColumns(), run: served},
		"superiors":  {doc: "finds who led the units above a person's posts at the time", entities: 1, columns: superiorColumns(), run: superiors},
		"in-command": {doc: "finds who led the units that were at a place at a time, and those above them", entities: 2, columns: inCommandColumns(), run: inCommand},
		"claims":     {doc: "lists every claim of the header's relations that touches an entity, asserted or not", entities: 1, columns: claimColumns(), run: claimsOf},
		"encounters": {doc: "finds the events that set an entity's side and others against each other", entities: 1, columns: encounterColumns(), run: encounters},
		"co-mention": {doc: "finds who is named in the same sources without being linked", entities: 1, columns: coMentionColumns(), run: coMention},
		"conflicts":  {doc: "finds statements that cannot both be true", entities: 1, columns: conflictColumns(), run: conflicts},
		"support":    {doc: "grades links by who stands behind them", entities: 1, columns: supportColumns(), run: support},
		"changes":    {doc: "lists what a load wrote, retracted and reinstated", needs: "load", columns: changeColumns(), run: changes},
		"ranking":    {doc: "ranks entities by how many links they have", needs: "relations", columns: rankingColumns(), run: ranking},
		"quotes":     {doc: "finds words in the quotes of claims", needs: "text", columns: quoteColumns(), run: quotes},
	}
}

// signatures says of the Go steps what a header must know of them.
func signatures() []canned.Signature {
	var list []canned.Signature
	for name, s := range steps() {
		list = append(list, canned.Signature{Name: name, Doc: s.doc, NeedsDQL: s.needsDQL, Entities: s.entities, Needs: s.needs, Columns: s.columns})
	}
	slices.SortFunc(list, func(x, y canned.Signature) int { return strings.Compare(x.Name, y.Name) })
	return list
}

// Run answers one question. What the parameters say travels as DQL variables only (law 13).
func (r *Runner) Run(ctx context.Context, name string, params map[string]string, ask Ask) (*Result, error) {
	q, err := r.Library.Find(name)
	if err != nil {
		return nil, err
	}
	v, err := q.Read(params)
	if err != nil {
		return nil, err
	}
	a := &asking{
		snapshot: newSnapshot(r.DB, r.Ontology), query: q, values: v, entities: map[string]Candidate{}, lists: map[string][]Candidate{}, fanout: cmp.Or(r.fanout, probeFanout),
		vars: map[string]string{}, wants: map[string]bool{}, byXID: map[string]*Node{}, ungraded: map[string]int{},
		result: &Result{Query: name, Params: map[string]string{}, Shape: q.Shape, Nodes: []*Node{}, Edges: []*Edge{}, Ontology: r.Ontology},
	}
	a.sent = ask.Sent
	if err := a.bound(r.MaxMarking); err != nil {
		return nil, err
	}
	if err := a.prepare(ctx); err != nil {
		return nil, err
	}
	run := plain
	if q.Step != "" {
		run = steps()[q.Step].run
	}
	if err := run(ctx, a); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := a.finish(ctx, ask); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	a.result.Cost = a.spent.cost()
	return a.result, nil
}

// prepare reads the parameters, resolves entities and fills the DQL variables.
func (a *asking) prepare(ctx context.Context) error {
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
		a.relations = a.query.Selected(a.ontology)
	}
	a.vars["$fanout"] = strconv.Itoa(defaultFanout)
	for _, name := range a.query.Declared {
		if _, set := a.vars["$"+name]; !set {
			a.vars["$"+name] = a.values.Text[name]
		}
	}
	for _, p := range entities {
		c, err := a.resolve(ctx, a.query.Name, p, a.values.Text[p.Name])
		if err != nil {
			return err
		}
		at, err := a.drawnAt(ctx, c.uid)
		if err != nil {
			return err
		}
		a.entities[p.Name], a.values.Text[p.Name], a.vars["$"+p.Name] = c, c.XID, at[0]
		a.wants[c.uid] = true
	}
	maps.Copy(a.result.Params, a.values.Text)
	return nil
}

// takeEntities reads a list of entities, each named as a parameter of its own would be.
func (a *asking) takeEntities(ctx context.Context, p *canned.Param, text string) error {
	var xids []string
	for _, name := range strings.Split(text, ";") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		c, err := a.resolve(ctx, a.query.Name, p, name)
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
		a.wants[c.uid] = true
	}
	a.values.Text[p.Name] = strings.Join(xids, "; ")
	return nil
}

// maxListed is how many entities one parameter may list.
const maxListed = 50

// takeType checks the name of an entity type.
func (a *asking) takeType(p *canned.Param, text string) error {
	if a.ontology.Type(text) != nil {
		return nil
	}
	fix := "orbat schema types"
	if like := a.ontology.Suggest("type", text); like != "" {
		fix = "did you mean " + like + "?"
	}
	return canned.NewParamError(a.query.Name, p.Name, fmt.Sprintf("unknown type %q", schema.Shorten(text)), fix)
}

// takeRelations reads a list of relations. Only names that the ontology has come through (law 13), each once: Dgraph
// refuses a query that asks for one twice.
func (a *asking) takeRelations(p *canned.Param, text string) error {
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if a.ontology.Relation(name) == nil {
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

func (a *asking) suggestRelation(name string) string {
	if near := a.ontology.Suggest("relation", name); near != "" {
		return "did you mean " + near + "?"
	}
	return "orbat schema types"
}

// entityParam gives the n-th entity parameter's value.
func (a *asking) entityParam(n int) (Candidate, error) {
	for _, p := range a.query.Params {
		if p.Type != "entity" {
			continue
		}
		if n == 0 {
			if c, given := a.entities[p.Name]; given {
				return c, nil
			}
			return Candidate{}, canned.NewParamError(a.query.Name, p.Name, "missing: "+p.Help, "")
		}
		n--
	}
	return Candidate{}, fmt.Errorf("the query's header has too few entity parameters")
}

// ask runs the query's DQL and gives its blocks.
func (a *asking) ask(ctx context.Context) (map[string]*fastjson.Value, error) {
	vars := map[string]string{}
	for _, name := range a.query.Declared {
		vars["$"+name] = a.vars["$"+name]
	}
	blocks, err := a.snapshot.blocks(ctx, canned.ExpandRelations(a.query.DQL, a.relations), vars)
	return blocks, a.query.Explain(a.relations, err)
}

// askEdges runs the query's DQL and takes the edges out of its answer.
func (a *asking) askEdges(ctx context.Context) ([]*rawEdge, error) {
	blocks, err := a.ask(ctx)
	if err != nil {
		return nil, err
	}
	var edges []*rawEdge
	for _, name := range slices.Sorted(maps.Keys(blocks)) {
		found, err := collectEdges(a.ontology, blocks[name])
		if err != nil {
			return nil, err
		}
		edges = append(edges, found...)
	}
	return edges, nil
}

// keep applies the filters to edges; without any it costs nothing.
func (a *asking) keep(ctx context.Context, edges []*rawEdge) ([]*rawEdge, error) {
	if !a.values.Filter.Active() {
		return edges, nil
	}
	return a.proveAll(ctx, edges)
}

// proveAll reads the evidence of edges and gives those that satisfy the filters.
func (a *asking) proveAll(ctx context.Context, edges []*rawEdge) ([]*rawEdge, error) {
	a.proven = true
	left, err := a.prove(ctx, edges, &a.values.Filter)
	for _, e := range edges {
		a.ungraded[e.id()] = e.ungraded
	}
	return left, err
}

// plain answers with DQL alone: rows of the block q, or a graph.
func plain(ctx context.Context, a *asking) error {
	if !a.query.Shape.Rows() {
		edges, err := a.askEdges(ctx)
		if err != nil {
			return err
		}
		a.result.Truncated = crowded(edges)
		edges, err = a.keep(ctx, edges)
		a.take(held(edges))
		return err
	}
	if a.values.Filter.Narrows() {
		a.result.Notes = append(a.result.Notes, "filters do not apply to this query: it gives rows, not links")
	}
	blocks, err := a.ask(ctx)
	if err != nil {
		return err
	}
	a.result.Columns = a.query.Labels()
	for _, row := range blocks["q"].GetArray() {
		if len(a.result.Rows) == a.values.Ints["limit"] {
			a.result.Truncated = true
			break
		}
		cells := make([]string, len(a.query.Columns))
		for i, column := range a.query.Columns {
			field, _ := canned.SplitColumn(column)
			if v := row.Get(field); v != nil {
				cells[i] = strings.Join(propertyTexts(v), ", ")
			}
		}
		a.result.Rows = append(a.result.Rows, cells)
	}
	return nil
}

// take puts edges into the answer, up to the limit.
func (a *asking) take(edges []*rawEdge) {
	limit := a.values.Ints["limit"]
	if len(edges) > limit {
		edges, a.result.Truncated = edges[:limit], true
	}
	a.edges = edges
}

// finish describes the nodes, proves the edges where evidence is wanted, and fills tables.
func (a *asking) finish(ctx context.Context, ask Ask) error {
	if ask.Evidence {
		unproven := slices.DeleteFunc(slices.Clone(a.edges), func(e *rawEdge) bool { return len(e.evidence) > 0 })
		if _, err := a.proveAll(ctx, unproven); err != nil {
			return err
		}
	}
	for _, n := range a.ungraded {
		a.result.Ungraded += n
	}
	for _, e := range a.edges {
		a.wants[e.fromUID], a.wants[e.toUID] = true, true
		a.result.Edges = append(a.result.Edges, e.edge(ask.Evidence))
		if a.result.Shape == canned.TreeShape {
			a.result.Parents = append(a.result.Parents, e.near)
		}
		if e.possible && a.values.Filter.Timed() {
			a.result.Possible++
		}
	}
	nodes, err := a.nodes(ctx, slices.Sorted(maps.Keys(a.wants)), ask.Full)
	if err != nil {
		return err
	}
	slices.SortFunc(nodes, func(x, y *Node) int { return strings.Compare(x.XID, y.XID) })
	for _, n := range nodes {
		a.byXID[n.XID] = n
	}
	a.result.Nodes = append(a.result.Nodes, nodes...)
	if a.sight != nil {
		a.result.Withheld = &a.sight.withheld
	}
	if a.rows != nil {
		return a.rows(ctx, a)
	}
	return nil
}

// nameOf is what to call an entity in a table.
func (a *asking) nameOf(xid string) string {
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
