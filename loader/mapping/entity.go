package mapping

import (
	"cmp"
	"slices"
	"strconv"

	"orbat/schema"
)

// rowEntities are the entities of one row, by the names that the table gives them.
type rowEntities map[string][]thing

// thing is one entity of one row.
type thing struct {
	ref         schema.Ref // as relations refer to it
	kind        string
	name        string // where it is known by its name
	item        item   // of each that it is for
	placeholder bool
	cells       map[int]bool // that the item is made of, where they are traced
}

// entity returns the entity of that name, nil if there is none.
func (t *table) entity(name string) *entity {
	if t == nil || name == "" {
		return nil
	}
	i := slices.IndexFunc(t.Entities, func(e entity) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &t.Entities[i]
}

// maker makes the entities of a row.
type maker struct {
	entity    *entity
	within    *binder // of what is said of each
	described bool    // the row describes them, and refers to them by their absolute xid; else by what it tells
	dataset   string  // of which a described one's xid is absolute

	kinds              []string // the types they may be of
	kind               getter
	items              itemGetter
	where, placeholder test
	identify           map[string]identity // by type

	label, kindLabel, itemLabel string // columns, as messages name them
}

// maker compiles an entity's identity.
func (b *binder) maker(e *entity, described bool) *maker {
	k := &maker{entity: e, described: described, dataset: b.dataset, kinds: b.kinds(e), identify: map[string]identity{}}
	k.where = b.where(e.Where)
	inner := b
	if e.Each != nil {
		k.items, inner = b.items(e.Each)
		k.itemLabel = b.label(&e.Each.value)
	}
	k.within = inner
	k.kind, k.kindLabel, k.placeholder = inner.value(&e.Type.value), b.label(&e.Type.value), inner.where(e.Placeholder)
	ways := b.keysOf(e)
	if k.label = e.Name; len(ways) > 0 {
		k.label = b.label(cmp.Or(ways[0].XID, ways[0].ID, ways[0].Name))
	}
	for _, kind := range k.kinds {
		k.identify[kind] = inner.key(ways, kind)
	}
	return k
}

// things returns the entities of a row, if it holds any. One bad item of several does not take the others with it.
func (k *maker) things(s *scope) ([]thing, *rowError) {
	if holds, bad := k.where(s); bad != nil || !holds {
		return nil, bad
	}
	items := []item{{text: s.item, parts: s.parts}}
	s.trace.make("", nil)
	if k.entity.Each != nil {
		s.trace.begin()
		var bad *rowError
		if items, bad = k.items(s); bad != nil {
			return nil, bad
		}
	}
	var all []thing
	var first *rowError
	var whole map[int]bool
	if k.entity.Each != nil {
		whole = s.trace.read()
	}
	for _, i := range items {
		t, bad := thing{}, i.bad
		cells := i.cells
		if cells == nil {
			cells = whole
		}
		if bad == nil {
			s.trace.make("", cells)
			t, bad = k.thing(s.of(i))
			t.cells = cells
		}
		switch {
		case bad != nil && first == nil:
			first = bad
		case bad != nil:
			if len(first.Value) < schema.MaxBrief {
				first.Value += " | " + bad.Value
			}
			first.wholeRow = first.wholeRow || bad.wholeRow
		case !t.ref.IsZero():
			all = append(all, t)
		}
	}
	if first != nil && len(all) == 0 && k.entity.Required {
		first.wholeRow = true
	}
	if first == nil && len(all) == 0 && k.entity.Required {
		what := cmp.Or(k.entity.Name, "entity")
		first = &rowError{wholeRow: true, Fault: schema.Fault{
			Column: k.label, Reason: "the row has no " + what + ", and the mapping requires it",
		}}
	}
	return all, first
}

// thing makes the entity of one item; the zero thing: there is none.
func (k *maker) thing(s *scope) (thing, *rowError) {
	kind, bad := one(k.kind, s, "type")
	if bad != nil || kind == "" {
		return thing{}, bad
	}
	identify := k.identify[kind]
	if identify == nil {
		return thing{}, &rowError{Fault: schema.Fault{
			Column: k.kindLabel, Value: kind, Reason: "no entity type " + strconv.Quote(schema.Shorten(kind)), Hint: "map it to one",
			See: schema.SeeTypes,
		}}
	}
	t := thing{kind: kind, item: item{text: s.item, parts: s.parts}}
	var label string
	s.trace.begin()
	if t.ref, label, bad = identify(s); bad != nil || t.ref.IsZero() {
		return thing{}, k.named(bad)
	}
	if k.described {
		xid, err := t.ref.Absolute(k.dataset)
		if err != nil {
			return thing{}, k.named(&rowError{Fault: schema.Fault{
				Column: label, Value: t.ref.XID + t.ref.ID + t.ref.Name, Reason: err.Error(),
				Hint: "see key of " + cmp.Or(k.entity.Name, kind) + " in the mapping",
			}})
		}
		t.name, t.ref = t.ref.Name, schema.Ref{XID: xid}
	}
	s.trace.tell(kind, nameOf(t.ref))
	if k.entity.Placeholder != nil {
		if t.placeholder, bad = k.placeholder(s); bad != nil {
			return thing{}, bad
		}
	}
	return t, nil
}

// named names the column that the text at hand is of.
func (k *maker) named(bad *rowError) *rowError {
	if bad != nil && bad.Column == "{}" {
		bad.Column = k.itemLabel
	}
	return bad
}

// kinds returns the types an entity may be of, all of which the ontology has.
func (b *binder) kinds(e *entity) []string {
	if e.Type == nil {
		b.unknown(e.At, "the entity has no type", "", schema.SeeTypes)
		e.Type = &typeValue{value{Text: "?", At: e.At}}
		return nil
	}
	v := &e.Type.value
	told := []string{v.Text}
	if v.Text == "" {
		told = nil
		for _, k := range v.Map {
			told = append(told, k)
		}
		if v.Map == nil || v.Others == "keep" { // any text of the column: all types, so that it names itself
			for _, t := range b.ontology.Types {
				told = append(told, t.Name)
			}
		}
	}
	slices.Sort(told)
	var kinds []string
	for _, k := range slices.Compact(told) {
		if b.ontology.Type(k) == nil {
			b.unknown(v.At, "no entity type "+strconv.Quote(k), schema.DidYouMean(b.ontology.Suggest("type", k), ""), schema.SeeTypes)
			continue
		}
		kinds = append(kinds, k)
	}
	return kinds
}
