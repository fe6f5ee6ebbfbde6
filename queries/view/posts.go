package view

import "orbat/schema"

// IsPost reports whether the edge says that somebody had a post, or belonged.
func (e *GraphEdge) IsPost() bool {
	switch e.Relation {
	case "commands", "posted_to", "member_of":
		return true
	}
	return false
}

// Position tells the post that a claim's qualifiers say from others behind the edge, in whatever words. Empty: they say
// none.
func (e *GraphEdge) Position(qualifiers map[string][]string) string {
	return schema.PositionKey(e.Relation, qualifiers)
}

// RoleIn returns what qualifiers call a role: the position where they give no role.
func RoleIn(qualifiers map[string][]string) []string {
	if role := qualifiers["role"]; len(role) > 0 {
		return role
	}
	return qualifiers["position"]
}

// judgePosts judges what the claims behind a post say together, those that satisfy the filters whatever their time: a
// precise one overrules what a vague one merely allows (law 8). Evidence keeps what each of them says.
func (e *GraphEdge) judgePosts() {
	if !e.IsPost() || len(e.InScope) < 2 {
		return
	}
	positions, periods := make([]string, len(e.InScope)), make([]schema.Period, len(e.InScope))
	for i, c := range e.InScope {
		positions[i], periods[i] = e.Position(c.Values), c.Period
	}
	for i, judged := range schema.JudgeTogether(positions, periods) {
		if !judged.Equal(periods[i]) {
			e.InScope[i].Evidence.When = judged
		}
	}
}
