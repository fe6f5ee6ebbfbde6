package view

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"orbat/schema"
)

const (
	nodePage = 2000
	edgePage = 500 // nodes whose edges one request brings
)

// Graph streams the whole graph, or what one data set's claims draw of it: every entity that a claim touches, then
// every edge. Memory does not grow with the graph, but for a data set or a marking limit, where the entities are noted.
// The graph may be read once, nodes first. The data set is the filter's. Either sequence ends with a [*LessError] where
// what it gave may lack something.
func (s *Snapshot) Graph(ctx context.Context) *Graph {
	e := &exporter{s}
	title, meta := "orbat export", map[string]string{}
	if s.Filter.Dataset != "" {
		title += " of " + s.Filter.Dataset
		meta["dataset"] = s.Filter.Dataset
	}
	if s.Filter.MaxMarking != nil { // a limit may be of data sets alone
		meta["max_marking"] = s.Filter.MaxMarking.String()
	}
	return &Graph{Title: title, Meta: meta, Ontology: s.Ontology, Nodes: e.nodes(ctx), Edges: e.edges(ctx), Withheld: s.Withheld()}
}

type exporter struct{ *Snapshot }

// mark notes how what is exported is marked, where that was asked for.
func (e *exporter) mark(ctx context.Context, nodes []*Node, edges []*Edge) error {
	if !e.Markings {
		return nil
	}
	return e.Mark(ctx, nodes, edges)
}

// pages runs a query with $after until a page is empty.
func (e *exporter) pages(ctx context.Context, dql string, do func(node *fastjson.Value) error) error {
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

func (e *exporter) nodes(ctx context.Context) iter.Seq2[*Node, error] {
	return sequenceOf(func(yield func(*Node) error) error {
		if e.redactor != nil {
			return e.seenNodes(ctx, yield)
		}
		merged, err := e.Merges(ctx)
		if err != nil {
			return err
		}
		var inSet map[string]bool
		if e.Filter.Dataset != "" {
			if inSet, err = e.touchedBy(ctx, e.Filter.Dataset, merged); err != nil {
				return err
			}
		}
		// An entity that nobody described has no type: it is shown where a claim that stands touches it (law 5).
		dql := `query q($after: string) { ` + schema.DecidedVar + ` q(func: has(xid), first: ` + fmt.Sprint(nodePage) +
			`, after: $after) { uid xid entity.type entity.rep { uid } ` + // a filter has all that follows read for each page
			schema.DiffersPredicate + ` ` + strings.Join(propertyPredicates(e.Ontology), " ") + touchingFields + ` } }`
		var batch []*Node
		flush := func() error {
			if err := e.settle(ctx, batch, true); err != nil {
				return fmt.Errorf("export: %w", err)
			}
			if err := e.mark(ctx, batch, nil); err != nil {
				return err
			}
			for _, node := range batch {
				if err := yield(node); err != nil {
					return err
				}
			}
			batch = batch[:0]
			return nil
		}
		err = e.pages(ctx, dql, func(v *fastjson.Value) error {
			touched := false
			for _, side := range []string{"s", "o", "c", "a", "m"} {
				touched = touched || v.Exists(side)
				v.Del(side)
			}
			isPart := v.Exists("entity.rep")
			v.Del("entity.rep")
			node := readNode(e.Ontology, v)
			if !touched || isPart || schema.IsDatasetSource(node.XID) || inSet != nil && !inSet[node.XID] {
				return nil
			}
			node.Merged = merged.Others(node.XID)
			if batch = append(batch, node); len(batch) < GroupsAtOnce {
				return nil
			}
			return flush()
		})
		if err != nil {
			return err
		}
		if err := flush(); err != nil {
			return err
		}
		return e.confirm(ctx)
	})
}

// seenNodes are those that a marking limit lets see.
func (e *exporter) seenNodes(ctx context.Context, yield func(*Node) error) error {
	inSet, err := e.redactor.readAll(ctx, e.Filter.Dataset)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	merged, err := e.Merges(ctx)
	if err != nil {
		return err
	}
	var batch []string
	flush := func() error {
		nodes, err := e.redactor.describe(ctx, batch, true)
		if err != nil {
			return err
		}
		if err := e.mark(ctx, nodes, nil); err != nil {
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
		if merged.Rep(xid) != xid || !slices.ContainsFunc(merged.All(xid), func(member string) bool { return inSet[member] }) {
			return nil
		}
		if batch = append(batch, textIn(v, "uid")); len(batch) < GroupsAtOnce {
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
func (e *exporter) touchedBy(ctx context.Context, dataset string, m *Merges) (map[string]bool, error) {
	inSet := map[string]bool{}
	err := e.eachClaim(ctx, func(c *schema.StoredClaim) error {
		if !c.Stands || c.Dataset != dataset || c.Decision() {
			return nil
		}
		for _, xid := range c.XIDs() {
			inSet[m.Rep(xid)] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return inSet, nil
}

func (e *exporter) edges(ctx context.Context) iter.Seq2[*Edge, error] {
	return sequenceOf(func(yield func(*Edge) error) error {
		undrawn, err := e.redactor.allUndrawn(ctx)
		if err != nil {
			return err
		}
		for _, relation := range e.Ontology.Relations {
			var batch []*GraphEdge
			flush := func() error {
				for chunk := range slices.Chunk(batch, edgePage) {
					left, err := e.Prove(ctx, chunk)
					if err == nil {
						err = e.Contest(ctx, left)
					}
					if err != nil {
						return err
					}
					shown := make([]*Edge, len(left))
					for i, edge := range left {
						shown[i] = edge.Show(true)
					}
					if err := e.mark(ctx, nil, shown); err != nil {
						return err
					}
					for _, edge := range shown {
						if err := yield(edge); err != nil {
							return err
						}
					}
				}
				batch = nil
				return nil
			}
			dql := `query q($after: string) { q(func: has(` + relation.Name + `), first: ` + fmt.Sprint(edgePage) +
				`, after: $after) { uid xid ` +
				relation.Name + ` @facets { uid xid } } }`
			err := e.pages(ctx, dql, func(node *fastjson.Value) error {
				found := map[string]*GraphEdge{}
				if err := walkNode(e.Ontology, node, nil, found); err != nil {
					return err
				}
				list := make([]*GraphEdge, 0, len(found))
				for id, edge := range found {
					list = append(list, edge)
					if undrawn != nil {
						delete(undrawn[relation.Name], id)
						edge.forgetSums()
					}
				}
				slices.SortFunc(list, CompareEdges)
				if batch = append(batch, list...); len(batch) >= edgePage {
					return flush()
				}
				return nil
			})
			if err != nil {
				return err
			}
			batch = append(batch, slices.SortedFunc(maps.Values(undrawn[relation.Name]), CompareEdges)...)
			if err := flush(); err != nil {
				return err
			}
		}
		return e.confirm(ctx)
	})
}
