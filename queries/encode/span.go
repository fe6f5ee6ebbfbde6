package encode

import (
	"time"

	"orbat/schema"
)

// span is the widest stretch of time that a date or period allows: from the earliest begin to the latest end, each
// zero where it is unknown or open.
type span struct {
	period      schema.Period
	first, last time.Time // inclusive
}

// newSpan reads a date or period as orbat writes them. What it cannot read (several dates joined, say) gives no dates;
// its text stands in a column of its own.
func newSpan(text string) span {
	period, err := schema.ParsePeriod(text)
	if err != nil {
		return span{}
	}
	first, _, _, last := period.Bounds()
	return span{period: period, first: first.UTC(), last: last.UTC()}
}

func (s span) from() string {
	if s.first.IsZero() {
		return ""
	}
	if s.first.Equal(s.first.Truncate(24 * time.Hour)) {
		return s.first.Format(time.DateOnly)
	}
	return s.first.Format("2006-01-02T15:04:05Z")
}

func (s span) to() string {
	if s.last.IsZero() {
		return ""
	}
	// A day's last instant is a nanosecond before the next.
	if next := s.last.Add(1); next.Equal(next.Truncate(24 * time.Hour)) {
		return s.last.Format(time.DateOnly)
	}
	return s.last.Format("2006-01-02T15:04:05Z")
}

// precision is one word where it is the same at both ends, else two with a slash between them.
func (s span) precision() string {
	if s.period.IsZero() {
		return ""
	}
	from, to := endPrecision(s.period.From), endPrecision(s.period.To)
	if from == to {
		return from
	}
	return from + "/" + to
}

func endPrecision(end schema.Bound) string {
	if end.Open {
		return ".."
	}
	return end.Precision()
}

// instants are the bounds as GEXF's timeformat="dateTime" writes them, "" where there is none. The second is always
// later than the first: readers take an interval that ends where it starts for empty, or refuse it.
func (s span) instants() (start, end string) {
	const layout = "2006-01-02T15:04:05.000Z"
	first, last := s.first.Truncate(time.Millisecond), s.last.Truncate(time.Millisecond)
	if !s.first.IsZero() {
		start = first.Format(layout)
		if !last.After(first) {
			last = first.Add(time.Millisecond)
		}
	}
	if !s.last.IsZero() {
		end = last.Format(layout)
	}
	return start, end
}
