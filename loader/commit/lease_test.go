package commit

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/deploy/deploytest"
	"orbat/loader/validate"
	"orbat/schema"
)

func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }

// newGraph returns an empty real database with orbat's schema.
func newGraph(t *testing.T) *Graph {
	t.Helper()
	conn := deploytest.Shared(t)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Alter(t.Context(), &api.Operation{Schema: ontology.DgraphSchema()}); err != nil {
		t.Fatal(err)
	}
	return &Graph{DB: conn, Ontology: ontology}
}

// An exclusive lease keeps others out until it is given back; a dead holder's is broken, and what it still writes
// fails.
func TestLeases(t *testing.T) {
	g := newGraph(t)
	ctx := t.Context()
	var waited []string
	one, err := newLease(ctx, g, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	two, err := newLease(ctx, g, 2, func(holders []string) { waited = holders })
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []*lease{one, two} {
		if err := l.acquire(ctx, graphScope, Shared); err != nil {
			t.Fatal(err)
		}
	}
	if rivals, err := two.try(ctx, graphScope, Exclusive); err != nil || len(rivals) != 1 || rivals[0] != one.holder {
		t.Errorf("the whole graph was given while another held a share: %v, %v", rivals, err)
	}
	got := make(chan error)
	go func() { got <- two.acquire(ctx, graphScope, Exclusive) }()
	if err := one.yield(ctx, graphScope); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	if rivals, err := one.try(ctx, graphScope, Shared); err != nil || len(rivals) != 1 {
		t.Errorf("a share was given while another held the whole graph: %v, %v", rivals, err)
	}
	// The holder dies: it renews no more. That its own clock is years behind, or ahead, says nothing.
	two.stop()
	<-two.done
	now := time.Now()
	one.now = func() time.Time { return now }
	renewed := func(beat, expires string) {
		t.Helper()
		_, err := g.DB.NewTxn().Mutate(ctx, &api.Mutation{CommitNow: true, Set: []*api.NQuad{
			ValueQuad(two.uid, "lease.expires", expires), ValueQuad(two.uid, epochPredicate, beat),
			ValueQuad(two.uid, "lease.holder", "elsewhere 1 x another-start/1"),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	waits := func(what string, want bool) {
		t.Helper()
		if rivals, err := one.try(ctx, graphScope, Shared); err != nil || len(rivals) == 1 != want {
			t.Errorf("%s: waits for %v, %v", what, rivals, err)
		}
	}
	renewed("1", "2001-01-01T00:00:00Z")
	waits("it was renewed just now, by a clock that is behind", true)
	now = now.Add(leaseTTL - time.Second)
	waits("not watched for long enough", true)
	renewed("2", "2001-01-01T00:00:00Z")
	now = now.Add(leaseTTL - time.Second)
	waits("renewed meanwhile", true)
	renewed("2", "2101-01-01T00:00:00Z") // as an older orbat does, which counts nothing up
	now = now.Add(leaseTTL - time.Second)
	waits("renewed meanwhile, by a clock that is ahead", true)
	now = now.Add(leaseTTL)
	waits("not renewed for as long as a lease lasts", false)
	if err := one.acquire(ctx, graphScope, Shared); err != nil {
		t.Fatal(err)
	}
	s := &Session{Graph: g, Merges: schema.Decide(nil), uids: newUIDCache(g), limiter: newLimiter(1)}
	zombie := &writer{Session: s, fence: two.fences[0]}
	claims, err := validate.Validator{Ontology: g.Ontology}.Claims(&schema.Record{
		Kind: schema.EntityRecord, Subject: schema.Ref{Type: "Person", XID: "t:a"},
		Values: map[string][]schema.Value{"name": {{Text: "A"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = zombie.apply(ctx, []Change{{Claim: claims[0], Key: claims[0].Key(), Load: one.uid}}, nil)
	if !errors.Is(err, ErrLeaseLost) {
		t.Errorf("a loader whose lease was broken wrote: %v", err)
	}
	if err := one.close(ctx); err != nil {
		t.Fatal(err)
	}
	answer, err := g.DB.NewReadOnlyTxn().Query(ctx, `{ q(func: has(lease.holder)) { uid } f(func: has(lease.beat)) @filter(NOT has(lease.name)) { uid } }`)
	if err != nil || string(answer.GetJson()) != `{"q":[],"f":[]}` {
		t.Errorf("leases left: %s, %v", answer.GetJson(), err)
	}
	if len(waited) > 0 && waited[0] != one.holder {
		t.Errorf("told to wait for %v", waited)
	}
}

// A process id tells of a process on its own machine, since that was started, and in its own namespace alone.
func TestProcessGone(t *testing.T) {
	place := processPlace()
	if place == "" {
		t.Skip("this system does not tell where a process id is one's own")
	}
	if processGone(holderName()) {
		t.Error("this process is gone")
	}
	gone := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	pid := strconv.Itoa(gone.Process.Pid)
	for holder, want := range map[string]bool{
		"host " + pid + " x " + place:          true,
		"renamed-since " + pid + " x " + place: true,
		"host " + pid + " x":                   false, // of an older orbat
		"host " + pid + " x another-boot/1":    false,
		"host " + pid + " x " + place + "0":    false,
		"host one x " + place:                  false,
	} {
		if processGone(holder) != want {
			t.Errorf("%q: gone is %v", holder, !want)
		}
	}
}

// Who is alone is told by the lease: nobody else has one, and there are no claims. Another lease ends it.
func TestSoleWriter(t *testing.T) {
	g := newGraph(t)
	share := func() *Session {
		r, err := Open(t.Context(), g, Options{Workers: 6})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := r.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		return r
	}
	look := func(r *Session) bool {
		if _, err := readGroups(t.Context(), g.DB.NewTxn(), nil, r.lease.fences[0]); err != nil {
			t.Fatal(err)
		}
		return r.lease.sole.lasts()
	}
	one := share()
	if !look(one) {
		t.Error("the first in an empty database is not alone")
	}
	if look(share()) {
		t.Error("the second is alone")
	}
	if look(one) {
		t.Error("the first is alone beside the second")
	}
}

// What stands in a database is read by every orbat that loads into it at the same time, older ones too.
func TestScopesAsStored(t *testing.T) {
	if have := Exclusive.held(graphScope) + ", " + Shared.held(scopeOf("mine")); have != "graph exclusive, dataset:mine shared" {
		t.Errorf("a lease holds %s", have)
	}
}
