package canned

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A date is a time from its first moment to its last: the DQL is told both, as what it compares them with has both
// (date.min and date.max of an event, from_min and to_max of a link).
const (
	minSuffix, maxSuffix = "_min", "_max"
)

// The ends of a date that has none, or that is not given: any time.
const (
	firstMoment, lastMoment = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
)

// Variable returns what a variable of the DQL carries of the values: of a date its text, and under NAME_min and
// NAME_max its first moment and its last.
func (q *Query) Variable(v *Values, name string) string {
	if q.Param(name) != nil {
		return v.Text[name]
	}
	moment, text := time.Time{}, ""
	if of := q.dateOf(name, minSuffix); of != "" {
		moment, text = v.Dates[of].Min, firstMoment
	} else if of := q.dateOf(name, maxSuffix); of != "" {
		moment, text = v.Dates[of].Max, lastMoment
	}
	if !moment.IsZero() {
		text = moment.Format(time.RFC3339)
	}
	return text
}

// dateOf returns the parameter of whose date a variable carries an end, empty where it carries none.
func (q *Query) dateOf(variable, suffix string) string {
	name, is := strings.CutSuffix(variable, suffix)
	if p := q.Param(name); !is || p == nil || p.Type != "date" {
		return ""
	}
	return name
}

// takes reports whether the DQL is told a parameter, a date by one end at least.
func (q *Query) takes(name string) bool {
	return slices.Contains(q.Declared, name) || q.takesEnds(name)
}

func (q *Query) takesEnds(name string) bool {
	return slices.Contains(q.Declared, name+minSuffix) || slices.Contains(q.Declared, name+maxSuffix)
}

// checkMoment refuses a date that the DQL is told as one text, where it is a time of many days: compared with moments
// that would be its first.
func (q *Query) checkMoment(v *Values, name string) error {
	date, given := v.Dates[name]
	if !given || !slices.Contains(q.Declared, name) || q.takesEnds(name) {
		return nil
	}
	switch date.Precision() {
	case "day", "minute", "second":
		return nil
	}
	return NewParamError(q.Name, name, fmt.Sprintf("%q is a time of many days, of which the DQL is told one moment", v.Text[name]),
		fmt.Sprintf("give a day, or declare $%s and $%s in the DQL, the two ends", name+minSuffix, name+maxSuffix))
}

// Refuses says why a filter cannot be applied to the question; empty: it can, or it is no filter.
func (q *Query) Refuses(param string) string {
	filters := []string{"as_of", "from", "to", "certain", "min_confidence", "dataset"}
	if q.unfiltered == "" || !slices.Contains(filters, param) || q.takes(param) {
		return ""
	}
	for _, common := range commonParams() {
		if p := q.Param(param); common.Name == param && p.Type == common.Type {
			return q.unfiltered
		}
	}
	return "" // one of the question's own, of the name of a filter
}

// refuse returns the error of a filter that cannot be applied, with what would mend it.
func (q *Query) refuse(param string) error {
	why := q.Refuses(param)
	if why == "" {
		return nil
	}
	hint := "leave it out"
	if q.Step == "" {
		declare := "$" + param
		if p := q.Param(param); p.Type == "date" {
			declare = "$" + param + minSuffix + " and $" + param + maxSuffix
		}
		hint += ", or have the DQL declare " + declare + " and filter by it"
		if param == "certain" {
			hint = "leave it out, or let a step make the rows: statements, served and others mark what is possible"
		}
	}
	return NewParamError(q.Name, param, "cannot be applied: "+why, hint)
}
