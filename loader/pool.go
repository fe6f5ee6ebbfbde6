package loader

import (
	"context"
	"errors"
	"hash/fnv"

	"golang.org/x/sync/errgroup"

	"orbat/schema"
)

// claimsAtOnce is how many claims one transaction writes (about 400 was measured to be best).
const claimsAtOnce = 400

// bytesAtOnce bounds a transaction of claims with long texts.
const bytesAtOnce = 4 << 20

// claimSize estimates what a claim takes on its way.
func claimSize(c *schema.Claim) int {
	size := 200 + len(c.Value)
	for _, values := range c.Values {
		for _, value := range values {
			size += len(value)
		}
	}
	for _, extra := range c.Extra {
		size += len(extra)
	}
	for _, cite := range c.Cites {
		size += len(cite.Quote) + len(cite.Locator)
	}
	return size
}

// pool spreads changes over workers by what they change, so that this process never has two transactions on one edge
// or entity in flight, and all claims of one edge that come near each other share a transaction.
type pool struct {
	ctx    context.Context
	cancel context.CancelFunc
	g      *errgroup.Group
	shards []*shard
}

type shard struct {
	changes []change
	bytes   int
	batches chan []change
	writer  *writer
}

func (r *run) startPool(ctx context.Context) *pool {
	ctx, cancel := context.WithCancel(ctx)
	g, ctx := errgroup.WithContext(ctx)
	p := &pool{ctx: ctx, cancel: cancel, g: g}
	for i := range r.workers() {
		s := &shard{batches: make(chan []change, 1), writer: r.writer(i)}
		p.shards = append(p.shards, s)
		g.Go(func() error {
			for batch := range s.batches {
				result, err := s.writer.apply(ctx, batch, nil)
				if err != nil {
					return err
				}
				if err := r.types.see(result.facts); err != nil {
					return err
				}
				r.newcomers.note(result)
				r.tally.committed(batch, result)
			}
			return nil
		})
	}
	return p
}

// writer makes the writer of one worker.
func (r *run) writer(worker int) *writer {
	w := &writer{db: r.DB, ontology: r.Ontology, decided: r.decided, resolver: r.resolver, courtesy: r.courtesy, dry: r.opts.Plan, fresh: r.Fresh}
	if r.lease != nil {
		w.fence = r.lease.fences[worker]
	}
	return w
}

// put hands a change to its worker.
func (p *pool) put(ctx context.Context, c change) error {
	s := p.shards[p.shardOf(c)]
	s.changes = append(s.changes, c)
	s.bytes += claimSize(c.claim)
	if len(s.changes) < claimsAtOnce && s.bytes < bytesAtOnce {
		return nil
	}
	return p.send(ctx, s)
}

func (p *pool) shardOf(c change) int {
	w := p.shards[0].writer
	t := schema.TargetOf(w.ontology, w.decided, c.claim)
	h := fnv.New32a()
	_, _ = h.Write([]byte(t.Subject + "\x00" + t.Predicate + "\x00" + t.Object)) // never fails
	return int(h.Sum32() % uint32(len(p.shards)))                                //nolint:gosec // a handful of shards
}

func (p *pool) send(ctx context.Context, s *shard) error {
	select {
	case s.batches <- s.changes:
		s.changes, s.bytes = nil, 0
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish writes what is left and waits for the workers.
func (p *pool) finish() error {
	defer p.cancel()
	for _, s := range p.shards {
		if len(s.changes) > 0 {
			if err := p.send(p.ctx, s); err != nil {
				return p.fail(err)
			}
		}
	}
	for _, s := range p.shards {
		close(s.batches)
	}
	return p.g.Wait()
}

// fail abandons what is not yet written and gives the error that stopped a worker, if one did, else err.
func (p *pool) fail(err error) error {
	p.cancel()
	for _, s := range p.shards {
		close(s.batches)
	}
	if failed := p.g.Wait(); failed != nil && !errors.Is(failed, context.Canceled) {
		return failed
	}
	return err
}
