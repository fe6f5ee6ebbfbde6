package queries

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
	case !f.AsOf.IsZero() && f.window():
		return &ParamError{query, "as_of", "as_of and from/to exclude each other", "give one of them"}
	case f.window() && !f.From.Min.IsZero() && !f.To.Max.IsZero() && f.From.Min.After(f.To.Max):
		return &ParamError{query, "from", "the window ends before it begins", "swap from and to"}
	case f.Certain && !f.timed() && !untimed:
		return &ParamError{query, "certain", "certain needs as_of, or from and to", "add as_of=2023-07-07"}
	}
	return nil
}

func (f *Filter) window() bool { return !f.From.IsZero() || !f.To.IsZero() }

// Timed reports whether the filter asks for a time.
func (f *Filter) timed() bool { return !f.AsOf.IsZero() || f.window() }

// active reports whether claims must be looked at: derived edges alone cannot satisfy a filter.
func (f *Filter) active() bool { return f.narrows() || f.MaxMarking != nil }

// narrows reports whether the filter asks for some of the claims that may be seen.
func (f *Filter) narrows() bool { return f.timed() || f.MinConfidence > 0 || f.Dataset != "" }

// holding says whether a period satisfies the time asked for.
func (f *Filter) holding(p schema.Period) schema.Certainty {
	switch {
	case !f.AsOf.IsZero():
		return p.AsOf(f.AsOf)
	case f.window():
		return p.During(schema.Range{Min: f.From.Min, Max: f.To.Max})
	default:
		return schema.Certain
	}
}

// verdict of a filter on one claim.
type verdict struct {
	shown    bool
	possible bool
	ungraded bool // left out only because nobody graded it
}

func (f *Filter) judge(claim *schema.Claim) verdict {
	if f.Dataset != "" && claim.Dataset != f.Dataset {
		return verdict{}
	}
	holding := f.holding(claim.Period)
	if holding == schema.No || f.Certain && holding != schema.Certain {
		return verdict{}
	}
	if f.MinConfidence > 0 && claim.Confidence < f.MinConfidence {
		return verdict{ungraded: claim.Confidence == schema.NoConfidence}
	}
	return verdict{shown: true, possible: holding == schema.Possible}
}

// rulesOut reports whether the sum of an edge's claims excludes that any of them satisfies the filter. Facets only ever
// rule out (law 8): bounds stand where every claim has them, confidence is the highest.
func (f *Filter) rulesOut(e *rawEdge) bool {
	if f.MinConfidence > 0 && (e.confidence == nil || *e.confidence < f.MinConfidence) {
		// What may have an ungraded claim is looked at, to count what is left out.
		return e.confidence != nil && e.claims == 1
	}
	start, end := f.AsOf.Min, f.AsOf.Max
	if f.window() {
		start, end = f.From.Min, f.To.Max
	}
	return after(e.fromMin, end) || after(start, e.toMax)
}

func after(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.After(b) }
