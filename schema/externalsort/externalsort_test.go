package externalsort

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"orbat/schema"
)

// What is spilled comes back in order and as it was, times included, whether it fits into a chunk or not.
func TestSort(t *testing.T) {
	type value struct {
		N      int
		Period schema.Period
		Names  map[string][]string
	}
	for _, n := range []int{0, 1, 1000, 3*manyValues + 7} {
		s := New(t.Context(), t.TempDir(), func(b []byte, v *value) []byte { return appendInt(b, &v.N) })
		texts := []string{"", "~2023-07/..", "1999-12-31", "1980-05/1999-12-31"}
		for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) { //nolint:gosec // a seed
			period, err := schema.ParsePeriod(texts[i%len(texts)])
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Add(value{i, period, map[string][]string{"role": {strconv.Itoa(i)}}}); err != nil {
				t.Fatal(err)
			}
		}
		next := 0
		for v, err := range s.Sorted() {
			if err != nil {
				t.Fatal(err)
			}
			want, err := schema.ParsePeriod(texts[next%len(texts)])
			if err != nil {
				t.Fatal(err)
			}
			if v.N != next || v.Period.String() != want.String() || v.Period.From.Min != want.From.Min || v.Period.To.Max != want.To.Max ||
				v.Names["role"][0] != strconv.Itoa(next) {
				t.Fatalf("value %d of %d came back as %+v, want the period %+v", next, n, v, want)
			}
			next++
		}
		if next != n {
			t.Errorf("%d of %d came back", next, n)
		}
	}
}

// manyValues of a few hundred bytes do not fit into a chunk.
const manyValues = 20_000

func appendInt(b []byte, n *int) []byte { return binary.BigEndian.AppendUint64(b, uint64(*n)) } //nolint:gosec // of tests

// A sorting that cannot write says so, and does not hang.
func TestSortFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := New(t.Context(), file, appendInt)
	s.most = 1 << 16
	var err error
	for i := 0; i < 10*manyValues && err == nil; i++ {
		err = s.Add(i)
	}
	if err == nil {
		for _, failed := range s.Sorted() {
			err = failed
		}
	}
	if err == nil {
		t.Error("sorted in a folder that is none")
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := New(ctx, t.TempDir(), appendInt)
	cancel()
	for err = nil; err == nil; {
		err = stopped.Add(1)
	}
}
