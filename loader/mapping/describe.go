package mapping

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// The properties that the language itself knows of.
const (
	nameProperty        = "name"
	aliasesProperty     = "aliases"
	placeholderProperty = "is_placeholder" // of a unit
)

// describer makes the records that describe the entities of a row.
type describer struct {
	entity     *entity
	make       *maker
	provenance provenanceMaker
	places     []propertyMaker
	marked     map[string]bool // the types that can say that they are placeholders
}

// propertyMaker makes the values of one property.
type propertyMaker struct {
	name       string
	label      string
	get        getter
	where      test
	provenance provenanceMaker             // nil: the value stands in the describing record
	series     *series                     // nil: each of its claims is one of its own
	apart      bool                        // several values of it are claims of their own
	required   map[string]*schema.Property // by type, where the mapping requires it: what the ontology does not take costs the row
}

func (b *binder) describer(e *entity) *describer {
	d := &describer{entity: e, make: b.maker(e, true), marked: map[string]bool{}}
	kinds := d.make.kinds
	for _, k := range kinds {
		d.marked[k] = b.ontology.Type(k).Property(placeholderProperty) != nil
	}
	b = d.make.within
	d.provenance = b.provenance(&e.provenance)
	if e.Period != nil {
		b.mistake(e.Period.At, "an entity has no period", "give the value that holds for a time a period of its own")
	}
	for _, name := range slices.Sorted(maps.Keys(e.Properties)) {
		list := e.Properties[name]
		for i := range list {
			p := &list[i]
			m := propertyMaker{name: name, label: cmp.Or(b.label(&p.value), name), get: b.value(&p.value), where: b.where(p.Where)}
			if p.Required {
				m.required = map[string]*schema.Property{}
				for _, k := range kinds {
					m.required[k] = b.ontology.Type(k).Property(name)
				}
			}
			m.apart = p.Date != nil && len(p.Date.Several) > 0
			if p.isGiven() {
				m.provenance, m.series = b.provenance(&p.provenance), b.series(&p.provenance)
				b.checkVersion(&p.provenance)
			}
			if m.provenance != nil && strings.HasPrefix(name, "x_") {
				b.mistake(p.At, name+" has no source of its own", "x_ properties stand in the describing claim, which has the entity's")
			}
			b.checkProperty(name, p, kinds)
			d.places = append(d.places, m)
		}
	}
	return d
}

// checkProperty sees that some type the entity may be of has the property, and that it takes the constants.
func (b *binder) checkProperty(name string, p *property, kinds []string) {
	if strings.HasPrefix(name, "x_") || len(kinds) == 0 {
		return
	}
	var has *schema.Property
	near := ""
	for _, k := range kinds {
		if found := b.ontology.Type(k).Property(name); found != nil {
			has = found
		}
		near = cmp.Or(near, b.ontology.Suggest(k, name))
	}
	if has == nil {
		hint := schema.DidYouMean(near, "what it has no place for is an x_ property")
		b.unknown(p.At, kinds[0]+" has no property "+strconv.Quote(name), hint, schema.SeeSchema.Of(kinds[0]))
		return
	}
	b.checkConstants(has, &p.value)
}

// checkConstants sees that a property takes what the mapping alone says of its values.
func (b *binder) checkConstants(has *schema.Property, v *value) {
	b.refuseConstants(v, func(text string) (reason, hint string) {
		if _, err := has.Parse(text); err != nil {
			return err.Error(), ""
		}
		return "", ""
	})
}

// records makes the records of the entities that a row describes.
func (d *describer) records(s *scope, m rowEntities, things []thing, o *outcome) {
	for i, t := range things {
		if o.full() {
			return
		}
		s := s.of(t.item)
		s.trace.make(t.kind, t.cells)
		record := &schema.Record{Kind: schema.EntityRecord, Subject: t.ref, Values: map[string][]schema.Value{}, Extra: map[string]string{}}
		record.Subject.Type = t.kind
		var bad *rowError
		if record.Provenance, _, bad = d.provenance(s, m); bad != nil && bad.grade && !bad.wholeRow {
			record.Faulty = append(record.Faulty, bad.of("confidence"))
		} else if bad != nil {
			o.reject(bad)
			continue
		}
		if d.entity.Version != nil && record.ID == "" { // also in the rows that state no version: they are the oldest
			record.ID = cmp.Or(t.ref.XID, t.ref.ID, t.ref.Name)
		}
		var values []result
		if bad = d.properties(s, m, record, &values, o); bad != nil {
			o.reject(bad)
			continue
		}
		if t.placeholder && d.marked[t.kind] && record.Values[placeholderProperty] == nil {
			record.Values[placeholderProperty] = []schema.Value{{Text: "true"}}
		}
		if t.name != "" && len(d.entity.Properties[nameProperty]) == 0 { // who is known by a name has it
			record.Values[nameProperty] = []schema.Value{{Text: t.name}}
		}
		for _, flag := range record.Values[placeholderProperty] { // the sheet itself may say so
			things[i].placeholder = things[i].placeholder || flag.Text == "true"
		}
		o.emit(record)
		for _, value := range values {
			value.record.Subject = t.ref
			o.emitTo(value.record, value.series)
		}
	}
}

