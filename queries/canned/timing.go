package canned

import (
	"slices"
	"strings"
)

// Timing is what a step makes of the time asked for: a question's help says it in a line ([Query.Time]).
type Timing struct {
	Shows string // what the answer holds, that held at some time within it: "the claims that held"
	Marks string // what possible marks, where that is not the same
	Leans bool   // links that only lead to the answer count without a date (law 7)
	Days  string // what periods and days are of: "of the time asked for"
	None  string // set: neither a time nor another filter can be applied, and why

	History bool // the answer tells what was claimed, at whatever time: today's part of it is not what a reader means
}

// plainTiming is that of a question that no step answers.
func plainTiming(rows bool) Timing {
	if rows {
		return Timing{None: "its DQL alone makes the rows"}
	}
	return Timing{Shows: "the links that held together with all those that lead to them"}
}

// isState reports whether an answer is a state of things, of which without a time today's is meant: not what happened,
// what was claimed, or what held at the time of something else.
func (q *Query) isState(t Timing) bool {
	return t.None == "" && !t.History && q.Shape != TimelineShape && !slices.Contains(q.Columns, "date") &&
		!slices.ContainsFunc(q.Params, func(p Param) bool { return p.Name == "certain" || slices.Contains(p.Of, "Event") })
}

// timeLine says in one line what a question shows when a time is given, what it leaves out, and what its marks mean.
func (q *Query) timeLine(t Timing) string {
	with := "with " + q.timeParams()
	if t.None != "" {
		if q.takes("as_of") || q.takes("from") || q.takes("to") {
			return with + ": what its DQL makes of that"
		}
		return with + ": refused, since " + t.None
	}
	marks := t.Marks
	if marks == "" {
		marks = "what unknown or imprecise dates only allow"
	}
	line := with + ": " + t.Shows + " at some time within; what the dates rule out is left out; possible marks " + marks
	if q.ComparesTimes() {
		line += ", without a time too"
	}
	line += ", and certain=true leaves out just that"
	if t.Days != "" {
		line += "; periods and days are " + t.Days
	}
	if t.Leans {
		line += "; links without a date that only lead there count, and are named below"
	}
	if q.Param("horizon") != nil {
		line += "; what is further than horizon years from anything attested is only counted"
	}
	return line
}

// timeParams names the parameters by which a question is asked of a time: of one date, or of a window.
func (q *Query) timeParams() string {
	var window []string
	for _, name := range []string{"from", "to", "since", "until"} { // from and to may be a path's ends
		if p := q.Param(name); p != nil && p.Type == "date" {
			window = append(window, name)
		}
	}
	if len(window) == 0 {
		return "as_of"
	}
	return "as_of, or " + strings.Join(window, " and ")
}
