package queries

import (
	"context"

	"orbat/queries/canned"
	"orbat/queries/view"
)

// Documents lists the sources of which a text was read, as far as the runner's limits let see.
func (r *Runner) Documents(ctx context.Context) (documents []*view.Document, err error) {
	err = r.Anew(func() error {
		s := r.open(canned.Filter{MinConfidence: -1}, r.limits(), nil)
		if documents, err = s.Documents(ctx); err == nil {
			err = s.Confirm(ctx)
		}
		return err
	})
	return documents, err
}

// Document returns the one source that a text names (law 17), with the texts that are kept of it and the statements
// that cite it.
func (r *Runner) Document(ctx context.Context, name string) (document *view.Document, err error) {
	err = r.Anew(func() error {
		s := r.open(canned.Filter{MinConfidence: -1}, r.limits(), nil)
		if document, err = s.DocumentOf(ctx, name); err == nil {
			err = s.Confirm(ctx)
		}
		return err
	})
	return document, err
}
