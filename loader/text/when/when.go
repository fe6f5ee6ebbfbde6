package when

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/loader/text/token"
	"orbat/schema"
)

// Date is an expression of time in a sentence.
type Date struct {
	Begin, End int           // its tokens
	Period     schema.Period // of what happened; zero where the text alone does not say
	Ahead      schema.Period // of what is to come; that of Period where there is no difference
	Lasting    schema.Period // of what lasted "between 2015 and 2017", "2015-2017"; zero elsewhere
	Relative   bool          // it depends on the publication, or on something else in the text
}

// Find returns the dates of a sentence in their order. What is published may be of any precision, or unknown.
func Find(tokens []token.Token, published schema.Range) []Date {
	p := parser{tokens: tokens, words: make([]string, len(tokens)), published: published}
	for i, t := range tokens {
		p.words[i] = strings.TrimSuffix(token.Fold(t.Text), ".")
	}
	var dates []Date
	for i := 0; i < len(tokens); {
		d, ok := p.expression(i)
		if !ok {
			i++
			continue
		}
		dates = append(dates, d)
		i = d.End
	}
	return dates
}

type parser struct {
	tokens    []token.Token
	words     []string
	published schema.Range
}

// A point is a date as it is written, before it is known what it means.
type point struct {
	year, month, day int
	lastDay          int // of "9-11 July"
	lastYear         int // of "2009-2011" and of decades
	part             part
	weekday          int // Sunday is 1
	last, coming     bool
	fixed            *values // of what depends on the publication alone
	anaphoric        bool    // on something else in the text, or on nobody knows what: it has no value
	begin, end       int
}

// values are what a relative date means for the past and for what is to come.
type values struct{ past, ahead schema.Range }

// A part is a part of a month or year.
type part uint8

const (
	whole part = iota
	early
	middle
	late
	firstHalf
	secondHalf
	soFar
	fromNow
)

// expression reads a date or period at a token.
func (p *parser) expression(i int) (Date, bool) {
	switch p.words[i] {
	case "from":
		if d, ok := p.span(i, i+1, true); ok {
			return d, true
		}
	case "between":
		if d, ok := p.between(i); ok {
			return d, true
		}
	case "since":
		return p.bounded(i, i+1, func(v schema.Range) schema.Period {
			period := schema.Period{From: schema.Bound{Range: v}}
			if !p.published.Min.IsZero() && !v.Min.After(p.published.Min) {
				period.To.Range = schema.Range{Min: p.published.Min}
			}
			return period
		})
	case "until", "till", "through":
		return p.bounded(i, i+1, func(v schema.Range) schema.Period { return schema.Period{To: schema.Bound{Range: v}} })
	case "by", "before":
		before := p.words[i] == "before"
		return p.bounded(i, i+1, func(v schema.Range) schema.Period {
			if before {
				return moment(schema.Range{Max: v.Min.Add(-1)})
			}
			return moment(schema.Range{Max: v.Max})
		})
	case "after":
		return p.bounded(i, i+1, func(v schema.Range) schema.Period { return moment(schema.Range{Min: v.Max.Add(1)}) })
	}
	return p.span(i, i, false)
}

// bounded reads a date that bounds something.
func (p *parser) bounded(begin, i int, period func(schema.Range) schema.Period) (Date, bool) {
	at, ok := p.point(i, true)
	if !ok {
		return Date{}, false
	}
	v := p.resolve(at)
	d := Date{Begin: begin, End: at.end, Relative: at.isRelative()}
	if !v.past.IsZero() {
		d.Period = period(v.past)
	}
	if !v.ahead.IsZero() {
		d.Ahead = period(v.ahead)
	}
	return d, true
}

// moment is the period of what happened within a date.
func moment(r schema.Range) schema.Period {
	return schema.Period{From: schema.Bound{Range: r}, To: schema.Bound{Range: r}}
}

func momentOrNone(r schema.Range) schema.Period {
	if r.IsZero() {
		return schema.Period{}
	}
	return moment(r)
}

