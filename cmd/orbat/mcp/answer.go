package mcp

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"orbat/queries"
	"orbat/schema"
)

// answer is what a question is answered with, in units that are given whole and once each, in their order.
type answer struct {
	head  object // what every page says of the whole
	units []unit
	main  int    // how many of them are what was asked for: rows, paths or links
	date  string // the day that stood in for a time; empty: none did
}

// unit is one thing of an answer.
type unit struct {
	list  string // of the page: rows, paths, links, entities, claims, notes, taken
	value any    // JSON; texts of sources are of type source
	shown any    // in place of a value that fits no page; nil: the value is
}

// source is a text that a source wrote. It is fenced where it is written.
type source string

// entityURI is what the links to entities begin with.
const entityURI = "orbat://entity/"

// linkTo returns the link to an entity.
func linkTo(xid string) string {
	return entityURI + strings.ReplaceAll(url.QueryEscape(xid), "+", "%20")
}

// answerOf cuts the answer to a question into units. What is said of a row stands behind it: the links it is about,
// their ends, the claims they rest on.
func answerOf(q *queries.Query, r *queries.Result) *answer {
	b := newBuilder(r)
	for _, column := range q.Columns {
		if writtenBySources(column) { // whatever its heading is: quote as Beleg
			b.quotes[heading(column)] = true
		}
	}
	summary := *r
	summary.Rows, summary.RowClaims, summary.Nodes, summary.Edges, summary.Paths = nil, nil, nil, nil, nil
	all := object{}
	remake(&summary, &all)
	for _, name := range []string{"possible", "contested", "ungraded", "columns", "root"} {
		if value, has := all[name]; has {
			b.head[name] = value
		}
	}
	for _, note := range r.Notes {
		b.add("notes", note)
	}
	for _, t := range r.Taken {
		b.add("taken", object{"param": t.Param, "text": t.Text, "xid": t.XID, "name": t.Name})
	}
	switch {
	case r.Shape == queries.PathShape:
		for i := range r.Paths {
			b.path(i)
		}
		b.main = len(r.Paths)
	case r.Shape.Rows():
		for i := range r.Rows {
			b.row(i)
		}
		b.main = len(r.Rows)
	default:
		b.main = len(r.Edges)
	}
	for i, e := range r.Edges {
		parent := ""
		if i < len(r.Parents) {
			parent = r.Parents[i]
		}
		b.link(e, parent)
	}
	for _, n := range r.Nodes {
		b.entity(n)
	}
	return b.answer
}

type builder struct {
	*answer
	r     *queries.Result
	given map[string]bool

	quotes map[string]bool // columns of what sources wrote

	nodes map[string]*queries.Node   // by xid
	named map[string][]*queries.Node // by name, in the order of the answer
	edges map[string]*queries.Edge   // by id
}

func newBuilder(r *queries.Result) *builder {
	b := &builder{
		r: r, answer: &answer{head: object{"question": r.Query, "truncated": r.Truncated}}, given: map[string]bool{},
		quotes: map[string]bool{}, nodes: map[string]*queries.Node{},
		named: map[string][]*queries.Node{}, edges: map[string]*queries.Edge{},
	}
	for _, n := range r.Nodes {
		b.nodes[n.XID] = n
		if n.Name != "" {
			b.named[n.Name] = append(b.named[n.Name], n)
		}
	}
	for _, e := range r.Edges {
		if b.edges[e.ID] == nil {
			b.edges[e.ID] = e
		}
	}
	return b
}

// entities adds the entities that some texts name, by xid or name.
func (b *builder) entities(texts ...string) {
	for _, text := range texts {
		if n := b.nodes[text]; n != nil {
			b.entity(n)
		}
		for _, n := range b.named[text] {
			b.entity(n)
		}
		delete(b.named, text) // they are given
	}
}

func (b *builder) add(list string, value any) {
	b.units = append(b.units, unit{list: list, value: value})
}

// once reports whether something is given for the first time.
func (b *builder) once(kind, id string) bool {
	key := kind + " " + id
	first := !b.given[key]
	b.given[key] = true
	return first
}

// longText is where a value is no name or title any more, but prose.
const longText = 200

// writtenBySources reports whether a column has what sources wrote.
func writtenBySources(column string) bool {
	return strings.Contains(column, "quote") || strings.Contains(column, "sentence")
}

func (b *builder) row(i int) {
	row := object{}
	for c, column := range b.r.Columns {
		switch cell := b.r.Rows[i][c]; {
		case cell == "":
		case b.quotes[column], writtenBySources(column), len(cell) > longText, strings.ContainsAny(cell, "\n\r"):
			row[column] = source(cell)
		default:
			row[column] = cell
		}
	}
	edge := ""
	if i < len(b.r.RowEdge) {
		edge = b.r.RowEdge[i]
	}
	var claims []string
	var own queries.RowClaims
	if i < len(b.r.RowClaims) {
		own = b.r.RowClaims[i]
	}
	for _, claim := range own {
		if len(claim.Cites) > 0 { // it was asked for
			claims = append(claims, claim.Key)
		}
	}
	if edge != "" {
		row["_link"] = edge
	}
	if claims != nil {
		row["_claims"] = claims
	}
	b.add("rows", row)
	if e := b.edges[edge]; e != nil {
		b.link(e, "")
	}
	b.entities(b.r.Rows[i]...)
	for _, claim := range own {
		if len(claim.Cites) > 0 {
			b.claim(claim, edge)
		}
	}
}

