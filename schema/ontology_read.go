package schema

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// OntologyError is a mistake in a file of the ontology.
type OntologyError struct{ Fault }

// Error returns file:line:column, the reason and the hint.
func (e *OntologyError) Error() string {
	s := e.Fault.Error()
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Extend returns the ontology with what a user's file adds to it or changes in it, and leaves o as it is. file is the
// name that errors carry.
//
// The file is YAML with up to three parts, each a map by name:
//
//	properties:                  # of every entity
//	  case_number: {kind: string, doc: The number of the case file.}
//	types:
//	  Vessel:                    # a new type
//	    plural: vessels
//	    doc: A ship or boat.
//	    maps_to: {followthemoney: [Vessel]}
//	    caption: [name, imo]     # the properties it is called by, best first
//	    featured: [flag]         # those that a card shows first
//	    color: "#117733"         # and how it is drawn
//	    shape: hexagon
//	    properties:
//	      imo: {kind: string, pattern: "[0-9]{7}", indexed: true, names: true}
//	      flag: {kind: country}
//	  Unit:                      # a known type: what is named is added or changed
//	    properties:
//	      affiliation: {values: [friend, hostile]}     # narrows: the whole list
//	      branch: {examples: [navy, coast guard]}
//	  Organisation:
//	    properties:
//	      org_kind: {add_values: [ngo]}                # widens: what comes on top
//	relations:
//	  crew_of:
//	    label: crew of
//	    inverse: crewed by
//	    ends: [{from: [Person], to: [Vessel]}]
//	    qualifiers:
//	      role: {kind: string}
//	  commands:
//	    add_ends: [{from: [Person], to: [Vessel]}]
//
// A property says kind, and where they apply label, doc, unit, list, winner, values, examples, pattern, min, max,
// low_of, high_of, required, describes, indexed and names, as described at [Property]. Of a known property, kind, list
// and winner stay as they are: stored data depends on them.
//
// Every mistake in the file is reported, each an [OntologyError] with its position, joined by [errors.Join].
func (o *Ontology) Extend(file string, data []byte) (*Ontology, error) {
	draft := newDraft(o)
	draft.read(file, data)
	return draft.finish()
}

// draft is an ontology being put together.
type draft struct {
	o    *Ontology
	errs []error
	file string
	ends []endName
	uses []propertyUse
}

// propertyUse is a property named by the caption or the featured of a type, to be looked up when all is read.
type propertyUse struct {
	pos      Position
	of       *EntityType
	property string
}

// endName is a type named by the ends of a relation, to be looked up when all types are read.
type endName struct {
	pos      Position
	relation string
	name     string
}

// newDraft copies the ontology deeply.
func newDraft(base *Ontology) *draft {
	o := &Ontology{Common: cloneProperties(base.Common)}
	for _, t := range base.Types {
		c := *t
		c.own, c.MapsTo = cloneProperties(t.own), cloneMap(t.MapsTo)
		o.Types = append(o.Types, &c)
	}
	for _, r := range base.Relations {
		c := *r
		c.Qualifiers, c.MapsTo, c.Ends = cloneProperties(r.Qualifiers), cloneMap(r.MapsTo), nil
		for _, e := range r.Ends {
			c.Ends = append(c.Ends, Ends{From: slices.Clone(e.From), To: slices.Clone(e.To)})
		}
		o.Relations = append(o.Relations, &c)
	}
	return &draft{o: o}
}

func cloneProperties(list []*Property) []*Property {
	c := make([]*Property, len(list))
	for i, p := range list {
		c[i] = p.clone()
	}
	return c
}

func cloneMap(m map[string][]string) map[string][]string {
	c := maps.Clone(m)
	for k, v := range c {
		c[k] = slices.Clone(v)
	}
	return c
}

// finish checks the whole and returns it, or every mistake found.
func (d *draft) finish() (*Ontology, error) {
	if len(d.errs) == 0 { // else what is missing would be reported again and again
		d.check()
	}
	if len(d.errs) > 0 {
		return nil, errors.Join(d.errs...)
	}
	d.join()
	return d.o, nil
}

// join puts the common properties before the own ones of every type.
func (d *draft) join() {
	for _, t := range d.o.Types {
		t.Properties = slices.Concat(d.o.Common, t.own)
	}
}

func (d *draft) pos(n *yaml.Node) Position {
	return Position{File: d.file, Line: n.Line, Column: n.Column}
}

func (d *draft) fail(n *yaml.Node, hint, reason string, args ...any) {
	d.failAt(d.pos(n), hint, reason, args...)
}

func (d *draft) failAt(pos Position, hint, reason string, args ...any) {
	d.errs = append(d.errs, &OntologyError{Fault: Fault{Pos: pos, Reason: fmt.Sprintf(reason, args...), Hint: hint}})
}

// The YAML library has no type for its errors. It counts lines from 0 in those of its parser, from 1 in those of its
// scanner (yaml/v3's function fail), and leaves out line 0.
var (
	yamlLine   = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?(.*)`)
	yamlParser = regexp.MustCompile(`^did not find expected (<|node content|'-' indicator|key$|',' or)`)
)

func yamlError(file string, err error) (Position, string) {
	pos, reason := Position{File: file, Line: 1, Column: 1}, err.Error()
	if m := yamlLine.FindStringSubmatch(reason); m != nil {
		reason = m[2]
		if line, err := strconv.Atoi(m[1]); err == nil {
			pos.Line = line
			if yamlParser.MatchString(reason) {
				pos.Line++
			}
		}
	}
	return pos, reason
}

func (d *draft) read(file string, data []byte) {
	d.file = file
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		d.failAt(Position{File: file, Line: 1, Column: 1}, "write properties:, types: or relations:", "the file is empty")
		return
	}
	if err == nil {
		err = decoder.Decode(&more)
		if err == nil {
			d.fail(&more, "keep one document in a file", "a second document begins here")
			return
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		pos, reason := yamlError(file, err)
		d.failAt(pos, "check indentation, quotes and colons near this line", "not YAML: %s", reason)
		return
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		d.failAt(Position{File: file, Line: 1, Column: 1}, "write properties:, types: or relations:", "the file is empty")
		return
	}
	d.object(doc.Content[0], "the file", fields{
		"properties": func(n *yaml.Node) { d.properties(n, &d.o.Common, true) },
		"types":      func(n *yaml.Node) { d.entries(n, "types", d.entityType) },
		"relations":  func(n *yaml.Node) { d.entries(n, "relations", d.relation) },
	})
}

func (d *draft) entityType(key, value *yaml.Node) {
	t := d.o.Type(key.Value)
	if t == nil {
		t = &EntityType{Name: key.Value, pos: d.pos(key)}
		d.o.Types = append(d.o.Types, t)
	}
	d.object(value, "type "+t.Name, fields{
		"label":      d.line(&t.Label),
		"plural":     d.line(&t.Plural),
		"doc":        d.line(&t.Doc),
		"maps_to":    d.mapsTo(&t.MapsTo),
		"caption":    d.propertiesOf(t, &t.Caption),
		"featured":   d.propertiesOf(t, &t.Featured),
		"color":      func(n *yaml.Node) { d.color(n, &t.Color) },
		"shape":      func(n *yaml.Node) { d.shape(n, &t.Shape) },
		"legend":     func(n *yaml.Node) { d.legend(n, &t.Legend) },
		"properties": func(n *yaml.Node) { d.properties(n, &t.own, true) },
	})
	if t.Label == "" {
		t.Label = t.Name
	}
	if t.Plural == "" {
		t.Plural = t.Label + "s"
	}
}

func (d *draft) relation(key, value *yaml.Node) {
	r := d.o.Relation(key.Value)
	known := r != nil
	if !known {
		r = &Relation{Name: key.Value, pos: d.pos(key)}
		d.o.Relations = append(d.o.Relations, r)
	}
	d.object(value, "relation "+key.Value, fields{
		"label":      d.line(&r.Label),
		"inverse":    d.line(&r.Inverse),
		"doc":        d.line(&r.Doc),
		"maps_to":    d.mapsTo(&r.MapsTo),
		"symmetric":  d.fixed(known, d.boolean(&r.Symmetric), func() any { return r.Symmetric }),
		"same_type":  d.boolean(&r.SameType),
		"timeless":   d.boolean(&r.Timeless),
		"ends":       func(n *yaml.Node) { r.Ends = nil; d.readEnds(n, r) },
		"add_ends":   func(n *yaml.Node) { d.readEnds(n, r) },
		"qualifiers": func(n *yaml.Node) { d.properties(n, &r.Qualifiers, false) },
	})
	if r.Label == "" {
		r.Label = spaced(r.Name)
	}
	if r.Symmetric && r.Inverse == "" {
		r.Inverse = r.Label
	}
	if r.Inverse == "" && !known {
		d.fail(key, "add inverse:, the relation read backwards, such as \"commanded by\"", "relation %s has no inverse", r.Name)
	}
	if len(r.Ends) == 0 {
		d.fail(key, "add ends: [{from: [Person], to: [Unit]}]", "relation %s joins no types", r.Name)
	}
}

func (d *draft) readEnds(n *yaml.Node, r *Relation) {
	for _, item := range d.items(n, "ends") {
		var e Ends
		d.object(item, "ends", fields{"from": d.typeNames(&e.From, r), "to": d.typeNames(&e.To, r)})
		if item.Kind == yaml.MappingNode && (len(e.From) == 0 || len(e.To) == 0) {
			d.fail(item, "write {from: [Person], to: [Unit, Organisation]}", "ends without from or to")
		}
		r.Ends = append(r.Ends, e)
	}
}

func (d *draft) typeNames(into *[]string, r *Relation) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.words(into)(n)
		for _, item := range n.Content {
			d.ends = append(d.ends, endName{d.pos(item), r.Name, item.Value})
		}
	}
}

// propertiesOf reads a list of names of the type's properties.
func (d *draft) propertiesOf(t *EntityType, into *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.words(into)(n)
		for _, item := range n.Content {
			d.uses = append(d.uses, propertyUse{d.pos(item), t, item.Value})
		}
	}
}

// properties reads properties of entities, or qualifiers of a relation, into the list.
func (d *draft) properties(n *yaml.Node, into *[]*Property, ofEntity bool) {
	d.entries(n, "properties", func(key, value *yaml.Node) {
		p := findProperty(*into, key.Value)
		known := p != nil
		if !known {
			p = &Property{Name: key.Value, pos: d.pos(key)}
			*into = append(*into, p)
		}
		d.property(key, value, p, known, ofEntity)
	})
}

func (d *draft) property(key, value *yaml.Node, p *Property, known, ofEntity bool) {
	member := fields{
		"label":      d.line(&p.Label),
		"doc":        d.line(&p.Doc),
		"unit":       d.line(&p.Unit),
		"kind":       d.fixed(known, func(n *yaml.Node) { d.kind(n, &p.Kind) }, func() any { return p.Kind }),
		"list":       d.fixed(known, d.boolean(&p.List), func() any { return p.List }),
		"values":     d.words(&p.Values),
		"add_values": func(n *yaml.Node) { var more []string; d.words(&more)(n); p.Values = append(p.Values, more...) },
		"examples":   d.words(&p.Examples),
		"pattern":    func(n *yaml.Node) { d.pattern(n, p) },
		"min":        d.number(&p.Min),
		"max":        d.number(&p.Max),
		"low_of":     d.line(&p.LowOf),
		"high_of":    d.line(&p.HighOf),
	}
	if ofEntity {
		member["winner"] = d.fixed(known, func(n *yaml.Node) { d.winner(n, &p.Winner) }, func() any { return p.Winner })
		member["indexed"] = d.boolean(&p.Indexed)
		member["names"] = d.boolean(&p.Names)
	} else {
		member["required"] = d.boolean(&p.Required)
		member["describes"] = d.boolean(&p.Describes)
	}
	before := len(d.errs)
	d.object(value, "property "+p.Name, member)
	if p.Label == "" {
		p.Label = spaced(p.Name)
	}
	if ofEntity && !p.List && p.Winner == "" {
		p.Winner = Best
	}
	if len(d.errs) == before {
		d.checkProperty(key, p)
	}
}

func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }

// kind, winner and pattern read one scalar each.
func (d *draft) kind(n *yaml.Node, into *Kind) {
	var s string
	d.line(&s)(n)
	var known []string
	for _, k := range Kinds() {
		known = append(known, string(k))
	}
	if s != "" && !slices.Contains(known, s) {
		d.fail(n, oneOf(s, known), "unknown kind %q", Shorten(s))
		return
	}
	*into = Kind(s)
}

func (d *draft) color(n *yaml.Node, into *string) {
	s := strings.ToUpper(n.Value)
	if n.Kind != yaml.ScalarNode || !colorText.MatchString(s) {
		d.fail(n, `write red, green and blue in hexadecimal and in quotes: "#0072B2"`, "this must be a color, not %s", describe(n))
		return
	}
	*into = s
}

func (d *draft) shape(n *yaml.Node, into *Shape) {
	var s string
	d.line(&s)(n)
	var known []string
	for _, shape := range Shapes() {
		known = append(known, string(shape))
	}
	if s != "" && !slices.Contains(known, s) {
		d.fail(n, oneOf(s, known), "unknown shape %q", Shorten(s))
		return
	}
	*into = Shape(s)
}

func (d *draft) legend(n *yaml.Node, into *int) {
	place, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || place < 1 || place > maxLegend {
		d.fail(n, "write a whole number from 1 to "+strconv.Itoa(maxLegend), "this must be a place in legends, not %s", describe(n))
		return
	}
	*into = place
}

func (d *draft) winner(n *yaml.Node, into *Winner) {
	var s string
	d.line(&s)(n)
	if s != "" && s != string(Best) && s != string(Latest) {
		d.fail(n, "write best or latest", "unknown winner %q", Shorten(s))
		return
	}
	*into = Winner(s)
}

func (d *draft) pattern(n *yaml.Node, p *Property) {
	var s string
	d.line(&s)(n)
	if _, err := regexp.Compile(s); err != nil { // alone, for an unclosed group must not reach into what is put around it
		d.fail(n, "see https://pkg.go.dev/regexp/syntax", "bad pattern: %v", err)
		return
	}
	whole, err := regexp.Compile(`^(?:` + s + `)$`)
	if err != nil {
		d.fail(n, "make it shorter", "bad pattern: %v", err)
		return
	}
	p.Pattern, p.pattern = s, whole
}

// fixed reads a member that a known name must not change, since stored data depends on it. Repeating it is fine, so
// that a whole ontology extends itself.
func (d *draft) fixed(known bool, read func(*yaml.Node), get func() any) func(*yaml.Node) {
	return func(n *yaml.Node) {
		before := get()
		errs := len(d.errs)
		read(n)
		if known && len(d.errs) == errs && get() != before {
			d.fail(n, "stored data depends on it: use another name", "this is %v already and cannot become %v", before, get())
		}
	}
}

// oneOf is the hint where a word is none of those known.
func oneOf(word string, known []string) string {
	return cmp.Or(DidYouMean(quoted(Nearest(word, known)), ""), "known are "+strings.Join(known, ", "))
}

// quoted puts a name that is there in quotation marks.
func quoted(name string) string {
	if name == "" {
		return ""
	}
	return strconv.Quote(name)
}
