package loader

import (
	"context"
	"iter"
	"strings"

	"orbat/schema"
	"orbat/schema/externalsort"
)

// checkSorts are what a check takes note of, each sorted on disk: its memory does not grow with the graph.
type checkSorts struct {
	keys      *externalsort.Sorter[string] // of all claims
	retracted *externalsort.Sorter[string] // of those that are retracted
	undone    *externalsort.Sorter[string] // of those of which a journal says so
	touched   *externalsort.Sorter[string] // xids that a claim which stands names
	facts     *externalsort.Sorter[countedClaim]
	links     *externalsort.Sorter[countedClaim]
	nodes     *externalsort.Sorter[shownNode]
	edges     *externalsort.Sorter[shownEdge]
	ends      *externalsort.Sorter[string] // of edges that are to be drawn: xid, which end, the edge
	types     *externalsort.Sorter[string] // of those ends: the edge, which end, the type
}

// countedClaim is a claim that counts, or is a version of a record, and where it shows: an entity's xid, or an edge.
type countedClaim struct {
	At    string
	Claim *schema.StoredClaim
}

// shownNode is a node with what it shows.
type shownNode struct {
	XID, UID, Rep string
	Values        map[string][]string
}

// shownEdge is a direct edge with its facets.
type shownEdge struct {
	At     string
	Facets map[string]string
}

// newCheckSorts sorts until the context ends; most is how many bytes of each are held, 0: as many as a load's.
func newCheckSorts(ctx context.Context, most int) *checkSorts {
	counted := func() *externalsort.Sorter[countedClaim] {
		return externalsort.New(ctx, "", func(b []byte, c *countedClaim) []byte {
			return append(b, fields(c.At, c.Claim.StoredKey)...)
		}).Hold(most)
	}
	texts := func() *externalsort.Sorter[string] { return externalsort.Texts(ctx, "").Hold(most) }
	return &checkSorts{
		keys: texts(), retracted: texts(), undone: texts(), touched: texts(), facts: counted(), links: counted(),
		nodes: externalsort.New(ctx, "", func(b []byte, n *shownNode) []byte { return append(b, fields(n.XID, n.UID)...) }).Hold(most),
		edges: externalsort.New(ctx, "", func(b []byte, e *shownEdge) []byte { return append(b, fields(e.At, "")...) }).Hold(most),
		ends:  texts(), types: texts(),
	}
}

// targetText is an edge as a text that sorts, and targetIn what it says.
func targetText(t schema.Target) string { return fields(t.Subject, t.Predicate, t.Object) }

func targetIn(text string) schema.Target {
	parts := strings.SplitN(text, "\x00", 3)
	return schema.Target{Subject: parts[0], Predicate: parts[1], Object: parts[2]}
}

// groupReader reads sorted values group by group, a group being those at one place.
type groupReader[T any] struct {
	next func() (T, error, bool)
	stop func()
	at   func(T) string
	head T
	more bool
}

func readGroups[T any](values iter.Seq2[T, error], at func(T) string) (*groupReader[T], error) {
	r := &groupReader[T]{at: at}
	r.next, r.stop = iter.Pull2(values)
	err := r.advance()
	return r, err
}

func (r *groupReader[T]) advance() (err error) {
	r.head, err, r.more = r.next()
	return err
}

// take returns the values at a place, and passes over those before.
func (r *groupReader[T]) take(at string) (group []T, err error) {
	for r.more && r.at(r.head) <= at {
		if r.at(r.head) == at {
			group = append(group, r.head)
		}
		if err := r.advance(); err != nil {
			return nil, err
		}
	}
	return group, nil
}

// first is the place of the next group, or of the other's where that comes before; false: neither has any.
func (r *groupReader[T]) first(other string, has bool) (at string, more bool) {
	switch {
	case !r.more:
		return other, has
	case !has || r.at(r.head) < other:
		return r.at(r.head), true
	default:
		return other, true
	}
}

// itself is the place of a text that is one.
func itself(text string) string { return text }

// head is what stands before the first NUL.
func head(text string) string {
	first, _, _ := strings.Cut(text, "\x00")
	return first
}
