package httpapi

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"orbat/queries"
	"orbat/queries/canned"
)

// entityOperations are those about single entities and links: calls of questions of the library that orbat ships,
// whatever a user's own of the same name may be.
func entityOperations() []*Operation {
	amongParams := slices.Concat([]queries.Param{
		{
			Name: "relation", Type: "relations",
			Help: "by this relation, or these with commas between; mentions too where none is named",
		},
		{Name: "limit", Type: "int", Default: "10000", Min: 1, Max: 100_000, Help: "at most so many links"},
		{
			Name: "links_only", Type: "bool", Default: "false",
			Help: "what an answer of JSON says beside the links is not looked up: what entities are beyond their names, and totals",
		},
	}, slices.DeleteFunc(controls(), func(p queries.Param) bool { return p.Name == "exact" }), filterParams())
	entity := queries.Param{Name: "entity", Type: "entity", Required: true, Help: "an entity, by xid, name or alias"}
	return []*Operation{
		{
			ID: "search", Method: http.MethodGet, Path: "/search", Tag: "entities",
			Summary: "Find what a text may mean, in any script or spelling, best match first: as one types, too",
			Params: []queries.Param{
				{Name: "q", Type: "text", Required: true, Help: "a name, alias, xid, or the beginning of any word of a name"},
				{Name: "type", Type: "text", Help: "only these entity types, with commas between, such as Person"},
				{Name: "limit", Type: "int", Default: "10", Min: 1, Max: 100, Help: "at most so many"},
				markingParam(),
			},
			Answer: Answer{Schema: searchResult{}}, Handle: search,
		},
		{
			ID: "entity", Method: http.MethodGet, Path: "/entity", Tag: "entities",
			Summary: "Show the card of an entity: what is said of it, by whom, and how many links it has of each kind",
			Params:  append([]queries.Param{entity}, filterParams()...), Answer: Answer{Schema: card{}}, Handle: entityCard,
		},
		{
			ID: "links", Method: http.MethodGet, Path: "/links", Tag: "entities",
			Summary: "List the links of an entity by one relation, a page at a time",
			Doc:     "The card says how many there are. Of an entity with more than 2000 links by one relation the first are given.",
			Params: slices.Concat([]queries.Param{
				entity,
				{
					Name: "relation", Type: "relations",
					Help: "by this relation, or these with commas between; all but mentions where none is named",
				},
				{Name: "direction", Type: "enum", Of: []string{"out", "in", "both"}, Default: "both", Help: "which end the entity is"},
				{Name: "offset", Type: "int", Default: "0", Max: 1_000_000, Help: "leave out so many: those that were given before"},
				{Name: "limit", Type: "int", Default: "50", Min: 1, Max: 1000, Help: "at most so many"},
				evidenceParam(),
			}, filterParams()),
			Answer: Answer{Schema: linkPage{}}, Handle: links,
		},
		{
			ID: "evidence", Method: http.MethodGet, Path: "/evidence", Tag: "entities",
			Summary: "Show who says that two entities are linked: every claim with its sources and quotes",
			Params: slices.Concat([]queries.Param{
				{Name: "from", Type: "entity", Required: true, Help: "one end"},
				{Name: "to", Type: "entity", Required: true, Help: "the other end"},
				{Name: "relation", Type: "relations", Help: "only this relation, or these with commas between"},
			}, filtersBut("from", "to"), []queries.Param{
				{Name: "limit", Type: "int", Default: "100", Min: 1, Max: 10_000, Help: "at most so many"},
				{Name: "loads", Type: "bool", Default: "false", Help: "say of every claim by which loads it came, when, and who loaded; " +
					"nothing is told of loads to who may see only a part of the graph, or asks up to a marking"},
			}),
			Answer: Answer{Schema: linkEvidence{}}, Handle: evidence,
		},
		{
			ID: "among", Method: http.MethodGet, Path: "/among", Tag: "entities",
			Summary: "Show some entities and all links between them, and how many links each has in all",
			Doc: "What a page asks for that has a graph on screen: when it opens one, adds to it, or changes the time. In another format " +
				"it is the file of what is on screen.",
			Params: slices.Concat([]queries.Param{
				{Name: "entities", Type: "text", Required: true, Help: "their xids, with ; between; at most 2000"},
			}, amongParams),
			Answer: Answer{Schema: amongAnswer{}, Also: formatMIMEs()},
			Handle: func(x *Exchange) error { return x.among(&screen{Entities: strings.Split(x.Text("entities"), ";")}) },
		},
		{
			ID: "screen", Method: http.MethodPost, Path: "/among", Tag: "entities",
			Summary: "Show some entities and all links between them: more than an address has room for, or as they stand on a screen",
			Doc: "Answers as GET does, and changes nothing. Files of GEXF, Cytoscape JSON, node-link JSON, yEd and DOT have the " +
				"positions; every file says by which filters it was made.",
			Params: amongParams, Body: &Body{MIME: jsonMIME, Schema: screen{}, Doc: "what is on screen"},
			Answer: Answer{Schema: amongAnswer{}, Also: formatMIMEs()},
			Handle: func(x *Exchange) error {
				var s screen
				if err := x.ReadJSON(&s); err != nil {
					return err
				}
				if err := s.check(); err != nil {
					return err
				}
				return x.among(&s)
			},
		},
		{
			ID: "census", Method: http.MethodGet, Path: "/census", Tag: "entities",
			Summary: "Count the entities of each type; not counted for who may see only a part of the graph",
			Answer:  Answer{Schema: censusAnswer{}}, Handle: census,
		},
	}
}

