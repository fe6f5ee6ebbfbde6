package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/list"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"orbat/queries"
	"orbat/queries/encode"
)

// printResult shows an answer in the form asked for.
func (a *app) printResult(r *queries.Result, output string, evidence bool) error {
	a.tellWithheld(r.Withheld, r.Params["max_marking"])
	switch output {
	case "json":
		return a.printJSON(r)
	case "text":
		a.printText(r, evidence)
		return nil
	}
	encoder, err := encode.Find(output)
	if err != nil {
		return err
	}
	return encoder.Encode(a.out, r.Graph())
}

func (a *app) printText(r *queries.Result, evidence bool) {
	p := &printer{app: a, names: map[string]string{}, types: map[string]string{}}
	for _, n := range r.Nodes {
		p.names[n.XID], p.types[n.XID] = clean(n.Name), n.Type
	}
	switch {
	case len(r.Columns) > 0:
		p.table(r, evidence)
	case r.Shape == queries.PathShape:
		p.paths(r, evidence)
	case r.Shape == queries.TreeShape:
		p.tree(r, evidence)
	default:
		p.edges(r, evidence)
	}
	for _, note := range r.Notes {
		a.printf("%s\n", note)
	}
	if r.Possible > 0 {
		a.printf("%d only possibly held then; certain=true leaves them out.\n", r.Possible)
	}
	if r.Ungraded > 0 {
		a.printf("%d claims left out: nobody graded their confidence.\n", r.Ungraded)
	}
	if r.Truncated {
		a.printf("There is more; limit=… shows it.\n")
	}
}

// printer shows one result on a terminal.
type printer struct {
	*app
	names, types map[string]string
}

func (p *printer) name(xid string) string { return cmp.Or(p.names[xid], xid) }

// clean keeps control characters of data away from a terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, s)
}

// printTable draws a table as wide as the terminal, long cells wrapped.
func (a *app) printTable(columns []string, rows [][]string) {
	t := table.NewWriter()
	t.SetOutputMirror(a.out)
	t.SetStyle(table.StyleLight)
	t.Style().Options.SeparateRows = false
	t.Style().Format.Header = text.FormatDefault
	header := make(table.Row, len(columns))
	var configs []table.ColumnConfig
	width := a.width()
	for i, c := range columns {
		header[i] = c
		configs = append(configs, table.ColumnConfig{Number: i + 1, WidthMax: max(16, 2*width/(len(columns)+1)), WidthMaxEnforcer: text.WrapSoft})
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(header)
	for _, cells := range rows {
		row := make(table.Row, len(cells))
		for i, cell := range cells {
			row[i] = clean(cell)
		}
		t.AppendRow(row)
	}
	t.Render()
}

func (a *app) width() int {
	if file, ok := a.out.w.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil { //nolint:gosec // a file descriptor fits
			return max(width, 60)
		}
	}
	return 120
}

// table leaves out columns that are empty throughout.
func (p *printer) table(r *queries.Result, evidence bool) {
	if len(r.Rows) == 0 {
		p.printf("Nothing found.\n")
		return
	}
	var keep []int
	var columns []string
	for i, c := range r.Columns {
		if slices.ContainsFunc(r.Rows, func(row []string) bool { return row[i] != "" }) {
			keep, columns = append(keep, i), append(columns, c)
		}
	}
	rows := make([][]string, len(r.Rows))
	for n, row := range r.Rows {
		for _, i := range keep {
			rows[n] = append(rows[n], row[i])
		}
	}
	p.printTable(columns, rows)
	if evidence {
		for _, e := range r.Edges {
			p.printf("%s\n", p.arrow(e, true))
			p.evidence(e, "  ")
		}
	}
}

// edges lists a graph's edges, one a line, by relation.
func (p *printer) edges(r *queries.Result, evidence bool) {
	if len(r.Edges) == 0 {
		p.printf("No links found.\n")
		return
	}
	for _, e := range r.Edges {
		p.printf("%s\n", p.arrow(e, true))
		if evidence {
			p.evidence(e, "    ")
		}
	}
	p.printf("%d entities, %d links\n", len(r.Nodes), len(r.Edges))
}

