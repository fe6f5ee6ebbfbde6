package view

import (
	"strings"

	"orbat/schema"
)

// IsPost reports whether the edge says that somebody had a post, or belonged.
func (e *GraphEdge) IsPost() bool {
	switch e.Relation {
	case "commands", "posted_to", "member_of":
		return true
	}
	return false
}

// Position names the post that a claim's qualifiers say, however it is written; empty: they say none.
func Position(qualifiers map[string][]string) string {
	return schema.Folded(strings.Join(qualifiers["role"], " "))
}

// judgePosts judges what the claims behind a post say together, those that satisfy the filters whatever their time: a
// precise one overrules what a vague one merely allows (law 8). Evidence keeps what each of them says.
func (e *GraphEdge) judgePosts() {
	if !e.IsPost() || len(e.InScope) < 2 {
		return
	}
	positions, periods := make([]string, len(e.InScope)), make([]schema.Period, len(e.InScope))
	for i, c := range e.InScope {
		positions[i], periods[i] = Position(c.Values), c.Period
	}
	for i, judged := range schema.JudgeTogether(positions, periods) {
		if !judged.Equal(periods[i]) {
			e.InScope[i].Evidence.When = judged
		}
	}
}
