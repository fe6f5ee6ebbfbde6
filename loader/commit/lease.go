package commit

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// Leases keep loads, replacements and decisions out of each other's way, and out of a dead one's.
//
// A lease holds scopes, each shared or exclusive: every load shares the graph and its data sets; replacement and
// removal hold their data set alone; decisions hold the graph alone. A lease lives while its holder renews it. One
// whose process is gone, or that was not renewed for as long as a lease lasts, is broken by whoever needs its scope.
//
// No clock but one's own judges that: machines' clocks differ by more than a lease lasts. Each renewal counts one up,
// and who waits looks for how long, by a clock that nobody sets, the count has stood still. Nor does a process id mean
// anything beyond the start of one machine and one namespace.
//
// Breaking is safe because of fences: each worker writes its own fence node in every transaction, after reading in the
// same snapshot that it is still there. Breaking deletes the fences. Dgraph's write-write conflict detection then
// leaves a stalled loader two outcomes: its transaction began before the breaking, and aborts; or after, and finds no
// fence.

const (
	leaseTTL   = 20 * time.Second
	leaseRenew = 5 * time.Second
	leasePoll  = 200 * time.Millisecond
)

const graphScope = "graph"

func scopeOf(dataset string) string { return schema.DatasetScope + dataset }

// Mode says whether others may hold a scope at the same time.
type Mode string

// The modes.
const (
	Shared    Mode = "shared"
	Exclusive Mode = "exclusive"
)

// held is a scope in a mode as it stands in lease.scope.
func (m Mode) held(scope string) string { return scope + " " + string(m) }

// ErrLeaseLost ends a load whose lease was taken over: it was thought dead.
var ErrLeaseLost = errors.New("the load's lease was taken over, since it had not been renewed in time; run the load again")

// lease is this process's hold on its scopes.
type lease struct {
	graph  *Graph
	holder string
	uid    string
	fences []*fence
	sole   *soleWriter            // nil: others were there before, or are
	onWait func(holders []string) // told, once, whom it waits for; nil: nobody is
	beat   int64                  // how often it was renewed
	now    func() time.Time       // with a monotonic reading

	mu     sync.Mutex
	scopes map[string]Mode
	seen   map[string]sighting // of rivals' leases, by uid
	stop   context.CancelFunc
	done   chan struct{}
}

// sighting is how a rival's lease was found, and when it was first found so.
type sighting struct {
	renewal string
	since   time.Time
}

// newLease makes a lease with no scope yet and one fence for each worker, and keeps it alive until closed.
func newLease(ctx context.Context, g *Graph, workers int, onWait func([]string)) (*lease, error) {
	l := &lease{
		graph: g, holder: holderName(), onWait: onWait, now: time.Now, scopes: map[string]Mode{}, seen: map[string]sighting{},
		done: make(chan struct{}),
	}
	m := &api.Mutation{CommitNow: true, Set: []*api.NQuad{
		ValueQuad("_:lease", "lease.holder", l.holder),
		ValueQuad("_:lease", "lease.expires", schema.Stamp(time.Now().Add(leaseTTL))),
		ValueQuad("_:lease", epochPredicate, "0"),
	}}
	for i := range workers {
		fence := "_:fence" + strconv.Itoa(i)
		m.Set = append(m.Set, ValueQuad(fence, epochPredicate, "0"), EdgeQuad("_:lease", "lease.fences", fence))
	}
	var answer *api.Response
	err := g.Retry(ctx, "open a lease", func() (err error) {
		txn := g.DB.NewTxn()
		defer discard(ctx, txn)
		answer, err = txn.Mutate(ctx, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.uid = answer.GetUids()["lease"]
	for i := range workers {
		l.fences = append(l.fences, &fence{uid: answer.GetUids()["fence"+strconv.Itoa(i)]})
	}
	alive, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	go l.keepAlive(alive)
	return l, nil
}

// holderName tells processes apart: host, pid, the time this one began to load, and where its pid is its own.
func holderName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	name := host + " " + strconv.Itoa(os.Getpid()) + " " + strconv.FormatInt(time.Now().UnixNano(), 36)
	if place := processPlace(); place != "" {
		name += " " + place
	}
	return name
}

func (l *lease) keepAlive(ctx context.Context) {
	defer close(l.done)
	ticker := time.NewTicker(leaseRenew)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			// A renewal that fails is not fatal: the next may succeed, and if none does the fences stop the load.
			_ = l.renew(ctx)
		}
	}
}

