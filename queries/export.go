package queries

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"orbat/schema"

	"orbat/queries/canned"
)

const (
	nodePage = 2000
	edgePage = 500 // nodes whose edges one look brings
)

// Export streams the whole graph, or what one data set's claims draw of it, up to the runner's marking limit: every entity that
// a claim touches, then every edge. All of it is one snapshot; memory does not grow with the graph, but for a data set or a
// marking limit, where the entities are noted. The graph may be read once, nodes first.
func (r *Runner) Export(ctx context.Context, dataset string) *Graph {
	e := &exporting{snapshot: newSnapshot(r.DB, r.Ontology), filter: canned.Filter{MinConfidence: -1, Dataset: dataset, MaxMarking: r.MaxMarking}}
	e.limit(r.MaxMarking)
	title, meta := "orbat export", map[string]string{}
	if dataset != "" {
		title += " of " + dataset
		meta["dataset"] = dataset
	}
	g := &Graph{Title: title, Meta: meta, Ontology: r.Ontology, Nodes: e.nodes(ctx), Edges: e.edges(ctx)}
	if e.sight != nil {
		meta["max_marking"] = r.MaxMarking.String()
		g.Withheld = &e.sight.withheld
	}
	return g
}

type exporting struct {
	*snapshot
	filter canned.Filter
}

// pages runs a query with $after until a page is empty.
func (e *exporting) pages(ctx context.Context, dql string, do func(node *fastjson.Value) error) error {
	for after := "0x0"; ; {
		page, err := e.blocks(ctx, dql, map[string]string{"$after": after})
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		nodes := page["q"].GetArray()
		if len(nodes) == 0 {
			return nil
		}
		for _, node := range nodes {
			after = textIn(node, "uid")
			if err := do(node); err != nil {
				return err
			}
		}
	}
}

// errStopped ends a sequence whose consumer has enough.
type errStopped struct{}

func (errStopped) Error() string { return "stopped" }

func sequenceOf[T any](run func(yield func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := run(func(item T) error {
			if !yield(item, nil) {
				return errStopped{}
			}
			return nil
		})
		if _, stopped := err.(errStopped); err != nil && !stopped { //nolint:errorlint // ours, never wrapped
			var none T
			yield(none, err)
		}
	}
}

func (e *exporting) nodes(ctx context.Context) iter.Seq2[*Node, error] {
	return sequenceOf(func(yield func(*Node) error) error {
		if e.sight != nil {
			return e.seenNodes(ctx, yield)
		}
		merged, err := e.readMerges(ctx)
		if err != nil {
			return err
		}
		var inSet map[string]bool
		if e.filter.Dataset != "" {
			if inSet, err = e.touchedBy(ctx, e.filter.Dataset, merged); err != nil {
				return err
			}
		}
		// An entity that nobody described has no type: it is shown where a claim that stands touches it (law 5).
		dql := `query q($after: string) { ` + decidedBlock + ` q(func: has(xid), first: ` + fmt.Sprint(nodePage) + `, after: $after) @filter(NOT has(entity.rep)) { uid xid entity.type ` +
			strings.Join(propertyPredicates(e.ontology), " ") + touchingFields + ` } }`
		return e.pages(ctx, dql, func(v *fastjson.Value) error {
			touched := false
			for _, side := range []string{"s", "o", "c", "a", "m"} {
				touched = touched || v.Exists(side)
				v.Del(side)
			}
			node := readNode(e.ontology, v)
			if !touched || schema.IsDatasetSource(node.XID) || inSet != nil && !inSet[node.XID] {
				return nil
			}
			node.Merged = merged.members[node.XID]
			return yield(node)
		})
	})
}

// seenNodes are those that a marking limit lets see.
func (e *exporting) seenNodes(ctx context.Context, yield func(*Node) error) error {
	inSet, err := e.sight.readAll(ctx, e.filter.Dataset)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	merged, err := e.readMerges(ctx)
	if err != nil {
		return err
	}
	var batch []string
	flush := func() error {
		nodes, err := e.sight.describe(ctx, batch, true)
		if err != nil {
			return err
		}
		batch = nil
		for _, n := range nodes {
			if err := yield(n); err != nil {
				return err
			}
		}
		return nil
	}
	dql := `query q($after: string) { q(func: has(xid), first: ` + fmt.Sprint(nodePage) + `, after: $after) { uid xid } }`
	err = e.pages(ctx, dql, func(v *fastjson.Value) error {
		xid := textIn(v, "xid")
		if merged.repOf(xid) != xid || !slices.ContainsFunc(merged.all(xid), func(member string) bool { return inSet[member] }) {
			return nil
		}
		if batch = append(batch, textIn(v, "uid")); len(batch) < groupsAtOnce {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// touchedBy notes the representatives of the entities that a data set's standing claims touch.
func (e *exporting) touchedBy(ctx context.Context, dataset string, m *merges) (map[string]bool, error) {
	inSet := map[string]bool{}
	note := func(xid string) {
		if rep, merged := m.rep[xid]; merged {
			xid = rep
		}
		inSet[xid] = true
	}
	err := e.eachClaim(ctx, func(c *schema.StoredClaim) error {
		if !c.Stands || c.Dataset != dataset || c.Decision() {
			return nil
		}
		note(c.Subject)
		note(c.Object)
		note(c.AttributedTo)
		for _, cite := range c.Cites {
			note(cite.Source)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return inSet, nil
}

func (e *exporting) edges(ctx context.Context) iter.Seq2[*Edge, error] {
	return sequenceOf(func(yield func(*Edge) error) error {
		for _, relation := range e.ontology.Relations {
			var batch []*rawEdge
			flush := func() error {
				for chunk := range slices.Chunk(batch, edgePage) {
					left, err := e.prove(ctx, chunk, &e.filter)
					if err != nil {
						return err
					}
					for _, edge := range left {
						if err := yield(edge.edge(true)); err != nil {
							return err
						}
					}
				}
				batch = nil
				return nil
			}
			dql := `query q($after: string) { q(func: has(` + relation.Name + `), first: ` + fmt.Sprint(edgePage) + `, after: $after) { uid xid ` +
				relation.Name + ` @facets { uid xid } } }`
			err := e.pages(ctx, dql, func(node *fastjson.Value) error {
				found := map[string]*rawEdge{}
				if err := walkNode(e.ontology, node, nil, found); err != nil {
					return err
				}
				list := make([]*rawEdge, 0, len(found))
				for _, edge := range found {
					list = append(list, edge)
				}
				slices.SortFunc(list, compareEdges)
				if batch = append(batch, list...); len(batch) >= edgePage {
					return flush()
				}
				return nil
			})
			if err != nil {
				return err
			}
			if err := flush(); err != nil {
				return err
			}
		}
		return nil
	})
}
