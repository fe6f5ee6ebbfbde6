package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// made are the entities of one row, by the names that the table gives them.
type made map[string][]thing

// thing is one entity of one row.
type thing struct {
	ref         schema.Ref // as relations refer to it
	kind        string
	name        string // where it is known by its name
	item        string // the text of each that it is for
	placeholder bool
}

// entity gives the entity of that name, nil if there is none.
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

// maker gives the entities of a row. Where the row holds none there are none.
type maker func(*scope) ([]thing, *fault)

// things compiles an entity's identity. Described entities are referred to by their absolute xid; others by what the row tells.
func (b *binder) things(e *entity, described bool) (maker, []string) {
	kinds := b.kinds(e)
	kind, items := b.value(&e.Type.value), b.value(e.Each)
	where, placeholder := b.where(e.Where), b.where(e.Placeholder)
	keyFor := map[string]func(*scope) (schema.Ref, *fault){}
	for _, k := range kinds {
		keyFor[k] = b.key(b.keysOf(e), k, nil)
	}
	label := b.entityLabel(e)
	return func(s *scope) ([]thing, *fault) {
		if holds, bad := where(s); bad != nil || !holds {
			return nil, bad
		}
		scopes := []*scope{s}
		if e.Each != nil {
			found, bad := items(s)
			if bad != nil {
				return nil, bad
			}
			scopes = scopes[:0]
			for _, text := range found {
				scopes = append(scopes, s.with(text))
			}
		}
		var all []thing
		var first *fault // one bad item does not take the others with it
		fail := func(bad *fault) {
			if bad.column == "{}" {
				bad.column = b.label(e.Each)
			}
			if first == nil {
				first = bad
			} else {
				first.value += " | " + bad.value
			}
		}
		for _, s := range scopes {
			k, bad := one(kind, s, "type")
			if bad != nil {
				return nil, bad
			}
			if k == "" {
				continue
			}
			t := thing{kind: k, item: s.item}
			if keyFor[k] == nil {
				return nil, &fault{b.label(&e.Type.value), k, "no entity type " + strconv.Quote(schema.Shorten(k)), "map it to one: orbat schema types"}
			}
			if t.ref, bad = keyFor[k](s); bad != nil {
				fail(bad)
				continue
			}
			if t.ref.IsZero() {
				continue
			}
			if described {
				t.name = t.ref.Name
				xid, err := t.ref.Absolute(b.dataset)
				if err != nil {
					fail(&fault{label, t.ref.XID + t.ref.ID + t.ref.Name, err.Error(), "see key of " + cmp.Or(e.Name, k) + " in the mapping"})
					continue
				}
				t.ref = schema.Ref{XID: xid}
			}
			if e.Placeholder != nil {
				if t.placeholder, bad = placeholder(s); bad != nil {
					return nil, bad
				}
			}
			all = append(all, t)
		}
		if first != nil {
			return all, first
		}
		if len(all) == 0 && e.Required {
			return nil, &fault{column: label, reason: "the row has no " + cmp.Or(e.Name, "entity") + ", and the mapping requires it"}
		}
		return all, nil
	}, kinds
}

// kinds gives the types an entity may be of, all of which the ontology has.
func (b *binder) kinds(e *entity) []string {
	if e.Type == nil {
		b.mistake(e.At, "the entity has no type", "orbat schema types lists them")
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
			var names []string
			for _, t := range b.ontology.Types {
				names = append(names, t.Name)
			}
			b.mistake(v.At, "no entity type "+strconv.Quote(k), didYouMean(k, names, "orbat schema types lists them"))
			continue
		}
		kinds = append(kinds, k)
	}
	return kinds
}

func didYouMean(what string, names []string, otherwise string) string {
	if near := nearest(what, names); near != "" {
		return "did you mean " + near + "? " + otherwise
	}
	return otherwise
}