func (l *lease) renew(ctx context.Context) error {
	txn := l.graph.DB.NewTxn()
	defer discard(ctx, txn)
	answer, err := txn.QueryWithVars(ctx, "query q($l: string) { q(func: uid($l)) { lease.holder } }", map[string]string{"$l": l.uid})
	if err != nil {
		return err
	}
	if !strings.Contains(string(answer.GetJson()), "lease.holder") {
		return ErrLeaseLost
	}
	l.beat++ // by the one goroutine that renews
	_, err = txn.Mutate(ctx, &api.Mutation{CommitNow: true, Set: []*api.NQuad{
		ValueQuad(l.uid, epochPredicate, strconv.FormatInt(l.beat, 10)),
		ValueQuad(l.uid, "lease.expires", schema.Stamp(time.Now().Add(leaseTTL))), // for whoever looks; none judges by it
	}})
	return err
}

// acquire adds a scope, waiting for whoever holds it in a mode that excludes ours.
func (l *lease) acquire(ctx context.Context, scope string, mode Mode) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if held := l.scopes[scope]; held == mode || held == Exclusive {
		return nil
	}
	ticker := time.NewTicker(leasePoll)
	defer ticker.Stop()
	for told := false; ; {
		var rivals []string
		err := l.graph.Retry(ctx, "take a lease on "+scope, func() (err error) {
			rivals, err = l.try(ctx, scope, mode)
			return err
		})
		if err != nil {
			return err
		}
		if len(rivals) == 0 {
			l.scopes[scope] = mode
			return nil
		}
		if !told && l.onWait != nil {
			l.onWait(rivals)
			told = true
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// held returns the scopes held.
func (l *lease) held() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.scopes))
}

// yield gives one scope back.
func (l *lease) yield(ctx context.Context, scope string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	held := l.scopes[scope]
	if held == "" {
		return nil
	}
	err := l.graph.Retry(ctx, "give back a lease on "+scope, func() error {
		txn := l.graph.DB.NewTxn()
		defer discard(ctx, txn)
		_, err := txn.Mutate(ctx, &api.Mutation{CommitNow: true, Del: []*api.NQuad{ValueQuad(l.uid, "lease.scope", held.held(scope))}})
		return err
	})
	if err == nil {
		delete(l.scopes, scope)
	}
	return err
}

type leaseNode struct {
	UID     string
	Holder  string   `json:"lease.holder"`
	Expires string   `json:"lease.expires"`
	Beat    int64    `json:"lease.beat"`
	Scopes  []string `json:"lease.scope"`
	Fences  []struct {
		UID string
	} `json:"lease.fences"`
}

// try takes the scope if nobody alive holds it in the way, else names who does. All who want one scope write its gate
// node, so that two never take it at once.
func (l *lease) try(ctx context.Context, scope string, mode Mode) (rivals []string, err error) {
	txn := l.graph.DB.NewTxn()
	defer discard(ctx, txn)
	gate, removals, nodes, empty, err := l.read(ctx, txn, scope)
	if err != nil {
		return nil, err
	}
	sole := empty && scope == graphScope && !slices.ContainsFunc(nodes, func(n leaseNode) bool { return n.UID != l.uid })
	m := &api.Mutation{CommitNow: true}
	if gate == "" {
		gate = "_:gate"
		m.Set = append(m.Set, ValueQuad(gate, "lease.name", "gate:"+scope))
	}
	for _, node := range nodes {
		excludes := mode == Exclusive || slices.Contains(node.Scopes, Exclusive.held(scope))
		if node.UID == l.uid || !excludes {
			continue
		}
		if l.alive(&node) {
			rivals = append(rivals, node.Holder)
			continue
		}
		m.Del = append(m.Del, node.deletion()...)
	}
	if len(rivals) > 0 {
		return rivals, nil
	}
	epoch := rand.Int64() //nolint:gosec // to be told from others', not to be secret
	if mode == Exclusive && scope != graphScope {
		if removals == "" {
			removals = "_:removals"
			m.Set = append(m.Set, ValueQuad(removals, "lease.name", schema.RemovalsGate))
		}
		m.Set = append(m.Set, ValueQuad(removals, epochPredicate, strconv.FormatInt(epoch, 10)))
	}
	m.Set = append(m.Set,
		ValueQuad(gate, epochPredicate, strconv.FormatInt(epoch, 10)),
		ValueQuad(l.uid, "lease.scope", mode.held(scope)))
	if held := l.scopes[scope]; held != "" {
		m.Del = append(m.Del, ValueQuad(l.uid, "lease.scope", held.held(scope)))
	}
	answer, err := txn.Mutate(ctx, m)
	if err == nil && sole {
		l.beSole(cmp.Or(answer.GetUids()["gate"], gate), epoch)
	}
	return nil, err
}