func evidenceParam() queries.Param {
	return queries.Param{
		Name: "evidence", Type: "bool", Default: "false", Help: "give every edge the claims behind it, with source and quote",
	}
}

// filterParams are the filters that every question takes.
func filterParams() []queries.Param { return filtersBut() }

func filtersBut(names ...string) []queries.Param {
	return slices.DeleteFunc((&queries.Query{}).AllParams(), func(p queries.Param) bool {
		return p.Name == "limit" || slices.Contains(names, p.Name)
	})
}

func markingParam() queries.Param {
	all := (&queries.Query{}).AllParams()
	return all[slices.IndexFunc(all, func(p queries.Param) bool { return p.Name == "max_marking" })]
}

// filters returns the values of the filters that were given.
func (x *Exchange) filters(names ...string) map[string]string {
	params := map[string]string{}
	for _, p := range filtersBut(names...) {
		if value := x.Text(p.Name); value != "" && x.op.param(p.Name) != nil {
			params[p.Name] = value
		}
	}
	return params
}

// askOwn asks a question of the API's own library.
func (x *Exchange) askOwn(name string, params map[string]string, ask queries.Ask) (*queries.Result, error) {
	g, err := x.Graph()
	if err != nil {
		return nil, err
	}
	runner := g.Runner(x.Caller)
	runner.Library = g.own
	q, err := runner.Library.Find(name)
	if err != nil {
		return nil, err
	}
	x.About = aboutQuestion(q, params)
	result, err := runner.Run(x.Context(), name, params, ask)
	return result, x.explain("ask", err)
}

// searchResult is what a text may mean.
type searchResult struct {
	Hits []hit `json:"hits"`
	More bool  `json:"more"`
}

// hit is one entity that a text may mean.
type hit struct {
	XID     string   `json:"xid"`
	Type    string   `json:"type"`
	Name    string   `json:"name"`
	Country string   `json:"country,omitempty"`
	Aliases []string `json:"aliases,omitempty"`
	Match   string   `json:"match"`          // how: xid, name, alias, normalised name, word, prefix, sound
	Also    string   `json:"also,omitempty"` // what tells it from others of the name
}

func search(x *Exchange) error {
	params := map[string]string{"text": x.Text("q"), "limit": strconv.Itoa(x.Int("limit"))}
	for _, name := range []string{"type", "max_marking"} {
		if value := x.Text(name); value != "" {
			params[name] = value
		}
	}
	r, err := x.askOwn("search-entity", params, queries.Ask{Full: true})
	if err != nil {
		return renamed(err, "text", "q")
	}
	out := searchResult{Hits: []hit{}, More: r.Truncated}
	for i := range r.Rows {
		h := hit{
			XID: cell(r, i, "xid"), Type: cell(r, i, "type"), Name: cell(r, i, "name"), Country: cell(r, i, "country"),
			Match: cell(r, i, "match"),
		}
		if n := slices.IndexFunc(r.Nodes, func(n *queries.Node) bool { return n.XID == h.XID }); n >= 0 {
			h.Aliases = r.Nodes[n].Properties["aliases"]
			h.Also = strings.Join(r.Nodes[n].Properties["description"], "; ")
		}
		out.Hits = append(out.Hits, h)
	}
	x.Rows = len(out.Hits)
	return x.JSON(http.StatusOK, out)
}

