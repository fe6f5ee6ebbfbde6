package schema

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	lowerName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	typeName  = regexp.MustCompile(`^[A-Z][A-Za-z0-9]{0,63}$`)
	enumValue = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
)

// reservedTypes are types of nodes that are orbat's own, and AnyType's look-alike.
func reservedTypes() []string { return []string{"Entity", "Claim", "Load", "Any"} }

// reservedRelationKeys are the keys of a record of a relation that are not qualifiers: such a record is one flat
// object, {"relation": "commands", "from": …, "to": …, "role": …, "period": …}. The keys that tell the other kinds of
// record apart are among them.
func reservedRelationKeys() []string {
	return []string{
		"relation", "from", "to", "type", "property", "decision", "claim", "id", "xid", "uid", "record", "record_version", "dataset",
		"source", "sources", "quote", "locator", "begin", "end", "period", "assertion", "attributed_to", "confidence",
		"credibility", "method", "marking", "extra",
	}
}

// reservedNames are the names that no property of an entity and no relation may have: the keys of records (marking is
// one of the common properties) and the words of Dgraph's query language that would not be read as a predicate.
func reservedNames() []string {
	keys := slices.DeleteFunc(reservedRelationKeys(), func(s string) bool { return s == "marking" })
	keys = append(keys, "of", "value", "between", "by", "at", "why", "session") // values and decisions
	return append(keys, "as", "var", "val", "expand", "count", "math", "min", "max", "sum", "avg", "checkpwd")
}

// checkProperty checks what the property alone shows.
func (d *draft) checkProperty(at *yaml.Node, p *Property) {
	switch {
	case p.Kind == "":
		d.fail(at, "add kind: string, or another of the kinds", "property %s has no kind", p.Name)
	case p.Kind == KindEnum && len(p.Values) == 0:
		d.fail(at, "add values: [a, b]", "property %s is an enum without values", p.Name)
	case p.Kind != KindEnum && len(p.Values) > 0:
		d.fail(at, "write kind: enum, or examples: instead of values:", "property %s is a %s and cannot have values", p.Name, p.Kind)
	case p.Kind != KindString && len(p.Examples) > 0:
		d.fail(at, "leave out examples:", "property %s is a %s: only a string has examples", p.Name, p.Kind)
	case p.Kind != KindString && p.Pattern != "":
		d.fail(at, "leave out pattern:", "property %s is a %s: only a string has a pattern", p.Name, p.Kind)
	case (p.Min != nil || p.Max != nil) && p.Kind != KindInt && p.Kind != KindFloat:
		d.fail(at, "leave out min: and max:", "property %s is a %s: only int and float have bounds", p.Name, p.Kind)
	case p.Min != nil && p.Max != nil && *p.Min > *p.Max:
		d.fail(at, "exchange the two", "property %s has a min above its max", p.Name)
	case p.List && p.Winner != "":
		d.fail(at, "leave out winner:", "property %s is a list: all its values stand side by side", p.Name)
	case p.List && (p.Kind == KindGeo || p.Dated()):
		// .min and .max could not be told apart by value, and one shape is what a map draws.
		d.fail(at, "leave out list:", "property %s is a %s and cannot be a list", p.Name, p.Kind)
	case p.Bounds() != "" && (p.Kind != KindInt && p.Kind != KindFloat || p.List || p.LowOf != "" && p.HighOf != ""):
		d.fail(at, "one number bounds one other", "property %s cannot be the lowest and highest of anything", p.Name)
	case p.Names && p.Kind != KindString:
		d.fail(at, "leave out names:", "property %s is a %s: only a string names an entity", p.Name, p.Kind)
	case p.Indexed && (p.Kind == KindText || p.Kind == KindBool):
		d.fail(at, "leave out indexed:", "property %s is a %s and cannot be looked up", p.Name, p.Kind)
	}
	d.checkValues(at, p)
	for _, example := range p.Examples {
		if _, bad := p.parse(example); bad != nil {
			d.fail(at, "correct the example or the pattern", "property %s: its example %q %s", p.Name, Shorten(example), bad.reason)
		}
	}
}

func (d *draft) checkValues(at *yaml.Node, p *Property) {
	seen := map[string]string{}
	for _, v := range p.Values {
		folded := foldValue(v)
		switch first, twice := seen[folded]; {
		case !enumValue.MatchString(v):
			d.fail(at, "use up to 64 of a-z A-Z 0-9 _ -", "property %s: bad value %q", p.Name, Shorten(v))
		case twice:
			d.fail(at, "keep one", "property %s: the values %q and %q are read as the same", p.Name, first, v)
		}
		seen[folded] = v
	}
}

// checkBounds checks the properties of a type, or the qualifiers of a relation, that are the lowest or highest of
// another.
func (d *draft) checkBounds(of string, properties []*Property) {
	for _, p := range properties {
		if p.Bounds() == "" {
			continue
		}
		if number := findProperty(properties, p.Bounds()); number == nil || number.Kind != p.Kind || number.List || number.Bounds() != "" {
			d.failAt(p.pos, "name a number of the same kind beside it", "property %s bounds %q, which is no such number of %s", p.Name,
				Shorten(p.Bounds()), of)
		}
	}
}