// arrow draws one edge: A ──commands (commander)→ B, or backwards.
func (p *printer) arrow(e *queries.Edge, forward bool) string {
	from, to := p.name(e.From), p.name(e.To)
	if forward {
		return from + " ──" + p.label(e) + "→ " + to + p.when(e)
	}
	return to + " ←" + p.label(e) + "── " + from + p.when(e)
}

func (p *printer) label(e *queries.Edge) string {
	var values []string
	for _, name := range slices.Sorted(keys(e.Qualifiers)) {
		values = append(values, e.Qualifiers[name]...)
	}
	if len(values) == 0 {
		return e.Relation
	}
	return e.Relation + ": " + clean(strings.Join(values, ", "))
}

func (p *printer) when(e *queries.Edge) string {
	s := ""
	if e.Period != "" {
		s += " [" + clean(e.Period) + "]"
	}
	if e.Possible {
		s += " (possibly)"
	}
	return s
}

// paths draws each chain on a line, and below it each step with its sources.
func (p *printer) paths(r *queries.Result, evidence bool) {
	for n, path := range r.Paths {
		var line strings.Builder
		for i, step := range path {
			from, to := step.Edge.From, step.Edge.To
			if !step.Forward {
				from, to = to, from
			}
			if i == 0 {
				line.WriteString(p.name(from))
			}
			if step.Forward {
				line.WriteString(" ──" + p.label(step.Edge) + "→ " + p.name(to))
			} else {
				line.WriteString(" ←" + p.label(step.Edge) + "── " + p.name(to))
			}
		}
		p.printf("%d. %s\n", n+1, line.String())
		if evidence {
			for _, step := range path {
				p.printf("\n   %s\n", p.arrow(step.Edge, step.Forward))
				p.evidence(step.Edge, "     ")
			}
		}
		if n+1 < len(r.Paths) {
			p.printf("\n")
		}
	}
}

// evidence prints the claims behind an edge: quote or place, source, how sure.
func (p *printer) evidence(e *queries.Edge, indent string) {
	for _, c := range e.Evidence {
		for _, cite := range c.Cites {
			said := cmp.Or(cite.Locator, "no quote")
			if cite.Quote != "" {
				said = "“" + cite.Quote + "”"
			}
			how := ""
			if c.Assertion != "asserted" {
				how = string(c.Assertion) + ": "
			}
			if c.Rejected {
				how = "rejected: "
			}
			confidence := ""
			if c.Confidence != nil {
				confidence = ", confidence " + strconv.Itoa(*c.Confidence)
			}
			p.printf("%s%s%s — %s%s\n", indent, how, clean(said), clean(queries.SourceLine(cite)), confidence)
		}
	}
}

// tree draws an order of battle below (or a chain of command above) its root.
func (p *printer) tree(r *queries.Result, evidence bool) {
	children := map[string][]*queries.Edge{}
	for i, e := range r.Edges {
		children[r.Parents[i]] = append(children[r.Parents[i]], e)
	}
	l := list.NewWriter()
	l.SetOutputMirror(p.out)
	l.SetStyle(list.StyleConnectedRounded)
	l.AppendItem(p.name(r.Root))
	p.branch(l, r.Root, children, map[string]bool{r.Root: true})
	l.Render()
	if len(r.Edges) == 0 {
		p.printf("Nothing found.\n")
	}
	if evidence {
		for _, e := range r.Edges {
			p.printf("\n%s\n", p.arrow(e, true))
			p.evidence(e, "  ")
		}
	}
}

func (p *printer) branch(l list.Writer, xid string, children map[string][]*queries.Edge, shown map[string]bool) {
	l.Indent()
	for _, e := range children[xid] {
		child, arrow := e.To, "→ "
		if child == xid {
			child, arrow = e.From, "← "
		}
		again := ""
		if shown[child] {
			again = " (shown above)"
		}
		l.AppendItem(fmt.Sprintf("%s%s %s%s%s", arrow, p.label(e), p.name(child), p.when(e), again))
		if !shown[child] {
			shown[child] = true
			p.branch(l, child, children, shown)
		}
	}
	l.UnIndent()
}

func keys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// quoteArg shows an argument as a shell would take it.
func quoteArg(arg string) string {
	if arg == "" || strings.ContainsAny(arg, " \t\n'\"\\`$&|;<>()[]{}*?!#~") {
		return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return arg
}
