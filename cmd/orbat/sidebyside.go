package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"orbat/loader/identity"
	"orbat/queries"
)

// mostOfSide bounds the lines of one entity: a hub must not push the question off the screen.
const mostOfSide = 12

// show prints a pair side by side with who says what, and what speaks for it.
func (r *review) show(ctx context.Context, pair identity.Pair, at, of int) error {
	left, err := r.side(ctx, pair.A)
	if err != nil {
		return err
	}
	right, err := r.side(ctx, pair.B)
	if err != nil {
		return err
	}
	t := table.NewWriter()
	t.SetOutputMirror(&plainWriter{r.out})
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	width := max(24, (r.width()-24)/2)
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 2, WidthMin: width, WidthMax: width, WidthMaxEnforcer: text.WrapSoft},
		{Number: 3, WidthMin: width, WidthMax: width, WidthMaxEnforcer: text.WrapSoft},
	})
	t.AppendHeader(table.Row{"", clean(pair.A.Name), clean(pair.B.Name)})
	for _, what := range rowsOf(left, right) {
		t.AppendRow(table.Row{what, clean(left.cell(what)), clean(right.cell(what))})
	}
	r.printf("\n%d of %d · score %s · %d decided\n", at+1, of, score(pair.Score), len(r.undo))
	t.Render()
	for _, s := range pair.Shares {
		r.printf("  %+6.1f  %-12s %s\n", s.Bits, s.Feature, clean(s.Finding))
	}
	return nil
}

// side is what is said of one entity, by what it is about.
type side struct {
	order []string
	lines map[string][]string
}

func (s *side) add(what, line string) {
	if s.lines[what] == nil {
		s.order = append(s.order, what)
	}
	s.lines[what] = append(s.lines[what], line)
}

func (s *side) cell(what string) string { return strings.Join(s.lines[what], "; ") }

// rowsOf returns what either side speaks of, in the order of the first.
func rowsOf(left, right *side) []string {
	rows := slices.Clone(left.order)
	for _, what := range right.order {
		if !slices.Contains(rows, what) {
			rows = append(rows, what)
		}
	}
	return rows
}

// side asks what is said of an entity, and who says it, as the canned questions tell.
func (d *decider) side(ctx context.Context, e identity.Side) (*side, error) {
	s := &side{lines: map[string][]string{}}
	s.add("xid", e.XID)
	s.add("type", e.Type)
	s.add("data sets", strings.Join(e.Datasets, ", "))
	card, err := d.runner.Run(ctx, "entity-card", map[string]string{"entity": e.XID}, queries.Ask{})
	if err != nil {
		return nil, d.conn.Explain("ask", err)
	}
	for _, row := range card.Rows {
		property, value, period, sources := row[0], row[1], row[3], row[6]
		if property == "xid" || property == "type" || len(s.lines[property]) >= mostOfSide {
			continue
		}
		line := value
		if period != "" {
			line += " [" + period + "]"
		}
		if sources != "" {
			line += " (" + sources + ")"
		}
		s.add(property, line)
	}
	near, err := d.runner.Run(ctx, "ego-network", map[string]string{"entity": e.XID, "limit": "200"}, queries.Ask{Evidence: true})
	if err != nil {
		return nil, d.conn.Explain("ask", err)
	}
	d.addLinks(s, e.XID, near)
	return s, nil
}

func (d *decider) addLinks(s *side, xid string, near *queries.Result) {
	p := &printer{app: d.app, names: map[string]string{}}
	for _, n := range near.Nodes {
		p.names[n.XID] = n.Name
	}
	more := map[string]int{}
	for _, e := range near.Edges {
		what, other := e.Relation, e.To
		if e.To == xid {
			what, other = e.Relation+" (from)", e.From
		}
		if len(s.lines[what]) >= mostOfSide {
			more[what]++
			continue
		}
		s.add(what, p.name(other)+p.when(e)+quoteOf(e))
	}
	for what, n := range more {
		s.add(what, fmt.Sprintf("… and %d more", n))
	}
}

// quoteOf returns the first words that a source has about an edge.
func quoteOf(e *queries.Edge) string {
	for _, c := range e.Evidence {
		for _, cite := range c.Cites {
			if cite.Quote != "" {
				return " “" + cite.Quote + "” — " + queries.SourceLine(cite)
			}
		}
	}
	for _, c := range e.Evidence {
		for _, cite := range c.Cites {
			return " — " + queries.SourceLine(cite)
		}
	}
	return ""
}
