package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"orbat/queries/canned"
	"orbat/schema"

	"orbat/queries/view"
)

// Runner answers questions on one database.
type Runner struct {
	DB       view.DB
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
	*view.Snapshot
	query     *canned.Query
	values    *canned.Values
	entities  map[string]view.Candidate
	lists     map[string][]view.Candidate // of parameters of type entities
	relations []string
	vars      map[string]string
	result    *view.Result

	edges  []*view.GraphEdge
	wants  map[string]bool                            // uids of the nodes to describe
	rows   func(ctx context.Context, a *asking) error // fills a table once nodes are described
	byXID  map[string]*view.Node
	fanout int
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
func (r *Runner) Run(ctx context.Context, name string, params map[string]string, ask Ask) (*view.Result, error) {
	q, err := r.Library.Find(name)
	if err != nil {
		return nil, err
	}
	v, err := q.Read(params)
	if err != nil {
		return nil, err
	}
	a := &asking{
		Snapshot: view.Open(r.DB, r.Ontology, v.Filter, r.MaxMarking, ask.Sent), query: q, values: v, entities: map[string]view.Candidate{}, lists: map[string][]view.Candidate{}, fanout: cmp.Or(r.fanout, probeFanout),
		vars: map[string]string{}, wants: map[string]bool{}, byXID: map[string]*view.Node{},
		result: &view.Result{Query: name, Params: map[string]string{}, Shape: q.Shape, Nodes: []*view.Node{}, Edges: []*view.Edge{}, Ontology: r.Ontology},
	}
	if err := a.prepare(ctx); err != nil {
		return nil, err
	}
	run := plain
	if q.Step != "" {
		run = steps()[q.Step].run
	}
	if err := run(ctx, a); errors.Is(err, view.ErrUnredacted) {
		return nil, canned.NewParamError(name, "max_marking", "this question shows values of the graph whose markings nobody looks at", "ask ego-network or entity-card, which do")
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := a.finish(ctx, ask); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	a.result.Cost = a.Cost()
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
func (a *asking) takeEntities(ctx context.Context, p *canned.Param, text string) error {
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
func (a *asking) takeType(p *canned.Param, text string) error {
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
func (a *asking) takeRelations(p *canned.Param, text string) error {
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

func (a *asking) suggestRelation(name string) string {
	if near := a.Ontology.Suggest("relation", name); near != "" {
		return "did you mean " + near + "?"
	}
	return "orbat schema types"
}

// entityParam gives the n-th entity parameter's value.
func (a *asking) entityParam(n int) (view.Candidate, error) {
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
func (a *asking) variables() map[string]string {
	vars := map[string]string{}
	for _, name := range a.query.Declared {
		vars["$"+name] = a.vars["$"+name]
	}
	return vars
}

// askEdges runs the query's DQL and takes the edges out of its answer. It reports whether a hub had more.
func (a *asking) askEdges(ctx context.Context) (edges []*view.GraphEdge, hub bool, err error) {
	return a.EdgesOf(ctx, a.query, a.relations, a.variables())
}

// keep applies the filters to edges; without any it costs nothing.
func (a *asking) keep(ctx context.Context, edges []*view.GraphEdge) ([]*view.GraphEdge, error) {
	if !a.Filter.Active() {
		return edges, nil
	}
	return a.Prove(ctx, edges)
}

// plain answers with DQL alone: rows of the block q, or a graph.
func plain(ctx context.Context, a *asking) error {
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
func (a *asking) take(edges []*view.GraphEdge) {
	limit := a.values.Ints["limit"]
	if len(edges) > limit {
		edges, a.result.Truncated = edges[:limit], true
	}
	a.edges = edges
}

// finish describes the nodes, proves the edges where evidence is wanted, and fills tables.
func (a *asking) finish(ctx context.Context, ask Ask) error {
	if ask.Evidence {
		unproven := slices.DeleteFunc(slices.Clone(a.edges), func(e *view.GraphEdge) bool { return e.Proven })
		if _, err := a.Prove(ctx, unproven); err != nil {
			return err
		}
	}
	a.result.Ungraded += a.Ungraded()
	for _, e := range a.edges {
		a.wants[e.FromUID], a.wants[e.ToUID] = true, true
		a.result.Edges = append(a.result.Edges, e.Show(ask.Evidence))
		if a.result.Shape == canned.TreeShape {
			a.result.Parents = append(a.result.Parents, e.Near)
		}
		if e.Possible && a.Filter.Timed() {
			a.result.Possible++
		}
	}
	nodes, err := a.Nodes(ctx, slices.Sorted(maps.Keys(a.wants)), ask.Full)
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

// Export streams the whole graph, or what one data set's claims draw of it, up to the runner's marking limit: every entity
// that a claim touches, then every edge, all of one snapshot ([view.Snapshot.Graph]).
func (r *Runner) Export(ctx context.Context, dataset string) *view.Graph {
	return view.Open(r.DB, r.Ontology, canned.Filter{MinConfidence: -1, Dataset: dataset}, r.MaxMarking, nil).Graph(ctx)
}

// Canonical writes all claims of a database as canonical orbat NDJSON (law 14), or those of one data set.
func Canonical(ctx context.Context, db view.DB, w io.Writer, dataset string) (lines int, err error) {
	lines, _, err = (&Runner{DB: db}).Canonical(ctx, w, dataset)
	return lines, err
}

// Canonical is [Canonical] up to the runner's marking limit: what it writes is what may be seen, and loads into an empty
// database whose export is the same again. Where there is a limit, it says what that left out.
func (r *Runner) Canonical(ctx context.Context, w io.Writer, dataset string) (lines int, left *view.Withheld, err error) {
	s := view.Open(r.DB, r.Ontology, canned.Filter{}, r.MaxMarking, nil)
	lines, err = s.WriteCanonical(ctx, w, dataset)
	return lines, s.Withheld(), err
}

// Entity returns the one entity that a text means, as a parameter of a question would take it (law 17): by xid, name or
// alias. Of an entity that decisions merged, an xid names the part, every other text the whole.
func (r *Runner) Entity(ctx context.Context, text string) (view.Candidate, error) {
	s := view.Open(r.DB, r.Ontology, canned.Filter{MinConfidence: -1}, nil, nil)
	c, err := s.Resolve(ctx, "entity-card", &canned.Param{Name: "entity"}, text)
	if xid, bad := schema.CheckXID(strings.TrimSpace(text)); err == nil && bad == nil && c.Match == "xid" {
		c.XID = xid
	}
	return c, err
}
