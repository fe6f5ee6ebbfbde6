package encode

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"orbat/queries"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestConformance holds every encoder to the package's promises.
func TestConformance(t *testing.T) {
	for _, e := range All() {
		if mapFormat(e.Name) || e.Name == "stix" { // geo_test.go, stix_test.go: they cannot say all
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			t.Run("golden", func(t *testing.T) { golden(t, e) })
			t.Run("reads back", func(t *testing.T) { readsBack(t, e) })
			t.Run("empty", func(t *testing.T) { empty(t, e) })
			t.Run("deterministic", func(t *testing.T) { deterministic(t, e) })
			t.Run("order", func(t *testing.T) { readsOnceInOrder(t, e) })
			t.Run("source error", func(t *testing.T) { sourceError(t, e) })
			t.Run("write error", func(t *testing.T) { writeError(t, e) })
			t.Run("memory", func(t *testing.T) { boundedMemory(t, e) })
		})
	}
}

func golden(t *testing.T, e Encoder) {
	if e.Name == "html" {
		return // json in a page, with all types and relations: html_test.go
	}
	file, got := filepath.Join("testdata", e.Name+".golden"), encoded(t, e, nasty())
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s; look at it with: go test ./queries/encode -update && git diff\n%s", file, got)
	}
}

func readsBack(t *testing.T, e Encoder) {
	got, err := readers()[e.Name](encoded(t, e, nasty()))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, expected(t, e.Name))
}

// empty: no nodes and no edges, whether as empty sequences or as none, make a file that is valid all the same.
func empty(t *testing.T, e Encoder) {
	var files []string
	for _, g := range []*queries.Graph{
		{Page: page()}, {Page: page(), Nodes: sequence[*queries.Node](nil), Edges: sequence[*queries.Edge](nil)},
	} {
		data := encoded(t, e, g)
		got, err := readers()[e.Name](data)
		if err != nil || len(got.Nodes)+len(got.Edges) > 0 {
			t.Errorf("%v, read from an empty graph: %v\n%s", err, got, data)
		}
		files = append(files, string(data))
	}
	if files[0] != files[1] {
		t.Errorf("no sequences give\n%s\nempty ones\n%s", files[0], files[1])
	}
}

func deterministic(t *testing.T, e Encoder) {
	first := encoded(t, e, nasty())
	for range 20 {
		if again := encoded(t, e, nasty()); !bytes.Equal(first, again) {
			t.Fatalf("the same graph gives\n%s\nand\n%s", first, again)
		}
	}
}

// readsOnceInOrder: all nodes are read, once, before the first edge.
func readsOnceInOrder(t *testing.T, e Encoder) {
	var log []string
	g := nasty()
	nodes, edges := g.Nodes, g.Edges
	g.Nodes = func(yield func(*queries.Node, error) bool) {
		log = append(log, "nodes")
		nodes(yield)
		log = append(log, "nodes end")
	}
	g.Edges = func(yield func(*queries.Edge, error) bool) {
		log = append(log, "edges")
		edges(yield)
		log = append(log, "edges end")
	}
	encoded(t, e, g)
	if got := strings.Join(log, ", "); got != "nodes, nodes end, edges, edges end" {
		t.Errorf("read in the order: %s", got)
	}
}

// sourceError: an error from either sequence is the encoding's error, and leaves no file that looks whole.
func sourceError(t *testing.T, e Encoder) {
	broken := errors.New("the connection broke")
	for _, at := range []int{0, 5, 2000} {
		for _, edges := range []bool{false, true} {
			g := generated(3000, 3000)
			if edges {
				g.Edges = failing(g.Edges, at, broken)
			} else {
				g.Nodes = failing(g.Nodes, at, broken)
			}
			var out bytes.Buffer
			if err := e.Encode(&out, g); !errors.Is(err, broken) {
				t.Errorf("edges %t, error after %d: encoding gives %v", edges, at, err)
			}
			if _, err := readers()[e.Name](out.Bytes()); err == nil {
				t.Errorf("edges %t, error after %d: what was written can be read", edges, at)
			}
		}
	}
}

func failing[T any](items iter.Seq2[T, error], at int, failure error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := 0
		for item, err := range items {
			if n == at {
				var none T
				if yield(none, failure) {
					panic("reads on after an error")
				}
				return
			}
			if !yield(item, err) {
				return
			}
			n++
		}
	}
}

