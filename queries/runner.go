package queries

import (
	"context"
	"io"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"

	"orbat/queries/step"
)

// Runner answers questions on one database.
type Runner struct {
	DB       view.DB
	Ontology *schema.Ontology
	Library  *canned.Library

	fanout int // links of one request in a search for paths; 0: as many as that sees fit. Tests lower it
	// MaxMarking bounds everything that the runner gives, beside what a question's own max_marking does; nil: no bound.
	MaxMarking *canned.MaxMarking
}

// Ask says how an answer is wanted.
type Ask struct {
	Evidence bool // give every edge the claims behind it, with their sources
	Full     bool // give every node all its properties, as encoders want; else what a terminal shows

	// Exact refuses a text that is only a word of an entity's name, even where that is the only one (law 17); else it
	// is taken, and the result's Taken says so.
	Exact bool

	// Sent is told each request before it is sent, to show or to repeat; nil: nobody is.
	Sent func(dql string, vars map[string]string)
}

// Run answers one question. What the parameters say travels as DQL variables only (law 13).
func (r *Runner) Run(ctx context.Context, name string, params map[string]string, ask Ask) (*view.Result, error) {
	q, err := r.Library.Find(name)
	if err != nil {
		return nil, err
	}
	v, err := q.Read(params)
	if err != nil {
		return nil, err
	}
	s := view.Open(r.DB, r.Ontology, v.Filter, r.MaxMarking, ask.Sent)
	return step.Answer(ctx, s, q, v, step.Options{Evidence: ask.Evidence, Full: ask.Full, Exact: ask.Exact, Fanout: r.fanout})
}

// Export streams the whole graph, or what one data set's claims draw of it, up to the runner's marking limit: every
// entity that a claim touches, then every edge, all of one snapshot ([view.Snapshot.Graph]).
func (r *Runner) Export(ctx context.Context, dataset string) *view.Graph {
	return view.Open(r.DB, r.Ontology, canned.Filter{MinConfidence: -1, Dataset: dataset}, r.MaxMarking, nil).Graph(ctx)
}

// Canonical writes all claims of a database as canonical orbat NDJSON (law 14), or those of one data set.
func Canonical(ctx context.Context, db view.DB, w io.Writer, dataset string) (lines int, err error) {
	lines, _, err = (&Runner{DB: db}).Canonical(ctx, w, dataset)
	return lines, err
}

// Canonical is [Canonical] up to the runner's marking limit: what it writes is what may be seen, and loads into an
// empty database whose export is the same again. Where there is a limit, it says what that left out.
func (r *Runner) Canonical(ctx context.Context, w io.Writer, dataset string) (lines int, left *view.Withheld, err error) {
	s := view.Open(r.DB, r.Ontology, canned.Filter{}, r.MaxMarking, nil)
	lines, err = s.WriteCanonical(ctx, w, dataset)
	return lines, s.Withheld(), err
}

// Entity returns the one entity that a text means, as a parameter of a question would take it (law 17): by xid, name or
// alias, but never by a single word, since what it finds is decided about. Of an entity that decisions merged, an xid
// names the part, every other text the whole.
func (r *Runner) Entity(ctx context.Context, text string) (view.Candidate, error) {
	s := view.Open(r.DB, r.Ontology, canned.Filter{MinConfidence: -1}, nil, nil)
	c, err := s.Resolve(ctx, "entity-card", &canned.Param{Name: "entity"}, text, true)
	if xid, bad := schema.CheckXID(strings.TrimSpace(text)); err == nil && bad == nil && c.Match == "xid" {
		c.XID = xid
	}
	return c, err
}
