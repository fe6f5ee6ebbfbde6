package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/list"
	"github.com/jedib0t/go-pretty/v6/text"

	"orbat/cmd/orbat/explorer"
	"orbat/queries"
	"orbat/queries/encode"
	"orbat/schema"
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
	for _, line := range readerNotes(r) {
		a.note("%s", clean(line))
	}
	if encoder, is := encode.FindTable(output); is {
		return encoder.Encode(a.out, r.Table())
	}
	encoder, err := encode.Find(output)
	if err != nil {
		return err
	}
	g := r.Graph()
	g.Page, g.Notice = explorer.Built(), a.notice
	return encoder.Encode(a.out, g)
}

// readerNotes returns what a reader of an answer must know besides what it shows.
func readerNotes(r *queries.Result) []string {
	notes := slices.Concat(r.Notes, filterNotes(r))
	if r.Truncated {
		notes = append(notes, "There is more; limit=… shows it.")
	}
	return notes
}

// filterNotes returns what the filters of an answer marked and left out.
func filterNotes(r *queries.Result) (notes []string) {
	if r.Possible > 0 {
		notes = append(notes, fmt.Sprintf("%d only possibly held then; certain=true leaves them out.", r.Possible))
	}
	if r.Contested > 0 {
		notes = append(notes, fmt.Sprintf("%d contested: others deny it; %s.", r.Contested, whoDenies(r)))
	}
	if r.Ungraded > 0 {
		notes = append(notes, fmt.Sprintf("%d claims left out: nobody graded their confidence.", r.Ungraded))
	}
	return notes
}

// whoDenies says where it stands who denies what an answer shows.
func whoDenies(r *queries.Result) string {
	if slices.Contains(r.Columns, "weak") {
		return "the column weak says who"
	}
	const links, values = "evidence-for-link says who", "entity-card without filters has a row for each denial"
	property, mark := slices.Index(r.Columns, "property"), slices.Index(r.Columns, "contested")
	if property < 0 || mark < 0 {
		if r.Query == "evidence-for-link" {
			return "the rows that deny it say who"
		}
		return links
	}
	var ofLinks, ofValues bool
	for _, row := range r.Rows {
		if row[mark] != "" {
			link := strings.HasPrefix(row[property], "→ ") || strings.HasPrefix(row[property], "← ")
			ofLinks, ofValues = ofLinks || link, ofValues || !link
		}
	}
	switch {
	case ofLinks && ofValues:
		return "of links weak-and-stale says who, of values " + values
	case ofLinks:
		return "weak-and-stale says who"
	}
	return values
}

func (a *app) printText(r *queries.Result, evidence bool) {
	p := &printer{app: a, ontology: r.Ontology, names: map[string]string{}, types: map[string]string{}}
	for _, n := range r.Nodes {
		p.names[n.XID], p.types[n.XID] = clean(n.Name), n.Type
	}
	switch {
	case r.Shape == queries.TimelineShape && (slices.Contains(r.Columns, "period") || slices.Contains(r.Columns, "date")):
		p.timeline(r, evidence)
	case len(r.Columns) > 0:
		p.table(r, evidence)
	case r.Shape == queries.PathShape:
		p.paths(r, evidence)
	case r.Shape == queries.TreeShape:
		p.tree(r, evidence)
	default:
		p.edges(r, evidence)
	}
	for _, note := range readerNotes(r) {
		a.printf("%s\n", note)
	}
}

// printer shows one result on a terminal.
type printer struct {
	*app
	ontology     *schema.Ontology // nil: qualifiers are printed as they stand
	names, types map[string]string
}

func (p *printer) name(xid string) string { return cmp.Or(p.names[xid], xid) }

