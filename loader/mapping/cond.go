package mapping

import "slices"

// test answers a question to a row.
type test func(*scope) (bool, *rowError)

// where compiles conditions, all of which must hold. None always hold.
func (b *binder) where(list conds) test {
	return allOf(b.conds(list))
}

func (b *binder) conds(list conds) []test {
	var tests []test
	for i := range list {
		tests = append(tests, b.cond(&list[i]))
	}
	return tests
}

// allOf holds where all of the tests do.
func allOf(tests []test) test {
	return func(s *scope) (bool, *rowError) {
		for _, holds := range tests {
			if ok, fault := holds(s); fault != nil || !ok {
				return false, fault
			}
		}
		return true, nil
	}
}

func (b *binder) cond(c *cond) test {
	var tests []test
	asked := c.Value
	switch {
	case c.Column != "" && c.Value != nil:
		b.mistake(c.At, "the condition asks about a column and a value", "keep one")
	case c.Column != "":
		asked = &value{Column: c.Column, At: c.At}
	}
	get := b.value(asked)
	about := func(holds func(string) bool) {
		if asked == nil {
			b.mistake(c.At, "the condition asks about nothing", "give column, or value")
		}
		tests = append(tests, func(s *scope) (bool, *rowError) {
			found, fault := get(s)
			return slices.ContainsFunc(found, holds), fault
		})
	}
	if c.Is != nil {
		if slices.Contains(c.Is, "") {
			b.mistake(c.At, "an empty cell is no text", "write empty: true, in an any with the others")
		}
		about(func(text string) bool { return slices.Contains(c.Is, text) })
	}
	if p := b.pattern(c.Matches, c.At); p != nil {
		about(p.MatchString)
	}
	if c.Same != nil {
		same := b.value(c.Same)
		tests = append(tests, func(s *scope) (bool, *rowError) {
			found, bad := get(s)
			if bad != nil {
				return false, bad
			}
			others, bad := same(s)
			var other distinct
			for _, text := range others {
				other.add(text)
			}
			return slices.ContainsFunc(found, other.has), bad
		})
	}
	if c.In != "" {
		if ix := b.index(c.In, c.At); ix != nil {
			about(ix.has)
		}
	}
	if c.Empty != nil {
		if asked == nil {
			b.mistake(c.At, "the condition asks about nothing", "give column, or value")
		}
		tests = append(tests, func(s *scope) (bool, *rowError) {
			found, fault := get(s)
			return (len(found) == 0) == *c.Empty, fault
		})
	}
	if c.Not != nil {
		not := b.where(c.Not)
		tests = append(tests, func(s *scope) (bool, *rowError) {
			holds, fault := not(s)
			return !holds, fault
		})
	}
	if c.Any != nil {
		tests = append(tests, b.anyOf(c.Any))
	}
	if len(tests) == 0 {
		b.mistake(c.At, "the condition asks nothing", "give is, matches, same, in or empty, or not or any with such a condition")
	}
	return allOf(tests)
}

func (b *binder) anyOf(list conds) test {
	tests := b.conds(list)
	return func(s *scope) (bool, *rowError) {
		for _, holds := range tests {
			if ok, fault := holds(s); fault != nil || ok {
				return ok, fault
			}
		}
		return false, nil
	}
}
