// Package externalsort sorts values that need not fit into memory. [New] sorts any values by a key of bytes, [Texts]
// texts by themselves; either takes them all ([Sorter.Add]), then returns them in order ([Sorter.Sorted]):
//
//	lines := externalsort.Texts(ctx, "")
//	err := lines.Add("…")
//	for line, err := range lines.Sorted() {
//		…
//	}
//
// It stands below loading and asking, which both need it and know nothing of each other.
package externalsort

import (
	"bufio"
	"bytes"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"slices"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// chunkBytes is how many bytes of values a sort holds in memory before it writes them to disk. Two such
// chunks are alive at once: one that fills and one that is being written.
const chunkBytes = 8 << 20

// mergeBytes is how many bytes are read ahead of all runs that are merged.
const mergeBytes = 8 << 20

// Sorter sorts values that need not fit into memory by their keys, byte by byte: it takes them all, then returns
// them in order. What fits into one chunk never touches the disk.
//
// It holds values encoded, so that it knows what they take, however long they are; of those that it merges it holds the
// keys alone.
type Sorter[T any] struct {
	ctx    context.Context
	dir    string // for the temporary file; empty: the system's place for them
	most   int    // bytes of a chunk
	encode func(b []byte, v T) (at []byte, key int, err error)
	decode func(key, value []byte) (T, error)

	mu      sync.Mutex
	chunk   *sortedChunk
	spare   *sortedChunk // written, to be filled again
	writing chan error   // of the chunk before; nil: none is being written
	err     error
	file    *os.File
	close   func()
	written int64
	runs    []*io.SectionReader
}

// New sorts by what key appends, with temporary files in dir, until ctx ends.
func New[T any](ctx context.Context, dir string, key func(b []byte, v *T) []byte) *Sorter[T] {
	// Times keep their zone and their fractions; cbor's default rounds to seconds of an unnamed zone.
	mode, wrong := cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode()
	// What was written is read back whatever it holds: a claim may have a million values.
	back, wrongBack := cbor.DecOptions{MaxArrayElements: math.MaxInt32, MaxMapPairs: math.MaxInt32}.DecMode()
	wrong = errors.Join(wrong, wrongBack)
	encode := func(b []byte, v T) ([]byte, int, error) {
		if wrong != nil {
			return b, 0, wrong
		}
		before := len(b)
		b = key(b, &v)
		length := len(b) - before
		value, err := mode.Marshal(v)
		return append(b, value...), length, err
	}
	decode := func(_, value []byte) (v T, err error) {
		err = back.Unmarshal(value, &v)
		return v, err
	}
	return &Sorter[T]{ctx: ctx, dir: dir, most: chunkBytes, encode: encode, decode: decode, chunk: &sortedChunk{}}
}

// Texts sorts texts by their bytes.
func Texts(ctx context.Context, dir string) *Sorter[string] {
	return &Sorter[string]{
		ctx: ctx, dir: dir, most: chunkBytes, chunk: &sortedChunk{},
		encode: func(b []byte, v string) ([]byte, int, error) { return append(b, v...), len(v), nil },
		decode: func(key, _ []byte) (string, error) { return string(key), nil },
	}
}

// Hold makes the sort hold so many bytes of values in memory before it writes them to disk; 0: as many as it sees fit.
func (s *Sorter[T]) Hold(most int) *Sorter[T] {
	if most > 0 {
		s.most = most
	}
	return s
}

// sortedChunk is what is sorted in memory: encoded values one after the other, and where each stands.
type sortedChunk struct {
	bytes []byte
	items []sortedItem
}

// sortedItem is a value of a chunk: its key stands before its encoding.
type sortedItem struct{ from, value, end int }

func (c *sortedChunk) key(i sortedItem) []byte { return c.bytes[i.from:i.value] }

func (c *sortedChunk) size() int { return len(c.bytes) + 24*len(c.items) }

func (c *sortedChunk) sort() {
	slices.SortFunc(c.items, func(a, b sortedItem) int { return bytes.Compare(c.key(a), c.key(b)) })
}

var errSort = errors.New("sort on disk")

// Add takes a value. It fails when the sorting has, as on a full disk.
func (s *Sorter[T]) Add(v T) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(s.err, s.ctx.Err()); err != nil {
		return errors.Join(errSort, err)
	}
	c := s.chunk
	from := len(c.bytes)
	encoded, key, err := s.encode(c.bytes, v)
	if err != nil {
		return errors.Join(errSort, err)
	}
	c.bytes = encoded
	c.items = append(c.items, sortedItem{from, from + key, len(encoded)})
	if c.size() < s.most {
		return nil
	}
	return s.spill()
}

