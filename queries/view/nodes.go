package view

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"orbat/schema"
)

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

// Nodes describes entities by uid. full asks for all their properties, else for what a terminal shows.
func (s *Snapshot) Nodes(ctx context.Context, uids []string, full bool) ([]*Node, error) {
	if s.redactor != nil {
		return s.redactor.describe(ctx, uids, full)
	}
	var nodes []*Node
	for batch := range slices.Chunk(uids, 1000) {
		found, err := s.blocks(ctx, "query q($uids: string) {"+describeBlocks(s.Ontology, full)+"}",
			map[string]string{"$uids": UIDList(batch)})
		if err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		page := readNodes(s.Ontology, found)
		if err := s.settle(ctx, page); err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		nodes = append(nodes, page...)
	}
	return nodes, nil
}

// describeBlocks describes the entities of $uids: all their properties, or what a terminal shows. What stands for a
// name is read where there is none only: each property of each node is a read of Dgraph's own, and most nodes have a
// name.
func describeBlocks(ontology *schema.Ontology, full bool) string {
	const always = "uid xid entity.type ~entity.rep { xid } "
	if full {
		return " orbat_nodes(func: uid($uids)) { " + always + schema.DiffersPredicate + " " +
			strings.Join(propertyPredicates(ontology), " ") + " } "
	}
	called, unnamed := captions(ontology)
	if slices.ContainsFunc(called, func(property string) bool {
		p := ontology.Property("", property)
		return p != nil && p.Exclusive()
	}) {
		called = append(called, schema.DiffersPredicate)
	}
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

// UIDList returns uids as a DQL variable takes them.
func UIDList(uids []string) string { return "[" + strings.Join(uids, ",") + "]" }

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
	node := &Node{
		UID: textIn(v, "uid"), XID: textIn(v, "xid"), Type: shownType(textIn(v, "entity.type")),
		Properties: map[string][]string{}, differing: differing(v),
	}
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
				node.Properties[name] = PropertyTexts(value)
			}
		})
	}
	node.setDisplayName(ontology)
	return node
}

// setDisplayName finds what to call a node.
func (n *Node) setDisplayName(ontology *schema.Ontology) {
	n.Name = n.XID
	for _, property := range ontology.Caption(n.Type) {
		if texts := n.Properties[property]; len(texts) > 0 {
			n.Name = texts[0]
			return
		}
	}
}

// PropertyTexts returns a property's values as text, sorted where there are several: Dgraph keeps no order.
func PropertyTexts(v *fastjson.Value) []string {
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

// OfTypes tells which of some entities have one of the types.
func (s *Snapshot) OfTypes(ctx context.Context, uids []string, types ...string) (map[string]bool, error) {
	declared, names := "$uids: string", make([]string, len(types))
	vars := map[string]string{}
	for i, t := range types {
		names[i] = "$t" + strconv.Itoa(i)
		declared += ", " + names[i] + ": string"
		vars[names[i]] = t
	}
	dql := "query q(" + declared + ") { q(func: uid($uids)) @filter(eq(entity.type, [" + strings.Join(names, ", ") + "])) { uid } }"
	of := map[string]bool{}
	for batch := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(uids))), 10*FrontierAtOnce) {
		vars["$uids"] = UIDList(batch)
		var found struct{ Q []struct{ UID string } }
		if err := s.query(ctx, dql, vars, &found); err != nil {
			return nil, fmt.Errorf("look for types: %w", err)
		}
		for _, n := range found.Q {
			of[n.UID] = true
		}
	}
	return of, nil
}

// EntitiesWith returns the entities that have a predicate, a page at a time: a relation that leads on from them, or
// their type. What is merged into another is left out. Of an entity that a marking limit does not let see only the uid
// is given: what can be seen may be drawn on it.
func (s *Snapshot) EntitiesWith(ctx context.Context, predicate string) iter.Seq2[[]Candidate, error] {
	return func(yield func([]Candidate, error) bool) {
		dql := "query q($after: string, $first: int) { q(func: has(" + predicate +
			"), first: $first, after: $after) @filter(NOT has(entity.rep)) { uid xid } }"
		for after := "0x0"; ; {
			var page struct{ Q []struct{ UID, XID string } }
			err := s.query(ctx, dql, map[string]string{"$after": after, "$first": strconv.Itoa(FrontierAtOnce)}, &page)
			if err != nil {
				yield(nil, err)
				return
			}
			var list []Candidate
			for _, n := range page.Q {
				after = n.UID
				if !schema.IsDatasetSource(n.XID) {
					list = append(list, Candidate{XID: n.XID, UID: n.UID})
				}
			}
			if err := s.redactor.entities(ctx, list); err != nil {
				yield(nil, err)
				return
			}
			if len(page.Q) == 0 || !yield(list, nil) {
				return
			}
		}
	}
}
