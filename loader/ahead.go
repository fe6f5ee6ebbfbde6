package loader

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"orbat/schema"
)

// recordsAtOnce is how many records go from reading to writing together: enough for one full claim of xids.
const recordsAtOnce = 1000

// checked is what became of one record: claims, or the error that the reader or the validator had with it.
type checked struct {
	record *schema.Record
	claims []*schema.Claim
	keys   []string // of the claims
	own    int      // the first claims are the record's own; the rest describe what it refers to
	err    error
}

func (c *checked) where() origin { return origin{c.record.Pos.File, c.record.Pos.Line} }

// ahead checks records in stretches, which come in the order of the input, each while others are read and checked by
// further processors. It ends with the records or the context.
func (v *validator) ahead(ctx context.Context, records iter.Seq2[*schema.Record, error]) iter.Seq[[]checked] {
	return func(yield func([]checked) bool) {
		ctx, cancel := context.WithCancel(ctx)
		queue := make(chan chan []checked, runtime.GOMAXPROCS(0)) // which bounds what is on its way
		var reading sync.WaitGroup
		defer reading.Wait()
		defer cancel()
		reading.Go(func() {
			defer close(queue)
			var stretch []checked
			size := 0
			send := func() bool {
				done, full := make(chan []checked, 1), stretch
				stretch, size = nil, 0
				select {
				case queue <- done:
					go func() { done <- v.checkAll(full) }()
					return true
				case <-ctx.Done():
					return false
				}
			}
			for record, err := range records {
				stretch = append(stretch, checked{record: record, err: err})
				size += recordSize(record)
				if (len(stretch) >= recordsAtOnce || size >= bytesAtOnce) && !send() {
					return
				}
			}
			if len(stretch) > 0 {
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

func (v *validator) checkAll(stretch []checked) []checked {
	for i := range stretch {
		c := &stretch[i]
		if c.err != nil {
			continue
		}
		if c.claims, c.err = v.claims(c.record); c.err != nil {
			continue
		}
		c.own = ownClaims(c.record, c.claims)
		c.keys = make([]string, len(c.claims))
		for j, claim := range c.claims {
			c.keys[j] = claim.Key()
		}
	}
	return stretch
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
