package ftm

import (
	"cmp"
	"regexp"
	"strings"

	"orbat/schema"
)

// timestamp is a day and a time, where FollowTheMoney leaves out the zone: its times are in UTC.
var timestamp = regexp.MustCompile(
	`^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2})(:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?(Z|[+-][0-9]{2}:[0-9]{2})?$`)

// parseDate reads a date of FollowTheMoney: a year, month, day, hour, minute or second.
func parseDate(text string) (schema.Range, bool) {
	text = strings.TrimSpace(text)
	if m := timestamp.FindStringSubmatch(text); m != nil {
		zone := cmp.Or(m[4], "Z")
		text = m[1] + "T" + m[2] + m[3] + zone
		if m[3] == "" {
			text = m[1] + "T" + m[2] + ":00" + zone + "~" + m[1] + "T" + m[2] + ":59" + zone
		}
	} else if strings.Contains(text, "~") {
		return schema.Range{}, false // our own way to write ranges, not theirs
	}
	date, err := schema.ParseDate(text)
	return date, err == nil && !date.IsZero()
}

// parseDates reads the dates of a property: the span that holds all of them, and those that are none.
func parseDates(values []string) (span schema.Range, bad []string) {
	for _, value := range values {
		date, ok := parseDate(value)
		switch {
		case !ok:
			bad = append(bad, value)
			continue
		case span.IsZero():
			span = date
		}
		if date.Min.Before(span.Min) {
			span.Min = date.Min
		}
		if date.Max.After(span.Max) {
			span.Max = date.Max
		}
	}
	return span, bad
}

// period makes a period of startDate, endDate and the dates at which a relation was seen, or that it is about. Several
// dates of one property are a range: it was one of them. Absent is unknown; FollowTheMoney cannot say that something
// goes on.
//
// A date at which a relation was seen says only that it had begun by then and ended no earlier. What no part of the
// period can take (a text that is no date, an end before the start) is left to be kept.
func (e *entity) period(seen []string) string {
	from, badFrom := parseDates(e.values("startDate"))
	to, badTo := parseDates(e.values("endDate"))
	if from.IsZero() && to.IsZero() {
		return e.seenPeriod(seen)
	}
	text := from.String() + "/" + to.String()
	if _, err := schema.ParsePeriod(text); err != nil {
		return ""
	}
	e.rest("startDate", badFrom)
	e.rest("endDate", badTo)
	return text
}

func (e *entity) seenPeriod(seen []string) string {
	for _, property := range seen {
		values := e.values(property)
		span, bad := parseDates(values)
		if span.IsZero() {
			continue
		}
		by, since := span.Max, span.Min
		for _, value := range values {
			if date, ok := parseDate(value); ok {
				if date.Max.Before(by) {
					by = date.Max
				}
				if date.Min.After(since) {
					since = date.Min
				}
			}
		}
		e.rest(property, bad)
		return schema.Range{Max: by}.String() + "/" + schema.Range{Min: since}.String()
	}
	if len(seen) > 0 {
		return ""
	}
	span, bad := parseDates(e.values("date"))
	e.rest("date", bad)
	return span.String()
}
