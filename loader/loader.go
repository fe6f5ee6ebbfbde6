package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// DB is what the loader needs of a connection; *dgo.Dgraph satisfies it.
type DB interface {
	NewTxn() *dgo.Txn
	NewReadOnlyTxn() *dgo.Txn
	Alter(ctx context.Context, op *api.Operation) error
}

// Loader loads into one database under one ontology. [Migrate] gives both.
type Loader struct {
	DB       DB
	Ontology *schema.Ontology
	Fresh    bool                   // the database has no schema yet, as [Migration] tells: a plan reads nothing from it
	Workers  int                    // transactions in flight; 0: 6, which two cores keep busy
	Waiting  func(holders []string) // told once, when somebody else's lease is in the way; nil: nobody is told

	maxInventory int // of tests; 0: as the constant
}

const defaultWorkers = 6

func (l *Loader) workers() int {
	if l.Workers > 0 {
		return l.Workers
	}
	return defaultWorkers
}

// Options of one load. The zero value adds to the data sets that the records name and rejects without limit.
type Options struct {
	Dataset    string                          // of records that name none; others are rejected. Empty: "default"
	Replace    bool                            // the records are the whole of one data set: retract what is not in them (law 1)
	MaxRejects *int                            // the load fails beyond it; nil: unlimited, or 0 with Replace
	Rejected   func(*schema.RecordError) error // told of each; an error ends the load
	Noticed    func(*schema.Notice) error      // told of each oddity that rejects nothing; an error ends the load
	Progress   func(Progress)                  // told after each transaction, by one goroutine at a time
	Plan       bool                            // count what would be done and write nothing
	Suggest    bool                            // count the new entities that look like known ones (Report.Alike)
	Refuse     bool                            // fail with a *Contradicts where a decision contradicts those that stand, writing none
}

// TooManyRejects ends a load that rejected more than it may.
type TooManyRejects struct{ Rejected, Max int }

func (e *TooManyRejects) Error() string {
	return fmt.Sprintf("%d records rejected; at most %d allowed", e.Rejected, e.Max)
}

// Hint says what to type.
func (e *TooManyRejects) Hint() string {
	return "see them with --rejects FILE, or allow more with --max-rejects N"
}

// Load brings records in. The report is given with every error too: it says what was in by then, and a re-run completes
// the same graph. A *schema.RecordError of the sequence rejects a record, a *schema.Notice is counted; any other error ends the
// load.
func (l *Loader) Load(ctx context.Context, records iter.Seq2[*schema.Record, error], opts Options) (*Report, error) {
	r, err := l.open(ctx, opts)
	if err != nil {
		return &Report{Incomplete: true}, err
	}
	err = r.load(ctx, records)
	report := r.tally.finish()
	report.Planned = opts.Plan
	if err == nil && !opts.Plan {
		err = r.complete(ctx, report)
	}
	if err == nil && opts.Suggest && !opts.Plan {
		r.tally.enter("comparing")
		report.Alike, err = r.suggest(ctx)
	}
	report.Incomplete = err != nil
	if closing := r.close(ctx); err == nil {
		err = closing
	}
	return report, err
}

// ask runs one read-only query and decodes its answer. A database without a schema answers nothing.
func (l *Loader) ask(ctx context.Context, what, dql string, vars map[string]string, into any) error {
	if l.Fresh {
		return nil
	}
	return retry(ctx, what, func() error {
		answer, err := l.DB.NewReadOnlyTxn().QueryWithVars(ctx, dql, vars)
		if err != nil {
			return err
		}
		return json.Unmarshal(answer.GetJson(), into)
	})
}
