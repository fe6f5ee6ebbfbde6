package mapping

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// joiner makes the records of one relation of a row.
type joiner struct {
	relation   *relation
	from, to   endMaker
	items      *endMaker // the end whose items are at hand in what the relation says; nil: neither is of an each
	where      test
	pair       *meter  // counts pairs of ends
	series     *series // nil: each of its claims is one of its own
	provenance provenanceMaker
	places     []propertyMaker
}

// endMaker returns the entities at one end of a relation.
type endMaker struct {
	of    func(*scope, rowEntities) ([]thing, *rowError)
	kinds []string
}

func (b *binder) joiner(r *relation) *joiner {
	j := &joiner{relation: r, pair: b.meterAt(r.Relation, r.At)}
	b = j.bindEnds(b)
	j.where, j.provenance, j.series = b.where(r.Where), b.provenance(&r.provenance), b.series(&r.provenance)
	b.checkVersion(&r.provenance)
	known := b.ontology.Relation(r.Relation)
	if known == nil {
		b.unknown(r.At, "no relation "+strconv.Quote(r.Relation), schema.DidYouMean(b.ontology.Suggest("relation", r.Relation), ""),
			schema.SeeSchema)
		return j
	}
	b.checkEnds(r, known, j)
	for _, q := range known.Qualifiers {
		if _, given := r.Properties[q.Name]; q.Required && !given {
			b.mistake(r.At, r.Relation+" needs "+q.Name, "give it under properties")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Properties)) {
		v := r.Properties[name]
		if q := known.Qualifier(name); q != nil {
			b.checkConstants(q, &v)
		} else if !strings.HasPrefix(name, "x_") {
			hint := schema.DidYouMean(b.ontology.Suggest(r.Relation, name), "what it has no place for is an x_ property")
			b.unknown(v.At, r.Relation+" has no qualifier "+strconv.Quote(name), hint, schema.SeeSchema.Of(r.Relation))
		}
		m := propertyMaker{name: name, label: cmp.Or(b.label(&v), name), get: b.value(&v), where: b.where(nil)}
		if v.Required {
			m.required = map[string]*schema.Property{"": known.Qualifier(name)}
		}
		j.places = append(j.places, m)
	}
	return j
}

// checkEnds sees that some of the types that the ends may be of fit the relation.
func (b *binder) checkEnds(r *relation, known *schema.Relation, j *joiner) {
	if len(j.from.kinds) == 0 || len(j.to.kinds) == 0 {
		return
	}
	for _, from := range j.from.kinds {
		for _, to := range j.to.kinds {
			if known.Fits(from, to) {
				return
			}
		}
	}
	hint, see := "", schema.SeeSchema.Of(r.Relation)
	if known.Fits(j.to.kinds[0], j.from.kinds[0]) {
		hint, see = "swap from and to", ""
	}
	b.unknown(r.At, r.Relation+" does not go from "+j.from.kinds[0]+" to "+j.to.kinds[0], hint, see)
}

// bindEnds compiles the ends of the relation. Where one of them is an entity that a row holds several of, the text that
// each is for is at hand in the other end and in all that the relation says, for which the binder is returned.
func (j *joiner) bindEnds(b *binder) *binder {
	r, within := j.relation, b
	several := func(e *end) *eachRule {
		if e == nil || e.Inline != nil {
			return nil
		}
		if named := b.table.entity(e.Name); named != nil {
			return named.Each
		}
		return nil
	}
	switch from, to := several(r.From), several(r.To); {
	case from != nil && to == nil:
		_, within = b.items(from)
		j.items = &j.from
	case to != nil && from == nil:
		_, within = b.items(to)
		j.items = &j.to
	}
	j.from, j.to = within.relationEnd(r, r.From, "from"), within.relationEnd(r, r.To, "to")
	return within
}

func (b *binder) relationEnd(r *relation, e *end, which string) endMaker {
	if e == nil {
		b.mistake(r.At, r.Relation+" has no "+which, "name an entity of the table, or give type and key")
		return endMaker{of: func(*scope, rowEntities) ([]thing, *rowError) { return nil, nil }}
	}
	return b.end(e)
}

// end compiles one end: an entity of the table by its name, or one given in place.
func (b *binder) end(e *end) endMaker {
	if e.Inline == nil {
		named := b.table.entity(e.Name)
		if named == nil {
			var names []string
			for _, other := range b.table.Entities {
				names = append(names, other.Name)
			}
			b.mistake(e.At, "the table has no entity "+strconv.Quote(e.Name),
				schema.DidYouMean(schema.Nearest(e.Name, names), "name one of its entities, or give type and key"))
			return endMaker{of: func(*scope, rowEntities) ([]thing, *rowError) { return nil, nil }}
		}
		return endMaker{of: func(_ *scope, m rowEntities) ([]thing, *rowError) { return m[e.Name], nil }, kinds: b.silent().kinds(named)}
	}
	if len(e.Inline.Properties) > 0 || e.Inline.isGiven() {
		b.mistake(e.At, "an entity given in place only refers", "describe it under entities, and name it here")
	}
	of := b.maker(e.Inline, false)
	return endMaker{of: func(s *scope, _ rowEntities) ([]thing, *rowError) { return of.things(s) }, kinds: of.kinds}
}