func (b *builder) path(i int) {
	name := func(xid string) string {
		if n := b.nodes[xid]; n != nil {
			return n.Name
		}
		return ""
	}
	var text strings.Builder
	steps := []any{}
	for k, s := range b.r.Paths[i] {
		from, to, arrow := s.Edge.From, s.Edge.To, " —%s→ "
		if !s.Forward {
			from, to, arrow = to, from, " ←%s— "
		}
		if k == 0 {
			text.WriteString(name(from))
		}
		fmt.Fprintf(&text, arrow, s.Edge.Relation)
		text.WriteString(name(to))
		steps = append(steps, object{"link": s.Edge.ID, "forward": s.Forward})
	}
	path := object{"text": text.String(), "steps": steps}
	if slices.Contains(b.r.PossiblePaths, i) {
		path["possible"] = true
	}
	b.add("paths", path)
	for _, s := range b.r.Paths[i] {
		b.link(s.Edge, "")
	}
}

// link adds a link, then its ends and the claims behind it. A tree has a link once, whatever it was reached by.
func (b *builder) link(e *queries.Edge, parent string) {
	if !b.once("link", e.ID+" "+parent) {
		return
	}
	bare := *e
	bare.Evidence = nil
	link := object{}
	remake(&bare, &link)
	if parent != "" {
		link["parent"] = parent
	}
	b.add("links", prose(link))
	for _, end := range []string{e.From, e.To} {
		if n := b.nodes[end]; n != nil {
			b.entity(n)
		}
	}
	for _, claim := range e.Evidence {
		b.claim(claim, e.ID)
	}
}

func (b *builder) entity(n *queries.Node) {
	if !b.once("entity", n.XID) {
		return
	}
	entity := object{"xid": n.XID, "name": n.Name, "uri": linkTo(n.XID)}
	if n.Type != "" {
		entity["type"] = n.Type
	}
	if n.Type == schema.SourceType {
		entity["document"] = documentLink(n.XID)
	}
	if len(n.Merged) > 0 {
		entity["merged"] = n.Merged
	}
	b.add("entities", entity)
}

func (b *builder) claim(e *queries.Evidence, link string) {
	if !b.once("claim", e.Key) {
		return
	}
	bare := *e
	bare.Cites, bare.File, bare.Row = nil, "", 0 // where it was loaded from is nobody's to quote
	claim := object{}
	remake(&bare, &claim)
	delete(claim, "cites")
	if link != "" {
		claim["link"] = link
	}
	cites := []any{}
	for _, c := range e.Cites {
		quote := c.Quote
		c.Quote = ""
		cite := object{}
		remake(&c, &cite)
		if quote != "" {
			cite["quote"] = source(quote)
		}
		if !schema.IsDatasetSource(c.Source) {
			cite["document"] = documentLink(c.Source)
		}
		cites = append(cites, cite)
	}
	claim["cites"] = cites
	b.add("claims", prose(claim))
}

// prose takes long texts for what a source wrote.
func prose(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) > longText || strings.ContainsAny(v, "\n\r") {
			return source(v)
		}
	case []any:
		for i, one := range v {
			v[i] = prose(one)
		}
	case object:
		for name, one := range v {
			v[name] = prose(one)
		}
	}
	return v
}

// remake fills a value from the JSON of another, so that what is added to it later is shown here too.
func remake(from, to any) {
	text, err := json.Marshal(from)
	if err == nil {
		_ = json.Unmarshal(text, to) // what was just written
	}
}

// listed answers with the questions that hold a text.
func listed(library *queries.Library, text string) *answer {
	a := &answer{head: object{"truncated": false}}
	for _, q := range library.List() {
		var params []string
		for _, p := range q.Params {
			word := p.Name
			if !p.Required {
				word = "[" + word + "]"
			}
			params = append(params, word+": "+strings.TrimSpace(p.Type+" "+strings.Join(p.Of, "|"))+", "+p.Help)
		}
		for _, word := range strings.Fields(strings.ToLower(text)) {
			if !strings.Contains(strings.ToLower(q.Name+" "+q.Purpose+" "+strings.Join(params, " ")), word) {
				params = nil
				q = nil
				break
			}
		}
		if q != nil {
			a.units = append(a.units, unit{list: "rows", value: object{
				"question": q.Name, "purpose": q.Purpose, "params": strings.Join(params, "; "), "time": q.Time,
			}})
			a.main++
		}
	}
	return a
}