// writeError: wherever the writer fails, that is the encoding's error, and the source is not read on for long.
func writeError(t *testing.T, e Encoder) {
	const nodes, edges = 2000, 3000
	whole := len(encoded(t, e, generated(nodes, edges)))
	full := errors.New("no space left on device")
	for _, room := range []int{0, 1, whole / 3, whole / 2, whole - 1} {
		g, read := generated(nodes, edges), 0
		g.Nodes, g.Edges = counting(g.Nodes, &read), counting(g.Edges, &read)
		err := e.Encode(&smallDisk{room: room, err: full}, g)
		if !errors.Is(err, full) {
			t.Errorf("room for %d of %d bytes: encoding gives %v", room, whole, err)
		}
		const buffer, slack = 1 << 16, 600
		most := (nodes+edges)*(room+buffer)/whole + slack
		if e.Name == "csv-links" { // nodes are rows of no table there
			most += nodes
		}
		if room < whole/2 && read > most {
			t.Errorf("room for %d of %d bytes: %d of %d read, want at most %d", room, whole, read, nodes+edges, most)
		}
	}
}

func counting[T any](items iter.Seq2[T, error], n *int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for item, err := range items {
			*n++
			if !yield(item, err) {
				return
			}
		}
	}
}

type smallDisk struct {
	room int
	err  error
}

func (d *smallDisk) Write(b []byte) (int, error) {
	if len(b) > d.room {
		n := d.room
		d.room = 0
		return n, d.err
	}
	d.room -= len(b)
	return len(b), nil
}

// manyEdges is how many edges tests of memory stream: 50,000, of which to keep as little as 24 bytes each would show. A
// million take minutes:
//
//	ORBAT_TEST_EDGES=1000000 go test ./queries/encode -run TestConformance//memory -v
func manyEdges(t *testing.T) int {
	t.Helper()
	text := os.Getenv("ORBAT_TEST_EDGES")
	if text == "" {
		return 50_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// boundedMemory: of a long stream no more is alive at its end than at its beginning, and what is read is soon written.
func boundedMemory(t *testing.T, e Encoder) {
	nodes, edges := 10_000, manyEdges(t)
	const allowed = 1 << 20
	var written counter
	var early, late uint64
	var atLate int64
	g := generated(nodes, edges)
	stream := g.Edges
	atEarly := nodes / 10
	if e.Name == "csv-links" { // it keeps names, up to maxNamed
		atEarly = nodes
	}
	g.Nodes = measured(g.Nodes, atEarly, func() { early = alive() })
	g.Edges = measured(stream, edges-edges/10, func() {
		late = alive()
		atLate = int64(written)
	})
	if err := e.Encode(&written, g); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d edges, %d MB written, %d kB alive after %d nodes, %d kB after nine tenths of the edges", edges, written>>20, early>>10,
		atEarly, late>>10)
	if late > early+allowed {
		t.Errorf("%d bytes alive after %d nodes, %d after %d edges more", early, atEarly, late, edges-edges/10)
	}
	if share := float64(atLate) / float64(written); share < 0.85 {
		t.Errorf("nine tenths of the edges were read when %.0f %% of the file was written", 100*share)
	}
}

func measured[T any](items iter.Seq2[T, error], at int, do func()) iter.Seq2[T, error] {
	n := 0
	return func(yield func(T, error) bool) {
		for item, err := range items {
			if n++; n == at {
				do()
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

func alive() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// generated is a graph of any size that exists nowhere as a whole.
func generated(nodes, edges int) *queries.Graph {
	return &queries.Graph{
		Title: "generated", Page: page(),
		Nodes: func(yield func(*queries.Node, error) bool) {
			for i := range nodes {
				n := &queries.Node{
					XID: fmt.Sprintf("gen:%d", i), Type: "Unit", Name: fmt.Sprintf("Unit %d", i),
					Properties: map[string][]string{"country": {"SY"}, "founded": {"2014"}},
				}
				if !yield(n, nil) {
					return
				}
			}
		},
		Edges: func(yield func(*queries.Edge, error) bool) {
			for i := range edges {
				e := &queries.Edge{
					ID: fmt.Sprintf("G%d", i), From: fmt.Sprintf("gen:%d", i%max(nodes, 1)), Relation: "subordinate_to",
					To:     fmt.Sprintf("gen:%d", i*7%max(nodes, 1)),
					Period: "2014/2016-05", Claims: 1, Sources: 1, Qualifiers: map[string][]string{"authority": {"opcon"}},
				}
				if !yield(e, nil) {
					return
				}
			}
		},
	}
}

func encoded(t testing.TB, e Encoder, g *queries.Graph) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := e.Encode(&out, g); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkEncode(b *testing.B) {
	for _, e := range All() {
		b.Run(e.Name, func(b *testing.B) {
			for b.Loop() {
				if err := e.Encode(io.Discard, generated(10_000, 30_000)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(30_000*b.N)/b.Elapsed().Seconds(), "edges/s")
		})
	}
}
