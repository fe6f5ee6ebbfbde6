package mapping

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// drafter writes the draft of one table.
type drafter struct {
	ontology *schema.Ontology
	header   []string
	columns  []columnSample
	rows     [][]string
	typed    *schema.Row // the numbers with a fraction that the file holds as such, of all rows
	kind     *schema.EntityType

	key, source int             // the columns that identify a row and name its sources; -1: none
	taken       map[string]bool // properties that have a column
	notes       []string        // comments: what was left out, and what needs a look

	blank     []string     // texts that mean an empty cell
	used      map[int]bool // columns of which something other than a property of the entity is made
	others    []*yaml.Node // the entities beside it
	separator string       // between the sources of a cell; empty: none
	seen      *yaml.Node   // the period of what holds on the day of a row; nil: rows have none
}

// write writes the draft as YAML, its parts in the order people read them.
func (d *drafter) write(file string, reading Reading) ([]byte, error) {
	base := file[strings.LastIndexAny(file, `/\`)+1:]
	d.key, d.source = d.keyColumn(), d.sourceColumn()
	above := listNode()
	outline, name := d.hierarchy(above)
	var key *yaml.Node
	if outline == nil {
		key, name = d.pathOf(above)
	} else {
		key = flowNode()
		put(key, "id", scalarNode(pathPart))
	}
	var fill []string
	if outline == nil {
		fill = d.fillDown()
	}
	d.bracketed()
	relation := d.sightings()
	relations := d.relationsOf(relation)
	relations.Content = append(above.Content, relations.Content...)
	if d.source >= 0 && d.separator == "" && d.columns[d.source].split {
		d.separator = ";"
	}
	if name != nil {
		d.taken[nameProperty] = true
	}
	properties := d.properties()
	if name != nil {
		properties.Content = append([]*yaml.Node{scalarNode(nameProperty), name}, properties.Content...)
	}
	if d.kind.Property("geo") != nil && !d.taken["geo"] {
		if point, _ := d.position(); point != nil {
			geo := flowNode()
			put(geo, "point", point)
			put(properties, "geo", geo)
		}
	}
	entity := &yaml.Node{Kind: yaml.MappingNode}
	put(entity, "name", scalarNode(d.label()))
	put(entity, "type", scalarNode(d.kind.Name))
	if key == nil {
		key = d.keyNode(properties)
	}
	put(entity, "key", key)
	if d.source >= 0 {
		put(entity, "source", scalarNode(d.reference(d.source)))
	}
	if len(properties.Content) > 0 {
		put(entity, "properties", properties)
	}
	table := &yaml.Node{Kind: yaml.MappingNode}
	put(table, "name", scalarNode("rows"))
	put(table, "file", scalarNode(base))
	if reading.Sheet != "" {
		put(table, "sheet", scalarNode(reading.Sheet))
	}
	if reading.Encoding != "" {
		put(table, "encoding", scalarNode(reading.Encoding))
	}
	if header := headerNode(reading); header != nil {
		put(table, "header", header)
	}
	if len(fill) > 0 {
		put(table, "fill", textsNode(fill))
	}
	if outline != nil {
		put(table, "outline", outline)
	}
	put(table, "entities", listNode(append([]*yaml.Node{entity}, d.others...)...))
	if len(relations.Content) > 0 {
		put(table, "relations", relations)
	}
	root := &yaml.Node{Kind: yaml.MappingNode}
	put(root, "doc", scalarNode("drafted from the header of "+base))
	if len(d.blank) > 0 {
		put(root, "blank", textsNode(d.blank))
	}
	if d.separator != "" {
		split := flowNode()
		put(split, "split", scalarNode(d.separator))
		put(root, "sources", split)
	}
	put(root, "tables", listNode(table))

	var out bytes.Buffer
	for _, note := range d.notes {
		out.WriteString("# - " + note + "\n")
	}
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("write the draft: %w", err)
	}
	return out.Bytes(), enc.Close()
}

// headerNode writes where the names of the columns stand; nil: in the first row.
func headerNode(reading Reading) *yaml.Node {
	if reading.Header == 0 && reading.Comments == "" {
		return nil
	}
	header := flowNode()
	if reading.Header > 0 {
		put(header, "row", &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.Itoa(reading.Header)})
	}
	if reading.HeaderRows > 0 {
		put(header, "rows", &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.Itoa(reading.HeaderRows)})
	}
	if reading.Comments != "" {
		put(header, "comments", scalarNode(reading.Comments))
	}
	return header
}

// sightings finds out whether rows are sightings, and returns the period of relations then.
func (d *drafter) sightings() *yaml.Node {
	i := d.seenOn()
	if i < 0 {
		return nil
	}
	form, _ := d.dateForm(i)
	period := func(merge string) *yaml.Node {
		node := flowNode()
		put(node, "seen", form.node(d.reference(i)))
		put(node, "merge", &yaml.Node{Kind: yaml.ScalarNode, Value: merge})
		return node
	}
	d.seen = period("true")
	return period("from")
}

// label names the entity. A column of that name would be taken for the entity where it names sources.
func (d *drafter) label() string {
	label := strings.ToLower(d.kind.Name)
	for slices.Contains(d.header, label) {
		label = "this_" + label
	}
	return label
}

func (d *drafter) note(i int, what string) {
	d.notes = append(d.notes, fmt.Sprintf("column %d, %s: %s", i+1, strconv.Quote(schema.Shorten(d.header[i])), what))
}

// keyColumn finds the column that is named as an identity is.
func (d *drafter) keyColumn() int {
	names := []string{"id", "uuid", "xid", "key", strings.ToLower(d.kind.Name) + " id"}
	found := -1
	for i, name := range d.header {
		switch {
		case !slices.Contains(names, columnKey(name)) || d.columns[i].filled == 0 || d.reference(i) == "":
		case found < 0:
			found = i
		default:
			d.note(i, "may identify the row too; kept as a property")
		}
	}
	return found
}

func (d *drafter) sourceColumn() int {
	for i, name := range d.header {
		if key := columnKey(name); (key == "source" || key == "sources") && propertyOf(d.kind, name) == nil && d.reference(i) != "" {
			return i
		}
	}
	return -1
}

// properties maps all other columns.
func (d *drafter) properties() *yaml.Node {
	all := &yaml.Node{Kind: yaml.MappingNode}
	var empty []string
	for i, name := range d.header {
		reference := d.reference(i)
		switch {
		case i == d.key || i == d.source || d.used[i]:
		case name == "" && d.columns[i].filled == 0:
			empty = append(empty, strconv.Itoa(i+1))
		case reference == "":
			d.note(i, "left out, since another column is called as its number; rename one")
		default:
			if p := propertyOf(d.kind, name); p != nil && d.suits(i, p) {
				d.taken[p.Name] = true
				put(all, p.Name, d.value(i, p))
			} else {
				put(all, d.extra(i), scalarNode(reference))
			}
		}
	}
	if len(empty) > 0 {
		d.notes = append(d.notes, "left out, without name and text: column "+strings.Join(empty, ", "))
	}
	return all
}

// suits reports whether a property is free for a column and takes what the first rows hold.
func (d *drafter) suits(i int, p *schema.Property) bool {
	if d.taken[p.Name] {
		d.note(i, "another column is its "+p.Name+" already; kept as an x_ property")
		return false
	}
	names := countryNames()
	if p.Kind == schema.KindDate {
		if _, unread := d.dateForm(i); unread != "" {
			d.note(i, strconv.Quote(schema.Shorten(unread))+" is left out, with a notice, until formats say how it is written, "+
				"such as date: {text: …, formats: [D/M/YYYY]}")
		}
		return true
	}
	if p.Kind == schema.KindInt || p.Kind == schema.KindFloat {
		if d.numberForm(i, p.Kind == schema.KindInt) != nil {
			return true
		}
	}
	for _, cell := range d.cells(i) {
		texts := []string{cell}
		if d.splits(i, p) {
			texts = splitAll(texts, []string{";"})
		}
		for _, text := range texts {
			shown := strconv.Quote(schema.Shorten(text))
			switch p.Kind {
			case schema.KindCountry:
				if _, known := names.code(text); !known {
					d.note(i, shown+" is no country; kept as an x_ property")
					return false
				}
			default:
				if _, err := p.Parse(text); err != nil {
					d.note(i, shown+" is no "+p.Name+"; kept as an x_ property")
					return false
				}
			}
		}
	}
	return true
}

// extra names the x_ property of a column.
func (d *drafter) extra(i int) string {
	key := columnKey(d.header[i])
	name := "x_" + strings.ReplaceAll(key, " ", "_")
	if key == "" || d.taken[name] {
		name = fmt.Sprintf("x_column_%d", i+1)
	}
	for d.taken[name] {
		name += "_"
	}
	d.taken[name] = true
	return name
}

// keyNode writes what identifies a row: the column of identities, else the name, else the one that tells rows apart.
func (d *drafter) keyNode(properties *yaml.Node) *yaml.Node {
	if d.key >= 0 {
		return d.identity(d.key)
	}
	for i := 0; i < len(properties.Content); i += 2 {
		if properties.Content[i].Value == nameProperty {
			key := flowNode()
			put(key, "name", properties.Content[i+1])
			return key
		}
	}
	best := d.tellsApart()
	if best < 0 {
		for i := range slices.Backward(d.header) {
			if !d.used[i] && d.reference(i) != "" && (best < 0 || d.columns[i].filled > 0) {
				best = i
			}
		}
		best = max(best, 0)
		d.note(best, "taken to identify the rows, for want of a better one: rows alike in it become one")
	}
	return d.identity(best)
}

// tellsApart finds the column that tells rows apart: one called as a number or code, one of texts, any; -1: none does.
func (d *drafter) tellsApart() int {
	calls := []string{"no", "nr", "number", "ref", "reference", "code", "id"}
	for _, fits := range []func(i int) bool{
		func(i int) bool {
			words := strings.Fields(columnKey(d.header[i]))
			return len(words) > 0 && slices.Contains(calls, words[len(words)-1]) && d.mostly(i)
		},
		func(i int) bool { return !d.numeric(i) && d.mostly(i) }, // counts and times tell rows apart by chance
		d.mostly,
		func(int) bool { return true },
	} {
		for i, column := range d.columns {
			if !d.used[i] && d.reference(i) != "" && column.filled > 0 && len(column.distinct) == column.filled && fits(i) {
				return i
			}
		}
	}
	return -1
}

// mostly reports whether most rows say something in a column.
func (d *drafter) mostly(i int) bool { return 2*d.columns[i].filled > len(d.rows) }

// identity writes a key of the column's kind of identities: xids, which hold a colon, ids, or some of each.
func (d *drafter) identity(i int) *yaml.Node {
	column := scalarNode(d.reference(i))
	xids, colons := 0, 0
	for text := range d.columns[i].distinct {
		if _, err := schema.CheckXID(text); err == nil {
			xids++
		}
		if strings.Contains(text, ":") {
			colons++
		}
	}
	key := flowNode()
	switch {
	case colons == 0:
		put(key, "id", column)
		return key
	case xids == len(d.columns[i].distinct):
		put(key, "xid", column)
		return key
	}
	if xids < colons {
		d.note(i, "some of its texts hold a colon and are not of the form scheme:id (the scheme in lower "+
			"case): these rows will be rejected")
	}
	global := flowNode()
	put(global, "column", column)
	put(global, "matches", scalarNode(":"))
	put(key, "xid", global)
	local := flowNode()
	put(local, "id", column)
	return listNode(key, local)
}

// reference writes a column so that it is read as one; empty: it cannot be named.
func (d *drafter) reference(i int) string {
	name := d.header[i]
	once := slices.Index(d.header, name) == i && !slices.Contains(d.header[i+1:], name)
	if name != "" && once && !strings.Contains(name, "{") && strings.TrimSpace(name) == name {
		return name
	}
	number := "#" + strconv.Itoa(i+1)
	if slices.Contains(d.header, number) {
		return ""
	}
	return number
}

// splits reports whether the cells of a column hold several values of a property.
func (d *drafter) splits(i int, p *schema.Property) bool { return p.List && d.columns[i].split }

// value writes how a column is read for a property.
func (d *drafter) value(i int, p *schema.Property) *yaml.Node {
	column := scalarNode(d.reference(i))
	v := flowNode()
	if p.Kind == schema.KindDate {
		form, _ := d.dateForm(i)
		put(v, "date", form.node(d.reference(i)))
		return v
	}
	var form *number
	if p.Kind == schema.KindInt || p.Kind == schema.KindFloat {
		form = d.numberForm(i, p.Kind == schema.KindInt)
	}
	latest := d.seen != nil && p.Winner == schema.Latest
	if !d.splits(i, p) && p.Kind != schema.KindCountry && form == nil && !latest {
		return column
	}
	put(v, "column", column)
	if d.splits(i, p) {
		put(v, "split", scalarNode(";"))
	}
	if p.Kind == schema.KindCountry {
		put(v, "as", scalarNode("country"))
	}
	if form != nil {
		put(v, "number", form.node())
	}
	if latest {
		put(v, "period", d.seen)
	}
	return v
}

func flowNode() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle} }

func put(to *yaml.Node, key string, value *yaml.Node) {
	to.Content = append(to.Content, scalarNode(key), value)
}

// scalarNode writes a text as YAML; one that YAML would read as a number is put in quotes.
func scalarNode(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

// textsNode writes a list of texts in one line.
func textsNode(texts []string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, text := range texts {
		list.Content = append(list.Content, scalarNode(text))
	}
	return list
}

func listNode(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}