// span reads a date, or two that are a period: "from 2009 to 2011", "9 July - 3 August 2023".
func (p *parser) span(begin, i int, from bool) (Date, bool) {
	first, ok := p.point(i, from)
	if !ok {
		return Date{}, false
	}
	j := first.end
	if joins := p.word(j); slices.Contains([]string{"to", "until", "till", "through", "–", "—", "-"}, joins) {
		dash := joins == "–" || joins == "—" || joins == "-"
		second, ok := p.point(j+1, true)
		if ok && (from || dash && first.weekday == 0 && second.weekday == 0 || !dash && first.isAbsolute() && second.isAbsolute()) {
			a, b := p.resolvePair(first, second)
			d := Date{Begin: begin, End: second.end, Relative: first.isRelative() && second.isRelative() && second.year == 0}
			d.Period, d.Ahead = fromTo(a.past, b.past), fromTo(a.ahead, b.ahead)
			return d, true
		}
	}
	v := p.resolve(first)
	d := Date{Begin: i, End: first.end, Relative: first.isRelative(), Period: momentOrNone(v.past), Ahead: momentOrNone(v.ahead)}
	if first.lastYear > 0 && strings.ContainsAny(p.word(i), "-–") {
		years := func(year int) schema.Range { return (&point{year: year}).absolute() }
		d.Lasting = fromTo(years(first.year), years(first.lastYear))
	}
	if from { // "from 2009": until when is not said
		d.Begin = begin
		if !v.past.IsZero() {
			d.Period = schema.Period{From: schema.Bound{Range: v.past}}
		}
		if !v.ahead.IsZero() {
			d.Ahead = schema.Period{From: schema.Bound{Range: v.ahead}}
		}
	}
	return d, true
}

func fromTo(a, b schema.Range) schema.Period {
	if a.IsZero() || b.IsZero() || a.Min.After(b.Max) {
		return schema.Period{}
	}
	return schema.Period{From: schema.Bound{Range: a}, To: schema.Bound{Range: b}}
}

// between reads some time in between two dates.
func (p *parser) between(i int) (Date, bool) {
	first, ok := p.point(i+1, true)
	if !ok || p.word(first.end) != "and" {
		return Date{}, false
	}
	second, ok := p.point(first.end+1, true)
	if !ok {
		return Date{}, false
	}
	a, b := p.resolvePair(first, second)
	within := func(a, b schema.Range) schema.Period {
		if a.IsZero() || b.IsZero() || a.Min.After(b.Max) {
			return schema.Period{}
		}
		return moment(schema.Range{Min: a.Min, Max: b.Max})
	}
	d := Date{Begin: i, End: second.end, Relative: first.isRelative() && second.isRelative()}
	d.Period, d.Ahead = within(a.past, b.past), within(a.ahead, b.ahead)
	d.Lasting = fromTo(a.past, b.past)
	return d, true
}

// resolvePair returns what two dates mean of which the first may leave out what the second says.
func (p *parser) resolvePair(first, second point) (a, b values) {
	if first.year == 0 && second.year > 0 && first.month > 0 {
		first.year = second.year
		if second.month > 0 && second.month < first.month {
			first.year--
		}
	}
	b = p.resolve(second)
	if second.year == 0 && second.month > 0 && first.year == 0 && first.month > 0 {
		year := func(r schema.Range) schema.Range {
			if r.IsZero() {
				return r
			}
			of := first
			of.year = r.Min.Year()
			if second.month < first.month {
				of.year--
			}
			return of.absolute()
		}
		return values{year(b.past), year(b.ahead)}, b
	}
	return p.resolve(first), b
}

func (at *point) isAbsolute() bool { return at.year > 0 }
func (at *point) isRelative() bool { return at.year == 0 }

func (p *parser) word(i int) string {
	if i < 0 || i >= len(p.words) {
		return ""
	}
	return p.words[i]
}

