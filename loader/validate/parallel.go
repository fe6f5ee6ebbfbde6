package validate

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"

	"orbat/schema"
)

// ChunkRecords is how many records go from reading to writing together.
const ChunkRecords = 1000

// What is on its way is bounded by what it takes of memory, not by how many records, rejects or claims it is: a chunk,
// and all chunks between reading and the consumer, however many processors check them. A record that takes more goes
// alone.
const (
	chunkBytes    = 4 << 20
	inFlightBytes = 32 << 20
)

// Checked is what became of one record: claims, or the error that the reader or the validator had with it.
type Checked struct {
	Record *schema.Record
	Claims []*schema.Claim
	Keys   []string // of the claims
	Own    int      // the first claims are the record's own; the rest describe what it refers to
	Err    error    // a *[schema.RecordError], *[schema.Notice] or *[schema.RecordChange]; any other ends the input

	// Faulty are the values of the record that are rejected, while the claims are those of the rest.
	Faulty []*schema.RecordError
}

// chunk is some of what was read, on its way.
type chunk struct {
	checked []Checked
	bytes   int64
	done    chan struct{} // closed when all is checked
}

// Chunks checks records in chunks, which come in the order of the input, each while others are read and checked by
// further processors. It ends with the records or the context. A chunk counts as being on its way until the consumer
// asks for the next.
func (v Validator) Chunks(ctx context.Context, records iter.Seq2[*schema.Record, error]) iter.Seq[[]Checked] {
	return func(yield func([]Checked) bool) {
		ctx, cancel := context.WithCancel(ctx)
		queue := make(chan *chunk, runtime.GOMAXPROCS(0)) // which bounds how many are checked at once
		inFlight := semaphore.NewWeighted(inFlightBytes)
		var reading sync.WaitGroup
		defer reading.Wait()
		defer cancel()
		reading.Go(func() {
			defer close(queue)
			v.cut(records, func(c *chunk) bool {
				c.bytes = min(c.bytes, inFlightBytes)
				if inFlight.Acquire(ctx, c.bytes) != nil {
					return false
				}
				select {
				case queue <- c:
					go func() {
						defer close(c.done)
						v.checkAll(c.checked)
					}()
					return true
				case <-ctx.Done():
					return false
				}
			})
		})
		for c := range queue {
			<-c.done
			if !yield(c.checked) {
				return
			}
			inFlight.Release(c.bytes)
		}
	}
}

// cut sends what is read in chunks.
func (v Validator) cut(records iter.Seq2[*schema.Record, error], send func(*chunk) bool) {
	next := &chunk{done: make(chan struct{})}
	var raw *byte // of the record before: those that are made of one share it
	for record, err := range records {
		next.checked = append(next.checked, Checked{Record: record, Err: err})
		var size int
		size, raw = sizeOf(record, err, raw)
		if next.bytes += int64(size); len(next.checked) < ChunkRecords && next.bytes < chunkBytes {
			continue
		}
		if !send(next) {
			return
		}
		next, raw = &chunk{done: make(chan struct{})}, nil
	}
	if len(next.checked) > 0 {
		send(next)
	}
}

// sizeOf estimates what a record, a reject or a notice takes, raw bytes only where they are others than those before.
func sizeOf(record *schema.Record, err error, before *byte) (size int, raw *byte) {
	var bytes []byte
	var bad *schema.RecordError
	var notice *schema.Notice
	var change *schema.RecordChange
	switch {
	case record != nil:
		size, bytes = record.Size(), record.Raw
	case errors.As(err, &bad):
		size, bytes = faultSize(&bad.Fault), bad.Raw
	case errors.As(err, &notice):
		size = faultSize(&notice.Fault)
	case errors.As(err, &change):
		size = faultSize(&change.Fault) + len(change.ID)
	}
	if len(bytes) == 0 || &bytes[0] == before {
		return size, before
	}
	return size + len(bytes), &bytes[0]
}

func faultSize(f *schema.Fault) int {
	const fields = 256
	return fields + len(f.Column) + len(f.Value) + len(f.Reason) + len(f.Hint)
}

func (v Validator) checkAll(chunk []Checked) {
	for i := range chunk {
		c := &chunk[i]
		if c.Err != nil {
			continue
		}
		if c.Claims, c.Faulty, c.Err = v.check(c.Record); c.Err != nil {
			continue
		}
		c.Own = ownClaims(c.Record, c.Claims)
		c.Keys = make([]string, len(c.Claims))
		for j, claim := range c.Claims {
			c.Keys[j] = claim.Key()
		}
	}
}

// ownClaims counts the claims that a record makes beside descriptions of what it refers to.
func ownClaims(record *schema.Record, claims []*schema.Claim) int {
	if record.Kind != schema.EntityRecord {
		return min(1, len(claims))
	}
	own := 1
	for own < len(claims) && claims[own].Predicate != schema.Describes {
		own++
	}
	return own
}
