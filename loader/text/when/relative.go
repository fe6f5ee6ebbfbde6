package when

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/schema"
)

// days returns the range of whole days.
func days(first, last time.Time) schema.Range {
	if first.Year() < 1 || first.IsZero() || last.Year() > 9999 || last.Before(first) {
		return schema.Range{}
	}
	return schema.Range{Min: first, Max: last.AddDate(0, 0, 1).Add(-1)}
}

func date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

func both(r schema.Range) *values { return &values{r, r} }

// today returns the day of publication, where it is known to the day.
func (p *parser) today() (time.Time, bool) {
	if p.published.Min.IsZero() || p.published.Max.IsZero() || p.published.Max.Sub(p.published.Min) > 24*time.Hour {
		return time.Time{}, false
	}
	at := p.published.Min.UTC()
	return date(at.Year(), int(at.Month()), at.Day()), true
}

// absolute returns the days of a point with a year.
func (at *point) absolute() schema.Range {
	switch {
	case at.year == 0:
		return schema.Range{}
	case at.lastYear > 0:
		return days(date(at.year, 1, 1), date(at.lastYear, 12, 31))
	case at.day > 0:
		first := date(at.year, at.month, at.day)
		if int(first.Month()) != at.month {
			return schema.Range{} // the 29th of February of another year
		}
		return days(first, date(at.year, at.month, max(at.day, at.lastDay)))
	case at.month > 0:
		return at.partOf(date(at.year, at.month, 1), date(at.year, at.month+1, 0))
	}
	return at.partOf(date(at.year, 1, 1), date(at.year, 12, 31))
}

// partOf returns the days of the part of a month or year.
func (at *point) partOf(first, last time.Time) schema.Range {
	year := last.Sub(first) > 40*24*time.Hour
	switch at.part {
	case early:
		if year {
			return days(first, first.AddDate(0, 4, -1))
		}
		return days(first, first.AddDate(0, 0, 9))
	case middle:
		if year {
			return days(first.AddDate(0, 4, 0), first.AddDate(0, 8, -1))
		}
		return days(first.AddDate(0, 0, 10), first.AddDate(0, 0, 19))
	case late:
		if year {
			return days(first.AddDate(0, 8, 0), last)
		}
		return days(first.AddDate(0, 0, 20), last)
	case firstHalf:
		if year {
			return days(first, first.AddDate(0, 6, -1))
		}
		return days(first, first.AddDate(0, 0, 15))
	case secondHalf:
		if year {
			return days(first.AddDate(0, 6, 0), last)
		}
		return days(first.AddDate(0, 0, 14), last)
	default:
	}
	return days(first, last)
}

// maxGap is how far back the last such day or month may lie: what is nearer ahead is as likely meant.
const maxGap = 10

// resolve returns what a date means.
func (p *parser) resolve(at point) values {
	switch {
	case at.anaphoric:
		return values{}
	case at.fixed != nil:
		return *at.fixed
	case at.year > 0:
		r := at.absolute()
		return values{r, r}
	case at.month > 0:
		return p.ofMonth(at)
	case at.weekday > 0:
		return p.ofWeekday(at)
	}
	return values{}
}

// ofMonth returns the last and the coming such month, or day of one.
func (p *parser) ofMonth(at point) (v values) {
	if p.published.Min.IsZero() || p.published.Max.IsZero() || p.published.Max.Sub(p.published.Min) > 32*24*time.Hour {
		return values{}
	}
	now := p.published
	year := now.Min.UTC().Year()
	for y := year - 1; y <= year+1; y++ {
		if y < 1 {
			continue
		}
		of := at
		of.year = y
		r := of.absolute()
		if r.IsZero() {
			continue
		}
		if !r.Min.After(now.Max) && r.Max.After(now.Min.AddDate(0, -maxGap, 0)) && !at.coming {
			v.past = r
		}
		if at.last && r.Max.Before(now.Min) { // "last July" has ended
			v.past = r
		}
		if v.ahead.IsZero() && !r.Max.Before(now.Min) && !at.last {
			v.ahead = r
		}
	}
	if at.last {
		v.ahead = v.past
	}
	if at.coming {
		v.past = v.ahead
	}
	return v
}

