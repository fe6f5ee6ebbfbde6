package queries

import (
	"context"

	"orbat/queries/view"
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

// surely is [view.Snapshot.Confirm]: what may lack something is an error.
func surely(ctx context.Context, s *view.Snapshot) error { return s.Confirm(ctx) }