// keysOf gives an entity's keys: its own, else its name property.
func (b *binder) keysOf(e *entity) keys {
	if len(e.Key) > 0 {
		return e.Key
	}
	if names := e.Properties["name"]; len(names) > 0 {
		return keys{{Name: &names[0].value, At: e.At}}
	}
	if e.Each != nil {
		return keys{{Name: &value{Template: "{}", At: e.At}, At: e.At}}
	}
	b.mistake(e.At, "the entity has no key", `give key, such as key: {id: COLUMN}, or a property name`)
	return nil
}

func (b *binder) entityLabel(e *entity) string {
	for _, k := range b.keysOf(e) {
		return b.label(cmp.Or(k.XID, k.ID, k.Name))
	}
	return e.Name
}

// key compiles what identifies an entity: the first way that gives something. plain reads the text at hand where no way is given.
func (b *binder) key(ways keys, kind string, plain func(string) schema.Ref) func(*scope) (schema.Ref, *fault) {
	if len(ways) == 0 && plain != nil {
		return func(s *scope) (schema.Ref, *fault) { return plain(s.item), nil }
	}
	type way struct {
		label string
		get   getter
		ref   func(string) schema.Ref
	}
	var all []way
	for i := range ways {
		k := &ways[i]
		given := 0
		add := func(v *value, ref func(string) schema.Ref) {
			if v != nil {
				given++
				all = append(all, way{b.label(v), b.value(v), ref})
			}
		}
		add(k.XID, func(text string) schema.Ref { return schema.Ref{XID: text} })
		add(k.ID, func(text string) schema.Ref { return schema.Ref{ID: text} })
		add(k.Name, func(text string) schema.Ref { return schema.Ref{Type: kind, Name: text} })
		if given != 1 {
			b.mistake(k.At, "a key is one of xid, id and name", "several ways to find it are a list: - {xid: …} - {name: …}")
		}
	}
	return func(s *scope) (schema.Ref, *fault) {
		for _, w := range all {
			text, bad := one(w.get, s, w.label)
			if bad != nil {
				return schema.Ref{}, bad
			}
			if text != "" {
				return w.ref(text), nil
			}
		}
		return schema.Ref{}, nil
	}
}

// placeholderProperty says of a unit that it is a placeholder.
const placeholderProperty = "is_placeholder"

// describer makes the records that describe the entities of a row.
type describer struct {
	entity *entity
	make   maker
	says   sayer
	places []propertyMaker
	marked map[string]bool // the types that can say that they are placeholders
}

// propertyMaker makes the values of one property.
type propertyMaker struct {
	name  string
	label string
	get   getter
	where test
	says  sayer // nil: the value stands in the describing record
}

func (b *binder) describer(e *entity) *describer {
	d := &describer{entity: e, says: b.says(&e.saying), marked: map[string]bool{}}
	var kinds []string
	d.make, kinds = b.things(e, true)
	for _, k := range kinds {
		d.marked[k] = b.ontology.Type(k).Property(placeholderProperty) != nil
	}
	if e.Period != nil {
		b.mistake(e.Period.At, "an entity has no period", "give the value that holds for a time a period of its own")
	}
	for _, name := range sortedNames(e.Properties) {
		list := e.Properties[name]
		for i := range list {
			p := &list[i]
			m := propertyMaker{name: name, label: cmp.Or(b.label(&p.value), name), get: b.value(&p.value), where: b.where(p.Where)}
			if p.saysAnything() {
				m.says = b.says(&p.saying)
			}
			if m.says != nil && strings.HasPrefix(name, "x_") {
				b.mistake(p.At, name+" has no source of its own", "x_ properties stand in the describing claim, which has the entity's")
			}
			b.checkProperty(name, p, kinds)
			d.places = append(d.places, m)
		}
	}
	return d
}

