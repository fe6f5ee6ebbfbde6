package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Change is one difference between what a database has and what is wanted of it.
type Change struct {
	Effect Effect
	What   string // "property Unit.strength", "predicate name", "type Person"
	Have   string // as it is; "" if absent
	Want   string // as it is wanted; "" if not wanted
}

// Effect says what a change does to stored data.
type Effect string

// The effects. Migration is additive (law 18): only a conflict stands in its way.
const (
	Added    Effect = "added"    // absent, or allowing less, until now: nothing stored is touched
	Reworded Effect = "reworded" // labels, docs, examples, mappings, captions, styles: nothing stored depends on them
	Foreign  Effect = "foreign"  // not orbat's, and left alone
	Conflict Effect = "conflict" // stored data could break the new rules, or belongs to somebody else
)

// Diff is a list of changes, in the order of what is wanted, then what is no longer.
type Diff []Change

// Of returns the changes of one effect.
func (d Diff) Of(effect Effect) Diff {
	var some Diff
	for _, c := range d {
		if c.Effect == effect {
			some = append(some, c)
		}
	}
	return some
}

// String prints one change a line, marked + (added), ~ (reworded), ? (foreign) or ! (conflict).
func (d Diff) String() string {
	var b strings.Builder
	for _, c := range d {
		mark := map[Effect]string{Added: "+", Reworded: "~", Foreign: "?", Conflict: "!"}[c.Effect]
		fmt.Fprintf(&b, "%s %s", mark, c.What)
		switch {
		case c.Have == "" && c.Want != "":
			b.WriteString(": " + c.Want)
		case c.Have != "" && c.Want == "":
			b.WriteString(": " + c.Have)
			if c.Effect == Conflict {
				b.WriteString(" → gone")
			}
		case c.Have != "":
			b.WriteString(": " + c.Have + " → " + c.Want)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Err returns a [MigrationError] if a conflict stands in the way, else nil.
func (d Diff) Err() error {
	if conflicts := d.Of(Conflict); len(conflicts) > 0 {
		return &MigrationError{Conflicts: conflicts}
	}
	return nil
}

// MigrationError says why a database cannot be brought to the wanted schema (law 18).
type MigrationError struct{ Conflicts Diff }

// Error counts and lists the conflicts.
func (e *MigrationError) Error() string {
	return fmt.Sprintf("refused: migration only adds, and %s in the way:\n%s",
		plural(len(e.Conflicts), "conflict stands", "conflicts stand"), strings.TrimSuffix(e.Conflicts.String(), "\n"))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// DiffOntology compares the ontology that a database was made with to the one wanted now. New types, properties,
// relations, values and ends are added; whatever is taken away, narrowed or made into something else is a conflict.
// The order of things does not matter.
func DiffOntology(have, want *Ontology) Diff {
	d := diffProperties("property every entity.", have.Common, want.Common)
	for _, w := range want.Types {
		h := have.Type(w.Name)
		if h == nil {
			d = append(d, Change{
				Added, "type " + w.Name, "",
				fmt.Sprintf("a type of %s", plural(len(w.own), "own property", "own properties")),
			})
			continue
		}
		d = append(d, reworded("type "+w.Name, h.wording(), w.wording(), h.MapsTo, w.MapsTo)...)
		d = append(d, diffProperties("property "+w.Name+".", h.own, want.ownOrCommon(w, h))...)
	}
	for _, h := range have.Types {
		if want.Type(h.Name) == nil {
			d = append(d, Change{Conflict, "type " + h.Name, "a type", ""})
		}
	}
	for _, w := range want.Relations {
		h := have.Relation(w.Name)
		if h == nil {
			d = append(d, Change{Added, "relation " + w.Name, "", endsText(w)})
			continue
		}
		d = append(d, diffRelation(h, w, have)...)
	}
	for _, h := range have.Relations {
		if want.Relation(h.Name) == nil {
			d = append(d, Change{Conflict, "relation " + h.Name, endsText(h), ""})
		}
	}
	return d
}

// wording is all that people read of the type and see of its entities.
func (t *EntityType) wording() string {
	return fmt.Sprint(t.Label, t.Plural, t.Doc, t.Caption, t.Featured, t.Color, t.Shape, t.Legend)
}

// ownOrCommon returns the own properties of the type, and those common ones that were its own before: to give what one
// type has to all takes nothing away.
func (o *Ontology) ownOrCommon(t, before *EntityType) []*Property {
	list := slices.Clone(t.own)
	for _, p := range o.Common {
		if findProperty(before.own, p.Name) != nil {
			list = append(list, p)
		}
	}
	return list
}

func diffRelation(have, want *Relation, was *Ontology) Diff {
	what := "relation " + want.Name
	wording := func(r *Relation) string { return fmt.Sprint(r.Label, r.Inverse, r.Doc, r.Timeless) }
	d := reworded(what, wording(have), wording(want), have.MapsTo, want.MapsTo)
	if have.Symmetric != want.Symmetric {
		d = append(d, Change{Conflict, what, fmt.Sprintf("symmetric: %t", have.Symmetric), fmt.Sprintf("symmetric: %t", want.Symmetric)})
	}
	var lost, gained []string
	for _, from := range was.Types {
		for _, to := range was.Types {
			before, after := have.Fits(from.Name, to.Name), want.Fits(from.Name, to.Name)
			if pair := from.Name + " → " + to.Name; before && !after {
				lost = append(lost, pair)
			} else if after && !before {
				gained = append(gained, pair)
			}
		}
	}
	if len(lost) > 0 {
		d = append(d, Change{Conflict, what + ", ends", strings.Join(lost, ", "), ""})
	}
	if len(gained) > 0 {
		d = append(d, Change{Added, what + ", ends", "", strings.Join(gained, ", ")})
	}
	return append(d, diffProperties("qualifier "+want.Name+".", have.Qualifiers, want.Qualifiers)...)
}

func endsText(r *Relation) string {
	var texts []string
	for _, e := range r.Ends {
		texts = append(texts, e.String())
	}
	return strings.Join(texts, "; ")
}

func reworded(what, have, want string, haveMaps, wantMaps map[string][]string) Diff {
	if have == want && maps.EqualFunc(haveMaps, wantMaps, slices.Equal) {
		return nil
	}
	return Diff{{Effect: Reworded, What: what}}
}

func diffProperties(what string, have, want []*Property) Diff {
	var d Diff
	for _, w := range want {
		h := findProperty(have, w.Name)
		switch {
		case h != nil:
			d = append(d, diffProperty(what+w.Name, h, w)...)
		case w.Required: // the statements that are there lack it
			d = append(d, Change{Conflict, what + w.Name, "", shape(w) + ", required"})
		default:
			d = append(d, Change{Added, what + w.Name, "", shape(w)})
		}
	}
	for _, h := range have {
		if findProperty(want, h.Name) == nil {
			d = append(d, Change{Conflict, what + h.Name, shape(h), ""})
		}
	}
	return d
}

func diffProperty(what string, have, want *Property) Diff {
	var d Diff
	add := func(effect Effect, part, h, w string) { d = append(d, Change{effect, what + part, h, w}) }
	if shape(have) != shape(want) {
		add(Conflict, "", shape(have), shape(want))
	}
	if lost := without(have.Values, want.Values); len(lost) > 0 {
		add(Conflict, ", values", strings.Join(lost, ", "), "")
	}
	if gained := without(want.Values, have.Values); len(gained) > 0 && have.Kind == want.Kind {
		add(Added, ", values", "", strings.Join(gained, ", "))
	}
	if have.Pattern != want.Pattern {
		add(loosens(want.Pattern == ""), ", pattern", orNone(have.Pattern), orNone(want.Pattern))
	}
	if boundText(have.Min) != boundText(want.Min) {
		looser := want.Min == nil || (have.Min != nil && *want.Min < *have.Min)
		add(loosens(looser), ", min", orNone(boundText(have.Min)), orNone(boundText(want.Min)))
	}
	if boundText(have.Max) != boundText(want.Max) {
		looser := want.Max == nil || (have.Max != nil && *want.Max > *have.Max)
		add(loosens(looser), ", max", orNone(boundText(have.Max)), orNone(boundText(want.Max)))
	}
	if have.Unit != want.Unit {
		add(loosens(have.Unit == ""), ", unit", orNone(have.Unit), orNone(want.Unit))
	}
	if have.Required != want.Required {
		add(loosens(have.Required), ", required", fmt.Sprint(have.Required), fmt.Sprint(want.Required))
	}
	if have.Indexed != want.Indexed {
		add(loosens(want.Indexed), ", indexed", fmt.Sprint(have.Indexed), fmt.Sprint(want.Indexed))
	}
	if have.Names != want.Names {
		add(loosens(want.Names), ", names", fmt.Sprint(have.Names), fmt.Sprint(want.Names))
	}
	if have.Bounds() != want.Bounds() || (have.LowOf == "") != (want.LowOf == "") {
		add(loosens(have.Bounds() == ""), ", bounds", orNone(have.Bounds()), orNone(want.Bounds()))
	}
	if have.Describes != want.Describes || have.Label != want.Label || have.Doc != want.Doc || !slices.Equal(have.Examples, want.Examples) {
		add(Reworded, "", "", "")
	}
	return d
}

func loosens(is bool) Effect {
	if is {
		return Added
	}
	return Conflict
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// without returns the words of a that b lacks.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
