package queries_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
)

// TestWholeGraphCosts: what a question about a whole graph takes does not grow by requests with its entities, nor by
// the sources of what it does not show, and what it keeps in memory not with what it reads. No times: they are the
// machine's, and `make bench-ask` tells them.
func TestWholeGraphCosts(t *testing.T) {
	const people, units, sources = 1200, 60, 150
	s := newSession(t)
	var lines []string
	for i := range sources {
		lines = append(lines, fmt.Sprintf(`{"type":"Source","xid":"test:s%d","title":"%s %d","url":"https://example.org/%s%d"}`, i,
			strings.Repeat("A long title ", 10), i, strings.Repeat("long/", 20), i))
	}
	for i := range people {
		cites := fmt.Sprintf(`"sources":["test:s%d","test:s%d","test:s%d"]`, i%sources, (i+1)%sources, (i*7+2)%sources)
		lines = append(lines, fmt.Sprintf(`{"type":"Person","xid":"test:p%d","name":"Person %d",%s}`, i, i, cites),
			fmt.Sprintf(`{"relation":"posted_to","from":"test:p%d","to":"test:u%d","period":"20%02d/..","confidence":%d,%s}`, i, i%units, i%20,
				i%100, cites))
	}
	for i := range units {
		lines = append(lines, fmt.Sprintf(`{"type":"Unit","xid":"test:u%d","name":"Unit %d","source":"test:s%d"}`, i, i, i))
	}
	lines = append(lines, `{"type":"Person","xid":"test:p0","birth_date":"1960","source":"test:s1"}`,
		`{"type":"Person","xid":"test:p0","birth_date":"1970","source":"test:s2"}`)
	s.load(loader.Options{Dataset: "many"}, lines...)

	for _, c := range []struct {
		query, args string
		rows        int // at least
		requests    int // at most
		kilobytes   int // of answers, at most
	}{
		{"conflicting-claims", "", 2, 30, 900},
		{"degree-ranking", "limit=20", 20, 5, 60},
		{"degree-ranking", "limit=20|as_of=2015", 20, 18, 900},
		{"co-mention", "entity=test:p0|limit=1000", 20, 12, 120},
		{"weak-and-stale", "limit=20", 20, 50, 1700},
		{"what-changed", "limit=20", 20, 11, 1300},
	} {
		var before, most uint64
		ask := queries.Ask{Evidence: true, Progress: func(queries.Progress) { most = max(most, liveHeap()) }}
		before = liveHeap()
		var pairs []string
		if c.args != "" {
			pairs = strings.Split(c.args, "|")
		}
		result, err := s.Run(t.Context(), c.query, params(pairs...), ask)
		if err != nil {
			t.Fatal(c.query, c.args, err)
		}
		if len(result.Rows) < c.rows {
			t.Errorf("%s %s finds %d rows", c.query, c.args, len(result.Rows))
		}
		cost := result.Cost
		t.Logf("%s %s: %d rows, %d requests, %d kB, %d MiB alive", c.query, c.args, len(result.Rows), cost.Requests, cost.Bytes/1000,
			(max(most, before)-before)>>20)
		if cost.Requests > c.requests || cost.Bytes > 1000*c.kilobytes {
			t.Errorf("%s %s took %d requests and %d kB; at most %d and %d are wanted", c.query, c.args, cost.Requests, cost.Bytes/1000,
				c.requests, c.kilobytes)
		}
		if most > before+(16<<20) {
			t.Errorf("%s %s held %d MiB at once", c.query, c.args, (most-before)>>20)
		}
	}
}

// liveHeap is what is alive now, in bytes.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
