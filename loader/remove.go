package loader

import (
	"context"
	"fmt"
	"time"

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
	if closing := r.close(); err == nil {
		err = closing
	}
	return report, err
}

func (r *run) remove(ctx context.Context, name string) error {
	if err := r.lease.acquire(ctx, scopeOf(name), exclusive); err != nil {
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
	p := r.startPool(ctx)
	err = r.eachClaim(ctx, set.Loads, func(claims []*schema.Stored) error {
		for _, claim := range claims {
			ch := change{kind: remove, claim: &claim.Claim, key: claim.StoredKey}
			if claim.Decision() {
				r.decisions = append(r.decisions, ch)
				continue
			}
			if err := p.put(p.ctx, ch); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return p.fail(err)
	}
	if err := p.finish(); err != nil {
		return err
	}
	if len(r.decisions) > 0 {
		r.tally.enter("deciding")
		if err := r.applyDecisions(ctx); err != nil {
			return err
		}
	}
	return r.forget(ctx, set)
}

// forget deletes the bookkeeping of a data set that has no claim left.
func (r *run) forget(ctx context.Context, set *Dataset) error {
	m := &api.Mutation{CommitNow: true, Del: []*api.NQuad{valueQuad(set.uid, "dataset.name", star)}}
	for _, load := range set.Loads {
		for _, predicate := range []string{"load.id", "load.dataset", "load.state", "load.started", "load.finished", "load.report", "dgraph.type"} {
			m.Del = append(m.Del, valueQuad(load.uid, predicate, star))
		}
	}
	return retry(ctx, "forget the data set", func() error {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		txn := r.DB.NewTxn()
		defer discard(txn)
		_, err := txn.Mutate(ctx, m)
		return err
	})
}
