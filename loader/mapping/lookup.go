package mapping

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// lookup is a filled index. It holds what it is to find for every row of its table: its memory grows with the table.
type lookup struct {
	*index
	found map[string]*distinct
}

// fold makes a text comparable.
func (l *lookup) fold(text string) string {
	if l.Fold {
		return schema.NormalName(text)
	}
	return text
}

func (l *lookup) has(text string) bool {
	_, ok := l.found[l.fold(text)]
	return ok
}

// find returns what belongs to a text.
func (l *lookup) find(text string) ([]string, *rowError) {
	known := l.found[l.fold(text)]
	if known == nil {
		return nil, nil
	}
	if found := known.texts; len(found) < 2 || l.Many == "all" {
		return found, nil
	}
	return nil, &rowError{Fault: schema.Fault{
		Value: text, Reason: "means several in the index " + l.Name + ": " + schema.Shorten(strings.Join(known.texts, ", ")),
		Hint: "correct the table, or say many: first",
	}}
}

// lookupShown is how many texts a message names where one was possible.
const lookupShown = 3

// add notes what belongs to a text. What is kept of several does not depend on the order of rows or files (law 1): the
// smallest texts in the order of bytes. It returns the bytes that it holds more.
func (l *lookup) add(key string, values []string) (more int) {
	key = l.fold(key)
	known := l.found[key]
	if known == nil {
		if l.To != nil && len(values) == 0 {
			return 0
		}
		known = &distinct{}
		l.found[key] = known
		more = 2*textCost + len(key)
	}
	for _, value := range values {
		switch {
		case l.Many != "all":
			more -= known.size()
			known.keep(value, map[bool]int{true: 1, false: lookupShown}[l.Many == "first"])
			more += known.size()
		case !known.has(value):
			known.add(value)
			more += textCost + len(value)
		}
	}
	return more
}

// sort puts what was found in order, once all of it is there.
func (l *lookup) sort() {
	for _, known := range l.found {
		known.seen = nil
		slices.Sort(known.texts)
	}
}

// index finds an index by its name.
func (b *binder) index(name string, at place) *lookup {
	ix := b.indexes[name]
	if ix == nil {
		near := schema.Nearest(name, slices.Sorted(maps.Keys(b.indexes)))
		b.mistake(at, "no index "+strconv.Quote(name), schema.DidYouMean(near, "name it under indexes; an index "+
			"may use only those before it"))
	}
	return ix
}

// compiledIndex is what an index makes of a row.
type compiledIndex struct {
	from, to getter
	where    test
}

func (b *binder) compileIndex(ix *index) compiledIndex {
	return compiledIndex{from: b.value(ix.From), to: b.value(ix.To), where: b.where(ix.Where)}
}

// fill reads the table of an index.
func (r *run) fill(ctx context.Context, ix *index) (*lookup, error) {
	l := &lookup{index: ix, found: map[string]*distinct{}}
	table := r.mapping.table(ix.Table)
	for _, in := range r.inputs[table] {
		err := r.rows(ctx, table, in, func(b *binder) rowTaker {
			compiled := b.compileIndex(ix)
			where := allOf([]test{b.where(table.Where), compiled.where})
			return func(row *schema.Row) error {
				s := scopeOf(row, &[]*schema.Notice{}, nil)
				var keys, values []string
				holds, bad := where(s)
				if holds && bad == nil {
					var badValues *rowError
					keys, bad = compiled.from(s)
					values, badValues = compiled.to(s)
					bad = bad.and(badValues)
				}
				if bad != nil && bad.limit { // which the row itself need not come to; all else is told when that is read
					r.spoilt = append(r.spoilt, (&outcome{row: row}).rejected(bad))
				}
				for i := 0; bad == nil && i < len(keys); i++ {
					if err := r.hold(l.add(keys[i], values), "the index "+ix.Name, ix.At); err != nil {
						return err
					}
				}
				return nil
			}
		})
		if err != nil {
			return nil, err
		}
	}
	l.sort()
	return l, nil
}

// isBad reports whether an error rejects one row only.
func isBad(err error) bool {
	var bad *schema.RecordError
	var notice *schema.Notice
	return errors.As(err, &bad) || errors.As(err, &notice)
}
