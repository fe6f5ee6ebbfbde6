package schema

import (
	"fmt"
	"strings"
	"time"
)

// Edge is one end of a period: unknown (the zero Edge), open (written ".."), or a Range.
// Open says that there is no such end (it still goes on; it always was), unknown that nobody told us.
// Where Open is set the Range is empty.
type Edge struct {
	Range
	Open bool
}

// Period is a span of time between two ends of which each may be known imprecisely.
// An event that happened within a date has that date as both ends.
type Period struct {
	From, To Edge
	Raw      string // the text as given, without the white space around it, where it differs from String(); no part of equality
}

// Holding answers whether a period holds at a time.
type Holding int

const (
	No       Holding = iota // what is known rules it out
	Possible                // what is known allows it
	Certain                 // what is known implies it
)

func (h Holding) String() string {
	switch h {
	case No:
		return "no"
	case Possible:
		return "possible"
	case Certain:
		return "certain"
	}
	return fmt.Sprintf("Holding(%d)", int(h))
}

// String is "..", the text of the range, or empty where unknown.
func (e Edge) String() string {
	if e.Open {
		return ".."
	}
	return e.Range.String()
}

// IsZero reports whether the end is unknown; an open end is known.
func (e Edge) IsZero() bool { return !e.Open && e.Range.IsZero() }

// Precision is that of the range; an open end has none.
func (e Edge) Precision() string {
	if e.Open {
		return ""
	}
	return e.Range.Precision()
}

func (e Edge) appendTo(b []byte) []byte {
	if e.Open {
		return append(b, ".."...)
	}
	return e.Range.appendTo(b)
}

func (e Edge) same(f Edge) bool {
	if e.Open || f.Open {
		return e.Open == f.Open
	}
	return e.Range.same(f.Range)
}

// ParsePeriod reads a period, FROM/TO, where each is a date as ParseDate reads it, ".." (open) or empty
// (unknown):
//
//	2022-04-01/..  ../2014-08  2010~/2013  2014/  /2014
//
// A date alone is something that happened within it: it becomes both ends. The empty text is the zero
// Period. That a period ends before it begins is refused where it is certain.
func ParsePeriod(text string) (Period, error) {
	s := strings.TrimSpace(text)
	if s == "" {
		return Period{}, nil
	}
	var p Period
	slash := strings.IndexByte(s, '/')
	if slash < 0 {
		date, err := parseRange(s, s)
		if err != nil {
			return Period{}, err
		}
		p.From.Range, p.To.Range = date, date
	} else {
		if strings.IndexByte(s[slash+1:], '/') >= 0 {
			return Period{}, dateError(s, periodHint+"; dates are YYYY-MM-DD", "more than one /")
		}
		var err error
		if p.From, err = parseEdge(s[:slash], s); err != nil {
			return Period{}, err
		}
		if p.To, err = parseEdge(s[slash+1:], s); err != nil {
			return Period{}, err
		}
		if !mayPrecede(p.From.Min, p.To.Max) {
			return Period{}, dateError(s, "write FROM/TO, the earlier first", "from %s is after to %s", p.From, p.To)
		}
	}
	// Comparing with a text on the stack keeps the plain date, the common case, free of allocations.
	var buf [160]byte
	if string(p.appendTo(buf[:0])) != s {
		p.Raw = s
	}
	return p, nil
}

func parseEdge(s, whole string) (Edge, error) {
	s = strings.TrimSpace(s)
	if s == ".." {
		return Edge{Open: true}, nil
	}
	r, err := parseRange(s, whole)
	return Edge{Range: r}, err
}

// String is the canonical text, which parses to the same period: a date alone where both ends are that
// date, empty for the zero Period.
func (p Period) String() string {
	var buf [160]byte
	return string(p.appendTo(buf[:0]))
}

func (p Period) appendTo(b []byte) []byte {
	if p.IsZero() {
		return b
	}
	if !p.From.Open && p.From.same(p.To) {
		return p.From.appendTo(b)
	}
	b = append(p.From.appendTo(b), '/')
	return p.To.appendTo(b)
}

// IsZero reports whether neither end is known.
func (p Period) IsZero() bool { return p.From.IsZero() && p.To.IsZero() }

// Equal reports whether two periods are the same, however they were written.
func (p Period) Equal(q Period) bool { return p.From.same(q.From) && p.To.same(q.To) }

// Bounds are the four bounds. A zero time is a bound that is unknown or open: From.Open and To.Open tell
// which. (No instant stands for "open": a sentinel would sooner or later be shown or compared as a date.)
func (p Period) Bounds() (fromMin, fromMax, toMin, toMax time.Time) {
	if !p.From.Open {
		fromMin, fromMax = p.From.Min, p.From.Max
	}
	if !p.To.Open {
		toMin, toMax = p.To.Min, p.To.Max
	}
	return fromMin, fromMax, toMin, toMax
}

// AsOf reports whether the period holds at the date d, which may be imprecise itself. It is certain if it
// holds throughout d whatever the unknown may be (from_max <= d.Min and to_min >= d.Max), and
// possible unless a known bound rules it out (from_min <= d.Max and to_max >= d.Min). An unknown bound never excludes and
// never makes certain; an open end satisfies its side.
func (p Period) AsOf(d Range) Holding {
	fromMin, fromMax, toMin, toMax := p.Bounds()
	switch {
	case !mayPrecede(fromMin, d.Max), !mayPrecede(d.Min, toMax):
		return No
	case (p.From.Open || mustPrecede(fromMax, d.Min)) && (p.To.Open || mustPrecede(d.Max, toMin)):
		return Certain
	}
	return Possible
}

// During reports whether the period overlaps the window d at all. Certain is from_max <= d.Max and
// to_min >= d.Min. Here a side on which d is not bounded asks nothing of the period: "since 2010" is 2010~.
// Unknown bounds and open ends count as in AsOf.
func (p Period) During(d Range) Holding {
	fromMin, fromMax, toMin, toMax := p.Bounds()
	switch {
	case !mayPrecede(fromMin, d.Max), !mayPrecede(d.Min, toMax):
		return No
	case (p.From.Open || d.Max.IsZero() || mustPrecede(fromMax, d.Max)) &&
		(p.To.Open || d.Min.IsZero() || mustPrecede(d.Min, toMin)):
		return Certain
	}
	return Possible
}

// mayPrecede: a is not known to be after b.
func mayPrecede(a, b time.Time) bool { return a.IsZero() || b.IsZero() || !a.After(b) }

// mustPrecede: a is known not to be after b.
func mustPrecede(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && !a.After(b) }

// Text is the period as it was written: Raw where that differs from the canonical form.
func (p Period) Text() string {
	if p.Raw != "" {
		return p.Raw
	}
	return p.String()
}