// ofWeekday returns the last and the coming such day of the week.
func (p *parser) ofWeekday(at point) values {
	today, ok := p.today()
	if !ok {
		return values{}
	}
	back := (int(today.Weekday()) - (at.weekday - 1) + 7) % 7
	if at.last && back == 0 {
		back = 7
	}
	past := today.AddDate(0, 0, -back)
	ahead := today.AddDate(0, 0, (7-back)%7)
	if at.coming && back == 0 {
		ahead = today.AddDate(0, 0, 7)
	}
	v := values{days(past, past), days(ahead, ahead)}
	switch {
	case at.last:
		v.ahead = v.past
	case at.coming:
		v.past = v.ahead
	}
	return v
}

var numerals = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// count returns the number that a word says.
func (p *parser) count(i int) (int, bool) {
	w := p.word(i)
	if w == "a" || w == "an" {
		return 1, true
	}
	if k := slices.Index(numerals, w); k > 0 {
		return k, true
	}
	n, err := strconv.Atoi(w)
	return n, err == nil && len(w) <= 4 && n > 0
}

// unit returns the unit that a word names: day, week, month or year.
func unit(w string) string {
	switch w = strings.TrimSuffix(w, "s"); w {
	case "day", "week", "month", "year":
		return w
	case "hour", "minute":
		return "hour"
	}
	return ""
}

// relative reads what depends on the publication, or on something else in the text.
func (p *parser) relative(i int) (point, bool) {
	at := point{end: i + 1}
	today, ok := p.today()
	fix := func(from, to int) {
		if ok {
			at.fixed = both(days(today.AddDate(0, 0, from), today.AddDate(0, 0, to)))
		} else {
			at.anaphoric = true
		}
	}
	switch w := p.words[i]; w {
	case "today", "tonight":
		fix(0, 0)
		return at, true
	case "yesterday":
		fix(-1, -1)
		p.partOfDay(&at)
		return at, true
	case "tomorrow":
		fix(1, 1)
		p.partOfDay(&at)
		return at, true
	case "overnight":
		fix(-1, 0)
		return at, true
	case "last", "this", "next", "past", "coming", "earlier", "later":
		return p.named(i)
	case "the":
		return p.theDay(i)
	}
	n, counted := p.count(i)
	if !counted || unit(p.word(i+1)) == "" {
		return point{}, false
	}
	at.end = i + 3
	switch p.word(i + 2) {
	case "ago":
		at.fixed = p.ago(n, unit(p.word(i+1)))
		at.anaphoric = at.fixed == nil
		return at, true
	case "later", "earlier", "before", "after":
		if p.word(i+2) == "before" || p.word(i+2) == "after" {
			at.end = i + 2
		}
		at.anaphoric = true
		return at, true
	}
	return point{}, false
}

func (p *parser) partOfDay(at *point) {
	if slices.Contains([]string{"morning", "afternoon", "evening", "night"}, p.word(at.end)) {
		at.end++
	}
}

// ago returns the days so many units before the publication, as precise as the unit is.
func (p *parser) ago(n int, of string) *values {
	today, ok := p.today()
	if !ok {
		return nil
	}
	var r schema.Range
	switch of {
	case "hour":
		if n > 24 {
			return nil
		}
		r = days(today.AddDate(0, 0, -1), today)
	case "day":
		at := today.AddDate(0, 0, -n)
		r = days(at, at)
	case "week":
		at := today.AddDate(0, 0, -7*n)
		r = days(at.AddDate(0, 0, -3), at.AddDate(0, 0, 3))
	case "month":
		at := date(today.Year(), int(today.Month())-n, 1)
		r = days(at, at.AddDate(0, 1, -1))
	case "year":
		if n >= today.Year() {
			return nil
		}
		r = days(date(today.Year()-n, 1, 1), date(today.Year()-n, 12, 31))
	}
	if r.IsZero() {
		return nil
	}
	return both(r)
}