func (l *lease) beSole(gate string, epoch int64) {
	l.sole = newSoleWriter(gate, epoch)
	for _, f := range l.fences {
		f.sole = l.sole
	}
}

// read returns the gate of a scope and that of removals, who holds the scope, and whether the database is empty of
// claims.
func (l *lease) read(ctx context.Context, txn *dgo.Txn, scope string) (gate, removals string, nodes []leaseNode, empty bool, err error) {
	const q = `query q($gate: string, $shared: string, $exclusive: string, $own: string) {
		gate(func: eq(lease.name, $gate)) { uid }
		removals(func: eq(lease.name, "` + schema.RemovalsGate + `")) { uid }
		own(func: uid($own)) { lease.holder }
		claims(func: has(claim.key), first: 1) { uid }
		leases(func: eq(lease.scope, [$shared, $exclusive])) { uid lease.holder lease.expires lease.beat lease.scope lease.fences { uid } }
	}`
	answer, err := txn.QueryWithVars(ctx, q, map[string]string{
		"$gate": "gate:" + scope, "$shared": Shared.held(scope), "$exclusive": Exclusive.held(scope), "$own": l.uid,
	})
	if err != nil {
		return "", "", nil, false, err
	}
	var found struct {
		Gate, Removals      []struct{ UID string }
		Own, Claims, Leases []leaseNode
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return "", "", nil, false, fmt.Errorf("read leases: %w", err)
	}
	if len(found.Own) == 0 {
		return "", "", nil, false, ErrLeaseLost
	}
	if len(found.Gate) > 0 {
		gate = found.Gate[0].UID
	}
	if len(found.Removals) > 0 {
		removals = found.Removals[0].UID
	}
	return gate, removals, found.Leases, len(found.Claims) == 0, nil
}

// alive reports whether the holder of a rival's lease may still be at work. Where its process is known to be gone, the
// lease need not be watched first; a wrong guess costs the rival its load, never the graph: see the fences.
func (l *lease) alive(n *leaseNode) bool {
	renewal := strconv.FormatInt(n.Beat, 10) + " " + n.Expires // an orbat that counts nothing up writes the time alone
	seen, known := l.seen[n.UID]
	if !known || seen.renewal != renewal {
		seen = sighting{renewal, l.now()}
		l.seen[n.UID] = seen
	}
	return l.now().Sub(seen.since) < leaseTTL && !processGone(n.Holder)
}

// processGone reports whether a lease's holder was a process of this machine, since it was started, and of this
// namespace, and is no more.
func processGone(holder string) bool {
	parts := strings.Fields(holder)
	if len(parts) != 4 || parts[3] != processPlace() {
		return false
	}
	pid, err := strconv.Atoi(parts[1])
	if err != nil {
		return false
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return false // where no signal can ask, the lease is watched
	}
	defer func() { _ = process.Release() }()
	err = process.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}

func (n *leaseNode) deletion() []*api.NQuad {
	var quads []*api.NQuad
	for _, predicate := range []string{"lease.holder", "lease.expires", "lease.scope", "lease.fences", epochPredicate} {
		quads = append(quads, StarQuad(n.UID, predicate))
	}
	for _, fence := range n.Fences {
		quads = append(quads, StarQuad(fence.UID, epochPredicate))
	}
	return quads
}

// close gives all scopes back, even where the load was cancelled. A lease that cannot be given back runs out.
func (l *lease) close(ctx context.Context) error {
	l.stop()
	<-l.done
	node := leaseNode{UID: l.uid}
	for _, f := range l.fences {
		node.Fences = append(node.Fences, struct{ UID string }{f.uid})
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseRenew)
	defer cancel()
	return l.graph.Retry(ctx, "give the lease back", func() error {
		txn := l.graph.DB.NewTxn()
		defer discard(ctx, txn)
		_, err := txn.Mutate(ctx, &api.Mutation{CommitNow: true, Del: node.deletion()})
		return err
	})
}
