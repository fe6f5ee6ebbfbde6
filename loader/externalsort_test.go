package loader

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"orbat/schema"
)

// What is spilled comes back in order and as it was, times included, whether it fits into a chunk or not.
func TestExternalSort(t *testing.T) {
	type value struct {
		N      int
		Period schema.Period
		Names  map[string][]string
	}
	for _, n := range []int{0, 1, 1000, 3*manyValues + 7} {
		s := newExternalSort(t.Context(), t.TempDir(), func(b []byte, v *value) []byte { return appendInt(b, &v.N) })
		texts := []string{"", "~2023-07/..", "1999-12-31", "1980-05/1999-12-31"}
		for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) { //nolint:gosec // a seed
			period, err := schema.ParsePeriod(texts[i%len(texts)])
			if err != nil {
				t.Fatal(err)
			}
			if err := s.add(value{i, period, map[string][]string{"role": {strconv.Itoa(i)}}}); err != nil {
				t.Fatal(err)
			}
		}
		next := 0
		for v, err := range s.sorted() {
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
func TestExternalSortFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newExternalSort(t.Context(), file, appendInt)
	s.most = 1 << 16
	var err error
	for i := 0; i < 10*manyValues && err == nil; i++ {
		err = s.add(i)
	}
	if err == nil {
		for _, failed := range s.sorted() {
			err = failed
		}
	}
	if err == nil {
		t.Error("sorted in a folder that is none")
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := newExternalSort(ctx, t.TempDir(), appendInt)
	cancel()
	for err = nil; err == nil; {
		err = stopped.add(1)
	}
}

// TestRDFMemory: what is alive when most is written does not grow with how much there is. Two chunks of claims and four
// in an ordinary run; ORBAT_TEST_CLAIMS=1000000 go test ./loader -run RDFMemory -v for a million, against the same
// small number.
func TestRDFMemory(t *testing.T) {
	n := 4 * manyValues
	if text := os.Getenv("ORBAT_TEST_CLAIMS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	alive := func(n int) (read, written uint64) {
		var out watched
		records := func(yield func(*schema.Record, error) bool) {
			for i := range n {
				if i == n*9/10 {
					read = liveHeap()
				}
				if !yield(&schema.Record{
					Kind: schema.RelationRecord, Dataset: "many", Predicate: "commands", Pos: schema.Position{
						File: "many.ndjson",
						Line: i + 1,
					},
					Subject: schema.Ref{XID: fmt.Sprintf("test:p%d", i/3)}, Object: schema.Ref{XID: fmt.Sprintf("test:u%d", i%1000)},
					Provenance: schema.Provenance{
						Period: "2001-02/..",
						Cites: []schema.Cite{{
							Source: schema.Ref{XID: fmt.Sprintf("test:s%d", i%5000)},
							Quote:  strings.Repeat("quoted ", 20),
						}},
					},
				}, nil) {
					return
				}
			}
		}
		var source iter.Seq2[*schema.Record, error] = records
		count, err := (&RDF{Ontology: ontology, Temp: t.TempDir()}).Write(t.Context(), &out, source)
		if err != nil {
			t.Fatal(err)
		}
		if count.Claims != n || count.Edges == 0 {
			t.Errorf("wrote %+v of %d claims", count, n)
		}
		return read, out.most
	}
	fewRead, fewWritten := alive(2 * manyValues)
	read, written := alive(n)
	t.Logf("alive in MiB: %d and %d of %d claims, read and being written; %d and %d of %d", fewRead>>20, fewWritten>>20, 2*manyValues,
		read>>20, written>>20, n)
	if read > 2*fewRead+(64<<20) || written > 2*fewWritten+(64<<20) {
		t.Error("memory grows with the number of claims")
	}
}

// watched throws away what is written, and looks now and then at what is alive.
type watched struct {
	n    int
	most uint64
}

func (w *watched) Write(b []byte) (int, error) {
	if w.n++; w.n%20 == 0 {
		w.most = max(w.most, liveHeap())
	}
	return len(b), nil
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
