package schema

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Range is a span of time known to contain an instant: a date with its precision.
//
// Both bounds are inclusive and in UTC; Max is the last nanosecond of the precision, so 2014-08 is
// 2014-08-01T00:00:00Z to 2014-08-31T23:59:59.999999999Z. A zero time means "not bounded on that side",
// and the zero Range is an unknown date.
type Range struct{ Min, Max time.Time }

// DateError says what is wrong with the text of a date or period: its Value is the whole text, shortened, its Reason
// the offending part ("month 13").
type DateError struct{ Fault }

// Error returns the offending part, the whole text and what to write instead.
func (e *DateError) Error() string { return fmt.Sprintf("%s in %q; %s", e.Reason, e.Value, e.Hint) }

const (
	dateHint   = "write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mmZ"
	yearHint   = "write the year first, in four digits from 0001 to 9999: YYYY-MM-DD"
	dayHint    = "write YYYY-MM-DD, leaving out what is not known"
	timeHint   = "write hh:mm or hh:mm:ss, up to 23:59:59"
	zoneHint   = "add Z (UTC) or an offset such as +03:00 to the time"
	noZoneHint = zoneHint + "; or leave the time out: in a spreadsheet, show the cell as a date alone"
	betwHint   = "write A~B (some time in between), ~B (by then) or A~ (then or later)"
	periodHint = "write FROM/TO, where each is a date, .. (open) or empty (unknown)"
)

