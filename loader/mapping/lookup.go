package mapping

import (
	"context"
	"errors"
	"slices"
	"strings"

	"orbat/schema"
)

// lookup is a filled index. It holds what it was asked to find, for every row of its table: its memory grows with the table.
type lookup struct {
	*index
	found map[string][]string
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

// find gives what belongs to a text.
func (l *lookup) find(text string) ([]string, *fault) {
	found := l.found[l.fold(text)]
	switch {
	case len(found) < 2 || l.Many == "all":
		return found, nil
	case l.Many == "first":
		return found[:1], nil
	}
	return nil, &fault{"", text, "means several in the index " + l.Name + ": " + schema.Shorten(strings.Join(found[:min(3, len(found))], ", ")), "correct the table, or say many: first"}
}

// fill reads the table of an index.
func (r *run) fill(ctx context.Context, ix *index) (*lookup, error) {
	l := &lookup{index: ix, found: map[string][]string{}}
	table := r.mapping.table(ix.Table)
	for _, in := range r.inputs[table] {
		err := r.rows(ctx, table, in, func(b *binder) rowTaker {
			from, to, where := b.value(ix.From), b.value(ix.To), b.where(ix.Where)
			tableWhere := b.where(table.Where)
			return func(row *schema.Row) error {
				s := &scope{row: row, notices: &[]*schema.Notice{}}
				for _, holds := range []test{tableWhere, where} {
					if ok, bad := holds(s); bad != nil || !ok {
						return nil // what is bad is said when the row itself is read
					}
				}
				keys, bad := from(s)
				if bad != nil {
					return nil
				}
				values, bad := to(s)
				if bad != nil {
					return nil
				}
				for _, key := range keys {
					l.add(key, values)
				}
				return nil
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *lookup) add(key string, values []string) {
	key = l.fold(key)
	if l.To == nil {
		l.found[key] = nil
		return
	}
	for _, value := range values {
		if l.Many != "all" && len(l.found[key]) > 3 {
			return // enough to say that there are several
		}
		if !slices.Contains(l.found[key], value) {
			l.found[key] = append(l.found[key], value)
		}
	}
}

// isBad reports whether an error rejects one row only.
func isBad(err error) bool {
	var bad *schema.BadRecord
	var notice *schema.Notice
	return errors.As(err, &bad) || errors.As(err, &notice)
}
