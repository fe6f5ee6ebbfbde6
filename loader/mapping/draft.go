package mapping

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// draftRows is how many rows a draft looks at.
const draftRows = 1000

// Draft writes a first mapping of a table: what its header names as the ontology does is mapped, everything else is kept as x_
// properties, to be read through. The draft passes [Mapping.Check].
func Draft(ctx context.Context, in Input, reading Reading, o *schema.Ontology) ([]byte, error) {
	var header []string
	var columns []columnSample
	rows := 0
	for row, err := range in.Rows(ctx, reading) {
		switch {
		case err != nil && isBad(err):
			continue
		case err != nil:
			return nil, err
		case header == nil:
			header = slices.Clone(row.Cells)
			columns = make([]columnSample, len(header))
			continue
		}
		for i, cell := range row.Cells {
			columns[i].take(strings.TrimSpace(cell))
		}
		if rows++; rows == draftRows {
			break
		}
	}
	if header == nil {
		return nil, &Error{Pos: schema.Position{File: in.Name}, Reason: "the file is empty", Hint: "the first row names the columns"}
	}
	d := drafter{header: header, columns: columns, ontology: o, kind: likelyType(header, o)}
	return d.write(in.Name, reading)
}

// columnSample is what the first rows of a column hold.
type columnSample struct {
	filled   int
	distinct map[string]bool
	split    bool // some cells hold several texts
}

func (c *columnSample) take(cell string) {
	if cell == "" {
		return
	}
	c.filled++
	if c.distinct == nil {
		c.distinct = map[string]bool{}
	}
	c.distinct[cell] = true
	c.split = c.split || strings.Contains(cell, ";")
}

// likelyType is the type that has most of the columns as properties; of several the one first declared.
func likelyType(header []string, o *schema.Ontology) *schema.EntityType {
	best, most := o.Types[0], -1
	for _, t := range o.Types {
		n := 0
		for _, name := range header {
			if p := propertyOf(t, name); p != nil {
				n++
			}
		}
		for _, name := range header { // a column named for the type itself: unit, unit name, unit_id
			if words := strings.Fields(columnKey(name)); len(words) > 0 && strings.EqualFold(words[0], t.Name) {
				n++
			}
		}
		if n > most {
			best, most = t, n
		}
	}
	return best
}

// columnKey folds a header: "Date of Birth" and "date_of_birth" are one.
func columnKey(name string) string {
	return schema.SearchKey(strings.ReplaceAll(name, "_", " "))
}

// usualNames are headers that people write for what the ontology names otherwise.
var usualNames = map[string]string{
	"full name": "name", "alias": "aliases", "other names": "aliases", "aka": "aliases", "dob": "birth_date", "born": "birth_date",
	"date of birth": "birth_date", "died": "death_date", "date of death": "death_date", "first name": "given_name",
	"last name": "family_name", "surname": "family_name", "sex": "gender", "notes": "description", "biography": "description",
	"country code": "country", "link": "url", "source url": "url", "published on": "published", "publication": "publisher",
}

// propertyOf gives the property of a type that a header names, nil if none.
func propertyOf(t *schema.EntityType, header string) *schema.Property {
	key := columnKey(header)
	key = strings.TrimPrefix(key, strings.ToLower(t.Name)+" ")
	if usual, ok := usualNames[key]; ok {
		key = columnKey(usual)
	}
	for _, p := range t.Properties {
		if columnKey(p.Name) == key || columnKey(p.Label) == key {
			return p
		}
	}
	return nil
}

type drafter struct {
	header   []string
	columns  []columnSample
	ontology *schema.Ontology
	kind     *schema.EntityType
}

