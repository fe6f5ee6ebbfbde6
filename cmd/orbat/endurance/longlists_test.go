//go:build unix

package endurance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// afterLoad is how long the lists are read on when the load has ended: Dgraph goes on to roll them up.
const afterLoad = 30 * time.Second

// dear is how many reads there are to one of a list whose edges have facets (a claim's citation has its quote). Dgraph
// keeps them at both ends, and reads them all for any part of the list: it takes a hundred times as long as without.
const dear = 500

// longListReads is what was seen of reads of growing lists.
type longListReads struct {
	reads, failed, short atomic.Int64

	mu    sync.Mutex
	first string // error
}

func (r *longListReads) fail(err error) {
	r.failed.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == "" {
		r.first = fmt.Sprintf("%.300s", err)
	}
}

// TestLongListsWhileLoading: whoever reads the lists of one source's and one load's claims while that load writes them
// and Dgraph rewrites them gets an answer each time, and never fewer than anybody before. ORBAT_LONGLIST says how many
// claims (100000 take minutes), ORBAT_LONGLIST_READS how many reads there shall be at least while they are written,
// ORBAT_LONGLIST_BEFORE=1 reads without what orbat does about it, on Dgraph's own settings.
func TestLongListsWhileLoading(t *testing.T) {
	if os.Getenv("ORBAT_LONGLIST") == "" {
		t.Skip("minutes of reading: ORBAT_LONGLIST=100000 runs it")
	}
	claims, leastReads := number(t, "ORBAT_LONGLIST", 0), int64(number(t, "ORBAT_LONGLIST_READS", 0))
	before := os.Getenv("ORBAT_LONGLIST_BEFORE") != ""
	local := deploy.Local{Open: true}
	if before {
		local.AlphaFlags = []string{"--cache=size-mb=1024"}
	}
	conn := deploytest.StartLocal(t, local)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = loader.Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	var db queries.DB = conn
	if before {
		cc, err := grpc.NewClient(conn.Target().Hosts[0], grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(256<<20)), grpc.WithMaxHeaderListSize(256<<20))
		if err != nil {
			t.Fatal(err)
		}
		defer cc.Close()
		db = dgo.NewDgraphClient(api.NewDgraphClient(cc))
	}
	runner := &queries.Runner{DB: db, Ontology: ontology, Library: library, Note: func(text string) { t.Log(text) }}

	var seen longListReads
	var read atomic.Int64 // claims, by the loader
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var readers errgroup.Group
	for _, r := range []struct {
		readers int
		every   int64
		list    string
	}{
		{1, dear, `eq(xid, "test:gazette")) { n: count(~claim.cites)`},
		{2, 1, `eq(xid, "test:unit")) { n: count(~claim.object)`},
		{3, 1, `has(load.id)) { n: count(~claim.load)`},
	} {
		var most atomic.Int64
		for range r.readers {
			readers.Go(func() error { seen.count(ctx, db, "{ q(func: "+r.list+" } }", r.every, &most); return nil })
		}
	}
	for _, r := range []struct {
		readers int
		every   int64
		page    int
		list    string
	}{
		{1, dear, 50_000, `eq(xid, "test:gazette")) { list: ~claim.cites`},
		{6, 1, 1000, `has(load.id)) { list: ~claim.load`},
	} {
		var most atomic.Int64
		for range r.readers {
			readers.Go(func() error {
				page := fmt.Sprintf("{ q(func: %s(first: %d, after: %%#x) { uid } } }", r.list, r.page)
				seen.walk(ctx, db, page, r.every, &most)
				return nil
			})
		}
	}
	readers.Go(func() error { seen.ask(ctx, runner); return nil })
	readers.Go(func() error { // hours, for millions of claims: what is cut off has told how far it was
		for tick := time.NewTicker(time.Minute); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return nil
			case <-tick.C:
				t.Logf("so far %d claims; %d reads, %d failed, %d short", read.Load(), seen.reads.Load(), seen.failed.Load(),
					seen.short.Load())
			}
		}
	})

	start := time.Now()
	l := &loader.Loader{DB: conn, Ontology: ontology}
	keepPace := func(claim int) { // so that the reads happen while the lists are written, not after it
		read.Store(int64(claim))
		for seen.reads.Load() < leastReads*int64(claim)/int64(claims) {
			select {
			case <-t.Context().Done():
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	if _, err := l.Load(t.Context(), gazette(claims, keepPace), loader.Options{Dataset: "long"}); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	ended := time.After(afterLoad)
	for waiting := true; waiting || seen.reads.Load() < leastReads; {
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-ended:
			waiting = false
		case <-time.After(time.Second):
		}
	}
	stop()
	_ = readers.Wait() // none returns an error
	t.Logf("%d claims in %.0f s; %d reads, %d failed, %d short; %d met a list being rewritten", claims, took.Seconds(),
		seen.reads.Load(), seen.failed.Load(), seen.short.Load(), conn.Repeated())
	if !before && (seen.failed.Load() > 0 || seen.short.Load() > 0) {
		t.Errorf("%d failed, %d short: %s", seen.failed.Load(), seen.short.Load(), seen.first)
	}
	result, err := l.Check(t.Context())
	if err != nil || result.Claims != claims || len(result.Findings) > 0 {
		t.Errorf("%d claims, %d findings, %v", result.Claims, len(result.Findings), err)
	}
}

// gazette is a data set of so many claims of one source about one unit. Before it gives a claim, it calls wait.
func gazette(n int, wait func(claim int)) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for i := range n {
			wait(i)
			if !yield(&schema.Record{
				Kind: schema.RelationRecord, Predicate: "posted_to",
				Subject: schema.Ref{XID: fmt.Sprintf("test:p%d", i)}, Object: schema.Ref{XID: "test:unit"},
				Provenance: schema.Provenance{Cites: []schema.Cite{{
					Source: schema.Ref{XID: "test:gazette"}, Locator: fmt.Sprint("p. ", i), Quote: "posted as of this day",
				}}},
			}, nil) {
				return
			}
		}
	}
}

