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

// readDate reads a date in the first of the layouts that fits it.
func readDate(text string, layouts []layout) (schema.Range, bool) {
	if text == "" {
		return schema.Range{}, true
	}
	const day = len("2006-01-02")
	if len(text) > day && (text[day] == 'T' || text[day] == ' ') && isClock(text[day+1:]) {
		text = text[:day] // sheets and exports write a day as its midnight, mostly without a zone: only the day is certain
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

// isClock reports whether a text is a time of day, with or without a zone. The day is the one that is written.
func isClock(text string) bool {
	for _, layout := range []string{"15:04", "15:04:05", "15:04Z07:00", "15:04:05Z07:00", "15:04:05Z0700"} { // decimals are read unasked
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

// checkDate sees that what the mapping itself says of a date can be one.
func (b *binder) checkDate(d *date, layouts []layout) {
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
	check(d.Text, "date", func(text string) bool { _, ok := readDate(text, layouts); return ok })
}
