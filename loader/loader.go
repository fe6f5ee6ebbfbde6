package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/loader/commit"
	"orbat/loader/validate"
	"orbat/schema"
)

// DB is what the loader needs of a connection; *dgo.Dgraph satisfies it.
type DB interface {
	commit.DB
	Alter(ctx context.Context, op *api.Operation) error
}

// Retry says what has to wait, and for what.
type Retry = commit.Retry

// Loader loads into one database under one ontology. [Migrate] returns both.
type Loader struct {
	DB          DB
	Ontology    *schema.Ontology
	Empty       bool                   // the database has no schema yet, as [Migration] tells: a plan reads nothing from it
	By          string                 // who loads, kept beside each load; empty: nobody is
	Workers     int                    // transactions in flight; 0: 6, which two cores keep busy
	OnLeaseWait func(holders []string) // told once, when somebody else's lease is in the way; nil: nobody is
	OnRetry     func(Retry)            // told once for each reason why an operation has to wait; nil: nobody is
	OnRepair    func(string)           // told, in words, of each step that brings a database to this orbat's format

	maxInventory  int           // of tests; 0: as the constant
	sortBytes     int           // of tests; 0: as the constant
	digests       int           // of tests: in memory; 0: as the constant
	rewrites      int           // of tests: claims that one transaction of a repair rewrites
	snapshotLasts time.Duration // of tests; 0: as the constant
}

const defaultWorkers = 6

func (l *Loader) workers() int {
	if l.Workers > 0 {
		return l.Workers
	}
	return defaultWorkers
}

func (l *Loader) graph() *commit.Graph {
	return &commit.Graph{DB: l.DB, Ontology: l.Ontology, Empty: l.Empty, OnRetry: l.OnRetry, OnRepair: l.OnRepair}
}

// Options of one load. The zero value adds to the data sets that the records name and rejects without limit.
type Options struct {
	Dataset              string                          // of records that name none; others are rejected. Empty: "default"
	Replace              bool                            // the records are the whole of one data set: retract what is not in them (law 1)
	AllowEmpty           bool                            // with Replace: an input without records is meant so
	MaxRejects           *int                            // the load fails beyond it; nil: unlimited, or 0 with Replace
	OnReject             func(*schema.RecordError) error // told of each; an error ends the load
	OnNotice             func(*schema.Notice) error      // told of each oddity that rejects nothing; an error ends the load
	Progress             func(Progress)                  // told after each transaction, by one goroutine at a time
	Plan                 bool                            // count what would be done and write nothing
	Readings             *Readings                       // what was read of documents before is replaced; nil: none is read
	NoText               bool                            // keep of the texts of documents nothing but their hash and length
	FindDuplicates       bool                            // compare new entities with known ones (Report.PossibleDuplicates)
	Link                 float64                         // decide that entities of the input are known ones, from this score on; 0: nothing
	RejectContradictions bool                            // fail where a decision contradicts those that stand, writing none
}

// Load brings records in. Where the sequence holds [schema.RecordChange]s it is a delta: of the records that these name
// the data set says afterwards what the sequence says, and of the others what it said before. A *[schema.RecordError]
// of the sequence rejects a record, a *[schema.Notice] is counted; any other error ends the load. The report is
// returned with every error too: it says what was in by then, and a re-run completes the same graph.
//
// The error is a *[TooManyRejectsError], *[ManyDatasetsError], *[NoReplacedError], *[PartialInputError], *[DeltaError]
// or, with RejectContradictions, a *[ContradictionError] where the input is to blame.
func (l *Loader) Load(ctx context.Context, records iter.Seq2[*schema.Record, error], opts Options) (*Report, error) {
	named := namedEntities{}
	if opts.Link == 0 || opts.Plan {
		named = nil
	}
	report, err := l.session(ctx, opts.Plan, opts.Progress, func(s *commit.Session, c *counters) (*Report, error) {
		return l.load(ctx, s, c, records, opts, named)
	})
	if err == nil && named != nil {
		report.Linked, err = l.link(ctx, named, opts.Link)
	}
	return report, err
}

func (l *Loader) load(
	ctx context.Context, s *commit.Session, c *counters, records iter.Seq2[*schema.Record, error], opts Options,
	named namedEntities,
) (*Report, error) {
	compare := opts.FindDuplicates && !opts.Plan
	if compare {
		var err error
		if compare, err = anyData(ctx, s.Graph); err != nil {
			return c.finish(), err
		}
	}
	load := &load{
		Session: s, opts: opts, counters: c, digests: l.digests, named: named, sets: newOpenDatasets(s, opts, l.maxInventory, c),
	}
	err := load.run(ctx, records, l.workers())
	report := c.finish()
	report.Planned = opts.Plan
	if err == nil && !opts.Plan {
		if load.held != nil && load.held.replace != nil {
			err = complete(ctx, load.held.replace, report)
		}
		if err == nil {
			err = complete(ctx, load.sets, report)
		}
		if err == nil {
			c.setPhase("done")
		}
	}
	if err == nil && compare {
		c.setPhase("comparing")
		report.PossibleDuplicates, err = load.entities.compare(ctx, s)
	}
	return report, err
}

// complete marks the loads of data sets complete.
func complete(ctx context.Context, sets *openDatasets, report *Report) error {
	text, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("keep the report: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(sets.byName)) {
		if err := sets.End(ctx, sets.byName[name].load, string(text)); err != nil {
			return err
		}
	}
	return nil
}

// session runs what takes the graph's lease. The report is never nil.
func (l *Loader) session(
	ctx context.Context, plan bool, progress func(Progress), run func(*commit.Session, *counters) (*Report, error),
) (*Report, error) {
	c := &counters{started: time.Now(), progress: progress}
	opts := commit.Options{Workers: l.workers(), Plan: plan, By: l.By, Rewrites: l.rewrites, OnLeaseWait: l.OnLeaseWait}
	s, err := commit.Open(ctx, l.graph(), opts)
	if errors.As(err, new(*OlderFormatError)) && !plan {
		if _, err = l.Migrate(ctx, l.Ontology); err == nil {
			s, err = commit.Open(ctx, l.graph(), opts)
		}
	}
	if err != nil {
		return &Report{Incomplete: true}, err
	}
	report, err := run(s, c)
	report.Incomplete = err != nil
	if closing := s.Close(ctx); err == nil {
		err = closing
	}
	return report, err
}

// Settle finishes what a killed run or a growing ontology left to derive anew.
func (l *Loader) Settle(ctx context.Context) error {
	_, err := l.session(ctx, false, nil, func(*commit.Session, *counters) (*Report, error) { return &Report{}, nil })
	return err
}

// Claims returns the claims that a record makes under an ontology: what a load would write, without a database. The
// error is the *[schema.RecordError] that rejects the record, or those of values that alone are rejected, joined,
// beside the claims of the rest. dataset is the one asked for, as in [Options].
func Claims(ontology *schema.Ontology, dataset string, record *schema.Record) ([]*schema.Claim, error) {
	return validate.Validator{Ontology: ontology, Dataset: dataset}.Claims(record)
}