// turn waits until there have been so many reads since, and reports whether there is to be another.
func (r *longListReads) turn(ctx context.Context, every int64) bool {
	for next := r.reads.Load() + every; every > 1 && r.reads.Load() < next; {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(10 * time.Millisecond):
		}
	}
	return ctx.Err() == nil
}

// count counts a list again and again. Nothing is taken from it, so that there are never fewer than there were.
func (r *longListReads) count(ctx context.Context, db queries.DB, dql string, every int64, most *atomic.Int64) {
	for r.turn(ctx, every) {
		floor := most.Load()
		answer, err := db.NewReadOnlyTxn().Query(ctx, dql)
		if ctx.Err() != nil {
			return
		}
		r.reads.Add(1)
		if err != nil {
			r.fail(err)
			continue
		}
		var found struct{ Q []struct{ N int64 } }
		if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
			r.fail(err)
			continue
		}
		n := int64(0)
		if len(found.Q) > 0 {
			n = found.Q[0].N
		}
		r.compare(n, floor, most)
	}
}

// compare counts a list as short that has fewer than it had, and keeps the most that anybody saw.
func (r *longListReads) compare(n, floor int64, most *atomic.Int64) {
	if n < floor {
		r.short.Add(1)
	}
	for now := most.Load(); n > now && !most.CompareAndSwap(now, n); now = most.Load() {
	}
}

// walk reads a list page after page, as orbat itself does, again and again. What was in the list when a walk began is
// met on it, whatever is added meanwhile.
func (r *longListReads) walk(ctx context.Context, db queries.DB, page string, every int64, most *atomic.Int64) {
	for ctx.Err() == nil {
		floor, n, after := most.Load(), int64(0), uint64(0)
		for more := true; more && r.turn(ctx, every); {
			answer, err := db.NewReadOnlyTxn().Query(ctx, fmt.Sprintf(page, after))
			if ctx.Err() != nil {
				return
			}
			r.reads.Add(1)
			var found struct {
				Q []struct{ List []struct{ UID string } }
			}
			if err == nil {
				err = json.Unmarshal(answer.GetJson(), &found)
			}
			if err != nil {
				r.fail(err)
				continue // the same page
			}
			more = len(found.Q) > 0 && len(found.Q[0].List) > 0
			if !more {
				break
			}
			list := found.Q[0].List
			n += int64(len(list))
			if after, err = strconv.ParseUint(list[len(list)-1].UID, 0, 64); err != nil {
				r.fail(err)
				return
			}
		}
		if ctx.Err() == nil {
			r.compare(n, floor, most)
		}
	}
}

// ask asks what the load changed.
func (r *longListReads) ask(ctx context.Context, runner *queries.Runner) {
	for ctx.Err() == nil {
		_, err := runner.Run(ctx, "what-changed", map[string]string{"limit": "10"}, queries.Ask{})
		if ctx.Err() != nil {
			return
		}
		r.reads.Add(1)
		if err != nil {
			r.fail(err)
		}
	}
}
