package step

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/queries/view"
	"orbat/schema"
)

// possibly is the cell that marks what only possibly holds.
func possibly(yes bool) string {
	if yes {
		return "possibly"
	}
	return ""
}

// days says how long a time is that two or more have in common.
func days(both schema.Period, certainty schema.Certainty) string {
	least, most := both.Days()
	if certainty != schema.Certain {
		least = 0
	}
	switch {
	case most < 0 && least == 0:
		return "unknown"
	case most < 0:
		return fmt.Sprintf("at least %d", least)
	case least == most:
		return strconv.Itoa(least)
	case least == 0:
		return fmt.Sprintf("at most %d", most)
	default:
		return fmt.Sprintf("%d to %d", least, most)
	}
}

// publishersOf returns who published the sources behind claims, once each however it is written; a source that names no
// publisher counts as one of its own.
func publishersOf(claims []*view.Evidence) []string {
	names := map[string]string{}
	for _, c := range claims {
		for _, cite := range c.Cites {
			name := cmp.Or(cite.Publisher, cite.Title, cite.Source)
			key := cmp.Or(schema.Folded(cite.Publisher), cite.Source)
			if have, known := names[key]; !known || name < have {
				names[key] = name
			}
		}
	}
	return slices.Sorted(maps.Values(names))
}

// sourcesOf names the sources behind claims.
func sourcesOf(claims []*view.Evidence) []string {
	names := map[string]string{}
	for _, c := range claims {
		for _, cite := range c.Cites {
			names[cite.Source] = cmp.Or(cite.Title, cite.Source)
		}
	}
	return slices.Sorted(maps.Values(names))
}

// surest is the highest confidence of claims, nil where nobody graded them.
func surest(claims []*view.Evidence) *int {
	var best *int
	for _, c := range claims {
		if c.Confidence != nil && (best == nil || *c.Confidence > *best) {
			best = c.Confidence
		}
	}
	return best
}

// weakest is the lower of two confidences; what nobody graded is weaker than all.
func weakest(x, y *int) *int {
	switch {
	case x == nil || y == nil:
		return nil
	case *x < *y:
		return x
	default:
		return y
	}
}

// compareConfidence puts the sure first and the ungraded last.
func compareConfidence(x, y *int) int {
	grade := func(n *int) int {
		if n == nil {
			return -1
		}
		return *n
	}
	return cmp.Compare(grade(y), grade(x))
}

// newest is the last day on which one of the sources was published, zero where none tells.
func newest(claims []*view.Evidence) time.Time {
	var last time.Time
	for _, c := range claims {
		for _, cite := range c.Cites {
			if date, err := schema.ParseDate(cite.Published); err == nil && date.Max.After(last) {
				last = date.Max
			}
		}
	}
	return last
}

// joinNonEmpty joins what is there.
func joinNonEmpty(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), separator)
}

// firstThree lists the first of some texts, and how many more there are.
func firstThree(texts []string) string {
	const most = 3
	if len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return strings.Join(texts[:most], ", ") + fmt.Sprintf(" (+%d)", len(texts)-most)
}

// number is the cell of a number, empty where there is none.
func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// quoted is the cell of a quote.
func quoted(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("“%s”", text)
}
