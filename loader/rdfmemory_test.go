package loader

import (
	"fmt"
	"iter"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"orbat/schema"
)

// TestRDFMemory: what is alive when most is written does not grow with how much there is. Two chunks of claims and four
// in an ordinary run; ORBAT_TEST_CLAIMS=1000000 go test ./loader -run RDFMemory -v for a million, against the same
// small number.
func TestRDFMemory(t *testing.T) {
	n := 4 * manyClaims
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
	fewRead, fewWritten := alive(2 * manyClaims)
	read, written := alive(n)
	t.Logf("alive in MiB: %d and %d of %d claims, read and being written; %d and %d of %d", fewRead>>20, fewWritten>>20, 2*manyClaims,
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

// manyClaims do not fit into the memory of one sort.
const manyClaims = 20_000

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
