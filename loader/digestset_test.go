package loader

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestDigestSet: whether a digest was there before is told right, in memory and on disk, through all that the table
// grows by, for digests that fall together too.
func TestDigestSet(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 11)) //nolint:gosec // a test's
	s := newDigestSet(t.Context(), 50)
	known := map[[digestBytes]byte]bool{}
	for range 20_000 {
		var digest [digestBytes]byte
		binary.BigEndian.PutUint64(digest[:], uint64(r.IntN(3000))*0x9E3779B97F4A7C15) //nolint:gosec // spread, as digests are
		binary.BigEndian.PutUint64(digest[8:], uint64(r.IntN(2)))                      //nolint:gosec // and two at one place
		was, err := s.add(digest)
		if err != nil || was != known[digest] {
			t.Fatalf("%x: %v, %v; want %v", digest, was, err, known[digest])
		}
		known[digest] = true
	}
	if s.file == nil || s.small != nil || s.taken+1 < uint64(len(known)) {
		t.Errorf("%d on disk of %d", s.taken, len(known))
	}
}
