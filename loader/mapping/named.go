package mapping

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// namedValue is a named value of a table, compiled once for all places in which its name stands: values that are made
// of others twice, and those of others again, have more ways to the last of them than can be gone.
type namedValue struct {
	get getter // nil: it is being compiled
	*meter
}

// namedTexts is what a named value gives for one row.
type namedTexts struct {
	texts []string
	fault *rowError
	cells map[int]bool // it was made of, where they are traced
}

// named compiles a value by its name. It knows the row alone, wherever the name stands.
func (b *binder) named(name string, v *value, at place) getter {
	n := b.made[name]
	switch {
	case n == nil:
		n = &namedValue{meter: b.meterAt(name, v.At)}
		b.made[name] = n
		inner := *b
		inner.atHand, inner.parts = false, nil
		n.get = inner.value(v)
	case n.get == nil:
		b.mistake(at, "the value "+strconv.Quote(name)+" is made of itself", "it may be made of columns and of other values")
		return nothing
	}
	return n.made
}

// made is the getter of a named value, which makes its texts once for each row. What it returns is the caller's.
func (n *namedValue) made(s *scope) ([]string, *rowError) {
	made := s.named[n]
	if made == nil {
		made = &namedTexts{}
		made.cells = s.trace.during(func() { made.texts, made.fault = n.get(s) })
		s.named[n] = made
	}
	for i := range made.cells {
		s.trace.touch(i)
	}
	if bad := n.take(s, len(made.texts)*textCost); bad != nil { // for each place in which it stands
		return nil, bad
	}
	if made.fault == nil {
		return slices.Clone(made.texts), nil
	}
	fault := *made.fault
	return slices.Clone(made.texts), &fault
}

// checkValues sees that the named values of a table can be told from its columns.
func (b *binder) checkValues() {
	for _, name := range slices.Sorted(maps.Keys(b.table.Values)) {
		v := b.table.Values[name]
		switch {
		case name == "" || strings.ContainsAny(name, "{}#"):
			b.mistake(v.At, "a value cannot be called "+strconv.Quote(name), "a name is without braces and #")
		case slices.Contains(b.header, name):
			b.mistake(v.At, "the value "+strconv.Quote(name)+" is called like a column", "call it otherwise: {"+name+"} can be only one")
		default:
			b.named(name, &v, v.At)
		}
	}
}
