package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"orbat/schema"
)

// single is the getter of one text; an empty one is none.
func single(read func(*scope) (string, *rowError)) getter {
	return func(s *scope) ([]string, *rowError) {
		text, bad := read(s)
		if bad != nil || text == "" {
			return nil, bad
		}
		return []string{text}, nil
	}
}

// dateText compiles a date used as a value.
func (b *binder) dateText(d *date) func(*scope) (string, *rowError) {
	read := b.date(d)
	return func(s *scope) (string, *rowError) {
		when, bad := read(s)
		return when.String(), bad
	}
}

// dates compiles a date used as a value, or several in one text.
func (b *binder) dates(d *date) getter {
	if len(d.Several) == 0 {
		return single(b.dateText(d))
	}
	each := *d
	each.Several = nil
	reader := b.dateReader(&each)
	switch {
	case d.Text == nil || d.Year != nil:
		b.mistake(d.At, "several dates in no text", "give text, the column that they stand in")
	case slices.Contains(d.Several, ""):
		b.mistake(d.At, "an empty separator of dates", `write for example several: " or "`)
	case len(d.Or) > 0:
		b.mistake(d.At, "several dates, of which one is right", "keep or, which makes a range, or several, which claims each")
	}
	label := b.label(d.Text)
	get := cutter(label, d.Several, b.value(d.Text))
	return func(s *scope) ([]string, *rowError) {
		written, bad := get(s)
		var all distinct
		for _, text := range written {
			when, readable := reader.read(text)
			if !readable {
				s.notice(label, text, "no date as the mapping knows it: left out", "correct the cell, or add its format")
			}
			if !when.IsZero() {
				all.add(when.String())
			}
		}
		return all.texts, bad
	}
}

// dateGetter returns a date; the zero Range: none is told.
type dateGetter func(*scope) (schema.Range, *rowError)

// date compiles a date. Sheets keep a date twice, as text and in parts: the parts are taken, since texts carry typos,
// and where both differ a notice says so. What is impossible in the parts is left out from the end (a 31st of April is
// April).
func (b *binder) date(d *date) dateGetter {
	if d == nil {
		return func(*scope) (schema.Range, *rowError) { return schema.Range{}, nil }
	}
	if d.Year == nil && d.Text == nil {
		b.mistake(d.At, "a date without year and text", "give the columns of year, month and day, or of text")
	}
	if d.Year == nil && (d.Month != nil || d.Day != nil) {
		b.mistake(d.At, "month or day without year", "give the column of the year")
	}
	if len(d.Several) > 0 {
		b.mistake(d.At, "several dates where one is possible", "take or, which makes a range of them")
	}
	reader := b.dateReader(d)
	b.checkDate(d, reader)
	parts := [...]struct {
		label string
		get   getter
	}{{b.label(d.Year), b.value(d.Year)}, {b.label(d.Month), b.value(d.Month)}, {b.label(d.Day), b.value(d.Day)}}
	text, textLabel := b.value(d.Text), b.label(d.Text)
	return func(s *scope) (schema.Range, *rowError) {
		var told [3]string
		for i, part := range parts {
			var bad *rowError
			if told[i], bad = one(part.get, s, part.label); bad != nil {
				return schema.Range{}, bad
			}
		}
		written, bad := one(text, s, textLabel)
		if bad != nil {
			return schema.Range{}, bad
		}
		read, readable := reader.read(written)
		if told[0] == "" {
			if written != "" && !readable {
				s.notice(textLabel, written, "no date as the mapping knows it: left out",
					"correct the cell, or add its format")
			}
			return read, nil
		}
		when, taken := fromParts(told)
		if taken == 0 && readable && !read.IsZero() { // a year column that holds something else
			s.notice(parts[0].label, told[0], "no year: the text "+strconv.Quote(written)+" is taken", "")
			return read, nil
		}
		for i := taken; i < len(told); i++ {
			if told[i] != "" {
				s.notice(parts[i].label, told[i], "no such date: year "+told[0]+", month "+told[1]+", day "+told[2]+"; taken as "+cmp.Or(
					when.String(), "unknown"), "")
				break
			}
		}
		switch {
		case written == "":
		case !readable:
			s.notice(textLabel, written, "no date as the mapping knows it: the columns beside it say "+when.String()+", which is taken",
				"correct the cell, or add its format")
		case read.String() != when.String():
			s.notice(textLabel, written, "the text says "+read.String()+", the columns beside it "+when.String()+", which is taken", "")
		}
		return when, nil
	}
}

