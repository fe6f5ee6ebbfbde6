package queries_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
)

// TestExport: the export is what check counts, narrowed to a data set what the model says, and can be ended at any
// point.
func TestExport(t *testing.T) {
	s, r := newSession(t), seeded(t)
	m := randomModel(r, "x", 5, 120)
	s.loadRecords(list(m.records(r)), loader.Options{})
	counted := s.check()
	nodes, edges := s.graph("")
	if len(nodes) != counted.Entities || len(edges) != counted.Edges || len(edges) < 3 {
		t.Errorf("%d nodes, %d edges; check counts %d and %d", len(nodes), len(edges), counted.Entities, counted.Edges)
	}
	for _, dataset := range append(m.datasets, "") {
		a := asked{asOf: unknown(), from: unknown(), to: unknown(), min: -1, dataset: dataset}
		want, _ := m.shown(&a)
		nodes, edges := s.graph(dataset)
		for _, e := range edges {
			name := e.From + " " + e.Relation + " " + e.To
			if want[name] == nil || want[name].claims != e.Claims {
				t.Errorf("of %q: %s with %d claims", dataset, name, e.Claims)
				continue
			}
			contested := slices.ContainsFunc(want[name].passed, func(c *said) bool { return m.contested(&a, c) })
			if contested != e.Contested {
				t.Errorf("of %q: %s contested %t", dataset, name, e.Contested)
			}
		}
		if len(edges) != len(want) {
			t.Errorf("of %q: %d edges, want %d", dataset, len(edges), len(want))
		}
		touched := map[string]bool{}
		for _, c := range m.claims {
			if dataset == "" || c.dataset == dataset {
				for _, xid := range append([]string{c.from, c.to}, c.sources...) {
					touched[xid] = true
				}
			}
		}
		for xid := range touched {
			if nodes[xid] == nil {
				t.Errorf("of %q: %s is missing", dataset, xid)
			}
		}
	}
	t.Run("canonical", func(t *testing.T) { canonical(s.in(t), m, counted) })
	t.Run("stopped", func(t *testing.T) { stopped(s.in(t)) })
}

func canonical(s *session, m *model, counted *loader.CheckResult) {
	all := s.canonical("")
	if !slices.IsSorted(all) || len(all) != counted.Claims {
		s.Errorf("%d lines, sorted %t, for %d claims", len(all), slices.IsSorted(all), counted.Claims)
	}
	var parts []string
	for _, dataset := range m.datasets {
		part := s.canonical(dataset)
		for _, line := range part {
			if !strings.HasPrefix(line, `{"dataset":"`+dataset+`",`) {
				s.Errorf("of %s: %s", dataset, line)
			}
		}
		parts = append(parts, part...)
	}
	if !slices.Equal(sorted(parts), all) {
		s.Errorf("the data sets give %d lines, all together %d", len(parts), len(all))
	}
	if none := s.canonical("none"); len(none) != 0 {
		s.Errorf("%q", none)
	}
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	var out bytes.Buffer
	if _, err := queries.Canonical(ctx, s.DB, &out, ""); err == nil || out.Len() > 0 {
		s.Errorf("cancelled: %v after %d bytes", err, out.Len())
	}
	for _, after := range []int{0, 1, 100, 3000} {
		_, err := queries.Canonical(s.Context(), s.DB, &failing{left: after}, "")
		if !errors.Is(err, io.ErrShortWrite) {
			s.Errorf("a writer that fails after %d bytes: %v", after, err)
		}
	}
}

// failing is a full disk.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return f.left, fmt.Errorf("disk full: %w", io.ErrShortWrite)
	}
	f.left -= len(p)
	return len(p), nil
}

// stopped: an export ends where its consumer or its context does.
func stopped(s *session) {
	g := s.Export(s.Context(), "")
	for _, err := range g.Nodes {
		if err != nil {
			s.Error(err)
		}
		break
	}
	for _, err := range g.Edges {
		if err != nil {
			s.Error(err)
		}
		break
	}
	ctx, cancel := context.WithCancel(s.Context())
	g = s.Export(ctx, "")
	cancel()
	var errs []error
	for node, err := range g.Nodes {
		if node != nil {
			s.Errorf("node %s after the end", node.XID)
		}
		errs = append(errs, err)
	}
	for edge, err := range g.Edges {
		if edge != nil {
			s.Errorf("edge %s after the end", edge.ID)
		}
		errs = append(errs, err)
	}
	if len(errs) != 2 || errs[0] == nil || errs[1] == nil {
		s.Errorf("cancelled: %v", errs)
	}
	if _, err := s.Run(ctx, "ego-network", params("entity=t:x-u0"), queries.Ask{}); err == nil {
		s.Error("cancelled: no error")
	}
	result := s.ask("ego-network", "entity=t:x-u0")
	n := 0
	for _, err := range result.Graph().Nodes {
		if err != nil {
			s.Error(err)
		}
		n++
		break
	}
	for _, err := range result.Graph().Edges {
		if err != nil {
			s.Error(err)
		}
		n++
	}
	if n != 1+len(result.Edges) || result.Graph().Meta["param.entity"] != "t:x-u0" {
		s.Errorf("%d of a result's graph", n)
	}
}