// cell returns what stands in a column of a row.
func cell(r *queries.Result, row int, column string) string {
	if i := slices.Index(r.Columns, column); i >= 0 {
		return r.Rows[row][i]
	}
	return ""
}

// renamed has a problem speak of a parameter by the name that it has here.
func renamed(err error, from, to string) error {
	p := *ProblemOf(err)
	if p.Field == from {
		p.Field = to
	}
	p.See = ""
	return &p
}

// card is what is said of an entity.
type card struct {
	Entity    *queries.Node   `json:"entity"`
	Facts     []fact          `json:"facts"`
	Links     []linkCount     `json:"links"`
	SameAs    []string        `json:"same_as"` // xids that decisions made one with it
	Taken     []queries.Taken `json:"taken,omitempty"`
	Possible  int             `json:"possible"`  // facts and links that only possibly hold at the time asked for
	Contested int             `json:"contested"` // facts and links that other claims deny or negate
	Ungraded  int             `json:"ungraded"`  // claims left out since nobody graded them
	Notes     []string        `json:"notes,omitempty"`
}

// fact is one value as one or more claims state it.
type fact struct {
	Property   string `json:"property"`
	Value      string `json:"value"`
	Shown      bool   `json:"shown"` // by the entity itself
	Period     string `json:"period,omitempty"`
	Confidence *int   `json:"confidence,omitempty"`
	Assertion  string `json:"assertion,omitempty"` // where it is not plainly asserted
	Possible   bool   `json:"possible,omitempty"`
	Contested  bool   `json:"contested,omitempty"` // other claims deny or negate it
	Sources    string `json:"sources,omitempty"`
}

// linkCount is how many links an entity has of a kind.
type linkCount struct {
	Relation  string `json:"relation"`
	Direction string `json:"direction"` // out: from the entity; in: to it
	Count     int    `json:"count"`
	Possible  bool   `json:"possible,omitempty"`  // these hold only possibly at the time asked for
	Contested bool   `json:"contested,omitempty"` // of these others deny or negate what they say
}

func entityCard(x *Exchange) error {
	params := x.filters()
	params["entity"], params["limit"] = x.Text("entity"), strconv.Itoa(x.server.options.Limits.Rows)
	r, err := x.askOwn("entity-card", params, queries.Ask{Full: true})
	if err != nil {
		return renamed(err, "", "")
	}
	out := card{
		Facts: []fact{}, Links: []linkCount{}, SameAs: []string{}, Taken: r.Taken, Possible: r.Possible, Contested: r.Contested,
		Ungraded: r.Ungraded, Notes: r.Notes,
	}
	for i := range r.Rows {
		property, value := cell(r, i, "property"), cell(r, i, "value")
		direction, relation, isLink := linkKind(property)
		switch {
		case isLink:
			n, err := strconv.Atoi(value)
			if err != nil {
				return err
			}
			out.Links = append(out.Links, linkCount{
				Relation: relation, Direction: direction, Count: n, Possible: cell(r, i, "possible") != "",
				Contested: cell(r, i, "contested") != "",
			})
		case property == "xid":
			if n := slices.IndexFunc(r.Nodes, func(n *queries.Node) bool { return n.XID == value }); n >= 0 {
				out.Entity = r.Nodes[n]
			}
		case property == "same as":
			out.SameAs = append(out.SameAs, value)
		default:
			f := fact{
				Property: property, Value: value, Shown: cell(r, i, "shown") != "", Period: cell(r, i, "period"),
				Assertion: cell(r, i, "assertion"), Possible: cell(r, i, "possible") != "",
				Contested: cell(r, i, "contested") != "", Sources: cell(r, i, "sources"),
			}
			if n, err := strconv.Atoi(cell(r, i, "confidence")); err == nil {
				f.Confidence = &n
			}
			out.Facts = append(out.Facts, f)
		}
	}
	x.Rows = len(out.Facts) + len(out.Links)
	return x.JSON(http.StatusOK, out)
}

// linkKind reads what a card calls the links of a kind: → commands, ← commands.
func linkKind(property string) (direction, relation string, isLink bool) {
	if relation, isLink = strings.CutPrefix(property, "→ "); isLink {
		return "out", relation, true
	}
	relation, isLink = strings.CutPrefix(property, "← ")
	return "in", relation, isLink
}

