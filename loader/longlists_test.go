package loader

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"orbat/loader/commit"
	"orbat/schema"
)

// Rebuilding the lists of edges backwards changes nothing that shows, and what a rebuild that was cut short left
// without them, the next load or rebuild makes.
func TestRebuildLists(t *testing.T) {
	b := newBench(t)
	b.load(postings(200), Options{})
	b.clean("loaded")
	cutShort := func() {
		if err := b.DB.Alter(t.Context(), &api.Operation{Schema: b.Ontology.Reversed()["claim.load"][1]}); err != nil {
			t.Fatal(err)
		}
	}
	for _, again := range []func() error{
		func() error { cutShort(); return b.RebuildLists(t.Context()) },
		func() error {
			cutShort()
			_, err := Migrate(t.Context(), b.DB, b.Ontology) // as every load does first
			return err
		},
	} {
		if err := again(); err != nil {
			t.Fatal(err)
		}
		b.clean("rebuilt")
		b.load([]*schema.Record{person("t:one", "One")}, Options{Replace: true, Dataset: "p"})
	}
	sets, err := b.Datasets(t.Context())
	if err != nil || len(sets) != 2 {
		t.Fatalf("%+v, %v", sets, err)
	}
}

// client returns a client of the database whose answers a test may change.
func (b *bench) client() api.DgraphClient {
	b.t.Helper()
	cc, err := grpc.NewClient(b.host, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = cc.Close() })
	return api.NewDgraphClient(cc)
}

// shortLists is a client that gives less than all of the lists of loads' claims, as Dgraph does while it rewrites one.
type shortLists struct {
	api.DgraphClient
	counts bool // nor does it count them
	pages  int  // how many pages it cuts short; below 0: all
}

func (c *shortLists) Query(ctx context.Context, in *api.Request, options ...grpc.CallOption) (*api.Response, error) {
	answer, err := c.DgraphClient.Query(ctx, in, options...)
	switch {
	case err != nil:
	case strings.Contains(in.GetQuery(), "claims: ~claim.load") && c.pages != 0:
		c.pages--
		answer.Json = []byte(`{"q":[]}`)
	case strings.Contains(in.GetQuery(), "c as ~claim.load") && c.counts:
		answer.Json = []byte(`{"q":[{"count":0}]}`)
	}
	return answer, err
}

// A removal leaves no claim behind where the list of a load's claims lacks some: for good, since the journal names
// them, nor for a moment, where there is no journal, since what came is counted. So does a replacement.
func TestShortListsAreNoticed(t *testing.T) {
	b := newBench(t)
	client := b.client()
	withoutJournal := func() {
		b.mutate(func(load string) *api.Mutation {
			return &api.Mutation{Del: []*api.NQuad{commit.StarQuad(load, "load.journal"), commit.StarQuad(load, "journal.blocks")}}
		})
	}
	one := postings(1)
	for _, c := range []struct {
		what    string
		short   shortLists
		prepare func()
		change  func(l *Loader) error
		left    int
	}{
		{"removal, list short for good", shortLists{counts: true, pages: -1}, func() {}, func(l *Loader) error {
			_, err := l.Remove(t.Context(), "set", nil)
			return err
		}, 0},
		{"removal, list short for a moment", shortLists{pages: 1}, withoutJournal, func(l *Loader) error {
			_, err := l.Remove(t.Context(), "set", nil)
			return err
		}, 0},
		{"replacement, list short for a moment", shortLists{pages: 1}, withoutJournal, func(l *Loader) error {
			_, err := l.Load(t.Context(), sequence(one), Options{Dataset: "set", Replace: true})
			return err
		}, 1},
	} {
		b.load(postings(200), Options{})
		c.prepare()
		c.short.DgraphClient = client
		l := &Loader{DB: dgo.NewDgraphClient(&c.short), Ontology: b.Ontology}
		if err := c.change(l); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		result, err := b.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if stand := result.Claims - result.Retracted; stand != c.left || len(result.Findings) > 0 {
			t.Errorf("%s: %d claims stand, want %d; %d findings", c.what, stand, c.left, len(result.Findings))
		}
		if c.left > 0 {
			b.remove("set")
		}
	}
}

// loseEdges is a client whose fresh snapshots come after somebody has written, and whose older ones lack an edge.
type loseEdges struct {
	api.DgraphClient
	write func() // before what tells whether somebody has written
	lose  int    // how many checks are given less; below 0: all
}

func (c *loseEdges) Query(ctx context.Context, in *api.Request, options ...grpc.CallOption) (*api.Response, error) {
	if in.GetQuery() == schema.Writing {
		c.write()
	}
	answer, err := c.DgraphClient.Query(ctx, in, options...)
	if err == nil && strings.Contains(in.GetQuery(), "func: has(posted_to)") && c.lose != 0 {
		c.lose--
		answer.Json = []byte(`{"q":[]}`)
	}
	return answer, err
}

// A check whose snapshot may have been dropped under it, since others load, is made anew where it finds something, and
// finds nothing that is not there. Where nobody loads, what it finds is found.
func TestCheckIsMadeAnew(t *testing.T) {
	b := newBench(t)
	client := b.client()
	b.load(postings(30), Options{})
	others := 0
	write := func() {
		others++
		b.load([]*schema.Record{person("t:other", strconv.Itoa(others))}, Options{})
	}
	for _, c := range []struct {
		what     string
		client   loseEdges
		findings bool
		told     int
	}{
		{"others load", loseEdges{write: write, lose: 1}, false, 1},
		{"nobody loads", loseEdges{write: func() {}, lose: 1}, true, 0},
		{"it is so", loseEdges{write: write, lose: -1}, true, 1},
	} {
		c.client.DgraphClient = client
		told := 0
		l := &Loader{
			DB: dgo.NewDgraphClient(&c.client), Ontology: b.Ontology, snapshotLasts: time.Nanosecond, OnRetry: func(Retry) { told++ },
		}
		result, err := l.Check(t.Context())
		if err != nil || len(result.Findings) > 0 != c.findings || told != c.told {
			t.Errorf("%s: %d findings, told %d times, %v", c.what, len(result.Findings), told, err)
		}
	}
}
