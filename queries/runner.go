package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

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
	// Narrower holds beside MaxMarking, of an export: what is asked for by who is bound by that; nil: no bound.
	Narrower *canned.MaxMarking
	// Datasets are the only ones of which anything is given; nil: all.
	Datasets []string
	// Markings has the nodes and edges of an export say how they are marked.
	Markings bool
	// Note is told what whoever reads a canonical export must know, and why something is read anew; nil: nobody is.
	Note func(text string)
	// Around is told of each question before it is answered, and returns what is told its end; nil: nobody is.
	Around func(ctx context.Context, question string) (context.Context, func(error))

	lasts time.Duration // of a snapshot; 0: as view sees fit. Tests lower it
}

func (r *Runner) limits() view.Limits {
	return view.Limits{Markings: []*canned.MaxMarking{r.MaxMarking, r.Narrower}, Datasets: r.Datasets}
}

func (r *Runner) open(filter canned.Filter, limits view.Limits, sent func(string, map[string]string)) *view.Snapshot {
	s := view.Open(r.DB, r.Ontology, filter, limits, sent)
	s.Lasts = cmp.Or(r.lasts, s.Lasts)
	return s
}

func (r *Runner) note(format string, args ...any) {
	if r.Note != nil {
		r.Note(fmt.Sprintf(format, args...))
	}
}

// Anew calls read until it no longer fails for a [LessError], up to [schema.Readings] times, and says so. It reads
// anew, too, where a claim seems to be broken: one that others remove just then may lack a part even for who began to
// read before (v25.4.0, on a machine that has much else to do). One that is broken lacks it again; where it is others
// each time, that is a [LessError] too.
func (r *Runner) Anew(read func() error) error {
	const looks = 4
	seemed := map[string]bool{}
	for n := 1; ; n++ {
		err := read()
		var less *view.LessError
		var broken *schema.BrokenClaimError
		switch {
		case errors.As(err, &less) && n < schema.Readings:
			r.note("Read anew: %s.", less.Reason)
		case errors.As(err, &broken) && !seemed[broken.Key] && n < looks:
			seemed[broken.Key] = true
			r.note("Read anew: a claim was removed while it was read.")
		case errors.As(err, &broken) && !seemed[broken.Key]:
			return &view.LessError{Fault: schema.Fault{
				Reason: "claims were removed while the graph was read, each time that it was",
				Hint:   "read it while nobody removes, or less of it at once",
			}}
		default:
			return err
		}
	}
}

// Ask says how an answer is wanted.
type Ask struct {
	Evidence bool // give every edge the claims behind it, with their sources
	Full     bool // give every node all its properties, as encoders want; else what a terminal shows
	Markings bool // say of every node and edge how it is marked
	Periods  bool // say of every edge whose claims do not agree on a period theirs
	Loads    bool // say of every claim by which loads it came, and when: no two databases have the same

	// Exact refuses a text that is only a word of an entity's name, even where that is the only one (law 17); else it
	// is taken, and the result's Taken says so.
	Exact bool

	// Progress is told how far the answer has come, by the goroutine that asks; nil: nobody is.
	Progress func(Progress)

	// Sent is told each request before it is sent, to show or to repeat; nil: nobody is.
	Sent func(dql string, vars map[string]string)
}

// Run answers one question. What the parameters say travels as DQL variables only (law 13).
func (r *Runner) Run(ctx context.Context, name string, params map[string]string, ask Ask) (*view.Result, error) {
	q, err := r.Library.Find(name)
	if err != nil {
		return nil, err
	}
	if r.Around != nil {
		within, ended := r.Around(ctx, q.Name)
		result, err := r.run(within, q, params, ask)
		ended(err)
		return result, err
	}
	return r.run(ctx, q, params, ask)
}

func (r *Runner) run(ctx context.Context, q *canned.Query, params map[string]string, ask Ask) (result *view.Result, err error) {
	err = r.Anew(func() error {
		v, err := q.Read(params)
		if err != nil {
			return err
		}
		s := r.open(v.Filter, r.limits(), ask.Sent)
		s.OnProgress, s.Markings = ask.Progress, ask.Markings
		result, err = step.Answer(ctx, s, q, v, step.Options{
			Evidence: ask.Evidence, Full: ask.Full, Exact: ask.Exact, Periods: ask.Periods, Loads: ask.Loads, Fanout: r.fanout,
		})
		if err == nil {
			err = s.Confirm(ctx)
		}
		return err
	})
	if less := (*view.LessError)(nil); errors.As(err, &less) && result != nil {
		result.Notes = append(result.Notes, "This may lack something: "+less.Reason+".")
		return result, nil
	}
	return result, err
}

// Export streams the whole graph, or what one data set's claims draw of it, up to the runner's marking limit: every
// entity that a claim touches, then every edge, all of one snapshot ([view.Snapshot.Graph]). It ends in a [*LessError]
// where others load for longer than the database keeps that snapshot: what was read is to be read anew ([Runner.Anew]).
func (r *Runner) Export(ctx context.Context, dataset string) *view.Graph {
	s := r.open(canned.Filter{MinConfidence: -1, Dataset: dataset}, r.limits(), nil)
	s.Markings = r.Markings
	return s.Graph(ctx)
}

// Canonical writes all claims of a database as canonical orbat NDJSON (law 14), or those of one data set.
func Canonical(ctx context.Context, db view.DB, w io.Writer, dataset string) (lines int, err error) {
	lines, _, err = (&Runner{DB: db}).Canonical(ctx, w, dataset)
	return lines, err
}

// Canonical is [Canonical] up to the runner's marking limit: what it writes is what may be seen, and loads into an
// empty database whose export is the same again. Where there is a limit, it says what that left out. What nobody
// changes meanwhile is in it, however long it takes.
func (r *Runner) Canonical(ctx context.Context, w io.Writer, dataset string) (lines int, left *view.Withheld, err error) {
	err = r.Anew(func() error {
		s := r.open(canned.Filter{}, r.limits(), nil)
		lines, err = s.WriteCanonical(ctx, w, dataset)
		left = s.Withheld()
		if err != nil {
			return err
		}
		var less *view.LessError
		if err = s.Confirm(ctx); errors.As(err, &less) {
			r.note("The graph was loaded into while it was exported: what was added, retracted or removed meanwhile may be in it or not.")
			return nil
		}
		return err
	})
	return lines, left, err
}

// Entity returns the one entity that a text means, as a parameter of a question would take it (law 17): by xid, name or
// alias, but never by a single word, since what it finds is decided about. Of an entity that decisions merged, an xid
// names the part, every other text the whole.
func (r *Runner) Entity(ctx context.Context, text string) (view.Candidate, error) {
	s := r.open(canned.Filter{MinConfidence: -1}, view.Limits{}, nil)
	c, err := s.Resolve(ctx, "entity-card", &canned.Param{Name: "entity"}, text, true)
	if xid, bad := schema.CheckXID(strings.TrimSpace(text)); err == nil && bad == nil && c.Match == "xid" {
		c.XID = xid
	}
	return c, err
}

// Visible returns which of some entities the runner's limits let be seen, by xid; where there is no limit all.
func (r *Runner) Visible(ctx context.Context, xids []string) (map[string]bool, error) {
	return r.open(canned.Filter{MinConfidence: -1}, r.limits(), nil).Visible(ctx, xids)
}