// dateText bounds what an error repeats of its input.
func dateText(s string) string {
	const limit = 48
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > limit-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

func dateError(whole, hint, reason string, args ...any) error {
	return &DateError{Fault: Fault{Value: dateText(whole), Reason: fmt.Sprintf(reason, args...), Hint: hint}}
}

// ParseDate reads a date:
//
//	2014  2014-08  2014-08-01  2014-08-01T09:30Z  2014-08-01T09:30:15+03:00
//	2014-08~2014-10  some time in between
//	~2010            by the end of 2010
//	2010~            in 2010 or later
//
// (The tilde is not EDTF's "approximately".) Seconds may have up to nine decimals, each narrowing the
// range tenfold: .5 is a tenth of a second, nine decimals are an instant. A time needs a zone, because
// without one its instant is unknown. The empty text is the zero Range.
func ParseDate(text string) (Range, error) {
	s := strings.TrimSpace(text)
	return parseRange(s, s)
}

// parseRange reads s; whole is what errors quote.
func parseRange(s, whole string) (Range, error) {
	if s == "" {
		return Range{}, nil
	}
	var r Range
	tilde := strings.IndexByte(s, '~')
	if tilde < 0 {
		point, err := parsePoint(s, whole)
		if err != nil {
			return Range{}, err
		}
		if point.Min.IsZero() {
			return Range{}, emptyDateError(whole)
		}
		return point, nil
	}
	left, right := strings.TrimSpace(s[:tilde]), strings.TrimSpace(s[tilde+1:])
	if left == "" && right == "" {
		return Range{}, dateError(whole, betwHint, "a ~ without a date")
	}
	if strings.IndexByte(right, '~') >= 0 {
		return Range{}, dateError(whole, betwHint, "more than one ~")
	}
	if left != "" {
		point, err := parsePoint(left, whole)
		if err != nil {
			return Range{}, err
		}
		if r.Min = point.Min; r.Min.IsZero() {
			return Range{}, emptyDateError(whole)
		}
	}
	if right != "" {
		point, err := parsePoint(right, whole)
		if err != nil {
			return Range{}, err
		}
		if r.Max = point.Max; r.Max.IsZero() {
			return Range{}, emptyDateError(whole)
		}
	}
	if left != "" && right != "" && r.Min.After(r.Max) {
		return Range{}, dateError(whole, "write the earlier date first", "%s is after %s", dateText(left), dateText(right))
	}
	return r, nil
}

// emptyDateError refuses the first instant of year 1. It is Go's zero time, which stands for "not bounded"
// here, and what many programs write for a date they do not have.
func emptyDateError(whole string) error {
	return dateError(whole, "leave an unknown date empty", "the placeholder 0001-01-01")
}

// parsePoint reads one date without a tilde. It is written out by hand because it runs for every row of a
// load: trying time layouts in turn costs an allocated error for each that does not fit.
func parsePoint(s, whole string) (Range, error) {
	n := digitRun(s)
	if n == 0 {
		switch {
		case s == "..":
			return Range{}, dateError(whole, periodHint, ".. alone")
		case s[0] == '-':
			return Range{}, dateError(whole, yearHint, "a leading -")
		}
		return Range{}, dateError(whole, dateHint, "no year at %q", dateText(s))
	}
	if n != 4 || s[:4] == "0000" {
		return Range{}, dateError(whole, yearHint, "year %s", dateText(s[:n]))
	}
	year := int(s[0]-'0')*1000 + int(s[1]-'0')*100 + twoDigits(s[2:])
	rest := s[4:]
	if rest == "" {
		return unitRange(year, 1, 1, unitYear), nil
	}
	if rest[0] != '-' {
		return Range{}, dateError(whole, dateHint, "%q after the year", dateText(rest))
	}

	rest = rest[1:]
	n = digitRun(rest)
	if n == 4 {
		return Range{}, dateError(whole, "write "+s[:4]+"/"+rest[:4]+" for from and to, "+s[:4]+"~"+rest[:4]+" for some time in between",
			"month %s", rest[:4])
	}
	if n != 2 || twoDigits(rest) < 1 || twoDigits(rest) > 12 {
		return Range{}, dateError(whole, dayHint, "month %s", partText(rest))
	}
	month := time.Month(twoDigits(rest))
	rest = rest[2:]
	if rest == "" {
		return unitRange(year, month, 1, unitMonth), nil
	}
	if rest[0] != '-' {
		return Range{}, dateError(whole, dateHint, "%q after the month", dateText(rest))
	}

	rest = rest[1:]
	if n = digitRun(rest); n != 2 {
		return Range{}, dateError(whole, dayHint, "day %s", partText(rest))
	}
	day := twoDigits(rest)
	if last := lastDay(year, month); day < 1 || day > last {
		return Range{}, dayError(whole, rest[:2], year, month, last)
	}
	rest = rest[2:]
	if rest == "" {
		return unitRange(year, month, day, unitDay), nil
	}
	if rest[0] != 'T' {
		if (rest[0] == ' ' || rest[0] == 't') && digitRun(rest[1:]) > 0 {
			return Range{}, dateError(whole, "write a T between date and time: YYYY-MM-DDThh:mmZ", "%q between date and time", rest[:1])
		}
		return Range{}, dateError(whole, dateHint, "%q after the day", dateText(rest))
	}
	return parseTime(rest[1:], unitRange(year, month, day, unitDay).Min, whole)
}

// parseTime reads the part after T on the given day.
func parseTime(s string, day time.Time, whole string) (Range, error) {
	if digitRun(s) != 2 || twoDigits(s) > 23 {
		return Range{}, dateError(whole, timeHint, "hour %s", partText(s))
	}
	t := time.Duration(twoDigits(s)) * time.Hour
	if s = s[2:]; s == "" || s[0] != ':' {
		return Range{}, dateError(whole, timeHint, "no minute")
	}
	if s = s[1:]; digitRun(s) != 2 || twoDigits(s) > 59 {
		return Range{}, dateError(whole, timeHint, "minute %s", partText(s))
	}
	t += time.Duration(twoDigits(s)) * time.Minute
	width := time.Minute
	s = s[2:]
	if s != "" && s[0] == ':' {
		if s = s[1:]; digitRun(s) != 2 || twoDigits(s) > 59 {
			return Range{}, dateError(whole, timeHint, "second %s", partText(s))
		}
		t += time.Duration(twoDigits(s)) * time.Second
		width = time.Second
		s = s[2:]
		if s != "" && s[0] == '.' {
			n := digitRun(s[1:])
			if n < 1 || n > 9 {
				return Range{}, dateError(whole, "write one to nine decimals", "%d decimals of the second", n)
			}
			for _, digit := range []byte(s[1 : 1+n]) {
				width /= 10
				t += time.Duration(digit-'0') * width
			}
			s = s[1+n:]
		}
	}

	if s == "" {
		return Range{}, dateError(whole, noZoneHint, "a time without a zone")
	}
	switch {
	case s == "Z":
	case len(s) == 6 && (s[0] == '+' || s[0] == '-') && digitRun(s[1:]) == 2 && s[3] == ':' && digitRun(s[4:]) == 2:
		hours, minutes := twoDigits(s[1:]), twoDigits(s[4:])
		if hours > 15 || minutes > 59 { // the widest ever in use was Manila's, -15:56 until 1844
			return Range{}, dateError(whole, zoneHint, "offset %s", s)
		}
		offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
		if s[0] == '+' {
			offset = -offset
		}
		t += offset
	default:
		return Range{}, dateError(whole, zoneHint, "zone %q", dateText(s))
	}
	r := Range{Min: day.Add(t)}
	r.Max = r.Min.Add(width - 1)
	if year := r.Min.Year(); year < 1 || year > 9999 {
		return Range{}, dateError(whole, yearHint, "year %d (in UTC)", year)
	}
	return r, nil
}

// DateFromParts makes a date of the year, month and day columns of a table. Missing parts lower the
// precision; with none at all the date is unknown (zero).
func DateFromParts(year, month, day string) (Range, error) {
	year, month, day = strings.TrimSpace(year), strings.TrimSpace(month), strings.TrimSpace(day)
	if year == "" && month == "" && day == "" {
		return Range{}, nil
	}
	whole := "year " + dateText(year) + ", month " + dateText(month) + ", day " + dateText(day)
	switch {
	case year == "":
		return Range{}, dateError(whole, "give the year or leave all three empty", "no year")
	case month == "" && day != "":
		return Range{}, dateError(whole, "give the month or leave the day empty", "a day without a month")
	case len(year) != 4 || digitRun(year) != 4 || year == "0000":
		return Range{}, dateError(whole, "give it in four digits, 0001 to 9999", "year %s", partText(year))
	}
	y := twoDigits(year)*100 + twoDigits(year[2:])
	if y == 1 && (month == "" || month == "1" || month == "01") && (day == "" || day == "1" || day == "01") {
		return Range{}, emptyDateError(whole)
	}
	if month == "" {
		return unitRange(y, 1, 1, unitYear), nil
	}
	m, ok := smallNumber(month)
	if !ok || m < 1 || m > 12 {
		return Range{}, dateError(whole, "give 1 to 12, or leave it empty if unknown", "month %s", partText(month))
	}
	if day == "" {
		return unitRange(y, time.Month(m), 1, unitMonth), nil
	}
	d, ok := smallNumber(day)
	if !ok {
		return Range{}, dateError(whole, "give 1 to 31, or leave it empty if unknown", "day %s", partText(day))
	}
	if last := lastDay(y, time.Month(m)); d < 1 || d > last {
		return Range{}, dayError(whole, day, y, time.Month(m), last)
	}
	return unitRange(y, time.Month(m), d, unitDay), nil
}

func dayError(whole, day string, year int, month time.Month, last int) error {
	if day == "0" || day == "00" {
		return dateError(whole, "leave out what is not known", "day %s", day)
	}
	return dateError(whole, fmt.Sprintf("%s %04d has %d days", month, year, last), "day %s", day)
}

// digitRun counts the ASCII digits s starts with.
func digitRun(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// twoDigits is the value of two ASCII digits, which the caller has seen.
func twoDigits(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

// smallNumber reads one or two digits.
func smallNumber(s string) (int, bool) {
	switch {
	case len(s) == 1 && digitRun(s) == 1:
		return int(s[0] - '0'), true
	case len(s) == 2 && digitRun(s) == 2:
		return twoDigits(s), true
	}
	return 0, false
}

// partText is how an error names a part that should have been digits.
func partText(s string) string {
	if s == "" {
		return "missing"
	}
	n := digitRun(s)
	if n == 0 {
		return fmt.Sprintf("%q", dateText(s))
	}
	return dateText(s[:n])
}

func lastDay(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// timeUnit is a precision a date can be written in: the coarsest first, then 1 to 9 decimals of a second
// (unitSecond+1 to unitSecond+9).
type timeUnit int

const (
	unitYear timeUnit = iota
	unitMonth
	unitDay
	unitMinute
	unitSecond
)

func unitRange(year int, month time.Month, day int, unit timeUnit) Range {
	start := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return Range{start, unit.end(start)}
}

// end is the last nanosecond of the unit that starts at start.
func (u timeUnit) end(start time.Time) time.Time {
	switch u {
	case unitYear:
		return start.AddDate(1, 0, 0).Add(-1)
	case unitMonth:
		return start.AddDate(0, 1, 0).Add(-1)
	case unitDay:
		return start.Add(24*time.Hour - 1)
	case unitMinute:
		return start.Add(time.Minute - 1)
	default: // a second, or a decimal part of one
		width := time.Second
		for ; u > unitSecond; u-- {
			width /= 10
		}
		return start.Add(width - 1)
	}
}

// unitStarting is the coarsest unit that starts at t.
func unitStarting(t time.Time) timeUnit {
	if ns := t.Nanosecond(); ns != 0 {
		unit := unitSecond + 9
		for ; ns%10 == 0; ns /= 10 {
			unit--
		}
		return unit
	}
	hour, minute, second := t.Clock()
	if second != 0 {
		return unitSecond
	}
	if hour != 0 || minute != 0 {
		return unitMinute
	}
	_, month, day := t.Date()
	switch {
	case day != 1:
		return unitDay
	case month != time.January:
		return unitMonth
	}
	return unitYear
}

// unitEnding is the coarsest unit that ends at t.
func unitEnding(t time.Time) timeUnit { return unitStarting(t.Add(1)) }

// appendTo writes the unit that t lies in.
func (u timeUnit) appendTo(b []byte, t time.Time) []byte {
	year, month, day := t.Date()
	b = appendPadded(b, year, 4)
	if u == unitYear {
		return b
	}
	b = appendPadded(append(b, '-'), int(month), 2)
	if u == unitMonth {
		return b
	}
	b = appendPadded(append(b, '-'), day, 2)
	if u == unitDay {
		return b
	}
	hour, minute, second := t.Clock()
	b = appendPadded(append(b, 'T'), hour, 2)
	b = appendPadded(append(b, ':'), minute, 2)
	if u >= unitSecond {
		b = appendPadded(append(b, ':'), second, 2)
	}
	if u > unitSecond {
		b = appendPadded(append(b, '.'), t.Nanosecond(), 9)
		b = b[:len(b)-9+int(u-unitSecond)]
	}
	return append(b, 'Z')
}

func appendPadded(b []byte, n, width int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	start := len(b)
	for range width {
		b = append(b, '0')
	}
	for i := len(b) - 1; i >= start && n > 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// unit is the coarsest unit that both bounds of a bounded range fall on; whole says that the range is just
// one such unit.
func (r Range) unit() (unit timeUnit, whole bool) {
	unit = max(unitStarting(r.Min), unitEnding(r.Max))
	return unit, unit.end(r.Min).Equal(r.Max)
}

// String is the canonical text, which parses to the same range: 2014 for a range that is just that year,
// otherwise A~B, both in the coarsest precision that fits both (2014-08~2014-12 rather than the
// shorter but puzzling 2014-08~2014). It is empty for the zero Range.
func (r Range) String() string {
	var buf [64]byte
	return string(r.appendTo(buf[:0]))
}

func (r Range) appendTo(b []byte) []byte {
	lo, hi := r.Min.UTC(), r.Max.UTC()
	switch {
	case r.IsZero():
		return b
	case lo.IsZero():
		return unitEnding(hi).appendTo(append(b, '~'), hi)
	case hi.IsZero():
		return append(unitStarting(lo).appendTo(b, lo), '~')
	}
	unit, whole := Range{lo, hi}.unit()
	b = unit.appendTo(b, lo)
	if !whole {
		b = unit.appendTo(append(b, '~'), hi)
	}
	return b
}

// IsZero reports whether nothing is known of the date.
func (r Range) IsZero() bool { return r.Min.IsZero() && r.Max.IsZero() }

// Precision is year, month, day, minute or second (which includes decimals of one) for a range that is
// just one of these, range (A~B), before (~B), after (A~), or empty for the zero Range.
func (r Range) Precision() string {
	switch {
	case r.IsZero():
		return ""
	case r.Min.IsZero():
		return "before"
	case r.Max.IsZero():
		return "after"
	}
	unit, whole := Range{r.Min.UTC(), r.Max.UTC()}.unit()
	if !whole {
		return "range"
	}
	return [...]string{"year", "month", "day", "minute", "second"}[min(unit, unitSecond)]
}

func (r Range) same(s Range) bool { return r.Min.Equal(s.Min) && r.Max.Equal(s.Max) }
