package step

import (
	"context"

	"orbat/queries/canned"
)

// Step is a part of an answer that DQL alone cannot give. A header names it, and what its table shows.
type Step struct {
	Name, Doc string
	NeedsDQL  bool
	Relations bool          // it follows the header's relations where there is no DQL
	Keys      []string      // of the header, without which it has nothing to do, or that it alone reads
	Entities  int           // how many entity parameters it takes
	Needs     string        // a parameter that it reads by name
	Time      canned.Timing // what it makes of the time asked for: the question's help says so
	Columns   []Column      // those of its rows; a header that names none shows all
	// Any makes a column of a name that is none of these; nil: a header may name no other.
	Any func(name string) Column
	// Run finds the answer: what it draws it tells the execution, its rows it returns.
	Run func(ctx context.Context, x *Execution) ([]Row, error)
}

// Steps returns the one list of Go steps, by name.
func Steps() []Step {
	return []Step{
		among(),
		around(),
		card(),
		census(),
		changes(),
		claims(),
		coMention(),
		sharedNeighbours(),
		conflicts(),
		encounters(),
		expand(),
		inCommand(),
		connect(),
		links(),
		shortestPaths(),
		quotes(),
		ranking(),
		search(),
		servedTogether(),
		statements(),
		superiors(),
		support(),
		totals(),
		without(),
	}
}

// named returns a step; the zero one where none has the name.
func named(name string) Step {
	for _, s := range Steps() {
		if s.Name == name {
			return s
		}
	}
	return Step{}
}

// Signatures returns what a header must know of the steps.
func Signatures() []canned.Signature {
	var list []canned.Signature
	for _, s := range Steps() {
		var columns []string
		for _, c := range s.Columns {
			columns = append(columns, c.Name)
		}
		if s.Any != nil {
			columns = nil
		}
		list = append(list, canned.Signature{
			Name: s.Name, Doc: s.Doc, NeedsDQL: s.NeedsDQL, Relations: s.Relations, Keys: s.Keys, Entities: s.Entities,
			Needs: s.Needs, Time: s.Time, Columns: columns, Contested: s.marksContested(),
		})
	}
	return list
}
