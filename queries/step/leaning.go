package step

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"orbat/queries/view"
)

// leansOn says below an answer what it takes as given of the links that only lead to it, or that hold at any time (laws
// 7 and 8): that they held, though nobody dates them; that they count, though another data set says so or nobody graded
// them.
func (x *Execution) leansOn() {
	var undated, foreign, ungraded leaning
	timed := x.Filter.Timed() || x.query.ComparesTimes()
	for _, e := range x.leads {
		if len(e.Passed) == 0 {
			continue
		}
		every := func(yes func(c *view.Evidence) bool) bool {
			return !slices.ContainsFunc(e.Passed, func(c *view.Evidence) bool { return !yes(c) })
		}
		if timed && e.LeansOn() && dateOf(e, x.dates) == "" {
			undated.add(e.Relation)
		}
		if e.Scaffold && x.Filter.Dataset != "" && every(func(c *view.Evidence) bool { return c.Dataset != x.Filter.Dataset }) {
			foreign.add(e.Passed[0].Dataset)
		}
		if e.Scaffold && x.Filter.MinConfidence > 0 && every(func(c *view.Evidence) bool { return c.Confidence == nil }) {
			ungraded.add(e.Relation)
		}
	}
	var parts []string
	for _, l := range []struct {
		leaning
		what string
	}{{undated, "without a date"}, {foreign, "of other data sets"}, {ungraded, "that nobody graded"}} {
		if l.links > 0 {
			parts = append(parts, fmt.Sprintf("%d %s (%s)", l.links, l.what, strings.Join(slices.Sorted(maps.Keys(l.names)), ", ")))
		}
	}
	if len(parts) > 0 {
		x.note("Leans on links: %s.", strings.Join(parts, "; "))
	}
}

// leaning counts links that an answer leans on, with their relations or data sets.
type leaning struct {
	links int
	names map[string]bool
}

func (l *leaning) add(name string) {
	if l.names == nil {
		l.names = map[string]bool{}
	}
	l.names[name] = true
	l.links++
}