// records makes a record for each pair of ends.
func (j *joiner) records(s *scope, m rowEntities, o *outcome) {
	if bad := j.pairs(s, m, o); bad != nil {
		o.reject(bad)
	}
}

func (j *joiner) pairs(s *scope, m rowEntities, o *outcome) *rowError {
	if j.items == nil {
		return j.between(s, m, o, j.from.of, j.to.of)
	}
	several, bad := j.items.of(s, m)
	if len(several) == 0 {
		return j.between(s, m, o, j.from.of, j.to.of) // which tells what is bad, or not there
	}
	if bad != nil {
		o.reject(bad) // of several entities at an end the good ones stay
	}
	for i := range several {
		this := func(*scope, rowEntities) ([]thing, *rowError) { return several[i : i+1], nil }
		from, to := this, j.to.of
		if j.items == &j.to {
			from, to = j.from.of, this
		}
		if bad := j.between(s.of(several[i].item), m, o, from, to); bad != nil {
			o.reject(bad)
		}
	}
	return nil
}

// between makes a record for each pair of two ends, all of which say the same.
func (j *joiner) between(s *scope, m rowEntities, o *outcome, from, to func(*scope, rowEntities) ([]thing, *rowError)) *rowError {
	if holds, bad := j.where(s); bad != nil || !holds {
		return bad
	}
	s.trace.begin()
	froms, badFrom := from(s, m)
	tos, badTo := to(s, m)
	s.trace.make(j.relation.Relation, nil)
	for _, end := range [][]thing{froms, tos} {
		if s.trace != nil && len(end) > 0 && end[0].cells != nil { // what the relation says may be of the item
			s.trace.make(j.relation.Relation, end[0].cells)
		}
	}
	for _, bad := range []*rowError{badFrom, badTo} {
		if bad != nil {
			bad.wholeRow = bad.wholeRow || j.relation.Required && (len(froms) == 0 || len(tos) == 0)
			o.reject(bad) // of several entities at an end the good ones stay
		}
	}
	if len(froms) == 0 || len(tos) == 0 {
		if badFrom == nil && badTo == nil && j.relation.Required {
			return &rowError{wholeRow: true, Fault: schema.Fault{
				Column: j.relation.Relation, Reason: "an end of the relation is missing, and the mapping requires both",
			}}
		}
		return nil
	}
	record := schema.Record{
		Kind: schema.RelationRecord, Predicate: j.relation.Relation, Values: map[string][]schema.Value{},
		Extra: map[string]string{},
	}
	var extra map[string]string
	var bad *rowError
	if record.Provenance, extra, bad = j.provenance(s, m); bad != nil {
		return bad
	}
	for name, text := range extra {
		record.Extra[name] = text
	}
	for _, p := range j.places {
		found, bad := p.texts(s)
		if bad == nil {
			bad = p.unfit("", found)
		}
		if bad != nil {
			return bad
		}
		if strings.HasPrefix(p.name, "x_") && len(found) > 0 {
			record.Extra[p.name] = quoted(strings.Join(found, "; "))
			continue
		}
		for _, text := range found {
			record.Values[p.name] = append(record.Values[p.name], schema.Value{Text: text})
		}
	}
	for _, from := range froms {
		for _, to := range tos {
			if o.full() {
				return nil
			}
			if bad := j.pair.take(s, textCost); bad != nil {
				return bad
			}
			if bad := keepsOff(from, to); bad != nil {
				o.reject(bad)
				continue
			}
			one := record
			one.Subject, one.Object = from.ref, to.ref
			one.Values, one.Extra = maps.Clone(record.Values), maps.Clone(record.Extra)
			o.emitTo(&one, j.series)
		}
	}
	return nil
}

// keepsOff keeps people and places off placeholders: such a unit only fills a place in a hierarchy, and who was put
// there, or where it would be, belongs to one of many units that nobody has named.
func keepsOff(from, to thing) *rowError {
	for _, pair := range [][2]thing{{from, to}, {to, from}} {
		if pair[0].placeholder && slices.Contains([]string{"Person", "Location"}, pair[1].kind) {
			return &rowError{Fault: schema.Fault{
				Column: "placeholder", Value: pair[0].ref.XID + pair[0].ref.Name,
				Reason: "only fills a place in a hierarchy and takes no " + strings.ToLower(pair[1].kind),
				Hint:   "name the unit itself, or load it under a name of its own",
			}}
		}
	}
	return nil
}
