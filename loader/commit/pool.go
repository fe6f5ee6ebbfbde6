package commit

import (
	"context"
	"errors"
	"hash/fnv"

	"golang.org/x/sync/errgroup"

	"orbat/schema"
)

// ClaimsPerTxn is how many claims one transaction writes (about 400 was measured to be best).
const ClaimsPerTxn = 400

// bytesPerTxn bounds a transaction of claims with long texts, of which each worker has three on their way: one that is
// filled, one that waits and one that is written.
const bytesPerTxn = 2 << 20

// Pool spreads changes over workers by what they change, so that this process never has two transactions on one edge
// or entity in flight, and all claims of one edge that come near each other share a transaction.
type Pool struct {
	Ctx context.Context // ends with the first error of a worker

	session *Session
	cancel  context.CancelFunc
	g       *errgroup.Group
	shards  []*shard
}

type shard struct {
	changes []Change
	bytes   int
	batches chan []Change
}

// Pool starts the workers. Each tells committed of every batch it has committed; an error ends the pool.
func (s *Session) Pool(ctx context.Context, committed func([]Change, *Result) error) *Pool {
	ctx, cancel := context.WithCancel(ctx)
	g, ctx := errgroup.WithContext(ctx)
	p := &Pool{Ctx: ctx, session: s, cancel: cancel, g: g}
	for i := range s.workers {
		worker, writer := &shard{batches: make(chan []Change, 1)}, s.writer(i)
		p.shards = append(p.shards, worker)
		g.Go(func() error {
			for batch := range worker.batches {
				result, err := writer.apply(ctx, batch, nil)
				if err == nil {
					err = committed(batch, result)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return p
}

// Put hands a change to its worker.
func (p *Pool) Put(ctx context.Context, c Change) error {
	s := p.shards[p.shardOf(c)]
	s.changes = append(s.changes, c)
	s.bytes += c.Claim.Size()
	if len(s.changes) < ClaimsPerTxn && s.bytes < bytesPerTxn {
		return nil
	}
	return p.send(ctx, s)
}

func (p *Pool) shardOf(c Change) int {
	t := schema.TargetOf(p.session.Ontology, p.session.Merges, c.Claim)
	h := fnv.New32a()
	_, _ = h.Write([]byte(t.Subject + "\x00" + t.Predicate + "\x00" + t.Object)) // never fails
	return int(h.Sum32() % uint32(len(p.shards)))                                //nolint:gosec // a handful of shards
}

func (p *Pool) send(ctx context.Context, s *shard) error {
	select {
	case s.batches <- s.changes:
		s.changes, s.bytes = nil, 0
		return nil
	case <-p.Ctx.Done():
		return p.Ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Finish writes what is left and waits for the workers.
func (p *Pool) Finish() error {
	defer p.cancel()
	for _, s := range p.shards {
		if len(s.changes) > 0 {
			if err := p.send(p.Ctx, s); err != nil {
				return p.Fail(err)
			}
		}
	}
	for _, s := range p.shards {
		close(s.batches)
	}
	return p.g.Wait()
}

// Fail abandons what is not yet written and returns the error that stopped a worker, if one did, else err.
func (p *Pool) Fail(err error) error {
	p.cancel()
	for _, s := range p.shards {
		close(s.batches)
	}
	if failed := p.g.Wait(); failed != nil && !errors.Is(failed, context.Canceled) {
		return failed
	}
	return err
}
