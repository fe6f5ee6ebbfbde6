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
		blocks := describeBlocks(s.Ontology, full)
		if full && s.denied == nil { // it is looked at with them: no request of its own
			blocks += notAssertedBlock()
		}
		found, err := s.blocks(ctx, "query q($uids: string) {"+blocks+"}", map[string]string{"$uids": UIDList(batch)})
		if err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		if full && s.denied == nil {
			s.noteDenied(found["orbat_not_asserted"].GetArray())
		}
		page := readNodes(s.Ontology, found)
		if err := s.settle(ctx, page, full); err != nil {
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
		for page, err := range s.entityPages(ctx, predicate, "") {
			var list []Candidate
			for _, n := range page {
				list = append(list, n.Candidate)
			}
			if !yield(list, err) || err != nil {
				return
			}
		}
	}
}

// EntitiesSaid returns all entities, a page at a time, as [Snapshot.EntitiesWith] does, and of each page those of which
// more than one thing is said: of which, with what decisions made one with it, two claims are, or to which two links
// of a relation lead. Of the others nothing can contradict anything.
func (s *Snapshot) EntitiesSaid(ctx context.Context, relation string) iter.Seq2[*EntityPage, error] {
	return func(yield func(*EntityPage, error) bool) {
		const about = "n: count(~claim.subject) "
		for page, err := range s.entityPages(ctx, "entity.type", about+"in: count(~"+relation+") parts: ~entity.rep { "+about+"}") {
			said := &EntityPage{All: len(page)}
			for _, n := range page {
				claims := n.N
				for _, part := range n.Parts {
					claims += part.N
				}
				if n.XID != "" && (claims > 1 || n.In > 1) {
					said.Entities = append(said.Entities, n.Candidate)
				}
			}
			if !yield(said, err) || err != nil {
				return
			}
		}
	}
}

// EntityPage is a page of all entities.
type EntityPage struct {
	All      int // how many entities the page has
	Entities []Candidate
}

// countedEntity is an entity of a page with what was counted of it.
type countedEntity struct {
	Candidate
	N, In int
	Parts []struct{ N int }
}

// entityPages returns the pages of entities that have a predicate, with more fields of each.
func (s *Snapshot) entityPages(ctx context.Context, predicate, fields string) iter.Seq2[[]countedEntity, error] {
	return func(yield func([]countedEntity, error) bool) {
		// Without a filter: with one the database reads all that follows, and not a page, for each page.
		dql := "query q($after: string, $first: int) { q(func: has(" + predicate +
			"), first: $first, after: $after) { uid xid entity.rep { uid } " + fields + " } }"
		for after := "0x0"; ; {
			var page struct {
				Q []struct {
					UID, XID string
					Rep      *struct{ UID string } `json:"entity.rep"`
					N, In    int
					Parts    []struct{ N int }
				}
			}
			err := s.query(ctx, dql, map[string]string{"$after": after, "$first": strconv.Itoa(FrontierAtOnce)}, &page)
			if err != nil {
				yield(nil, err)
				return
			}
			var counted []countedEntity
			var list []Candidate
			for _, n := range page.Q {
				after = n.UID
				if n.Rep == nil && !schema.IsDatasetSource(n.XID) {
					list = append(list, Candidate{XID: n.XID, UID: n.UID})
					counted = append(counted, countedEntity{N: n.N, In: n.In, Parts: n.Parts})
				}
			}
			if err := s.redactor.entities(ctx, list); err != nil {
				yield(nil, err)
				return
			}
			for i, c := range list {
				counted[i].Candidate = c
			}
			if len(page.Q) == 0 || !yield(counted, nil) {
				return
			}
		}
	}
}

// CountEntities returns how many nodes are entities, for whoever says how far he is.
func (s *Snapshot) CountEntities(ctx context.Context) (int, error) {
	var found struct{ Q []struct{ N int } }
	if err := s.query(ctx, "{ q(func: has(entity.type)) { n: count(uid) } }", nil, &found); err != nil {
		return 0, fmt.Errorf("count entities: %w", err)
	}
	if s.redactor != nil || len(found.Q) == 0 {
		return 0, nil // how many there are is withheld with them
	}
	return found.Q[0].N, nil
}
