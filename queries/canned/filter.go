package canned

import (
	"time"

	"orbat/schema"
)

// Filter narrows an answer. An edge is shown when one standing claim satisfies all of it together (law 8).
type Filter struct {
	AsOf          schema.Range // zero: any time
	From, To      schema.Range // a window instead; zero: unbounded
	MinConfidence int          // 0-100; below 0: any. A claim without confidence fails a minimum above 0
	Dataset       string       // empty: any
	Certain       bool         // leave out what only possibly held
	MaxMarking    *MaxMarking  // nil: any. What it leaves out is dropped before claims come to be judged ([sight])
}

// check says what does not go together. untimed allows certain without a time: the question compares times of its own.
func (f *Filter) check(query string, untimed bool) error {
	switch {
	case !f.AsOf.IsZero() && f.Window():
		return NewParamError(query, "as_of", "as_of and from/to exclude each other", "give one of them")
	case f.Window() && !f.From.Min.IsZero() && !f.To.Max.IsZero() && f.From.Min.After(f.To.Max):
		return NewParamError(query, "from", "the window ends before it begins", "swap from and to")
	case f.Certain && !f.Timed() && !untimed:
		return NewParamError(query, "certain", "certain needs as_of, or from and to", "add as_of=2023-07-07")
	}
	return nil
}

// Window reports whether the filter asks for a window of time, not for one date.
func (f *Filter) Window() bool { return !f.From.IsZero() || !f.To.IsZero() }

// Timed reports whether the filter asks for a time.
func (f *Filter) Timed() bool { return !f.AsOf.IsZero() || f.Window() }

// Active reports whether claims must be looked at: derived edges alone cannot satisfy a filter.
func (f *Filter) Active() bool { return f.Narrows() || f.MaxMarking != nil }

// Narrows reports whether the filter asks for some of the claims that may be seen.
func (f *Filter) Narrows() bool { return f.Timed() || f.MinConfidence > 0 || f.Dataset != "" }

// Certainty says whether a period satisfies the time asked for.
func (f *Filter) Certainty(p schema.Period) schema.Certainty {
	switch {
	case !f.AsOf.IsZero():
		return p.AsOf(f.AsOf)
	case f.Window():
		return p.During(schema.Range{Min: f.From.Min, Max: f.To.Max})
	default:
		return schema.Certain
	}
}

// Verdict is what a filter says to one claim.
type Verdict struct {
	Shown    bool
	Possible bool // at the time asked for
	Ungraded bool // left out only because nobody graded it
}

// Judge holds one claim against the whole filter.
func (f *Filter) Judge(claim *schema.Claim) Verdict {
	if f.Dataset != "" && claim.Dataset != f.Dataset {
		return Verdict{}
	}
	holding := f.Certainty(claim.Period)
	if holding == schema.No || f.Certain && holding != schema.Certain {
		return Verdict{}
	}
	if f.MinConfidence > 0 && claim.Confidence < f.MinConfidence {
		return Verdict{Ungraded: claim.Confidence == schema.NoConfidence}
	}
	return Verdict{Shown: true, Possible: holding == schema.Possible}
}

// Bounds returns the time asked for, zero where it is open.
func (f *Filter) Bounds() (start, end time.Time) {
	if f.Window() {
		return f.From.Min, f.To.Max
	}
	return f.AsOf.Min, f.AsOf.Max
}

// Excludes reports whether nothing that held within some time can have held in the time asked for. A zero end is not
// known.
func (f *Filter) Excludes(first, last time.Time) bool {
	after := func(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.After(b) }
	start, end := f.Bounds()
	return after(first, end) || after(start, last)
}
