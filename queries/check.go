package queries

import (
	"context"

	"github.com/google/jsonschema-go/jsonschema"

	"orbat/queries/canned"
	"orbat/schema"

	"orbat/queries/view"

	"orbat/queries/step"
)

// CheckQuery reads a .dql file and returns all that is wrong with it, without a database: the query is nil then.
// Whether its DQL is right only Dgraph knows; see [Runner.CheckDQL].
func CheckQuery(file, text string, ontology *schema.Ontology) (*canned.Query, []*canned.HeaderError) {
	return canned.Check(file, text, ontology, step.Signatures())
}

// ParseQuery reads a .dql file. Its error is the first mistake in it, a [*HeaderError].
func ParseQuery(file, text string, ontology *schema.Ontology) (*canned.Query, error) {
	return canned.Parse(file, text, ontology, step.Signatures())
}

// StepNames lists the Go steps that a query's header may name.
func StepNames() []string { return canned.StepNames(step.Signatures()) }

// HeaderSchema returns the JSON Schema (2020-12) of a .dql file's header, for the types and relations of an ontology.
func HeaderSchema(o *schema.Ontology) (*jsonschema.Schema, error) {
	return canned.HeaderSchema(o, step.Signatures())
}

// HeaderReference explains a .dql file's header in plain text, at most 100 columns wide: its keys, and what may stand
// for them.
func HeaderReference() string { return canned.HeaderReference(step.Signatures()) }

// CheckDQL has Dgraph read a query's DQL, with variables that find nothing, and says where in the file it is wrong: a
// [*HeaderError]. A query of a Go step alone has no DQL to check.
func (r *Runner) CheckDQL(ctx context.Context, q *canned.Query) error {
	if q.DQL == "" {
		return nil
	}
	relations := q.Selected(r.Ontology)
	s := view.Open(r.DB, r.Ontology, canned.Filter{}, view.Limits{}, nil)
	_, err := s.Unredacted(ctx, canned.ExpandRelations(q.DQL, relations), q.Harmless())
	return q.Explain(relations, err)
}
