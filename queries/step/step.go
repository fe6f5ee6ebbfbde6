package step

import (
	"context"
	"slices"
	"strings"

	"orbat/queries/canned"
)

// Step is a part of an answer that DQL alone cannot give.
type Step struct {
	doc      string
	needsDQL bool
	entities int      // how many entity parameters it takes
	needs    string   // a parameter it reads by name
	columns  []string // what it fills, for the header to choose from; nil: it chooses itself, or takes any
	run      func(ctx context.Context, a *Execution) error
}

// steps is the one list of Go steps.
func steps() map[string]Step {
	return map[string]Step{
		"expand":     {doc: "follows %out and %in from the first entity parameter, depth levels far", needsDQL: true, entities: 1, run: expand},
		"paths":      {doc: "finds the shortest chains between the first two entity parameters", entities: 2, needs: "max_hops", run: paths},
		"statements": {doc: "makes a row of each distinct statement behind the edges found, around all that reach leads to", needsDQL: true, run: statements},
		"card":       {doc: "shows an entity's values, who says so, and how it is linked", entities: 1, run: entityCard},
		"links":      {doc: "lists all claims between the first two entity parameters", entities: 2, run: links},
		"search":     {doc: "finds what a text may mean", needs: "text", run: search},
		"common":     {doc: "finds what the first two entity parameters are both linked to", entities: 2, columns: commonColumns(), run: common},
		"join":       {doc: "finds the smallest graph that joins the entities listed", needs: "entities", run: steinerTree},
		"served":     {doc: "finds who was in the same units as a person at the same time", entities: 1, columns: servedColumns(), run: served},
		"superiors":  {doc: "finds who led the units above a person's posts at the time", entities: 1, columns: superiorColumns(), run: superiors},
		"in-command": {doc: "finds who led the units that were at a place at a time, and those above them", entities: 2, columns: inCommandColumns(), run: inCommand},
		"claims":     {doc: "lists every claim of the header's relations that touches an entity, asserted or not", entities: 1, columns: claimColumns(), run: claimsOf},
		"encounters": {doc: "finds the events that set an entity's side and others against each other", entities: 1, columns: encounterColumns(), run: encounters},
		"co-mention": {doc: "finds who is named in the same sources without being linked", entities: 1, columns: coMentionColumns(), run: coMention},
		"conflicts":  {doc: "finds statements that cannot both be true", entities: 1, columns: conflictColumns(), run: conflicts},
		"support":    {doc: "grades links by who stands behind them", entities: 1, columns: supportColumns(), run: support},
		"changes":    {doc: "lists what a load wrote, retracted and reinstated", needs: "load", columns: changeColumns(), run: changes},
		"ranking":    {doc: "ranks entities by how many links they have", needs: "relations", columns: rankingColumns(), run: ranking},
		"quotes":     {doc: "finds words in the quotes of claims", needs: "text", columns: quoteColumns(), run: quotes},
	}
}

// Signatures says of the Go steps what a header must know of them.
func Signatures() []canned.Signature {
	var list []canned.Signature
	for name, s := range steps() {
		list = append(list, canned.Signature{Name: name, Doc: s.doc, NeedsDQL: s.needsDQL, Entities: s.entities, Needs: s.needs, Columns: s.columns})
	}
	slices.SortFunc(list, func(x, y canned.Signature) int { return strings.Compare(x.Name, y.Name) })
	return list
}
