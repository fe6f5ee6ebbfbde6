package decode

import (
	"strings"

	"orbat/schema"
)

// reference takes a reference: its short form, or an object with xid or id, type and name.
func reference(n *Node) (schema.Ref, *ValueError) {
	if n.IsScalar() {
		ref, err := schema.ParseRef(n.Text)
		if err != nil || ref.IsZero() {
			return ref, At(n.At, schema.Fault{
				Value: n.Text, Reason: "no reference",
				Hint: "write an xid as scheme:id, or a local id as #id",
			})
		}
		return ref, nil
	}
	const hint = "a reference is a text or {xid, type, name} or {id, type, name}"
	if n.Kind != Object {
		return schema.Ref{}, n.Wrong("one reference is needed, not "+n.What(), hint)
	}
	var ref schema.Ref
	for m := range n.Said() {
		var err *ValueError
		switch m.Key {
		case "xid":
			ref.XID, err = Scalar(&m.Value)
		case "id":
			ref.ID, err = localID(&m.Value)
		case "type":
			ref.Type, err = Scalar(&m.Value)
		case "name":
			ref.Name, err = Scalar(&m.Value)
		default:
			err = At(m.At, schema.Fault{
				Value: m.Value.Show(), Reason: "a reference has no such key", Hint: hint + "; describe the entity in a record of its own",
			})
		}
		if err != nil {
			return ref, err.Within(m.Key)
		}
	}
	if ref.XID == "" && ref.ID == "" && ref.Name == "" {
		return ref, n.Wrong("the reference has no xid, id or name", hint)
	}
	return ref, nil
}

// localID takes an id, written with or without its #.
func localID(n *Node) (string, *ValueError) {
	id, err := Scalar(n)
	return strings.TrimPrefix(strings.TrimSpace(id), "#"), err
}

// pair takes the two references of a decision.
func pair(n *Node) (first, second schema.Ref, err *ValueError) {
	if n.Kind != List || len(n.Items) != 2 {
		return first, second, n.Wrong("two references are needed", `write "between": ["scheme:id", "scheme:id"]`)
	}
	if first, err = reference(&n.Items[0]); err == nil {
		second, err = reference(&n.Items[1])
	}
	return first, second, err
}
