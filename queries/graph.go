package queries

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"orbat/schema"

	"orbat/queries/canned"
)

// rawEdge is a direct edge as a query found it.
type rawEdge struct {
	key             string // its id, once somebody asked
	from, to        string // xids
	near            string // xid of the end that was asked from
	fromUID, toUID  string
	relation        string
	claims, sources int
	confidence      *int
	period          string
	fromMin, toMax  time.Time
	qualifiers      map[string]string
	possible        bool
	above           []*rawEdge // those through which a nested answer came to it; nil among them: it was asked for itself
	evidence        []*Evidence
	passed          []*Evidence // the claims that satisfy the filters together
	filtered        bool        // the claims that passed are not all that the facets sum up
	narrowed        bool        // by what was asked for, so that the other claims are no evidence of it
	summed          bool        // its facets were not read: its claims describe it
	ungraded        int         // claims that failed only for want of a grade
}

// id is the key of the edge's claims as a group, by which answers name it.
func (e *rawEdge) id() string {
	if e.key == "" {
		e.key = schema.GroupKey(e.from, e.relation, e.to)
	}
	return e.key
}

// collectEdges walks an answer and takes every nested node below a relation's name as an edge. Nodes must ask for uid
// and xid.
func collectEdges(ontology *schema.Ontology, block *fastjson.Value) ([]*rawEdge, error) {
	edges := map[string]*rawEdge{}
	for _, node := range block.GetArray() {
		if err := walkNode(ontology, node, nil, edges); err != nil {
			return nil, err
		}
	}
	return slices.SortedFunc(maps.Values(edges), compareEdges), nil
}

func compareEdges(a, b *rawEdge) int {
	return cmp.Or(strings.Compare(a.relation, b.relation), strings.Compare(a.from, b.from), strings.Compare(a.to, b.to))
}

// held leaves out the edges of a nested answer that only edges led to which the filters took out.
func held(edges []*rawEdge) []*rawEdge {
	in := map[string]bool{}
	for grown := true; grown; {
		grown = false
		for _, e := range edges {
			if !in[e.id()] && slices.ContainsFunc(e.above, func(up *rawEdge) bool { return up == nil || in[up.id()] }) {
				in[e.id()], grown = true, true
			}
		}
	}
	return slices.DeleteFunc(edges, func(e *rawEdge) bool { return !in[e.id()] })
}

// walkNode takes the edges of a node and of all nested in it. above is the edge that led to it, nil at the root.
func walkNode(ontology *schema.Ontology, node *fastjson.Value, above *rawEdge, edges map[string]*rawEdge) error {
	uid, xid := textIn(node, "uid"), textIn(node, "xid")
	var links map[string]*fastjson.Value // most ends have none
	node.GetObject().Visit(func(key []byte, ends *fastjson.Value) {
		if ends.Type() == fastjson.TypeArray && ontology.Relation(strings.TrimPrefix(string(key), "~")) != nil {
			if links == nil {
				links = map[string]*fastjson.Value{}
			}
			links[string(key)] = ends
		}
	})
	for _, key := range slices.Sorted(maps.Keys(links)) {
		relation := strings.TrimPrefix(key, "~")
		for _, end := range links[key].GetArray() {
			endUID, endXID := textIn(end, "uid"), textIn(end, "xid")
			if uid == "" || endUID == "" || xid == "" || endXID == "" {
				return fmt.Errorf("the query does not ask for uid and xid on both sides of %s", key)
			}
			e := &rawEdge{near: xid, from: xid, to: endXID, fromUID: uid, toUID: endUID, relation: relation}
			if key != relation {
				e.from, e.to, e.fromUID, e.toUID = e.to, e.from, e.toUID, e.fromUID
			}
			id := e.id()
			if have := edges[id]; have != nil {
				e = have
			} else {
				if err := e.readFacets(key+"|", end); err != nil {
					return err
				}
				edges[id] = e
			}
			if !slices.Contains(e.above, above) {
				e.above = append(e.above, above)
			}
			if err := walkNode(ontology, end, e, edges); err != nil {
				return err
			}
		}
	}
	return nil
}

func textOf(raw json.RawMessage) string {
	var s string
	if raw != nil {
		_ = json.Unmarshal(raw, &s) // anything but a text is not asked for
	}
	return s
}

