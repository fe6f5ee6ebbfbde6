package queries

import (
	"context"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// Documents lists the sources of which a text was read, as far as the runner's limits let see.
func (r *Runner) Documents(ctx context.Context) (documents []*view.Document, err error) {
	err = r.look(ctx, surely, func(s *view.Snapshot) error {
		documents, err = s.Documents(ctx)
		return err
	})
	return documents, err
}

// Document returns the one source that a text names (law 17), with the texts that are kept of it and the statements
// that cite it.
func (r *Runner) Document(ctx context.Context, name string) (document *view.Document, err error) {
	err = r.look(ctx, surely, func(s *view.Snapshot) error {
		document, err = s.DocumentOf(ctx, name)
		return err
	})
	return document, err
}

// Source returns the source that a text names (law 17), never one that only has its words. An xid means what it says,
// whatever decisions made one with it.
func (r *Runner) Source(ctx context.Context, text string) (view.Candidate, error) {
	s := r.open(canned.Filter{MinConfidence: -1}, view.Limits{}, nil)
	c, err := s.Resolve(ctx, "sources", &canned.Param{Name: "source", Of: []string{"Source"}}, text, true)
	if xid, bad := schema.CheckXID(text); err == nil && bad == nil && c.Match == "xid" {
		c.XID = xid
	}
	return c, err
}

// surely is [view.Snapshot.Confirm]: what may lack something is an error.
func surely(ctx context.Context, s *view.Snapshot) error { return s.Confirm(ctx) }
