package queries_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"google.golang.org/grpc"

	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// meddler is a client that does something before the queries that hold a text, as often as it is told, and may change
// what they answer.
type meddler struct {
	api.DgraphClient
	text   string
	times  int
	before func()
	change func(json []byte) []byte // nil: nothing
}

func (m *meddler) Query(ctx context.Context, in *api.Request, options ...grpc.CallOption) (*api.Response, error) {
	meant := m.times > 0 && strings.Contains(in.GetQuery(), m.text)
	if meant {
		m.times--
		m.before()
	}
	answer, err := m.DgraphClient.Query(ctx, in, options...)
	if meant && err == nil && m.change != nil {
		answer.Json = m.change(answer.GetJson())
	}
	return answer, err
}

// postedBy are relations of a data set's people to a unit.
func postedBy(dataset string, from, to int) []*schema.Record {
	var records []*schema.Record
	for i := from; i < to; i++ {
		records = append(records, &schema.Record{
			Kind: schema.RelationRecord, Dataset: dataset, Predicate: "posted_to",
			Subject: schema.Ref{XID: fmt.Sprintf("t:p%d", i)}, Object: schema.Ref{XID: "t:unit"},
		})
	}
	return records
}

// What is read of a snapshot that the database may have dropped by then, since others load, is read anew, and said to
// be; where others never cease, an answer says so, an export of the graph fails, and one of the claims holds what
// nobody changed. While nobody loads, nothing is read twice.
func TestReadAnew(t *testing.T) {
	s := newSession(t)
	s.loadRecords(list(postedBy("set", 0, 5)), loader.Options{})
	n := 5
	load := func() {
		n++
		s.loadRecords(list(postedBy("set", n, n+1)), loader.Options{})
	}
	for _, c := range []struct {
		what  string
		times int
		said  string
	}{
		{"nobody loads", 0, ""},
		{"one loads", 1, "Read anew"},
		{"they do all the time", 1000, "Read anew"},
	} {
		// Both ways of asking whether somebody has written come last: the load lies between them.
		second := false
		m := &meddler{DgraphClient: s.sent, text: schema.Writing, times: 2 * c.times, before: func() {
			if second = !second; !second {
				load()
			}
		}}
		var notes []string
		r := *s.Runner
		r.DB, r.Note = dgo.NewDgraphClient(m), func(text string) { notes = append(notes, text) }
		r.SetSnapshotLasts(time.Nanosecond)
		said := func() string {
			defer func() { notes = nil }()
			for i, note := range notes {
				notes[i], _, _ = strings.Cut(note, ":")
			}
			return strings.Join(notes, " ")
		}
		endless := c.times > 2

		result, err := r.Run(t.Context(), "ego-network", map[string]string{"entity": "t:unit"}, queries.Ask{})
		if err != nil || said() != c.said || endless != slices.ContainsFunc(result.Notes, func(note string) bool {
			return strings.HasPrefix(note, "This may lack something: the graph was loaded into")
		}) {
			t.Errorf("%s, question: %v, %+v", c.what, err, result)
		}

		if m.times = 4 * c.times; c.times == 1 { // it asks after the nodes and after the edges
			m.times = 2
		}
		edges := 0
		err = r.Anew(func() (err error) {
			edges, err = countEdges(t.Context(), &r)
			return err
		})
		if less := (*queries.LessError)(nil); said() != c.said || endless != errors.As(err, &less) || !endless && edges != n {
			t.Errorf("%s, export: %v, %d edges of %d", c.what, err, edges, n)
		}

		m.times = 2 * c.times
		var out bytes.Buffer
		before := n
		lines, _, err := r.Canonical(t.Context(), &out, "")
		want := ""
		if c.times > 0 {
			want = "The graph was loaded into while it was exported"
		}
		if err != nil || lines != before || said() != want {
			t.Errorf("%s, claims: %d of %d, %v", c.what, lines, before, err)
		}
	}
}

