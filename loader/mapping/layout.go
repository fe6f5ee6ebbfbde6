package mapping

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/schema"
)

// layout is how a date is written: Go's layout, and what its parts tell.
type layout struct {
	text       string // of package time
	month, day bool
	century    int // the first of the hundred years that two digits mean; 0: the year has four
}

// layouts compiles the formats of a date. ISO's are always among them.
func (b *binder) layouts(d *date) []layout {
	century := b.century(d)
	layouts := []layout{{text: "2006-01-02", month: true, day: true}, {text: "2006-01", month: true}, {text: "2006"}}
	for _, format := range d.Formats {
		l, ok := makeLayout(format)
		if !ok {
			b.mistake(d.At, "the date format "+strconv.Quote(format)+" is not understood",
				"made of YYYY or YY, MMMM (March), MMM (Mar), MM or M, DD or D, and what stands between them")
		}
		if isShort(format) {
			l.century = century
		}
		layouts = append(layouts, l)
	}
	return layouts
}

// isShort reports whether a format writes years with two digits.
func isShort(format string) bool {
	return strings.Contains(strings.ReplaceAll(format, "YYYY", ""), "YY")
}

// century reads what two digits mean. A mapping has to say so: birth dates are of another century than reports, and
// what is usual (45 is 2045) or would be right today (none is in the future) is wrong for one of them, or another day.
func (b *binder) century(d *date) int {
	short := slices.ContainsFunc(d.Formats, isShort)
	year, err := strconv.Atoi(d.Century)
	switch {
	case d.Century == "" && short:
		b.mistake(d.At, "a year of two digits is of no century",
			"say which in century: 1930 reads 30 to 99 as 1930 to 1999 and 00 to 29 as 2000 to 2029")
	case d.Century == "":
	case !short:
		b.mistake(d.At, "century without a format that has YY", "leave it out: years of four digits need none")
	case err != nil || year < 1 || year > 9900:
		b.mistake(d.At, "century is "+strconv.Quote(d.Century), "the first of the hundred years that two digits mean, such as 1930")
	}
	return year
}

// layoutToken finds the parts of a format as people write it. Longer ones come first.
var layoutToken = map[string]string{
	"YYYY": "2006", "YY": "06", "MMMM": "January", "MMM": "Jan", "MM": "01", "M": "1", "DD": "02", "D": "2",
}

// makeLayout translates a format; false where it names no year, or anything twice.
func makeLayout(format string) (layout, bool) {
	var l layout
	year := false
	twice := false
	l.text = regexp.MustCompile(`YYYY|YY|M{1,4}|DD?`).ReplaceAllStringFunc(format, func(token string) string {
		part := map[byte]*bool{'Y': &year, 'M': &l.month, 'D': &l.day}[token[0]]
		twice = twice || *part
		*part = true
		return layoutToken[token]
	})
	return l, year && !twice && (l.month || !l.day)
}

// year returns the year that a layout read.
func (l *layout) year(t time.Time) int {
	if l.century == 0 {
		return t.Year()
	}
	year := l.century - l.century%100 + t.Year()%100
	if year < l.century {
		year += 100
	}
	return year
}

// dateReader reads dates as a mapping says that they are written.
type dateReader struct {
	layouts []layout
	months  monthNames // nil: English ones alone
	serial  bool       // numbers count days as Excel does
	or      []string   // separators between several of which one is right
	about   []string   // words before a date that make it uncertain
}

// dateReader compiles how dates are written.
func (b *binder) dateReader(d *date) *dateReader {
	r := &dateReader{layouts: b.layouts(d), months: b.months(d), serial: d.Serial, or: d.Or, about: d.About}
	for _, separator := range d.Or {
		if separator == "" {
			b.mistake(d.At, "an empty separator of dates", `write for example or: " or "`)
		}
	}
	named := slices.ContainsFunc(d.Formats, func(format string) bool { return strings.Contains(format, "MMM") })
	if len(d.Months) > 0 && !named {
		b.mistake(d.At, "months without a format that names them", "add a format such as D MMMM YYYY")
	}
	return r
}

// read reads a date; false: it cannot be read. The empty text is the zero Range.
func (r *dateReader) read(text string) (schema.Range, bool) {
	text = plainDigits(text)
	for _, separator := range r.or {
		if separator == "" || !strings.Contains(text, separator) {
			continue
		}
		var all schema.Range
		for i, part := range strings.Split(text, separator) {
			one, ok := r.read(strings.TrimSpace(part))
			if !ok || one.IsZero() {
				return schema.Range{}, false
			}
			if i == 0 || one.Min.Before(all.Min) {
				all.Min = one.Min
			}
			if i == 0 || one.Max.After(all.Max) {
				all.Max = one.Max
			}
		}
		return all, true
	}
	for _, word := range r.about {
		if word != "" && len(text) > len(word) && strings.EqualFold(text[:len(word)], word) {
			certain := *r
			certain.about = nil
			when, ok := certain.read(strings.TrimSpace(text[len(word):]))
			return around(when), ok && !when.IsZero()
		}
	}
	if when, is := r.serialDay(text); is {
		return when, !when.IsZero()
	}
	if when, ok := readDate(text, r.layouts); ok {
		return when, true
	}
	text = ordinal.ReplaceAllString(text, "$1")
	short := func(m time.Month) string { return m.String()[:3] }
	for _, months := range [][13]string{englishMonths(time.Month.String), englishMonths(short)} {
		if when, ok := readDate(r.names().english(text, months), r.layouts); ok {
			return when, true
		}
	}
	return schema.Range{}, false
}