// of returns the fault as that of a value of a property.
func (e *rowError) of(property string) schema.ValueFault {
	return schema.ValueFault{Fault: e.Fault, Property: property}
}

// properties puts plain values into the describing record and makes records of those that speak for themselves. One
// that is bad is left out alone. Of several columns of names the first that says something holds the name; who
// has it is not called otherwise by the next, but may be called so too: that is an alias, unless it has a source of its
// own to say it.
func (d *describer) properties(s *scope, m rowEntities, record *schema.Record, values *[]result, o *outcome) *rowError {
	kept := map[string][]string{} // of x_ properties, which may come of several columns
	var named []string
	for _, p := range d.places {
		found, bad := p.texts(s)
		if bad == nil {
			bad = p.unfit(record.Subject.Type, found)
		}
		if bad != nil {
			if bad.wholeRow {
				return bad
			}
			record.Faulty = append(record.Faulty, bad.of(p.name))
		}
		if len(found) == 0 {
			continue
		}
		if strings.HasPrefix(p.name, "x_") {
			kept[p.name] = append(kept[p.name], found...)
			record.Extra[p.name] = quoted(strings.Join(kept[p.name], "; "))
			continue
		}
		place := p.name
		if p.name == nameProperty {
			if named == nil {
				named = found
			} else if p.provenance == nil {
				place = aliasesProperty
				var names distinct
				for _, name := range named {
					names.add(name)
				}
				found = slices.DeleteFunc(slices.Clone(found), names.has)
			}
		}
		if p.provenance == nil && p.apart && len(found) > 1 {
			for _, text := range found {
				*values = append(*values, result{record: &schema.Record{
					Kind: schema.ValueRecord, Predicate: place, Value: text, Provenance: record.Provenance,
				}})
			}
			continue
		}
		if p.provenance == nil {
			for _, text := range found {
				record.Values[place] = append(record.Values[place], schema.Value{Text: text})
			}
			continue
		}
		says, extra, bad := p.provenance(s, m)
		if bad != nil {
			if bad.wholeRow {
				return bad
			}
			record.Faulty = append(record.Faulty, bad.of(p.name))
			continue
		}
		if says.ID == "" && says.Version == "" && d.entity.Version != nil { // a later version of the row without it takes it back
			says.ID, says.Version = record.ID, record.Version
		}
		for _, text := range found {
			if o.size > schema.MaxRecordSize {
				return nil
			}
			*values = append(*values, result{series: p.series, record: &schema.Record{
				Kind: schema.ValueRecord, Predicate: p.name, Value: text, Provenance: says,
				Extra: extra,
			}})
		}
	}
	return nil
}

// unfit returns why a row is rejected for a value that the mapping requires and the ontology does not take.
func (p *propertyMaker) unfit(kind string, found []string) *rowError {
	property := p.required[kind]
	if property == nil {
		return nil
	}
	for _, text := range found {
		if _, err := property.Parse(text); err != nil {
			fault := schema.FaultOf(err)
			fault.Column, fault.Reason = p.label, strconv.Quote(schema.Shorten(text))+" "+fault.Reason+", and the mapping requires it"
			return &rowError{Fault: fault, wholeRow: true}
		}
	}
	return nil
}

func (p *propertyMaker) texts(s *scope) ([]string, *rowError) {
	if holds, bad := p.where(s); bad != nil || !holds {
		return nil, bad
	}
	s.trace.begin()
	found, bad := p.get(s)
	s.trace.tell(p.name, found...)
	return found, bad
}