// number returns the number of a token of at most so many digits, perhaps with the ending of an ordinal.
func (p *parser) number(i, digits int) (int, bool) {
	w := p.word(i)
	for _, ending := range []string{"st", "nd", "rd", "th"} {
		if s, ok := strings.CutSuffix(w, ending); ok && digits == 2 {
			w = s
		}
	}
	if w == "" || len(w) > digits || digits == 4 && len(w) != 4 {
		return 0, false
	}
	for _, b := range []byte(w) {
		if b < '0' || b > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(w)
	return n, err == nil
}

// year returns the year that a token is.
func (p *parser) year(i int) (int, bool) {
	n, ok := p.number(i, 4)
	return n, ok && n >= 1000 && n <= 2999
}

func (p *parser) day(i int) (int, bool) {
	n, ok := p.number(i, 2)
	return n, ok && n >= 1 && n <= 31
}

var months = []string{
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
}

// announcesMonth reports whether a month may follow a word, where it might as well be something else.
func announcesMonth(w string) bool {
	return slices.Contains([]string{"in", "last", "next", "this", "of", "since", "early", "late", "mid", "until", "by", "every"}, w)
}

// announcesYear reports whether a number behind a word is a year.
func announcesYear(w string) bool {
	return slices.Contains([]string{
		"in", "of", "during", "(", "since", "year", "early", "late", "until", "throughout", "around", "spring", "summer", "autumn", "fall",
		"winter",
	}, w)
}

// month returns the month that a token names. Short forms, and words that mean something else too, are months only
// beside a number or where an expression of time is expected.
func (p *parser) month(i int, expected bool) (int, bool) {
	w := p.word(i)
	if len(w) < 3 || p.tokens[i].Text[0] >= 'a' && p.tokens[i].Text[0] <= 'z' {
		return 0, false
	}
	for k, name := range months {
		if w == name || len(w) <= 4 && strings.HasPrefix(name, w) && (len(w) == 3 || w == "sept") {
			if w == name && w != "may" && w != "march" && w != "august" && w != "april" && w != "june" {
				return k + 1, true
			}
			_, after := p.number(i+1, 4)
			_, day := p.day(i + 1)
			_, before := p.day(i - 1)
			return k + 1, expected || after || day || before || announcesMonth(p.word(i-1))
		}
	}
	return 0, false
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// point reads one date; expected says that the words before it ask for one.
func (p *parser) point(i int, expected bool) (point, bool) {
	if i >= len(p.words) {
		return point{}, false
	}
	at, ok := p.pointHere(i, expected)
	at.begin = i
	return at, ok
}

func (p *parser) pointHere(i int, expected bool) (point, bool) {
	if at, ok := p.parted(i); ok {
		return at, true
	}
	if at, ok := p.written(i); ok {
		return at, true
	}
	if at, ok := p.calendar(i, expected); ok {
		return at, true
	}
	if at, ok := p.weekday(i); ok {
		return at, true
	}
	return p.relative(i)
}

var parts = map[string]part{
	"early": early, "mid": middle, "late": late, "beginning": early, "start": early, "middle": middle, "end": late, "mid-": middle,
}

// parted reads a part of a month or year: "early July 2023", "mid-2014", "the end of May".
func (p *parser) parted(i int) (point, bool) {
	w := p.words[i]
	if prefix, rest, ok := strings.Cut(w, "-"); ok && parts[prefix] != whole && rest != "" && prefix != "end" && prefix != "start" {
		end := min(len(p.tokens), i+5)
		inner := parser{tokens: slices.Clone(p.tokens[i:end]), words: slices.Clone(p.words[i:end]), published: p.published}
		inner.words[0] = rest
		inner.tokens[0].Text = inner.tokens[0].Text[len(inner.tokens[0].Text)-min(len(rest), len(inner.tokens[0].Text)):]
		at, ok := inner.calendar(0, true)
		if !ok || at.day > 0 {
			return point{}, false
		}
		at.end += i
		at.part = parts[prefix]
		return at, true
	}
	j := i
	if w == "the" {
		j++
	}
	of := parts[p.word(j)]
	if (p.word(j) == "first" || p.word(j) == "second") && p.word(j+1) == "half" {
		of = firstHalf
		if p.word(j) == "second" {
			of = secondHalf
		}
		j++
	}
	if of == whole {
		return point{}, false
	}
	j++
	switch p.word(j) {
	case "of", "in":
		j++
	default:
		if slices.Contains([]string{"beginning", "start", "middle", "end", "half"}, p.word(j-1)) {
			return point{}, false
		}
	}
	at, ok := p.calendar(j, true)
	if !ok || at.day > 0 || at.lastYear > 0 && of != early && of != middle && of != late {
		return point{}, false
	}
	if at.lastYear > 0 {
		at.part = whole // of a decade no part is told
		return at, true
	}
	at.part = of
	return at, true
}

// written reads what is written in digits: 2023-07-09, 2023/07/09, 9/7/2023, 2009-2011.
func (p *parser) written(i int) (point, bool) {
	w := p.words[i]
	if len(w) < 6 || len(w) > 10 || w[0] < '0' || w[0] > '9' {
		return point{}, false
	}
	fields := strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '/' || r == '.' || r == '–' })
	if len(fields) < 2 || len(fields) > 3 {
		return point{}, false
	}
	var n [3]int
	for k, f := range fields {
		v, err := strconv.Atoi(f)
		if err != nil || len(f) > 4 {
			return point{}, false
		}
		n[k] = v
	}
	at := point{end: i + 1}
	switch {
	case len(fields) == 2 && len(fields[0]) == 4 && len(fields[1]) == 4 && n[0] >= 1000 && n[0] < n[1] && n[1] <= 2999:
		at.year, at.lastYear = n[0], n[1]
	case len(fields) == 2 && len(fields[0]) == 4 && len(fields[1]) == 2 && w[4] == '-' && n[0] >= 1000 && n[1] >= 1 && n[1] <= 12:
		at.year, at.month = n[0], n[1]
	case len(fields) == 3 && len(fields[0]) == 4 && n[1] <= 12 && n[1] > 0:
		at.year, at.month, at.day = n[0], n[1], n[2]
	case len(fields) == 3 && len(fields[2]) == 4 && n[0] > 12 && n[1] <= 12 && n[1] > 0:
		at.year, at.month, at.day = n[2], n[1], n[0]
	case len(fields) == 3 && len(fields[2]) == 4 && n[1] > 12 && n[0] <= 12 && n[0] > 0:
		at.year, at.month, at.day = n[2], n[0], n[1]
	case len(fields) == 3 && len(fields[2]) == 4 && n[0] > 0 && n[0] == n[1]:
		at.year, at.month, at.day = n[2], n[0], n[1]
	case len(fields) == 3 && len(fields[2]) == 4 && n[0] > 0 && n[1] > 0: // day and month, or month and day
		at.anaphoric = true
		return at, true
	default:
		return point{}, false
	}
	ok := at.isValid()
	return at, ok
}