// names are the months' names that are known: Sept among them, which package time does not read.
func (r *dateReader) names() monthNames {
	if r.months == nil {
		return monthNames{"sept": 9}
	}
	return r.months
}

// ordinal finds days as they are counted: 14th, 1er, 1º.
var ordinal = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|er|[ºª])`)

// englishMonths are the names of months from 1.
func englishMonths(name func(time.Month) string) (names [13]string) {
	for m := time.January; m <= time.December; m++ {
		names[m] = name(m)
	}
	return names
}

// around is a date that is only about right: the one before and the one after it may be as well, years, months or days
// as it says.
func around(when schema.Range) schema.Range {
	years, months, days := 0, 0, 0
	switch when.Precision() {
	case "year":
		years = 1
	case "month":
		months = 1
	case "day":
		days = 1
	default:
		return when
	}
	const last = time.Nanosecond // of the precision, after which the next begins
	return schema.Range{Min: when.Min.AddDate(-years, -months, -days), Max: when.Max.Add(last).AddDate(years, months, days).Add(-last)}
}

// serialDay reads a day as Excel counts them (ECMA-376, part 1, 18.17.4.1): from 1 January 1900, with a 29 February
// 1900 that never was, whose 60 is therefore no day. Four digits are a year.
func (r *dateReader) serialDay(text string) (when schema.Range, is bool) {
	const year = 4
	whole, clock, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(whole)
	if !r.serial || err != nil || len(whole) == year || strings.Trim(whole+clock, "0123456789") != "" {
		return schema.Range{}, false
	}
	const never, most = 60, 2_958_465 // 9999-12-31
	if n < 1 || n == never || n > most {
		return schema.Range{}, true
	}
	if n < never {
		n++
	}
	day := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n)
	when, err = schema.DateFromParts(strconv.Itoa(day.Year()), strconv.Itoa(int(day.Month())), strconv.Itoa(day.Day()))
	return when, err == nil
}

// readDate reads a date in the first of the layouts that fits it.
func readDate(text string, layouts []layout) (schema.Range, bool) {
	if text == "" {
		return schema.Range{}, true
	}
	const day = len("2006-01-02")
	if len(text) > day && (text[day] == 'T' || text[day] == ' ') && isClock(text[day+1:]) {
		text = text[:day] // sheets and exports write a day as its midnight, mostly without a zone: only the day is certain
	}
	for at, r := range text { // other ways to write a day come with its time too, mostly behind it
		if r != ' ' {
			continue
		}
		if isClock(strings.ToUpper(strings.TrimSpace(text[at:]))) {
			text = text[:at]
			break
		}
		if at < longestClock && isClock(strings.ToUpper(strings.TrimSuffix(text[:at], ","))) && !isMeridiem(text[at+1:]) {
			text = strings.TrimSpace(text[at:])
			break
		}
	}
	for _, l := range layouts {
		t, err := time.Parse(l.text, text)
		if err != nil || t.Year() == 0 {
			continue
		}
		month, day := "", ""
		if l.month {
			month = strconv.Itoa(int(t.Month()))
		}
		if l.day {
			day = strconv.Itoa(t.Day())
		}
		when, err := schema.DateFromParts(strconv.Itoa(l.year(t)), month, day)
		return when, err == nil
	}
	return schema.Range{}, false
}

// longestClock is the most bytes that a time of day before a date has.
const longestClock = len("15:04:05+00:00 ")

// isMeridiem reports whether a text begins with what ends a time of a clock of twelve hours.
func isMeridiem(text string) bool {
	word, _, _ := strings.Cut(strings.ToUpper(text), " ")
	word = strings.TrimSuffix(word, ",")
	return word == "AM" || word == "PM"
}

// isClock reports whether a text is a time of day, with or without a zone. The day is the one that is written.
func isClock(text string) bool {
	for _, layout := range []string{
		"15:04", "15:04:05", "15:04Z07:00", "15:04:05Z07:00", "15:04:05Z0700", "3:04 PM", "3:04PM", "3:04:05 PM", "3:04:05PM",
	} { // decimals are read unasked
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

// checkDate sees that what the mapping itself says of a date can be one.
func (b *binder) checkDate(d *date, reader *dateReader) {
	check := func(v *value, what string, is func(string) bool) {
		b.refuseConstants(v, func(text string) (reason, hint string) {
			if is(text) {
				return "", ""
			}
			return "no " + what + " " + strconv.Quote(text), "a column is written without {text: …}"
		})
	}
	isDate := func(year, month, day string) bool {
		_, err := schema.DateFromParts(year, month, day)
		return err == nil
	}
	check(d.Year, "year", func(text string) bool { return isDate(text, "", "") })
	check(d.Month, "month", func(text string) bool { return isDate("2000", text, "") })
	check(d.Day, "day", func(text string) bool { return isDate("2000", "1", text) })
	check(d.Text, "date", func(text string) bool { _, ok := reader.read(text); return ok })
}