// write writes the draft as YAML, its parts in the order people read them.
func (d *drafter) write(file string, reading Reading) ([]byte, error) {
	base := file[strings.LastIndexAny(file, `/\`)+1:]
	label := strings.ToLower(d.kind.Name)
	properties := &yaml.Node{Kind: yaml.MappingNode}
	var taken []string
	source := ""
	for i, name := range d.header {
		p := propertyOf(d.kind, name)
		switch key := columnKey(name); {
		case name == "" || d.isKey(i) || d.ambiguous(name):
		case p == nil && (key == "source" || key == "sources"):
			source = name
		case p != nil && !slices.Contains(taken, p.Name):
			taken = append(taken, p.Name)
			put(properties, p.Name, d.value(i, p))
		default:
			x := "x_" + strings.ReplaceAll(key, " ", "_")
			if key == "" || slices.Contains(taken, x) {
				x = fmt.Sprintf("x_column_%d", i+1)
			}
			taken = append(taken, x)
			put(properties, x, scalarNode(d.reference(name)))
		}
	}
	entity := &yaml.Node{Kind: yaml.MappingNode}
	put(entity, "name", scalarNode(label))
	put(entity, "type", scalarNode(d.kind.Name))
	put(entity, "key", d.key(properties))
	if source != "" {
		put(entity, "source", scalarNode(d.reference(source)))
	}
	put(entity, "properties", properties)
	table := &yaml.Node{Kind: yaml.MappingNode}
	put(table, "name", scalarNode("rows"))
	put(table, "file", scalarNode(base))
	if reading.Sheet != "" {
		put(table, "sheet", scalarNode(reading.Sheet))
	}
	if reading.Encoding != "" {
		put(table, "encoding", scalarNode(reading.Encoding))
	}
	put(table, "entities", listNode(entity))
	root := &yaml.Node{Kind: yaml.MappingNode}
	put(root, "doc", scalarNode("drafted from the header of "+base))
	put(root, "tables", listNode(table))

	var out bytes.Buffer
	out.WriteString("# A first draft: read it through. Is the type right? What identifies a row? Which columns are relations (orbat schema types),\n" +
		"# dates, sources? orbat mapping check says what does not fit, orbat mapping preview what the rows become.\n")
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("write the draft: %w", err)
	}
	return out.Bytes(), enc.Close()
}

// isKey reports whether a column looks like the rows' identity.
func (d *drafter) isKey(i int) bool {
	key := columnKey(d.header[i])
	return slices.Contains([]string{"id", "uuid", "xid", "key", strings.ToLower(d.kind.Name) + " id"}, key) && d.columns[i].filled > 0
}

func (d *drafter) key(properties *yaml.Node) *yaml.Node {
	key := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for i, name := range d.header {
		if !d.ambiguous(name) && d.isKey(i) {
			put(key, "id", scalarNode(d.reference(name)))
			return key
		}
	}
	for i := 0; i < len(properties.Content); i += 2 {
		if properties.Content[i].Value == "name" {
			put(key, "name", properties.Content[i+1])
			return key
		}
	}
	for i, name := range d.header { // the column that tells rows apart best
		if name != "" && !d.ambiguous(name) && len(d.columns[i].distinct) > 0 && len(d.columns[i].distinct) == d.columns[i].filled {
			put(key, "id", scalarNode(d.reference(name)))
			return key
		}
	}
	put(key, "id", scalarNode(d.reference(cmpFirst(d.header))))
	return key
}

func cmpFirst(header []string) string {
	for _, name := range header {
		if name != "" {
			return name
		}
	}
	return "#1"
}

func (d *drafter) ambiguous(name string) bool {
	first := slices.Index(d.header, name)
	return first >= 0 && slices.Contains(d.header[first+1:], name)
}

// reference writes a column so that it is read as one.
func (d *drafter) reference(name string) string {
	if d.ambiguous(name) || strings.Contains(name, "{") {
		return fmt.Sprintf("#%d", slices.Index(d.header, name)+1)
	}
	return name
}

func (d *drafter) value(i int, p *schema.Property) *yaml.Node {
	column := scalarNode(d.reference(d.header[i]))
	v := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	switch {
	case p.List && d.columns[i].split:
		put(v, "column", column)
		put(v, "split", scalarNode(";"))
	case p.Kind == schema.KindCountry:
		put(v, "column", column)
		put(v, "as", scalarNode("country"))
	case p.Kind == schema.KindDate:
		inner := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		put(inner, "text", column)
		put(v, "date", inner)
	default:
		return column
	}
	return v
}

func put(to *yaml.Node, key string, value *yaml.Node) {
	to.Content = append(to.Content, scalarNode(key), value)
}

// scalarNode writes a text as YAML; one that YAML would read as a number is put in quotes.
func scalarNode(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

func listNode(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}