// spill has the chunk written as a run, when the one before it is.
func (s *Sorter[T]) spill() error {
	if err := s.wait(); err != nil {
		return err
	}
	full := s.chunk
	s.chunk, s.spare = s.spare, nil
	if s.chunk == nil {
		s.chunk = &sortedChunk{}
	}
	s.writing = make(chan error, 1)
	go func(written chan<- error) { written <- s.write(full) }(s.writing)
	s.spare = full
	return nil
}

// wait waits for the chunk that is being written.
func (s *Sorter[T]) wait() error {
	if s.writing != nil && s.err == nil {
		if err := <-s.writing; err != nil {
			s.err = errors.Join(errSort, err)
		}
	}
	s.writing = nil
	return s.err
}

// write writes a chunk, and empties it.
func (s *Sorter[T]) write(c *sortedChunk) error {
	c.sort()
	if s.file == nil {
		file, err := os.CreateTemp(s.dir, "orbat-sort-*")
		if err != nil {
			return err
		}
		s.file = file
		removed := os.Remove(file.Name()) == nil // it lives until it is closed, where the system lets it
		s.close = sync.OnceFunc(func() {
			_ = file.Close() // nothing is read from it any more
			if !removed {
				_ = os.Remove(file.Name())
			}
		})
		context.AfterFunc(s.ctx, s.close)
	}
	out := bufio.NewWriterSize(s.file, 1<<16)
	before := s.written
	var head []byte
	for _, i := range c.items {
		head = binary.AppendUvarint(binary.AppendUvarint(head[:0], uint64(i.value-i.from)), uint64(i.end-i.value)) //nolint:gosec // lengths
		if _, err := out.Write(head); err != nil {
			return err
		}
		if _, err := out.Write(c.bytes[i.from:i.end]); err != nil {
			return err
		}
		s.written += int64(len(head) + i.end - i.from)
	}
	if err := errors.Join(out.Flush(), s.ctx.Err()); err != nil {
		return err
	}
	s.runs = append(s.runs, io.NewSectionReader(s.file, before, s.written-before))
	if cap(c.bytes) > 2*s.most { // of a value longer than a chunk
		c.bytes = nil
	}
	c.bytes, c.items = c.bytes[:0], c.items[:0]
	return nil
}

// Sorted ends the taking and returns all values in order. They are read and decoded ahead of the consumer.
func (s *Sorter[T]) Sorted() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		stop := make(chan struct{})
		batches := make(chan sortedBatch[T], 1)
		var reading sync.WaitGroup
		defer reading.Wait()
		defer close(stop)
		reading.Go(func() {
			defer close(batches)
			if err := s.read(batches, stop); err != nil {
				select {
				case batches <- sortedBatch[T]{err: errors.Join(errSort, err)}:
				case <-stop:
				case <-s.ctx.Done():
				}
			}
			if s.close != nil {
				s.close()
			}
		})
		for batch := range batches {
			for _, v := range batch.values {
				if !yield(v, nil) {
					return
				}
			}
			if batch.err != nil {
				var none T
				yield(none, batch.err)
				return
			}
		}
		if err := s.ctx.Err(); err != nil {
			var none T
			yield(none, errors.Join(errSort, err))
		}
	}
}

