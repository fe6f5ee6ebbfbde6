package loader

import (
	"context"
	"fmt"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// NoDataset says that there is no data set of a name.
type NoDataset struct{ Name string }

func (e *NoDataset) Error() string { return fmt.Sprintf("no data set %q", e.Name) }

// Hint says what to type.
func (e *NoDataset) Hint() string { return "orbat datasets list" }

// Remove deletes a data set: its claims, what only they drew, and its loads. What other data sets claim stays. Removing
// decisions undoes them.
func (l *Loader) Remove(ctx context.Context, name string, progress func(Progress)) (*Report, error) {
	r, err := l.open(ctx, Options{Dataset: name, Progress: progress})
	if err != nil {
		return &Report{Incomplete: true}, err
	}
	err = r.remove(ctx, name)
	report := r.tally.finish()
	report.Incomplete = err != nil
	if closing := r.close(ctx); err == nil {
		err = closing
	}
	return report, err
}

func (r *run) remove(ctx context.Context, name string) error {
	if err := r.holdDataset(ctx, name, exclusive); err != nil {
		return err
	}
	set, err := r.dataset(ctx, name)
	if err != nil {
		return err
	}
	if set == nil {
		return &NoDataset{name}
	}
	r.tally.dataset(name)
	r.tally.enter("removing")
	if err := r.voidJournals(ctx, set.Loads); err != nil {
		return err
	}
	if name == schema.DecisionsDataset {
		err = r.applyDecisions(ctx, remove)
	} else {
		err = r.removeClaims(ctx, set)
	}
	if err != nil {
		return err
	}
	return r.forget(ctx, set)
}

func (r *run) removeClaims(ctx context.Context, set *Dataset) error {
	gone := map[string]bool{}
	p := r.startPool(ctx)
	for claim, err := range r.loadClaims(ctx, set.Loads) {
		if err == nil {
			gone[schema.GroupOf(claim.StoredKey)] = true
			err = p.put(p.ctx, change{kind: remove, claim: &claim.Claim, key: claim.StoredKey})
		}
		if err != nil {
			return p.fail(err)
		}
	}
	r.tally.gone(remove, len(gone))
	return p.finish()
}

// forget deletes the bookkeeping of a data set that has no claim left.
func (r *run) forget(ctx context.Context, set *Dataset) error {
	for _, load := range set.Loads {
		if err := r.dropJournal(ctx, load); err != nil {
			return err
		}
	}
	return r.fenced(ctx, "forget the data set", func(_ context.Context, _ *dgo.Txn, m *api.Mutation) (func(map[string]string), error) {
		m.Del = append(m.Del, starQuad(set.uid, "dataset.name"))
		for _, load := range set.Loads {
			for _, predicate := range []string{"load.id", "load.dataset", "load.state", "load.started", "load.finished", "load.report", "load.journal", "journal.blocks", "dgraph.type"} {
				m.Del = append(m.Del, starQuad(load.uid, predicate))
			}
		}
		return nil, nil
	})
}