// readFacets reads what an edge's facets sum up of its claims, from the fields of its end.
func (e *rawEdge) readFacets(prefix string, end *fastjson.Value) (err error) {
	e.qualifiers = map[string]string{}
	end.GetObject().Visit(func(key []byte, v *fastjson.Value) {
		facet, found := bytes.CutPrefix(key, []byte(prefix))
		if !found || err != nil {
			return
		}
		switch string(facet) {
		case "claims":
			e.claims, err = v.Int()
		case "sources":
			e.sources, err = v.Int()
		case schema.FacetConfidence:
			var n int
			n, err = v.Int()
			e.confidence = &n
		case schema.FacetPeriod:
			e.period = string(v.GetStringBytes())
		case schema.FacetFromMin:
			e.fromMin, err = time.Parse(time.RFC3339, string(v.GetStringBytes()))
		case schema.FacetToMax:
			e.toMax, err = time.Parse(time.RFC3339, string(v.GetStringBytes()))
		default:
			e.qualifiers[string(facet)] = string(v.GetStringBytes())
		}
		if err != nil {
			err = fmt.Errorf("read facet %s: %w", key, err)
		}
	})
	return err
}

// edge gives the edge as a result shows it. Where filters are on it sums up the claims that passed them.
func (e *rawEdge) edge(evidence bool) *Edge {
	out := &Edge{
		ID: e.id(), From: e.from, Relation: e.relation, To: e.to, Period: e.period, Confidence: e.confidence,
		Claims: e.claims, Sources: e.sources, Possible: e.possible, Qualifiers: map[string][]string{},
	}
	for name, text := range e.qualifiers {
		out.Qualifiers[name] = strings.Split(text, "; ")
	}
	if e.filtered || e.summed {
		out.sumUp(e.passed)
	}
	switch {
	case evidence && e.narrowed:
		out.Evidence = e.passed // what fails the filters is no evidence of what they ask (law 8)
	case evidence:
		out.Evidence = e.evidence
	}
	return out
}

// sumUp describes an edge by some of its claims alone.
func (e *Edge) sumUp(claims []*Evidence) {
	periods, sources := map[string]bool{}, map[string]bool{}
	e.Qualifiers, e.Confidence, e.Period, e.Claims = map[string][]string{}, nil, "", len(claims)
	for _, c := range claims {
		period, _ := schema.ParsePeriod(c.Period) // a stored one always parses
		periods[period.String()] = true           // however it is written
		for _, cite := range c.Cites {
			sources[cite.Source] = true
		}
		if c.Confidence != nil && (e.Confidence == nil || *c.Confidence > *e.Confidence) {
			e.Confidence = c.Confidence
		}
		for name, values := range c.Values {
			e.Qualifiers[name] = slices.Compact(slices.Sorted(slices.Values(append(e.Qualifiers[name], values...))))
		}
	}
	e.Sources = len(sources)
	if len(periods) == 1 {
		e.Period = slices.Collect(maps.Keys(periods))[0]
	}
}

// captions returns the properties that entities may be called by, beside name: those that are read of each, since they
// come before the name in the caption of some type, and those that are read only of what has no name.
func captions(ontology *schema.Ontology) (always, unnamed []string) {
	for _, t := range ontology.Types {
		caption := ontology.Caption(t.Name)
		before := len(caption)
		if i := slices.Index(caption, "name"); i >= 0 {
			before = i
		}
		always = append(always, caption[:before]...)
		unnamed = append(unnamed, caption[min(before+1, len(caption)):]...)
	}
	return slices.Compact(slices.Sorted(slices.Values(always))), slices.Compact(slices.Sorted(slices.Values(unnamed)))
}

// nodes describes entities by uid. full asks for all their properties, else for what a terminal shows.
func (s *snapshot) nodes(ctx context.Context, uids []string, full bool) ([]*Node, error) {
	if s.sight != nil {
		return s.sight.describe(ctx, uids, full)
	}
	var nodes []*Node
	for batch := range slices.Chunk(uids, 1000) {
		found, err := s.blocks(ctx, "query q($uids: string) {"+describeBlocks(s.ontology, full)+"}", map[string]string{"$uids": uidList(batch)})
		if err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		nodes = append(nodes, readNodes(s.ontology, found)...)
	}
	return nodes, nil
}

