package queries

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"orbat/schema"
)

// rawEdge is a direct edge as a query found it.
type rawEdge struct {
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

func (e *rawEdge) id() string { return schema.GroupKey(e.from, e.relation, e.to) }

// collectEdges walks an answer and takes every nested node below a relation's name as an edge. Nodes must ask for uid
// and xid.
func collectEdges(ontology *schema.Ontology, block json.RawMessage) ([]*rawEdge, error) {
	var nodes []map[string]json.RawMessage
	if err := json.Unmarshal(block, &nodes); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	edges := map[string]*rawEdge{}
	for _, node := range nodes {
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
func walkNode(ontology *schema.Ontology, node map[string]json.RawMessage, above *rawEdge, edges map[string]*rawEdge) error {
	uid, xid := textOf(node["uid"]), textOf(node["xid"])
	for _, key := range slices.Sorted(maps.Keys(node)) {
		relation := strings.TrimPrefix(key, "~")
		if ontology.Relation(relation) == nil {
			continue
		}
		var ends []map[string]json.RawMessage
		if err := json.Unmarshal(node[key], &ends); err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		for _, end := range ends {
			endUID, endXID := textOf(end["uid"]), textOf(end["xid"])
			if uid == "" || endUID == "" || xid == "" || endXID == "" {
				return fmt.Errorf("the query does not ask for uid and xid on both sides of %s", key)
			}
			e := &rawEdge{near: xid, from: xid, to: endXID, fromUID: uid, toUID: endUID, relation: relation}
			if key != relation {
				e.from, e.to, e.fromUID, e.toUID = e.to, e.from, e.toUID, e.fromUID
			}
			if edges[e.id()] == nil {
				if err := e.readFacets(key+"|", end); err != nil {
					return err
				}
				edges[e.id()] = e
			}
			e = edges[e.id()]
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

func (e *rawEdge) readFacets(prefix string, end map[string]json.RawMessage) error {
	e.qualifiers = map[string]string{}
	for key, raw := range end {
		facet, found := strings.CutPrefix(key, prefix)
		if !found {
			continue
		}
		var into any
		switch facet {
		case "claims":
			into = &e.claims
		case "sources":
			into = &e.sources
		case schema.FacetConfidence:
			into = &e.confidence
		case schema.FacetPeriod:
			into = &e.period
		case schema.FacetFromMin:
			into = &e.fromMin
		case schema.FacetToMax:
			into = &e.toMax
		default:
			e.qualifiers[facet] = textOf(raw)
			continue
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return fmt.Errorf("read facet %s: %w", key, err)
		}
	}
	return nil
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

// labelProperties are what a node may be called by, best first.
func labelProperties() []string {
	return []string{"name", "title", "designation", "handle", "codename"}
}

// nodes describes entities by uid. full asks for all their properties, else for what a terminal shows.
func (s *snapshot) nodes(ctx context.Context, uids []string, full bool) ([]*Node, error) {
	if s.sight != nil {
		return s.sight.describe(ctx, uids, full)
	}
	predicates := append(labelProperties(), "country")
	if full {
		predicates = propertyPredicates(s.ontology)
	}
	var nodes []*Node
	for batch := range slices.Chunk(uids, 1000) {
		var found struct{ Q []map[string]json.RawMessage }
		err := s.query(ctx, "query q($uids: string) { q(func: uid($uids)) { uid xid entity.type ~entity.rep { xid } "+strings.Join(predicates, " ")+" } }",
			map[string]string{"$uids": uidList(batch)}, &found)
		if err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		for _, raw := range found.Q {
			node, err := readNode(raw)
			if err != nil {
				return nil, err
			}
			if node.XID != "" {
				nodes = append(nodes, node)
			}
		}
	}
	return nodes, nil
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

func readNode(raw map[string]json.RawMessage) (*Node, error) {
	node := &Node{
		uid: textOf(raw["uid"]), XID: textOf(raw["xid"]), Type: shownType(textOf(raw["entity.type"])),
		Properties: map[string][]string{},
	}
	if members := raw["~entity.rep"]; members != nil {
		var list []struct{ XID string }
		if err := json.Unmarshal(members, &list); err != nil {
			return nil, fmt.Errorf("read what is merged into %s: %w", node.XID, err)
		}
		for _, m := range list {
			node.Merged = append(node.Merged, m.XID)
		}
		slices.Sort(node.Merged)
	}
	for key, value := range raw {
		if key == "uid" || key == "xid" || strings.Contains(key, ".") {
			continue
		}
		texts, err := propertyTexts(value)
		if err != nil {
			return nil, fmt.Errorf("read %s of %s: %w", key, node.XID, err)
		}
		node.Properties[key] = texts
	}
	node.callIt()
	return node, nil
}

// callIt finds what to call a node.
func (n *Node) callIt() {
	n.Name = n.XID
	for _, property := range labelProperties() {
		if texts := n.Properties[property]; len(texts) > 0 {
			n.Name = texts[0]
			return
		}
	}
}

// propertyTexts gives a property's values as text, sorted where there are several: Dgraph keeps no order.
func propertyTexts(raw json.RawMessage) ([]string, error) {
	list := []json.RawMessage{raw}
	if len(raw) > 0 && raw[0] == '[' {
		list = nil
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
	}
	texts := make([]string, 0, len(list))
	for _, item := range list {
		if len(item) > 0 && item[0] == '"' {
			texts = append(texts, textOf(item))
		} else {
			texts = append(texts, string(item))
		}
	}
	slices.Sort(texts)
	return texts, nil
}

func list3(texts []string) string {
	const most = 3
	if len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return strings.Join(texts[:most], ", ") + fmt.Sprintf(" (+%d)", len(texts)-most)
}
