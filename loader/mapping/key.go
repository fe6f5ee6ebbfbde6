package mapping

import "orbat/schema"

// identity returns what identifies an entity in a row, and the column that says so; the zero Ref: nothing.
type identity func(*scope) (schema.Ref, string, *rowError)

// keysOf returns an entity's keys: its own; else what its property name gives, column by column; else the text of each.
func (b *binder) keysOf(e *entity) keys {
	if len(e.Key) > 0 {
		return e.Key
	}
	if names := e.Properties[nameProperty]; len(names) > 0 {
		var all keys
		for i := range names {
			all = append(all, key{Name: &names[i].value, Where: names[i].Where, At: names[i].At})
		}
		return all
	}
	if e.Each != nil {
		return keys{{Name: &value{Template: "{}", At: e.At}, At: e.At}}
	}
	b.mistake(e.At, "the entity has no key", `give key, such as key: {id: COLUMN}, or a property name`)
	return nil
}

// way is one way to identify an entity.
type way struct {
	label string
	where test
	get   getter
	ref   func(string) schema.Ref
}

// key compiles what identifies an entity: the first way that gives something.
func (b *binder) key(ways keys, kind string) identity {
	var all []way
	for i := range ways {
		all = append(all, b.way(&ways[i], kind)...)
	}
	return func(s *scope) (schema.Ref, string, *rowError) {
		for _, w := range all {
			if holds, bad := w.where(s); bad != nil {
				return schema.Ref{}, w.label, bad
			} else if !holds {
				continue
			}
			text, bad := one(w.get, s, w.label)
			if bad != nil {
				return schema.Ref{}, w.label, bad
			}
			if text != "" {
				return w.ref(text), w.label, nil
			}
		}
		return schema.Ref{}, "", nil
	}
}

// way compiles one key: of xid, id and name the one that is given.
func (b *binder) way(k *key, kind string) []way {
	var all []way
	where := b.where(k.Where)
	add := func(v *value, ref func(string) schema.Ref) {
		if v == nil {
			return
		}
		all = append(all, way{label: b.label(v), where: where, get: b.value(v), ref: ref})
		b.refuseConstants(v, func(text string) (reason, hint string) {
			if _, err := ref(text).Absolute(b.dataset); err != nil {
				return err.Error(), ""
			}
			return "", ""
		})
	}
	add(k.XID, func(text string) schema.Ref { return schema.Ref{XID: text} })
	add(k.ID, func(text string) schema.Ref { return schema.Ref{ID: text} })
	add(k.Name, func(text string) schema.Ref { return schema.Ref{Type: kind, Name: text} })
	if len(all) != 1 {
		b.mistake(k.At, "a key is one of xid, id and name", "several ways to find it are a list: - {xid: …} - {name: …}")
	}
	return all
}
