package schema

import (
	"fmt"
	"strings"
	"time"
)

// Bound is one end of a period: unknown (the zero Bound), open (written ".."), or a Range.
// Open says that there is no such end (it still goes on; it always was), unknown that nobody told us.
// Where Open is set the Range is empty.
type Bound struct {
	Range
	Open bool
}

// Period is a span of time between two ends of which each may be known imprecisely.
// An event that happened within a date has that date as both ends.
type Period struct {
	From, To Bound
	Raw      string // the text as given, without the white space around it, where it differs from String(); no part of equality
}

// Certainty answers whether a period holds at a time.
type Certainty int

const (
	No       Certainty = iota // what is known rules it out
	Possible                  // what is known allows it
	Certain                   // what is known implies it
)

func (h Certainty) String() string {
	switch h {
	case No:
		return "no"
	case Possible:
		return "possible"
	case Certain:
		return "certain"
	}
	return fmt.Sprintf("Certainty(%d)", int(h))
}

// String is "..", the text of the range, or empty where unknown.
func (e Bound) String() string {
	if e.Open {
		return ".."
	}
	return e.Range.String()
}

// IsZero reports whether the end is unknown; an open end is known.
func (e Bound) IsZero() bool { return !e.Open && e.Range.IsZero() }

// Precision is that of the range; an open end has none.
func (e Bound) Precision() string {
	if e.Open {
		return ""
	}
	return e.Range.Precision()
}

func (e Bound) appendTo(b []byte) []byte {
	if e.Open {
		return append(b, ".."...)
	}
	return e.Range.appendTo(b)
}