// A claim that is half gone from the snapshot, since it is removed meanwhile, is in no canonical export, and what an
// entity's claims are is counted.
func TestHalfAClaimIsNoticed(t *testing.T) {
	s := newSession(t)
	s.loadRecords(list(postedBy("set", 0, 150)), loader.Options{})
	var notes int
	r := *s.Runner
	r.Note = func(string) { notes++ }
	r.SetSnapshotLasts(time.Nanosecond)

	load := func() { s.loadRecords(list(postedBy("other", 0, 1)), loader.Options{}) }
	r.DB = dgo.NewDgraphClient(&meddler{
		DgraphClient: s.sent, text: "func: has(claim.key)", times: 1, before: func() {},
		change: func(json []byte) []byte {
			load() // and so somebody has written
			return bytes.Replace(json, []byte(`"posted_to"`), []byte(`"commands"`), 1)
		},
	})
	var got, want bytes.Buffer
	if _, _, err := r.Canonical(t.Context(), &got, ""); err != nil || notes != 1 {
		t.Errorf("%v, %d notes", err, notes)
	}
	if _, _, err := s.Canonical(t.Context(), &want, ""); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("%v; the exports differ", err)
	}

	r.DB = dgo.NewDgraphClient(&meddler{
		DgraphClient: s.sent, text: "claims: ~claim.load", times: 1, before: func() {},
		change: func(json []byte) []byte {
			start, first, ok := bytes.Cut(json, []byte(`"claims":[`))
			if _, rest, more := bytes.Cut(first, []byte(`,{"uid":`)); ok && more { // without the first claim
				return slices.Concat(start, []byte(`"claims":[{"uid":`), rest)
			}
			return json
		},
	})
	notes = 0
	result, err := r.Run(t.Context(), "what-changed", map[string]string{"dataset": "set", "limit": "1000"}, queries.Ask{})
	if err != nil || len(result.Rows) != 150 || notes != 1 {
		t.Errorf("%v, %d rows, %d notes", err, len(result.Rows), notes)
	}
}

// A claim that seems to be broken is read anew: one that others remove just then is not there the next time. One that
// is broken is broken again, and where others never cease to remove, reading ends.
func TestReadAnewWhereClaimsAreRemoved(t *testing.T) {
	for _, c := range []struct {
		what         string
		broken       []string // claims, by reading
		reads, notes int
		fails, less  bool
	}{
		{"none", nil, 1, 0, false, false},
		{"one was removed", []string{"a"}, 2, 1, false, false},
		{"several were", []string{"a", "b"}, 3, 2, false, false},
		{"one is broken", []string{"a", "a", "a"}, 2, 1, true, false},
		{"they are removed all the time", []string{"a", "b", "c", "d", "e"}, 4, 3, true, true},
	} {
		reads, notes := 0, 0
		r := &queries.Runner{Note: func(string) { notes++ }}
		err := r.Anew(func() error {
			if reads++; reads > len(c.broken) {
				return nil
			}
			return fmt.Errorf("read: %w", &schema.BrokenClaimError{Key: c.broken[reads-1], Err: errors.New("0 subjects")})
		})
		less := errors.As(err, new(*queries.LessError))
		if reads != c.reads || notes != c.notes || (err != nil) != c.fails || less != c.less {
			t.Errorf("%s: read %d times, said %d times, %v", c.what, reads, notes, err)
		}
	}
}

// TestRemovedMeanwhile: an export is read anew where a data set was removed while it was read, however short a time
// that took, and not where one was loaded.
func TestRemovedMeanwhile(t *testing.T) {
	s := newSession(t)
	s.loadRecords(list(postedBy("set", 0, 5)), loader.Options{})
	s.loadRecords(list(postedBy("other", 5, 10)), loader.Options{})
	var notes []string
	r := *s.Runner
	r.Note = func(text string) { notes = append(notes, text) }
	for _, c := range []struct {
		what      string
		meanwhile func()
		edges     int
		said      string
	}{
		{"nothing", func() {}, 10, ""},
		{"loaded", func() { s.loadRecords(list(postedBy("third", 20, 21)), loader.Options{}) }, 10, ""},
		{"removed", func() {
			if _, err := s.loader.Remove(t.Context(), "other", nil); err != nil {
				t.Fatal(err)
			}
		}, 6, "Read anew: the graph was removed from while it was read"},
	} {
		r.DB = dgo.NewDgraphClient(&meddler{DgraphClient: s.sent, text: "func: has(posted_to)", times: 1, before: c.meanwhile})
		notes = nil
		edges := 0
		err := r.Anew(func() (err error) {
			edges, err = countEdges(t.Context(), &r)
			return err
		})
		said := strings.Join(notes, "\n")
		if err != nil || edges != c.edges || !strings.HasPrefix(said, c.said) || (c.said == "") != (said == "") {
			t.Errorf("%s: %v, %d edges, %q", c.what, err, edges, said)
		}
	}
}

// countEdges exports the graph, and counts its edges.
func countEdges(ctx context.Context, r *queries.Runner) (edges int, err error) {
	g := r.Export(ctx, "")
	for _, err := range g.Nodes {
		if err != nil {
			return edges, err
		}
	}
	for _, err := range g.Edges {
		if err != nil {
			return edges, err
		}
		edges++
	}
	return edges, nil
}
