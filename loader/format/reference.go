package format

import (
	"strings"

	"orbat/schema"
)

// reference takes a reference: its short form, or an object with xid or id, type and name.
func reference(n *node) (schema.Ref, *fault) {
	if n.isScalar() {
		ref, err := schema.ParseRef(n.text)
		if err != nil || ref.IsZero() {
			return ref, &fault{at: n.at, value: n.text, reason: "no reference", hint: "write an xid as scheme:id, or a local id as #id"}
		}
		return ref, nil
	}
	const hint = "a reference is a text or {xid, type, name} or {id, type, name}"
	if n.kind != object {
		return schema.Ref{}, &fault{at: n.at, value: n.show(), reason: "one reference is needed, not " + n.what(), hint: hint}
	}
	var ref schema.Ref
	for i := range n.members {
		m := &n.members[i]
		if m.value.isAbsent() {
			continue
		}
		var err *fault
		switch m.key {
		case "xid":
			ref.XID, err = scalar(&m.value)
		case "id":
			ref.ID, err = localID(&m.value)
		case "type":
			ref.Type, err = scalar(&m.value)
		case "name":
			ref.Name, err = scalar(&m.value)
		default:
			err = &fault{at: m.at, value: m.value.show(), reason: "a reference has no such key", hint: hint + "; describe the entity in a record of its own"}
		}
		if err != nil {
			return ref, err.within(m.key)
		}
	}
	if ref.XID == "" && ref.ID == "" && ref.Name == "" {
		return ref, &fault{at: n.at, value: n.show(), reason: "the reference has no xid, id or name", hint: hint}
	}
	return ref, nil
}

// localID takes an id, written with or without its #.
func localID(n *node) (string, *fault) {
	id, err := scalar(n)
	return strings.TrimPrefix(strings.TrimSpace(id), "#"), err
}

// pair takes the two references of a decision.
func pair(n *node) (first, second schema.Ref, err *fault) {
	if n.kind != list || len(n.items) != 2 {
		return first, second, &fault{at: n.at, value: n.show(), reason: "two references are needed", hint: `write "between": ["scheme:id", "scheme:id"]`}
	}
	if first, err = reference(&n.items[0]); err == nil {
		second, err = reference(&n.items[1])
	}
	return first, second, err
}