// linkPage is some of an entity's links.
type linkPage struct {
	Entity    string          `json:"entity"` // xid
	Offset    int             `json:"offset"`
	Next      *int            `json:"next"`      // the offset of the next page; null: this is the last
	Truncated bool            `json:"truncated"` // there are more than can be paged through: narrow it
	Nodes     []*queries.Node `json:"nodes"`
	Edges     []*queries.Edge `json:"edges"`
	Taken     []queries.Taken `json:"taken,omitempty"`
	Possible  int             `json:"possible"`
	Contested int             `json:"contested"`
	Ungraded  int             `json:"ungraded"`
	Notes     []string        `json:"notes,omitempty"`
}

func links(x *Exchange) error {
	params := x.filters()
	offset, limit := x.Int("offset"), x.Int("limit")
	params["entity"], params["limit"] = x.Text("entity"), strconv.Itoa(offset+limit)
	if relation := x.Text("relation"); relation != "" {
		params["relations"] = relation
	}
	if err := x.boundRows(&queries.Query{}, params); err != nil {
		return err
	}
	r, err := x.askOwn("links-"+x.Text("direction"), params, queries.Ask{Full: true, Evidence: x.Yes("evidence")})
	if err != nil {
		return renamed(err, "relations", "relation")
	}
	out := linkPage{
		Entity: r.Root, Offset: offset, Nodes: []*queries.Node{}, Edges: []*queries.Edge{}, Taken: r.Taken, Possible: r.Possible,
		Contested: r.Contested, Ungraded: r.Ungraded, Notes: r.Notes,
	}
	out.Edges = append(out.Edges, r.Edges[min(offset, len(r.Edges)):]...)
	if r.Truncated && len(r.Edges) == offset+limit {
		next := offset + limit
		out.Next = &next
	} else {
		out.Truncated = r.Truncated
	}
	for _, n := range r.Nodes {
		if slices.ContainsFunc(out.Edges, func(e *queries.Edge) bool { return e.From == n.XID || e.To == n.XID }) {
			out.Nodes = append(out.Nodes, n)
		}
	}
	x.Rows = len(out.Edges)
	return x.JSON(http.StatusOK, out)
}

// linkEvidence is who says that two entities are linked.
type linkEvidence struct {
	*queries.Result

	Said []*queries.Evidence `json:"said"` // every claim, those too that draw no link: denied, planned, taken back
}

func evidence(x *Exchange) error {
	params := x.filters("from", "to")
	params["from"], params["to"], params["limit"] = x.Text("from"), x.Text("to"), strconv.Itoa(x.Int("limit"))
	if relation := x.Text("relation"); relation != "" {
		params["relations"] = relation
	}
	r, err := x.askOwn("evidence-for-link", params, queries.Ask{Full: true, Evidence: true, Loads: x.Yes("loads")})
	if err != nil {
		return renamed(err, "relations", "relation")
	}
	out := linkEvidence{Result: r, Said: []*queries.Evidence{}}
	for _, claims := range r.RowClaims {
		for _, c := range claims {
			if !slices.ContainsFunc(out.Said, func(have *queries.Evidence) bool { return have.Key == c.Key }) {
				out.Said = append(out.Said, c)
			}
		}
	}
	var markings []string
	for _, c := range out.Said {
		markings = append(markings, c.Markings()...)
	}
	r.Markings = canned.PlainMarkings(markings...)
	x.Rows = len(r.Rows)
	return x.JSON(http.StatusOK, out)
}

// amongAnswer is a graph, and how many links its entities have whether or not they are in it.
type amongAnswer struct {
	Nodes     []*queries.Node `json:"nodes"`
	Edges     []*queries.Edge `json:"edges"`
	Totals    []linkTotal     `json:"totals"`
	Truncated bool            `json:"truncated"` // there are more links between them
	Possible  int             `json:"possible"`
	Contested int             `json:"contested"`
	Ungraded  int             `json:"ungraded"`
	Notes     []string        `json:"notes,omitempty"`
}

// linkTotal is how many links an entity has of a kind.
type linkTotal struct {
	Entity    string `json:"entity"` // xid
	Relation  string `json:"relation"`
	Direction string `json:"direction"` // out: from the entity; in: to it
	Links     int    `json:"links"`
}