// check checks what only the whole shows.
func (d *draft) check() {
	d.checkTypes()
	for _, t := range d.o.Types {
		d.checkBounds(t.Name, slices.Concat(d.o.Common, t.own))
	}
	for _, r := range d.o.Relations {
		d.checkBounds(r.Name, r.Qualifiers)
	}
	d.checkEnds()
	d.checkUses()
	taken := d.checkPredicates()
	for _, r := range d.o.Relations {
		if d.checkName(r.pos, "relation", r.Name, reservedNames()) {
			if p := taken[r.Name]; p != nil {
				here, there := d.latest(r.pos, p.pos)
				d.failAt(here, "rename one: both are predicates in Dgraph",
					"%s is both a relation and a property; the other is at %s", r.Name, there)
			}
		}
		for _, q := range r.Qualifiers {
			d.checkName(q.pos, "qualifier", q.Name, reservedRelationKeys())
		}
	}
}

func (d *draft) checkTypes() {
	seen := map[string]*EntityType{}
	for _, t := range d.o.Types {
		folded := strings.ToLower(t.Name)
		switch first := seen[folded]; {
		case !typeName.MatchString(t.Name):
			d.failAt(t.pos, "begin with a capital, then letters and digits, 64 at most", "bad type name %q", Shorten(t.Name))
		case slices.Contains(reservedTypes(), t.Name):
			d.failAt(t.pos, "use another name", "type %s is orbat's own", t.Name)
		case first != nil:
			d.failAt(t.pos, "use one spelling", "type %s differs only in case from %s at %s", t.Name, first.Name, first.pos)
		}
		seen[folded] = t
	}
}

// checkPredicates checks all properties of entities and returns the first one of each name: properties of one name
// share a predicate, whatever their types.
func (d *draft) checkPredicates() map[string]*Property {
	taken := map[string]*Property{}
	for _, p := range d.o.Common {
		d.checkName(p.pos, "property", p.Name, reservedNames())
		taken[p.Name] = p
	}
	for _, t := range d.o.Types {
		for _, p := range t.own {
			d.checkName(p.pos, "property", p.Name, reservedNames())
			first := taken[p.Name]
			switch {
			case first == nil:
				taken[p.Name] = p
			case findProperty(d.o.Common, p.Name) != nil:
				here, there := d.latest(p.pos, first.pos)
				d.failAt(here, "rename one, or leave out the type's",
					"property %s is both of every entity and of %s; the other is at %s", p.Name, t.Name, there)
			case first.Kind != p.Kind || first.List != p.List || first.Winner != p.Winner:
				here, there := d.latest(p.pos, first.pos)
				d.failAt(here, "make them alike or rename one: both are one predicate in Dgraph",
					"property %s of %s is %s, elsewhere %s; the other is at %s", p.Name, t.Name, shape(p), shape(first), there)
			}
		}
	}
	return taken
}

// latest puts the position in the file being read first: there the mistake can be corrected.
func (d *draft) latest(a, b Position) (here, there Position) {
	if a.File != d.file {
		return b, a
	}
	return a, b
}

// shape is what must agree between properties of one name.
func shape(p *Property) string {
	if p.List {
		return "a list of " + string(p.Kind)
	}
	if p.Winner == "" {
		return string(p.Kind)
	}
	return fmt.Sprintf("%s, winner %s", p.Kind, p.Winner)
}

func (d *draft) checkName(pos Position, what, name string, reserved []string) bool {
	switch {
	case strings.Contains(name, "."):
		d.failAt(pos, "use _ for the dot; dotted names such as claim., entity., load. and dgraph. are not data's", "bad %s name %q", what,
			Shorten(name))
	case !lowerName.MatchString(name):
		d.failAt(pos, "begin with a-z, then a-z 0-9 _, 64 at most", "bad %s name %q", what, Shorten(name))
	case strings.HasPrefix(name, "x_"):
		d.failAt(pos, "leave out the x_, which marks what the ontology does not know", "bad %s name %q", what, name)
	case slices.Contains(reserved, name):
		d.failAt(pos, "use another name, such as "+name+"_text", "%s is a reserved name: no %s can have it", name, what)
	default:
		return true
	}
	return false
}

func (d *draft) checkEnds() {
	for _, e := range d.ends {
		if e.name == AnyType || d.o.Type(e.name) != nil {
			continue
		}
		hint := cmp.Or(DidYouMean(quoted(d.o.Suggest("type", e.name)), ""), "use a type that exists, or any (every type but Source)")
		d.failAt(e.pos, hint, "relation %s joins the unknown type %q", e.relation, Shorten(e.name))
	}
}

func (d *draft) checkUses() {
	for _, use := range d.uses {
		own := slices.Concat(d.o.Common, use.of.own)
		if findProperty(own, use.property) == nil {
			d.failAt(use.pos, oneOf(use.property, propertyNames(own)), "%s has no property %q", use.of.Name, Shorten(use.property))
		}
	}
}