// calendar reads days, months and years in words.
func (p *parser) calendar(i int, expected bool) (point, bool) {
	if at, ok := p.dayFirst(i); ok {
		return at, true
	}
	if m, ok := p.month(i, expected); ok {
		at := point{month: m, end: i + 1}
		if p.word(i+1) == "of" {
			if y, ok := p.year(i + 2); ok {
				at.year, at.end = y, i+3
				return at, true
			}
		}
		if y, ok := p.year(i + 1); ok {
			at.year, at.end = y, i+2
			return at, true
		}
		if p.word(i+1) == "," {
			if y, ok := p.year(i + 2); ok {
				at.year, at.end = y, i+3
				return at, true
			}
		}
		if first, last, ok := p.days(i + 1); ok {
			at.day, at.lastDay, at.end = first, last, i+2
			p.trailingYear(&at)
			at.anaphoric = !at.isValid()
			return at, true
		}
		return at, true
	}
	return p.yearAlone(i, expected)
}

// dayFirst reads "9 July 2023", "the 9th of July", "9-11 July".
func (p *parser) dayFirst(i int) (point, bool) {
	j := i
	if p.word(j) == "the" {
		j++
	}
	first, last, ok := p.days(j)
	if !ok {
		return point{}, false
	}
	j++
	if p.word(j) == "of" {
		j++
	}
	// "9 to 11 July", "9 and 11 July"
	if w := p.word(j); w == "–" || w == "to" || w == "-" {
		if d, ok := p.day(j + 1); ok && d > first {
			if _, ok := p.month(j+2, true); ok {
				last = d
				j += 2
			}
		}
	}
	m, ok := p.month(j, true)
	if !ok {
		return point{}, false
	}
	at := point{month: m, day: first, lastDay: last, end: j + 1}
	p.trailingYear(&at)
	at.anaphoric = !at.isValid() // there is no such day
	return at, true
}