// sortedBatch is what is handed to the consumer at once.
type sortedBatch[T any] struct {
	values []T
	err    error
}

// errStopped says within a sort that the consumer wants no more.
var errStopped = errors.New("stopped")

// read sends all values in order.
func (s *Sorter[T]) read(to chan<- sortedBatch[T], stop <-chan struct{}) error {
	const values, size = 256, 1 << 20
	batch, held := sortedBatch[T]{}, 0
	send := func() error {
		select {
		case to <- batch:
			batch, held = sortedBatch[T]{values: make([]T, 0, values)}, 0
			return nil
		case <-stop:
			return errStopped
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
	err := s.each(func(key, value []byte) error {
		v, err := s.decode(key, value)
		if err != nil {
			return err
		}
		batch.values = append(batch.values, v)
		if held += len(key) + len(value); len(batch.values) < values && held < size {
			return nil
		}
		return send()
	})
	if err == nil && len(batch.values) > 0 {
		err = send()
	}
	return err
}

// each hands all keys and encoded values on in order; they are only lent.
func (s *Sorter[T]) each(do func(key, value []byte) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.wait(); err != nil {
		return err
	}
	if len(s.runs) == 0 {
		s.chunk.sort()
		for _, i := range s.chunk.items {
			if err := do(s.chunk.key(i), s.chunk.bytes[i.value:i.end]); err != nil {
				return err
			}
		}
		return nil
	}
	err := s.write(s.chunk)
	s.chunk, s.spare = &sortedChunk{}, nil
	if err != nil {
		return err
	}
	var merged runHeap
	buffer := min(max(mergeBytes/len(s.runs), 4<<10), 256<<10)
	for _, section := range s.runs {
		r := &runReader{in: bufio.NewReaderSize(section, buffer)}
		if more, err := r.next(); err != nil {
			return err
		} else if more {
			merged.runs = append(merged.runs, r)
		}
	}
	heap.Init(&merged)
	var value []byte
	for len(merged.runs) > 0 {
		least := merged.runs[0]
		if cap(value) > 1<<20 {
			value = nil
		}
		value = slices.Grow(value[:0], least.value)[:least.value]
		if _, err := io.ReadFull(least.in, value); err != nil {
			return err
		}
		if err := do(least.key, value); err != nil {
			return err
		}
		more, err := least.next()
		switch {
		case err != nil:
			return err
		case more:
			heap.Fix(&merged, 0)
		default:
			heap.Pop(&merged)
		}
	}
	return nil
}

// runReader reads a run; its next value is still to be read when its key is known.
type runReader struct {
	in    *bufio.Reader
	key   []byte
	value int // its length
}

// next reads the next key; false: there is none.
func (r *runReader) next() (bool, error) {
	key, err := binary.ReadUvarint(r.in)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	value, err := binary.ReadUvarint(r.in)
	if err != nil {
		return false, fmt.Errorf("a run is cut short: %w", err)
	}
	r.value = int(value)                                //nolint:gosec // as written
	r.key = slices.Grow(r.key[:0], int(key))[:int(key)] //nolint:gosec // as written
	_, err = io.ReadFull(r.in, r.key)
	return true, err
}

// runHeap has the run of the least key first.
type runHeap struct{ runs []*runReader }

func (h *runHeap) Len() int           { return len(h.runs) }
func (h *runHeap) Less(i, j int) bool { return bytes.Compare(h.runs[i].key, h.runs[j].key) < 0 }
func (h *runHeap) Swap(i, j int)      { h.runs[i], h.runs[j] = h.runs[j], h.runs[i] }

// Push is never called: all runs are there before the first is read.
func (h *runHeap) Push(any) {}

func (h *runHeap) Pop() any {
	last := h.runs[len(h.runs)-1]
	h.runs = h.runs[:len(h.runs)-1]
	return last
}