// screen is what stands on a screen.
type screen struct {
	Entities  []string              `json:"entities"`            // xids, at most 2000
	Links     []string              `json:"links,omitempty"`     // the ids of those that are shown; absent: all between them
	Positions map[string][2]float64 `json:"positions,omitempty"` // by xid: to the right, and down
	Filters   map[string]string     `json:"filters,omitempty"`   // by which the screen leaves out more than was asked here: a file says so
}

func (s *screen) check() error {
	switch {
	case len(s.Entities) == 0:
		return badField("entities", "no entity is named", "xids, as search gives them")
	case len(s.Filters) > maxFilters:
		return badField("filters", "too many filters", fmt.Sprintf("at most %d", maxFilters))
	}
	for _, xid := range s.Entities {
		if strings.ContainsAny(xid, ";\x00") || !utf8.ValidString(xid) {
			return badField("entities", "no xid has such a letter", "xids, as search gives them")
		}
	}
	for name, value := range s.Filters {
		if len(name)+len(value) > maxFilter {
			return badField("filters", "a filter is too long", fmt.Sprintf("at most %d bytes", maxFilter))
		}
	}
	return nil
}

// among answers what stands on a screen.
func (x *Exchange) among(s *screen) error {
	params := x.filters()
	params["entities"], params["limit"] = strings.Join(s.Entities, ";"), strconv.Itoa(x.Int("limit"))
	if relation := x.Text("relation"); relation != "" {
		params["relations"] = relation
	}
	if err := x.boundRows(&queries.Query{}, params); err != nil {
		return err
	}
	format := x.Text("format")
	drawn := format != "json" && format != ndjson
	asJSON := format == "json"
	linksOnly := asJSON && x.Yes("links_only")
	r, err := x.askOwn("links-among", params, queries.Ask{
		Full: !linksOnly, Periods: asJSON, Evidence: x.Yes("evidence") || drawn, Markings: x.Yes("markings") || format == "html",
	})
	if err != nil {
		return renamed(err, "relations", "relation")
	}
	if s.Links != nil {
		shown := map[string]bool{}
		for _, id := range s.Links {
			shown[id] = true
		}
		r.Edges = slices.DeleteFunc(r.Edges, func(e *queries.Edge) bool { return !shown[e.ID] })
	}
	if !asJSON {
		return x.drawn(r, format, s)
	}
	out := amongAnswer{
		Nodes: r.Nodes, Edges: r.Edges, Totals: []linkTotal{}, Truncated: r.Truncated, Possible: r.Possible, Contested: r.Contested,
		Ungraded: r.Ungraded, Notes: r.Notes,
	}
	if !linksOnly {
		if out.Totals, err = x.totals(params); err != nil {
			return err
		}
	}
	x.Rows = len(out.Edges)
	return x.JSON(http.StatusOK, out)
}

// totals counts the links that the entities of links-among have in all.
func (x *Exchange) totals(among map[string]string) ([]linkTotal, error) {
	params := maps.Clone(among)
	params["limit"] = strconv.Itoa(x.server.options.Limits.Rows)
	totals, err := x.askOwn("link-totals", params, queries.Ask{})
	if err != nil {
		return nil, renamed(err, "relations", "relation")
	}
	list := []linkTotal{}
	for i := range totals.Rows {
		n, err := strconv.Atoi(cell(totals, i, "links"))
		if err != nil {
			return nil, err
		}
		list = append(list, linkTotal{
			Entity: cell(totals, i, "entity"), Relation: cell(totals, i, "relation"), Direction: cell(totals, i, "direction"), Links: n,
		})
	}
	return list, nil
}

// censusAnswer is how many entities there are.
type censusAnswer struct {
	Counted bool        `json:"counted"` // false: who asks may see a part only
	Types   []typeCount `json:"types"`   // of which there are any
}

// typeCount is how many entities there are of a type.
type typeCount struct {
	Type     string `json:"type"`
	Entities int    `json:"entities"`
}

func census(x *Exchange) error {
	r, err := x.askOwn("census", map[string]string{"limit": strconv.Itoa(x.server.options.Limits.Rows)}, queries.Ask{})
	if err != nil {
		return err
	}
	out := censusAnswer{Counted: len(r.Notes) == 0, Types: []typeCount{}}
	for i := range r.Rows {
		n, err := strconv.Atoi(cell(r, i, "entities"))
		if err != nil {
			return err
		}
		out.Types = append(out.Types, typeCount{Type: cell(r, i, "type"), Entities: n})
	}
	x.Rows = len(out.Types)
	return x.JSON(http.StatusOK, out)
}
