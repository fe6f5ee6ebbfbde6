package loader

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/fxamacker/cbor/v2"
	"github.com/lanrat/extsort"
)

// sortChunk is how many values an external sort holds in memory before it writes them to disk. A handful of chunks are
// alive at once, of claims of a kilobyte or two each.
const sortChunk = 20_000

// externalSort sorts values that need not fit into memory: it takes them all, then returns them in order. What fits
// into one chunk never touches the disk.
type externalSort[T any] struct {
	in   chan T
	out  <-chan T
	errs <-chan error
	done chan struct{} // closed when nothing more will be taken
}

// newExternalSort sorts by compare, with temporary files in dir (empty: the system's place for them), until ctx ends.
func newExternalSort[T any](ctx context.Context, dir string, compare func(a, b T) int) *externalSort[T] {
	// Times keep their zone and their fractions; cbor's default rounds to seconds of an unnamed zone.
	mode, err := cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode()
	decode := func(b []byte) (v T, err error) {
		err = cbor.Unmarshal(b, &v)
		return v, err
	}
	encode := func(v T) ([]byte, error) {
		if err != nil {
			return nil, err
		}
		return mode.Marshal(v)
	}
	return startSort(ctx, dir, sortChunk, decode, encode, compare)
}

// textChunk is how many texts one holds in memory, of a hundred bytes each.
const textChunk = 100_000

// sortTexts sorts texts by their bytes.
func sortTexts(ctx context.Context, dir string) *externalSort[string] {
	decode := func(b []byte) (string, error) { return string(b), nil }
	encode := func(v string) ([]byte, error) { return []byte(v), nil }
	return startSort(ctx, dir, textChunk, decode, encode, strings.Compare)
}

func startSort[T any](
	ctx context.Context, dir string, chunk int, decode func([]byte) (T, error), encode func(T) ([]byte, error), compare func(a, b T) int,
) *externalSort[T] {
	s := &externalSort[T]{in: make(chan T, 1000), done: make(chan struct{})}
	config := &extsort.Config{ChunkSize: chunk, NumWorkers: 2, ChanBuffSize: 0, SortedChanBuffSize: 1000, TempFilesDir: dir}
	sorter, out, errs := extsort.Generic(s.in, decode, encode, compare, config)
	s.out, s.errs = out, errs
	go func() {
		defer close(s.done)
		sorter.Sort(ctx)
	}()
	return s
}

var errSort = errors.New("sort on disk")

// add takes a value. It fails when the sorting has, as on a full disk.
func (s *externalSort[T]) add(v T) error {
	select {
	case s.in <- v:
		return nil
	case <-s.done:
		return errors.Join(errSort, <-s.errs)
	}
}

// sorted ends the taking and returns all values in order.
func (s *externalSort[T]) sorted() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		close(s.in)
		for v := range s.out {
			if !yield(v, nil) {
				return
			}
		}
		if err := <-s.errs; err != nil {
			var none T
			yield(none, errors.Join(errSort, err))
		}
	}
}