// named reads "last week", "earlier this month", "the past three days", "this morning".
func (p *parser) named(i int) (point, bool) {
	j := i
	from := whole
	switch p.words[j] {
	case "earlier":
		from = soFar
		j++
	case "later":
		from = fromNow
		j++
	}
	which := p.word(j)
	if !slices.Contains([]string{"last", "this", "next", "past", "coming"}, which) || from != whole && which != "this" {
		if from == soFar && which == "today" {
			at := point{end: j + 1, anaphoric: true}
			if today, ok := p.today(); ok {
				at.fixed, at.anaphoric = both(days(today, today)), false
			}
			return at, true
		}
		return point{}, false
	}
	w := p.word(j + 1)
	at := point{end: j + 2}
	today, ok := p.today()
	switch {
	case which == "this" && slices.Contains([]string{"morning", "afternoon", "evening"}, w):
		at.fixed = both(days(today, today))
	case which == "last" && w == "night":
		at.fixed = both(days(today.AddDate(0, 0, -1), today))
	case unit(w) != "" && unit(w) == w && w != "hour" && w != "day":
		at.fixed = named(today, which, w, from)
	default:
		n, counted := p.count(j + 1)
		if (which == "last" || which == "past") && counted && unit(p.word(j+2)) != "" && from == whole {
			at.end = j + 3
			at.fixed = lately(today, n, unit(p.word(j+2)))
			break
		}
		return point{}, false
	}
	if !ok || at.fixed == nil {
		at.fixed, at.anaphoric = nil, true
		if p.published.Min.IsZero() || from != whole || w != "year" {
			return at, true
		}
		// Of the publication the year may be all that is known.
		if y := p.published.Min.UTC().Year(); !p.published.Max.IsZero() && p.published.Max.UTC().Year() == y {
			at.fixed, at.anaphoric = named(date(y, 1, 1), which, w, whole), false
			if at.fixed == nil {
				at.anaphoric = true
			}
		}
	}
	return at, true
}

// lately returns the days of the last so many units.
func lately(today time.Time, n int, of string) *values {
	var first time.Time
	switch of {
	case "day":
		first = today.AddDate(0, 0, -n)
	case "week":
		first = today.AddDate(0, 0, -7*n)
	case "month":
		first = today.AddDate(0, -n, 0)
	case "year":
		first = today.AddDate(-n, 0, 0)
	default:
		first = today.AddDate(0, 0, -1-n/24)
	}
	r := days(first, today)
	if r.IsZero() {
		return nil
	}
	return both(r)
}

// named returns the days of last, this or next week, month or year, perhaps only those before or after today.
func named(today time.Time, which, of string, from part) *values {
	step := map[string]int{"last": -1, "past": -1, "next": 1, "coming": 1}[which]
	var first, last time.Time
	switch of {
	case "week": // from Sunday or from Monday, as countries count
		monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7+7*step)
		first, last = monday.AddDate(0, 0, -1), monday.AddDate(0, 0, 6)
	case "month":
		first = date(today.Year(), int(today.Month())+step, 1)
		last = first.AddDate(0, 1, -1)
	default:
		if today.Year()+step < 1 {
			return nil
		}
		first, last = date(today.Year()+step, 1, 1), date(today.Year()+step, 12, 31)
	}
	switch from {
	case soFar:
		last = today
	case fromNow:
		first = today
	default:
	}
	r := days(first, last)
	if r.IsZero() {
		return nil
	}
	return both(r)
}

// theDay reads what is relative to something else in the text, and "the last two weeks".
func (p *parser) theDay(i int) (point, bool) {
	w := p.word(i + 1)
	switch w {
	case "last", "past", "coming":
		if _, counted := p.count(i + 2); counted {
			return p.named(i + 1)
		}
	case "next", "following", "previous", "same":
		if u := unit(p.word(i + 2)); u != "" && u == p.word(i+2) {
			return point{end: i + 3, anaphoric: true}, true
		}
	case "day", "week", "month", "year":
		if n := p.word(i + 2); n == "before" || n == "after" {
			return point{end: i + 3, anaphoric: true}, true
		}
	}
	return point{}, false
}
