package loader

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
)

const (
	// digestsInMemory are so many as a set of digests holds before it goes to disk: some 20 MB.
	digestsInMemory = 400_000
	digestBytes     = 16
)

// digestSet is a set of digests that need not fit into memory: beyond a number it is a table on disk, where a digest
// stands in the first free place from the one that its own bytes tell. Digests are evenly spread by nature.
type digestSet struct {
	ctx   context.Context
	most  int // in memory
	small map[[digestBytes]byte]bool
	zero  bool // the digest that marks a free place

	file   *os.File // nil: none is needed yet
	places uint64   // in it: a power of two
	taken  uint64
}

// newDigestSet returns an empty set, whose file goes when ctx ends. most is how many it holds in memory; 0: as many as
// the constant.
func newDigestSet(ctx context.Context, most int) *digestSet {
	return &digestSet{ctx: ctx, most: cmp.Or(most, digestsInMemory), small: map[[digestBytes]byte]bool{}}
}

// add adds a digest and reports whether it was in the set before.
func (s *digestSet) add(digest [digestBytes]byte) (known bool, err error) {
	switch {
	case digest == [digestBytes]byte{}:
		known, s.zero = s.zero, true
		return known, nil
	case s.file == nil && (s.small[digest] || len(s.small) < s.most):
		known, s.small[digest] = s.small[digest], true
		return known, nil
	case s.file == nil:
		err = s.toDisk()
	case s.taken >= s.places/4*3:
		err = s.grow(2 * s.places)
	}
	if err == nil {
		known, err = s.put(digest)
	}
	if err != nil {
		return false, fmt.Errorf("keep on disk what the input holds: %w", errors.Join(err, s.ctx.Err()))
	}
	return known, nil
}

// toDisk moves what is in memory into a table.
func (s *digestSet) toDisk() error {
	places := uint64(1)
	for places < 4*uint64(len(s.small)) {
		places *= 2
	}
	if err := s.make(places); err != nil {
		return err
	}
	for digest := range s.small {
		if _, err := s.put(digest); err != nil {
			return err
		}
	}
	s.small = nil
	return nil
}

// make makes an empty table.
func (s *digestSet) make(places uint64) error {
	file, err := os.CreateTemp("", "orbat-digests-*")
	if err != nil {
		return err
	}
	removed := os.Remove(file.Name()) == nil // it lives until it is closed, where the system lets it
	context.AfterFunc(s.ctx, sync.OnceFunc(func() {
		_ = file.Close() // nothing is read from it any more
		if !removed {
			_ = os.Remove(file.Name())
		}
	}))
	s.file, s.places, s.taken = file, places, 0
	return file.Truncate(int64(places * digestBytes)) //nolint:gosec // as long as a disk
}

// grow moves all into a larger table.
func (s *digestSet) grow(places uint64) error {
	old, were := s.file, s.places
	if err := s.make(places); err != nil {
		return err
	}
	page := make([]byte, 1<<16)
	for at, end := int64(0), int64(were*digestBytes); at < end; { //nolint:gosec // as above
		n, err := old.ReadAt(page[:min(int64(len(page)), end-at)], at)
		if err != nil && n == 0 {
			return err
		}
		n -= n % digestBytes
		for i := 0; i < n; i += digestBytes {
			if digest := [digestBytes]byte(page[i : i+digestBytes]); digest != [digestBytes]byte{} {
				if _, err := s.put(digest); err != nil {
					return err
				}
			}
		}
		at += int64(n)
	}
	return old.Close()
}

// put puts a digest into the table and reports whether it was there.
func (s *digestSet) put(digest [digestBytes]byte) (known bool, err error) {
	var place [digestBytes]byte
	for n := binary.BigEndian.Uint64(digest[:8]); ; n++ {
		at := int64(n % s.places * digestBytes) //nolint:gosec // as above
		if _, err := s.file.ReadAt(place[:], at); err != nil {
			return false, err
		}
		switch place {
		case digest:
			return true, nil
		case [digestBytes]byte{}:
			_, err := s.file.WriteAt(digest[:], at)
			s.taken++
			return false, err
		}
	}
}
