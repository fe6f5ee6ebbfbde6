package queries

import (
	"context"
	"errors"
	"io"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// Documents lists sources of which a text was read, as far as the runner's limits let see; more: there are further
// ones.
func (r *Runner) Documents(ctx context.Context, which view.DocumentList) (documents []*view.Document, more bool, err error) {
	err = r.look(ctx, surely, func(s *view.Snapshot) error {
		documents, more, err = s.Documents(ctx, which)
		return err
	})
	return documents, more, err
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
// whatever decisions made one with it. Of several of that name it is the only one of which the data set has read a
// text, where one is given.
func (r *Runner) Source(ctx context.Context, text, dataset string) (view.Candidate, error) {
	s := r.open(canned.Filter{MinConfidence: -1}, view.Limits{}, nil)
	c, err := s.Resolve(ctx, "sources", &canned.Param{Name: "source", Of: []string{"Source"}}, text, true)
	var ambiguous *view.AmbiguousError
	if dataset != "" && errors.As(err, &ambiguous) && !ambiguous.More {
		held, unread := s.DocumentsIn(ctx, ambiguous.Candidates, dataset)
		if unread != nil {
			return view.Candidate{}, unread
		}
		if len(held) == 1 {
			return held[0], nil
		}
	}
	if xid, bad := schema.CheckXID(text); err == nil && bad == nil && c.Match == "xid" {
		c.XID = xid
	}
	return c, err
}

// WriteText writes a text that is kept of the one source which a text names: of a data set, and of a hash, where those
// are given. Once a part of it was written it is not begun anew: an error says that it is not whole.
func (r *Runner) WriteText(ctx context.Context, w io.Writer, name, dataset, sha256 string) error {
	return r.open(canned.Filter{MinConfidence: -1}, r.limits(), nil).WriteText(ctx, w, name, dataset, sha256)
}

// Annotated returns the text that a data set keeps of the one source that a text names, with the claims of the data set
// that cite it. Without a data set it is the one that keeps a text, if there is but one.
func (r *Runner) Annotated(ctx context.Context, name, dataset string) (annotated *view.Annotated, err error) {
	err = r.look(ctx, surely, func(s *view.Snapshot) error {
		annotated, err = s.AnnotatedOf(ctx, name, dataset)
		return err
	})
	return annotated, err
}

// surely is [view.Snapshot.Confirm]: what may lack something is an error.
func surely(ctx context.Context, s *view.Snapshot) error { return s.Confirm(ctx) }
