package validate

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"orbat/schema"
)

// ChunkRecords is how many records go from reading to writing together.
const ChunkRecords = 1000

// chunkBytes bounds a chunk of records with long texts.
const chunkBytes = 4 << 20

// Checked is what became of one record: claims, or the error that the reader or the validator had with it.
type Checked struct {
	Record *schema.Record
	Claims []*schema.Claim
	Keys   []string // of the claims
	Own    int      // the first claims are the record's own; the rest describe what it refers to
	Err    error    // a *[schema.RecordError] or a *[schema.Notice]; any other ends the input
}

// Chunks checks records in chunks, which come in the order of the input, each while others are read and checked by
// further processors. It ends with the records or the context.
func (v Validator) Chunks(ctx context.Context, records iter.Seq2[*schema.Record, error]) iter.Seq[[]Checked] {
	return func(yield func([]Checked) bool) {
		ctx, cancel := context.WithCancel(ctx)
		queue := make(chan chan []Checked, runtime.GOMAXPROCS(0)) // which bounds what is on its way
		var reading sync.WaitGroup
		defer reading.Wait()
		defer cancel()
		reading.Go(func() {
			defer close(queue)
			var chunk []Checked
			size := 0
			send := func() bool {
				done, full := make(chan []Checked, 1), chunk
				chunk, size = nil, 0
				select {
				case queue <- done:
					go func() { done <- v.checkAll(full) }()
					return true
				case <-ctx.Done():
					return false
				}
			}
			for record, err := range records {
				chunk = append(chunk, Checked{Record: record, Err: err})
				size += recordSize(record)
				if (len(chunk) >= ChunkRecords || size >= chunkBytes) && !send() {
					return
				}
			}
			if len(chunk) > 0 {
				send()
			}
		})
		for done := range queue {
			if !yield(<-done) {
				return
			}
		}
	}
}

func (v Validator) checkAll(chunk []Checked) []Checked {
	for i := range chunk {
		c := &chunk[i]
		if c.Err != nil {
			continue
		}
		if c.Claims, c.Err = v.Claims(c.Record); c.Err != nil {
			continue
		}
		c.Own = ownClaims(c.Record, c.Claims)
		c.Keys = make([]string, len(c.Claims))
		for j, claim := range c.Claims {
			c.Keys[j] = claim.Key()
		}
	}
	return chunk
}

// recordSize estimates what a record takes on its way.
func recordSize(r *schema.Record) int {
	if r == nil {
		return 0
	}
	size := len(r.Raw) + len(r.Value)
	for _, values := range r.Values {
		for _, value := range values {
			size += len(value.Text)
		}
	}
	for _, extra := range r.Extra {
		size += len(extra)
	}
	return size
}

// ownClaims counts the claims that a record makes beside descriptions of what it refers to.
func ownClaims(record *schema.Record, claims []*schema.Claim) int {
	if record.Kind != schema.EntityRecord {
		return 1
	}
	own := 1
	for own < len(claims) && claims[own].Predicate != schema.Describes {
		own++
	}
	return own
}
