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
	Certain       bool         // leave out what only possibly held: see [Filter.LeavesOut]
	MaxMarking    *MaxMarking  // nil: any. What it leaves out is dropped before claims come to be judged
	Limited       bool         // not all of the graph may be seen, whatever is asked for
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
func (f *Filter) Active() bool { return f.Narrows() || f.MaxMarking != nil || f.Limited }

// Narrows reports whether the filter asks for some of the claims that may be seen.
func (f *Filter) Narrows() bool { return f.Timed() || f.MinConfidence > 0 || f.Dataset != "" }

// Time returns the time asked for, zero where none is: what is shown held at some time within it (law 7).
func (f *Filter) Time() schema.Range {
	if f.Window() {
		return schema.Range{Min: f.From.Min, Max: f.To.Max}
	}
	return f.AsOf
}

// LeavesOut reports whether what only possibly holds is to be left out. Nothing else asks: what is marked and what
// certain leaves out are one.
func (f *Filter) LeavesOut(possible bool) bool { return f.Certain && possible }

// Verdict is what a filter says to one claim.
type Verdict struct {
	InScope  bool // whatever its time
	Shown    bool
	Possible bool // at the time asked for
	Ungraded bool // left out only because nobody graded it
}

// Judge holds one claim against the whole filter, but for certain: see [Filter.LeavesOut]. leaned: without a date it
// holds at any time.
func (f *Filter) Judge(claim *schema.Claim, leaned bool) Verdict {
	if f.Dataset != "" && claim.Dataset != f.Dataset {
		return Verdict{}
	}
	holding := f.holding(claim.Period, leaned)
	if f.MinConfidence > 0 && claim.Confidence < f.MinConfidence {
		return Verdict{Ungraded: holding != schema.No && claim.Confidence == schema.NoConfidence}
	}
	return Verdict{InScope: true, Shown: holding != schema.No, Possible: holding == schema.Possible}
}

// JudgeScaffold holds a claim of a link that only leads to an answer against the filter (law 8): the data set narrows
// the answer and not what leads to it, and what nobody graded counts.
func (f *Filter) JudgeScaffold(claim *schema.Claim, leaned bool) Verdict {
	if f.MinConfidence > 0 && claim.Confidence < f.MinConfidence && claim.Confidence != schema.NoConfidence {
		return Verdict{}
	}
	holding := f.holding(claim.Period, leaned)
	return Verdict{InScope: true, Shown: holding != schema.No, Possible: holding == schema.Possible}
}

// holding says whether a claim's period meets the time asked for; one that has none does where that is leaned on.
func (f *Filter) holding(p schema.Period, leaned bool) schema.Certainty {
	if !f.Timed() || leaned && p.IsZero() {
		return schema.Certain
	}
	return p.Within(f.Time())
}

// Excludes reports whether nothing that held within some time can have held in the time asked for. A zero end is not
// known.
func (f *Filter) Excludes(first, last time.Time) bool {
	after := func(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.After(b) }
	asked := f.Time()
	return after(first, asked.Max) || after(asked.Min, last)
}

// Meet returns what a time has in common with a period, and whether within the time asked for there is any. Of several
// links that make one answer it is asked one after the other; the least of what it says is that of the whole (law 7).
func (f *Filter) Meet(common, p schema.Period) (both schema.Period, holding schema.Certainty) {
	both, holding = common.Intersect(p)
	if f.Timed() {
		holding = min(holding, both.Within(f.Time()))
	}
	return both, holding
}
