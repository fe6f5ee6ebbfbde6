package ftm

import (
	"strings"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// A delta says how the entities of a data set changed, as OpenSanctions publishes it: {"op": "ADD", "entity": {…}} a
// line. ADD and MOD give the entity as it is now, DEL its id. All three say what becomes of one record, whatever was
// known of it, so that one applied twice changes nothing.

const deltaHint = `a delta is {"op": "ADD", "entity": {…}} a line, op being ADD, MOD or DEL; of what is deleted the id is enough`

// isChange reports whether an object is a change of a delta.
func isChange(n *decode.Node) bool {
	return n.Kind == decode.Object && n.Get("op") != nil && n.Get("schema") == nil && n.Get("properties") == nil
}

// change takes a change of a delta.
func (f *file) change(found *decode.RawRecord, n *decode.Node) error {
	op, fault := decode.Scalar(n.Get("op"))
	entity := n.Get("entity")
	switch op = strings.ToUpper(strings.TrimSpace(op)); {
	case fault != nil:
	case op != "ADD" && op != "MOD" && op != "DEL":
		fault = decode.At(n.Get("op").At, schema.Fault{Column: "op", Value: op, Reason: "no operation of a delta", Hint: deltaHint})
	case entity == nil:
		fault = decode.Missing("entity", n.Keys(), deltaHint)
	case op == "DEL":
		return f.deletion(found, entity)
	}
	if fault != nil {
		return f.Send(nil, found.Reject(fault.Or(n.At)))
	}
	f.delta = true
	defer func() { f.delta = false }()
	return f.entity(found, entity)
}

// deletion takes the deletion of an entity: its id, or an object that has it.
func (f *file) deletion(found *decode.RawRecord, entity *decode.Node) error {
	id := entity
	if entity.Kind == decode.Object {
		if id = entity.Get("id"); id == nil {
			return f.Send(nil, found.Reject(decode.Missing("id", entity.Keys(), deltaHint).Or(entity.At).Within("entity")))
		}
	}
	text, fault := decode.Scalar(id)
	if fault == nil && strings.TrimSpace(text) == "" {
		fault = decode.Missing("id", entity.Keys(), deltaHint)
	}
	if fault != nil {
		return f.Send(nil, found.Reject(fault.Or(entity.At).Within("entity")))
	}
	return f.Note(schema.NewRecordChange(found.PosOf(entity.At), text, [32]byte{}))
}