// days reads a day of a month, or two with a hyphen.
func (p *parser) days(i int) (first, last int, ok bool) {
	if d, ok := p.day(i); ok {
		return d, 0, true
	}
	w := p.word(i)
	if len(w) > 7 {
		return 0, 0, false
	}
	a, b, ok := strings.Cut(strings.Replace(w, "–", "-", 1), "-")
	if !ok || len(a) > 2 || len(b) > 2 {
		return 0, 0, false
	}
	first, err1 := strconv.Atoi(a)
	last, err2 := strconv.Atoi(b)
	return first, last, err1 == nil && err2 == nil && first >= 1 && last > first && last <= 31
}

func (p *parser) trailingYear(at *point) {
	j := at.end
	if p.word(j) == "," || p.word(j) == "of" || p.word(j) == "in" {
		j++
	}
	if y, ok := p.year(j); ok {
		at.year, at.end = y, j+1
	}
}

// yearAlone reads a year where nothing else can be meant, and decades.
func (p *parser) yearAlone(i int, expected bool) (point, bool) {
	w := p.word(i)
	if w == "the" && len(p.word(i+1)) == 5 || len(w) == 5 && strings.HasSuffix(w, "0s") {
		j := i
		if w == "the" {
			j++
		}
		decade, ok := strings.CutSuffix(p.word(j), "0s")
		n, err := strconv.Atoi(decade)
		if ok && err == nil && n >= 100 && n <= 299 {
			return point{year: n * 10, lastYear: n*10 + 9, end: j + 1}, true
		}
		return point{}, false
	}
	y, ok := p.year(i)
	if !ok || y < 1800 || y > 2100 {
		return point{}, false
	}
	if n := p.word(i + 1); isCounted(n) && i+1 < len(p.tokens) && p.tokens[i+1].Kind == token.Word {
		return point{}, false // "in 2000 villages"
	}
	if !expected && !announcesYear(p.word(i-1)) {
		return point{}, false
	}
	return point{year: y, end: i + 1}, true
}

// isCounted reports whether a word behind a number may be what is counted.
func isCounted(w string) bool {
	switch w {
	case "men", "people", "women", "children", "km", "kg", "percent", "per", "dead", "dollars", "feet":
		return true
	case "was", "is", "has", "as", "his", "this", "across", "thus", "always", "perhaps", "towards", "afterwards", "us", "elections":
		return false
	}
	return len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss")
}

// weekday reads a day of the week, with the date behind it: "Friday", "last Friday", "Friday, 9 July".
func (p *parser) weekday(i int) (point, bool) {
	j := i
	var at point
	switch p.words[i] {
	case "last", "this", "next", "past", "coming":
		at.last, at.coming = p.words[i] == "last" || p.words[i] == "past", p.words[i] == "next" || p.words[i] == "coming"
		j++
	}
	k := slices.Index(weekdays, p.word(j))
	if k < 0 {
		if m, ok := p.month(j, true); ok && j > i { // "last July"
			if _, year := p.year(j + 1); !year {
				at.month, at.end = m, j+1
				return at, true
			}
		}
		return point{}, false
	}
	at.weekday, at.end = k+1, j+1
	for _, m := range []string{"morning", "afternoon", "evening", "night"} {
		if p.word(at.end) == m {
			at.end++
			break
		}
	}
	next := at.end
	if p.word(next) == "," {
		next++
	}
	if dated, ok := p.calendar(next, true); ok && dated.day > 0 {
		return dated, true
	}
	next = at.end
	if p.word(next) == "of" {
		next++
	}
	if p.word(next) == "last" && p.word(next+1) == "week" {
		at.end = next + 2
		if today, ok := p.today(); ok {
			monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7-7)
			day := monday.AddDate(0, 0, (k+6)%7)
			at.fixed = both(days(day, day))
		}
	}
	return at, true
}

// isValid reports whether the days are those of a month.
func (at *point) isValid() bool {
	if at.day == 0 {
		return at.lastDay == 0 && (at.year == 0 || at.year >= 1)
	}
	year := at.year
	if year == 0 {
		year = 2000 // a leap year: the 29th of February is a day
	}
	length := time.Date(year, time.Month(at.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return at.day >= 1 && at.day <= length && at.lastDay <= length
}
