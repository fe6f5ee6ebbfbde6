package commit

import (
	"context"
	"errors"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// Session is one run's hold on a graph: its lease, the uids it knows, and the decisions that stand.
type Session struct {
	*Graph
	Merges *schema.Merges

	plan     bool
	by       string
	workers  int
	rewrites int    // claims that a transaction of a repair rewrites; 0: as the constant
	lease    *lease // nil for a plan
	uids     *uidCache
	limiter  *limiter // of the workers together
}

// Options of a session.
type Options struct {
	Workers     int                    // transactions in flight
	Plan        bool                   // nothing is written: changes are counted
	By          string                 // who loads, as its loads keep it; empty: they keep nobody
	Rewrites    int                    // claims that one transaction of a repair rewrites; 0: some hundred
	OnLeaseWait func(holders []string) // told once, when somebody else's lease is in the way; nil: nobody is
}

// Open takes a share of the graph, finishing first what a killed run left half done, and reads the decisions that
// stand.
func Open(ctx context.Context, g *Graph, opts Options) (*Session, error) {
	s := &Session{
		Graph: g, plan: opts.Plan, by: opts.By, workers: opts.Workers, rewrites: opts.Rewrites,
		uids: newUIDCache(g), limiter: newLimiter(opts.Workers),
	}
	if err := s.open(ctx, opts); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	return s, nil
}

func (s *Session) open(ctx context.Context, opts Options) (err error) {
	if s.plan { // it would count what a load, which repairs first, does not
		if meta, err := s.Meta(ctx); err != nil {
			return err
		} else if meta != nil && meta.Older() != nil {
			return meta.Older()
		}
	} else {
		if s.lease, err = newLease(ctx, s.Graph, s.workers+1, opts.OnLeaseWait); err != nil {
			return err
		}
		if err := s.shareGraph(ctx); err != nil {
			return err
		}
	}
	s.Merges, err = s.ReadMerges(ctx)
	return err
}

// Close gives back all that the session holds.
func (s *Session) Close(ctx context.Context) error {
	if s.lease == nil {
		return nil
	}
	return s.lease.close(ctx)
}

// HoldDataset takes a data set's lease, unless the session is a plan's. Decisions need none: they are applied alone
// with the graph.
func (s *Session) HoldDataset(ctx context.Context, dataset string, mode Mode) error {
	if s.plan || dataset == schema.DecisionsDataset {
		return nil
	}
	return s.lease.acquire(ctx, scopeOf(dataset), mode)
}

// Allocate makes sure that xids have nodes. Writers do so themselves; for many it is faster beforehand.
func (s *Session) Allocate(ctx context.Context, xids []string) error {
	_, err := s.uids.ensure(ctx, xids)
	return err
}

// writer returns the writer of one worker.
func (s *Session) writer(worker int) *writer {
	w := &writer{Session: s}
	if s.lease != nil {
		w.fence = s.lease.fences[worker]
	}
	return w
}

// fenced commits a change of bookkeeping under the last fence, which no worker uses, and returns the uids of new nodes.
// build may look things up in the transaction.
func (s *Session) fenced(ctx context.Context, what string, build func(*dgo.Txn, *api.Mutation) error) (made map[string]string, err error) {
	f := s.lease.fences[len(s.lease.fences)-1]
	err = s.Retry(ctx, what, func() error {
		txn := s.DB.NewTxn()
		defer discard(ctx, txn)
		if _, err := readGroups(ctx, txn, nil, f); err != nil {
			return err
		}
		m := &api.Mutation{CommitNow: true}
		f.write(m)
		if err := build(txn, m); err != nil {
			return err
		}
		answer, err := txn.Mutate(ctx, m)
		made = answer.GetUids()
		return err
	})
	return made, err
}