// checkProperty sees that some type the entity may be of has the property, and that it takes the values known beforehand.
func (b *binder) checkProperty(name string, p *property, kinds []string) {
	if strings.HasPrefix(name, "x_") || len(kinds) == 0 {
		return
	}
	var has *schema.Property
	var names []string
	for _, k := range kinds {
		kind := b.ontology.Type(k)
		if found := kind.Property(name); found != nil {
			has = found
		}
		for _, known := range kind.Properties {
			names = append(names, known.Name)
		}
	}
	if has == nil {
		b.mistake(p.At, kinds[0]+" has no property "+strconv.Quote(name), didYouMean(name, names, "orbat schema show "+kinds[0]+" lists them; what it has no place for is an x_ property"))
		return
	}
	b.checkConstants(has, &p.value)
}

// checkConstants sees that a property takes what the mapping alone says of its values.
func (b *binder) checkConstants(has *schema.Property, v *value) {
	known := []string{v.Text}
	for _, text := range v.Map {
		known = append(known, text)
	}
	slices.Sort(known)
	for _, text := range known {
		if text == "" || v.Into != "" || v.As != "" {
			continue
		}
		if _, err := has.Parse(text); err != nil {
			b.mistake(v.At, err.Error(), "")
		}
	}
	for _, list := range [][]value{v.First, v.All} {
		for i := range list {
			b.checkConstants(has, &list[i])
		}
	}
}

// records makes the records of the entities that a row describes.
func (d *describer) records(s *scope, m made, things []thing, emit func(*schema.Record), reject func(*fault)) {
	for i, t := range things {
		s := s.with(t.item)
		record := &schema.Record{Kind: schema.EntityRecord, Subject: t.ref, Values: map[string][]schema.Value{}, Extra: map[string]string{}}
		record.Subject.Type = t.kind
		var bad *fault
		if record.Says, _, bad = d.says(s, m); bad != nil {
			reject(bad)
			continue
		}
		var values []*schema.Record
		if bad = d.properties(s, m, record, &values, reject); bad != nil {
			reject(bad)
			continue
		}
		if t.placeholder && d.marked[t.kind] && record.Values[placeholderProperty] == nil {
			record.Values[placeholderProperty] = []schema.Value{{Text: "true"}}
		}
		if t.name != "" && len(d.entity.Properties["name"]) == 0 { // who is known by a name has it
			record.Values["name"] = []schema.Value{{Text: t.name}}
		}
		for _, flag := range record.Values[placeholderProperty] { // the sheet itself may say so
			things[i].placeholder = things[i].placeholder || flag.Text == "true"
		}
		emit(record)
		for _, value := range values {
			value.Subject = t.ref
			emit(value)
		}
	}
}

// properties puts plain values into the describing record and makes records of those that speak for themselves. One of those that
// is bad is rejected alone.
func (d *describer) properties(s *scope, m made, record *schema.Record, values *[]*schema.Record, reject func(*fault)) *fault {
	kept := map[string][]string{} // of x_ properties, which may come of several columns
	for _, p := range d.places {
		found, bad := p.texts(s)
		switch {
		case bad != nil && p.says != nil:
			reject(bad)
			continue
		case bad != nil:
			return bad
		case len(found) == 0:
			continue
		}
		if strings.HasPrefix(p.name, "x_") {
			kept[p.name] = append(kept[p.name], found...)
			record.Extra[p.name] = quoted(strings.Join(kept[p.name], "; "))
			continue
		}
		if p.says == nil {
			for _, text := range found {
				record.Values[p.name] = append(record.Values[p.name], schema.Value{Text: text})
			}
			continue
		}
		says, extra, bad := p.says(s, m)
		if bad != nil {
			reject(bad)
			continue
		}
		for _, text := range found {
			*values = append(*values, &schema.Record{Kind: schema.ValueRecord, Predicate: p.name, Value: text, Says: says, Extra: extra})
		}
	}
	return nil
}

func (p *propertyMaker) texts(s *scope) ([]string, *fault) {
	if holds, bad := p.where(s); bad != nil || !holds {
		return nil, bad
	}
	return p.get(s)
}