func (e Bound) same(f Bound) bool {
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
		if p.From, err = parseBound(s[:slash], s); err != nil {
			return Period{}, err
		}
		if p.To, err = parseBound(s[slash+1:], s); err != nil {
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

func parseBound(s, whole string) (Bound, error) {
	s = strings.TrimSpace(s)
	if s == ".." {
		return Bound{Open: true}, nil
	}
	r, err := parseRange(s, whole)
	return Bound{Range: r}, err
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

// Within reports whether the period holds at some time within d (law 7), however precise d is: a day, a year or a
// window. It is certain if it does whatever the unknown may be (from_max <= d.Max and to_min >= d.Min), and possible
// unless a known bound rules it out (from_min <= d.Max and to_max >= d.Min). An unknown bound never excludes; an open
// end satisfies its side, and a side on which d is not bounded asks nothing of the period: "since 2010" is 2010~.
func (p Period) Within(d Range) Certainty {
	p = p.tight()
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

// tight returns the period with what its own ends tell of each other: it ends no earlier than it may begin, and begins
// no later than it may end. "1990/" is all that is known of an end in 1990 or later, "/2014" began by 2014.
func (p Period) tight() Period {
	if !p.From.Open && !p.To.Open {
		p.To.Min = later(p.To.Min, p.From.Min)
		p.From.Max = earlier(p.From.Max, p.To.Max)
	}
	return p
}

// Period returns the time from the start of the range to its end, each to the day: 2014-06 is 2014-06-01/2014-06-30.
// On a side without a bound it is open.
func (r Range) Period() Period {
	p := Period{From: Bound{Open: r.Min.IsZero()}, To: Bound{Open: r.Max.IsZero()}}
	if !p.From.Open {
		p.From.Range = Range{r.Min, earlier(unitDay.end(dayOf(r.Min)), r.Max)}
	}
	if !p.To.Open {
		p.To.Range = Range{later(dayOf(r.Max), r.Min), r.Max}
	}
	return p
}

// dayOf returns the first instant of a time's day.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// mayPrecede: a is not known to be after b.
func mayPrecede(a, b time.Time) bool { return a.IsZero() || b.IsZero() || !a.After(b) }

// mustPrecede: a is known not to be after b.
func mustPrecede(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && !a.After(b) }

// Always returns any time: a period without ends.
func Always() Period { return Period{From: Bound{Open: true}, To: Bound{Open: true}} }

// Text is the period as it was written: Raw where that differs from the canonical form.
func (p Period) Text() string {
	if p.Raw != "" {
		return p.Raw
	}
	return p.String()
}

// Intersect returns the time that two periods have in common, as far as their bounds tell it, and whether there is any.
// Unknown bounds never rule it out: what is known of one period bounds the common time even where the other's bound is
// unknown.
//
//	2019/..  and  2020-03/2021   → 2020-03/2021   certain
//	~2019/   and  2020/          → 2020/          possible: nobody knows whether the first lasted until 2020
//	2019     and  2020/          → none           no
//
// Of two that touch on one day it is possible only: nobody knows the hour of a change of command. Of more than two it
// is certain that they share a moment if it is of each two, so that intersecting one after the other, the least
// certainty of all is that of the whole.
func (p Period) Intersect(q Period) (Period, Certainty) {
	var both Period
	switch {
	case p.From.Open:
		both.From = q.From
	case q.From.Open:
		both.From = p.From
	default:
		both.From.Min = later(p.From.Min, q.From.Min)
		if !p.From.Max.IsZero() && !q.From.Max.IsZero() {
			both.From.Max = later(p.From.Max, q.From.Max)
		}
	}
	switch {
	case p.To.Open:
		both.To = q.To
	case q.To.Open:
		both.To = p.To
	default:
		both.To.Max = earlier(p.To.Max, q.To.Max)
		if both.To.Min = p.To.Min; q.To.Min.IsZero() || !both.To.Min.IsZero() && q.To.Min.Before(both.To.Min) {
			both.To.Min = q.To.Min
		}
	}
	if !both.From.Max.IsZero() && !both.To.Open { // what nobody told us stays unknown
		both.From.Max = earlier(both.From.Max, both.To.Max)
	}
	if !both.To.Min.IsZero() && !both.From.Open {
		both.To.Min = later(both.To.Min, both.From.Min)
	}
	if first, last := both.From.Min, both.To.Max; !first.IsZero() && !last.IsZero() && dayOf(first).Equal(dayOf(last)) {
		if both.From.Max.IsZero() { // one day is all that is left
			both.From.Max = last
		}
		if both.To.Min.IsZero() {
			both.To.Min = first
		}
	}
	p, q = p.tight(), q.tight()
	pFromMin, pFromMax, pToMin, pToMax := p.Bounds()
	qFromMin, qFromMax, qToMin, qToMax := q.Bounds()
	switch {
	case !mayPrecede(pFromMin, qToMax), !mayPrecede(qFromMin, pToMax):
		return Period{}, No
	case (p.From.Open || q.To.Open || mustPrecede(pFromMax, qToMin)) && (q.From.Open || p.To.Open || mustPrecede(qFromMax, pToMin)):
		return both, Certain
	}
	return both, Possible
}

// Cover returns the period that is all that either of two may be: each implies it.
func (p Period) Cover(q Period) Period {
	return Period{From: p.From.cover(q.From), To: p.To.cover(q.To)}
}

func (e Bound) cover(f Bound) Bound {
	if e.Open || f.Open {
		if e.Open && f.Open {
			return e
		}
		return Bound{}
	}
	var both Bound
	if !e.Min.IsZero() && !f.Min.IsZero() {
		if both.Min = e.Min; f.Min.Before(e.Min) {
			both.Min = f.Min
		}
	}
	if !e.Max.IsZero() && !f.Max.IsZero() {
		both.Max = later(e.Max, f.Max)
	}
	return both
}

// Implies reports whether q says nothing that p does not: whatever p may be exactly, q allows it.
func (p Period) Implies(q Period) bool { return p.From.implies(q.From) && p.To.implies(q.To) }

func (e Bound) implies(f Bound) bool {
	switch {
	case f.IsZero():
		return true
	case e.Open || f.Open:
		return e.Open && f.Open
	}
	return (f.Min.IsZero() || mustPrecede(f.Min, e.Min)) && (f.Max.IsZero() || mustPrecede(e.Max, f.Max))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// earlier returns the earlier of two times, of which a zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Days counts a period's days, the first and the last included: how many there are at least, and at most. most is
// negative where no bound is known, or there is none.
func (p Period) Days() (least, most int) {
	fromMin, fromMax, toMin, toMax := p.Bounds()
	most = -1
	if !fromMax.IsZero() && !toMin.IsZero() && fromMax.Before(toMin) {
		least = dayNumber(toMin) - dayNumber(fromMax) + 1
	} else if !p.IsZero() && p.From.same(p.To) && !fromMin.IsZero() && !toMax.IsZero() {
		least = 1 // something within a date: it took a day, or a part of one
	}
	if !fromMin.IsZero() && !toMax.IsZero() {
		most = max(0, dayNumber(toMax)-dayNumber(fromMin)+1)
	}
	return least, most
}

// dayNumber counts days since 1970, in UTC.
func dayNumber(t time.Time) int {
	const day = 24 * 60 * 60
	seconds := t.Unix()
	if seconds < 0 {
		seconds -= day - 1
	}
	return int(seconds / day)
}