// describeBlocks describes the entities of $uids: all their properties, or what a terminal shows. What stands for a
// name is read where there is none only: each property of each node is a look of Dgraph's, and most nodes have a name.
func describeBlocks(ontology *schema.Ontology, full bool) string {
	const always = "uid xid entity.type ~entity.rep { xid } "
	if full {
		return " orbat_nodes(func: uid($uids)) { " + always + strings.Join(propertyPredicates(ontology), " ") + " } "
	}
	called, unnamed := captions(ontology)
	return " orbat_nodes(func: uid($uids)) { " + always + "country orbat_named as name " + strings.Join(called, " ") + " }" +
		" orbat_others(func: uid($uids)) @filter(NOT uid(orbat_named)) { uid " + strings.Join(unnamed, " ") + " } "
}

// readNodes reads what describeBlocks found.
func readNodes(ontology *schema.Ontology, blocks map[string]*fastjson.Value) (nodes []*Node) {
	others := map[string]*fastjson.Value{}
	for _, v := range blocks["orbat_others"].GetArray() {
		others[textIn(v, "uid")] = v
	}
	for _, v := range blocks["orbat_nodes"].GetArray() {
		if node := readNode(ontology, v, others[textIn(v, "uid")]); node.XID != "" {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

func uidList(uids []string) string { return "[" + strings.Join(uids, ",") + "]" }

// propertyPredicates lists what an entity of any type may show.
func propertyPredicates(ontology *schema.Ontology) []string {
	set := map[string]bool{}
	for _, t := range ontology.Types {
		for _, p := range t.Properties {
			set[p.Predicate()] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// readNode reads a node of which one or more answers tell.
func readNode(ontology *schema.Ontology, answers ...*fastjson.Value) *Node {
	v := answers[0]
	node := &Node{uid: textIn(v, "uid"), XID: textIn(v, "xid"), Type: shownType(textIn(v, "entity.type")), Properties: map[string][]string{}}
	for _, m := range v.GetArray("~entity.rep") {
		node.Merged = append(node.Merged, textIn(m, "xid"))
	}
	slices.Sort(node.Merged)
	for _, v := range answers {
		if v == nil {
			continue
		}
		v.GetObject().Visit(func(key []byte, value *fastjson.Value) {
			if name := string(key); name != "uid" && name != "xid" && !strings.Contains(name, ".") {
				node.Properties[name] = propertyTexts(value)
			}
		})
	}
	node.callIt(ontology)
	return node
}

// callIt finds what to call a node.
func (n *Node) callIt(ontology *schema.Ontology) {
	n.Name = n.XID
	for _, property := range ontology.Caption(n.Type) {
		if texts := n.Properties[property]; len(texts) > 0 {
			n.Name = texts[0]
			return
		}
	}
}

// propertyTexts gives a property's values as text, sorted where there are several: Dgraph keeps no order.
func propertyTexts(v *fastjson.Value) []string {
	list := []*fastjson.Value{v}
	if v.Type() == fastjson.TypeArray {
		list = v.GetArray()
	}
	texts := make([]string, 0, len(list))
	for _, item := range list {
		if item.Type() == fastjson.TypeString {
			texts = append(texts, string(item.GetStringBytes()))
		} else {
			texts = append(texts, string(item.MarshalTo(nil)))
		}
	}
	slices.Sort(texts)
	return texts
}

func list3(texts []string) string {
	const most = 3
	if len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return strings.Join(texts[:most], ", ") + fmt.Sprintf(" (+%d)", len(texts)-most)
}

// ruledOut reports whether the sum of the edge's claims excludes that any of them satisfies a filter. Facets only ever
// rule out (law 8): bounds stand where every claim has them, confidence is the highest.
func (e *rawEdge) ruledOut(f *canned.Filter) bool {
	if f.MinConfidence > 0 && (e.confidence == nil || *e.confidence < f.MinConfidence) {
		// What may have an ungraded claim is looked at, to count what is left out.
		return e.confidence != nil && e.claims == 1
	}
	return f.Excludes(e.fromMin, e.toMax)
}
