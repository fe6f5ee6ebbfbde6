package loader

import (
	"hash/maphash"
	"slices"
	"strings"

	"orbat/loader/validate"
	"orbat/schema"
)

// namesakes finds records without an id that share type and name, and so make one entity (law 6), but say of it what
// cannot both be so: they may be of two. It remembers the latest, as far as its memory reaches; forgetting one costs a
// notice, nothing else.
type namesakes struct {
	ontology *schema.Ontology
	seed     maphash.Seed
	seen     map[uint64][]namedValue // by xid
	bytes    int
}

// namedValue is what one record says of a single-valued property, the first to do so.
type namedValue struct {
	property string
	value    string
	pos      schema.Position
	told     bool // that another says otherwise
}

// namesakeBytes is what remembered values may take.
const namesakeBytes = 16 << 20

func newNamesakes(ontology *schema.Ontology) *namesakes {
	return &namesakes{ontology: ontology, seed: maphash.MakeSeed()}
}

// add takes a record that is in order, and returns the notices that it gives rise to.
func (n *namesakes) add(c validate.Checked) (notices []*schema.Notice) {
	if c.Record.Kind != schema.EntityRecord || len(c.Claims) == 0 {
		return nil
	}
	claim := c.Claims[0]
	if claim.Predicate != schema.Describes || !claim.Draws() || !schema.IsNameXID(claim.Subject) {
		return nil
	}
	kind := n.ontology.Type(claim.Type)
	at := maphash.String(n.seed, claim.Subject)
	for name, values := range claim.Values {
		property := kind.Property(name)
		if property == nil || !property.Exclusive() || len(values) != 1 {
			continue
		}
		value := schema.Brief(values[0])
		i := slices.IndexFunc(n.seen[at], func(v namedValue) bool { return v.property == property.Name })
		if i < 0 {
			n.remember(at, namedValue{property: property.Name, value: value, pos: c.Record.Pos})
			continue
		}
		first := &n.seen[at][i]
		if first.told || property.Agree(first.value, value) {
			continue
		}
		first.told = true
		where := "a record before it"
		if at := first.pos.String(); at != "" {
			where = at
		}
		notices = append(notices, &schema.Notice{Fault: schema.Fault{
			Pos: c.Record.Pos, Column: name, Value: value,
			Reason: "another value than " + where + " gives of the same name (" + schema.Shorten(first.value) +
				"); both are taken to be one " + kind.Name,
			Hint: "give each an id if they are two",
		}})
	}
	slices.SortFunc(notices, func(a, b *schema.Notice) int { return strings.Compare(a.Column, b.Column) })
	return notices
}

func (n *namesakes) remember(at uint64, value namedValue) {
	const entry = 128
	if n.seen == nil || n.bytes > namesakeBytes {
		n.seen, n.bytes = map[uint64][]namedValue{}, 0
	}
	n.seen[at] = append(n.seen[at], value)
	n.bytes += entry + len(value.value)
}