// fromParts makes the most precise date that year, month and day allow, and tells how many of them it took.
func fromParts(parts [3]string) (schema.Range, int) {
	for take := len(parts); take > 0; take-- {
		var kept [3]string
		copy(kept[:take], parts[:])
		if take > 1 && kept[take-1] == "" {
			continue
		}
		if when, err := schema.DateFromParts(kept[0], kept[1], kept[2]); err == nil {
			return when, take
		}
	}
	return schema.Range{}, 0
}

// period compiles when something held, as the text that records carry.
func (b *binder) period(p *period) func(*scope) (string, *rowError) {
	if p == nil {
		return func(*scope) (string, *rowError) { return "", nil }
	}
	ends := p.From != nil || p.To != nil
	ways := 0
	for _, given := range []bool{ends, p.In != nil, p.Seen != nil, p.Text != nil} {
		if given {
			ways++
		}
	}
	if ways > 1 {
		b.mistake(p.At, "a period given in several ways", "keep from and to, or in, or seen, or text")
	}
	b.checkMerge(p)
	switch {
	case p.Seen != nil:
		read := b.date(p.Seen)
		return func(s *scope) (string, *rowError) {
			when, bad := read(s)
			if bad != nil || when.IsZero() {
				return "", bad
			}
			return schema.Period{From: atFrom.cited(when), To: atTo.cited(when)}.String(), nil
		}
	case p.Text != nil:
		get, label := b.value(p.Text), b.label(p.Text)
		b.refuseConstants(p.Text, func(text string) (reason, hint string) {
			if _, err := schema.ParsePeriod(text); err != nil {
				return err.Error(), ""
			}
			return "", ""
		})
		return func(s *scope) (string, *rowError) { return one(get, s, label) }
	case p.In != nil:
		return b.dateText(p.In)
	case !ends:
		b.mistake(p.At, "an empty period", "give from and to, or in, or seen, or text")
	}
	from, to := b.edge(p.From, atFrom), b.edge(p.To, atTo)
	label := b.periodLabel(p)
	return func(s *scope) (string, *rowError) {
		var when schema.Period
		var first, last schema.Range
		var bad *rowError
		if when.From, first, bad = from(s); bad != nil {
			return "", bad
		}
		if when.To, last, bad = to(s); bad != nil {
			return "", bad
		}
		if !first.IsZero() && !last.IsZero() && last.Max.Before(first.Min) {
			s.notice(label, first.String()+" / "+last.String(),
				"the first date is after the last: both are taken as dates at which it held", "")
			when.From = atFrom.cited(first)
			if !when.To.Open {
				when.To = atTo.cited(last)
			}
		}
		return when.String(), nil
	}
}

func (b *binder) periodLabel(p *period) string {
	if p.From == nil || p.From.Date == nil {
		return ""
	}
	return b.label(&value{Date: p.From.Date})
}

// side is which end of a period an edge is.
type side int

const (
	atFrom side = iota
	atTo
)

// cited is what a date at which something held tells of its end: it began by then, or lasted at least so long.
func (e side) cited(when schema.Range) schema.Bound {
	if e == atFrom {
		when.Min = time.Time{}
	} else {
		when.Max = time.Time{}
	}
	return schema.Bound{Range: when}
}

// edge compiles one end of a period. It returns the end, and the date that the row tells.
func (b *binder) edge(e *edge, of side) func(*scope) (schema.Bound, schema.Range, *rowError) {
	if e == nil {
		return func(*scope) (schema.Bound, schema.Range, *rowError) { return schema.Bound{}, schema.Range{}, nil }
	}
	if e.Date == nil && e.Open == nil {
		b.mistake(e.At, "an end without date and open", "give date, or open")
	}
	read, open, exact := b.date(e.Date), b.where(e.Open), b.where(e.Exact)
	return func(s *scope) (schema.Bound, schema.Range, *rowError) {
		when, bad := read(s)
		if bad != nil {
			return schema.Bound{}, when, bad
		}
		if e.Open != nil {
			if goesOn, bad := open(s); bad != nil || goesOn {
				return schema.Bound{Open: goesOn}, when, bad
			}
		}
		if when.IsZero() {
			return schema.Bound{}, when, nil
		}
		is, bad := exact(s)
		if bad != nil || is {
			return schema.Bound{Range: when}, when, bad
		}
		return of.cited(when), when, nil
	}
}