// clean returns a text of data on one line, without what a terminal would obey.
func clean(s string) string { return strings.Map(plainRune, s) }

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
	if !evidence {
		p.printTable(columns, rows)
		return
	}
	shown := map[string]bool{}
	p.printTableAnd(columns, rows, func(row int) string {
		e := r.EdgeOf(row)
		if e == nil {
			return ""
		}
		shown[e.ID] = true
		return p.claims(r.Behind(row), "│   ", 0)
	})
	for _, e := range r.Edges {
		if !shown[e.ID] {
			p.printf("%s\n%s", p.arrow(e, true), p.claims(e.Evidence, "  ", 0))
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
			p.printf("%s", p.claims(e.Evidence, "    ", 0))
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
	qualifiers := e.Qualifiers
	if p.ontology != nil {
		if r := p.ontology.Relation(e.Relation); r != nil {
			qualifiers = schema.WithBounds(r.Qualifiers, qualifiers)
		}
	}
	var values []string
	for _, name := range slices.Sorted(maps.Keys(qualifiers)) {
		for _, value := range qualifiers[name] {
			if !slices.Contains(values, value) { // a role that is the post's name, too, is said once
				values = append(values, value)
			}
		}
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
	var marks []string
	if e.Possible {
		marks = append(marks, "possibly")
	}
	if e.Contested {
		marks = append(marks, "contested")
	}
	if len(marks) > 0 {
		s += " (" + strings.Join(marks, ", ") + ")"
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
			label := p.label(step.Edge)
			if step.Edge.Contested {
				label += " (contested)"
			}
			if step.Forward {
				line.WriteString(" ──" + label + "→ " + p.name(to))
			} else {
				line.WriteString(" ←" + label + "── " + p.name(to))
			}
		}
		if slices.Contains(r.PossiblePaths, n) {
			line.WriteString(" (possibly)")
		}
		p.printf("%d. %s\n", n+1, line.String())
		if evidence {
			for _, step := range path {
				p.printf("\n   %s\n", p.arrow(step.Edge, step.Forward))
				p.printf("%s", p.claims(step.Edge.Evidence, "     ", 0))
			}
		}
		if n+1 < len(r.Paths) {
			p.printf("\n")
		}
	}
}

// claims shows claims a line each, wrapped where there is a terminal: what a reader must know of how it is said, and by
// whom; quote or place, source, how sure. Left is how many columns something else takes on their left.
func (p *printer) claims(list []*queries.Evidence, indent string, left int) string {
	var b strings.Builder
	for _, c := range list {
		for _, cite := range c.Cites {
			said := cmp.Or(cite.Locator, "no quote")
			if cite.Quote != "" {
				said = "“" + cite.Quote + "”"
			}
			how := clean(strings.Join(c.Manner(), " "))
			if how != "" {
				how += ": "
			}
			confidence := ""
			if c.Confidence != nil {
				confidence = ", confidence " + strconv.Itoa(*c.Confidence)
			}
			line := how + clean(said) + " — " + clean(queries.SourceLine(cite)) + confidence
			if screen := p.screen(); screen > 0 {
				line = strings.Join(wrapped(line, max(leastColumn, screen-left-text.StringWidthWithoutEscSequences(indent))), "\n"+indent)
			}
			b.WriteString(indent + line + "\n")
		}
	}
	return b.String()
}

// tree draws an order of battle below (or a chain of command above) its root.
func (p *printer) tree(r *queries.Result, evidence bool) {
	children := map[string][]*queries.Edge{}
	for i, e := range r.Edges {
		children[r.Parents[i]] = append(children[r.Parents[i]], e)
	}
	l := list.NewWriter()
	l.SetStyle(list.StyleConnectedRounded)
	l.AppendItem(p.name(r.Root))
	p.branch(l, r.Root, 1, children, map[string]bool{r.Root: true}, evidence)
	p.printf("%s\n", l.Render())
	if len(r.Edges) == 0 {
		p.printf("Nothing found.\n")
	}
}

func (p *printer) branch(l list.Writer, xid string, level int, children map[string][]*queries.Edge, shown map[string]bool, evidence bool) {
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
		item := fmt.Sprintf("%s%s %s%s%s", arrow, p.label(e), p.name(child), p.when(e), again)
		if evidence {
			item = strings.TrimSuffix(item+"\n"+p.claims(e.Evidence, "    ", 3*(level+1)), "\n")
		}
		l.AppendItem(item)
		if !shown[child] {
			shown[child] = true
			p.branch(l, child, level+1, children, shown, evidence)
		}
	}
	l.UnIndent()
}

// quoteArg shows an argument as a shell would take it.
func quoteArg(arg string) string {
	if arg == "" || strings.ContainsAny(arg, " \t\n'\"\\`$&|;<>()[]{}*?!#~") {
		return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return arg
}
