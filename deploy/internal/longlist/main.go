//go:build unix

// Command longlist provokes what Dgraph does wrong with posting lists beyond half a megabyte, and counts it.
//
// One node becomes the object of a growing number of edges, so that its reverse list is split and rolled up again and
// again while readers ask how many edges it has. Every transaction's commit timestamp is kept, so that for each read
// the exact answer at its timestamp is known: a read that fails, and one that is short without failing, are counted
// apart. -kills ends the alpha by SIGKILL in the midst of that, starts it again and asks what is missing for good.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"golang.org/x/sync/errgroup"

	"orbat/deploy"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "longlist:", err)
		os.Exit(1) //nolint:gocritic // stop only restores the signals
	}
}

type options struct {
	edges, batch, writers, readers int
	quote                          int // bytes of a facet on each edge
	kills, hubs, tails             int
	patience, age                  time.Duration
	alpha                          string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o options
	flags := flag.NewFlagSet("longlist", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.edges, "edges", 500_000, "`edges` into the one node")
	flags.IntVar(&o.batch, "batch", 400, "edges of a transaction")
	flags.IntVar(&o.writers, "writers", 2, "transactions at once")
	flags.IntVar(&o.readers, "readers", 2, "that ask fresh snapshots; one more asks an older one")
	flags.IntVar(&o.quote, "quote", 0, "`bytes` of a facet on each edge")
	flags.IntVar(&o.kills, "kills", 0, "how often the alpha is killed afterwards, until a list lacks edges")
	flags.IntVar(&o.tails, "tails", 1, "readers of the end of the first node's list, where what is new stands")
	flags.DurationVar(&o.patience, "patience", 15*time.Second, "of -kills, `time` to wait for a read that met a list being rewritten")
	flags.DurationVar(&o.age, "age", 5*time.Minute, "of the older snapshot, when it is given up for a fresh one")
	flags.IntVar(&o.hubs, "hubs", 1, "`nodes` that the edges are spread over")
	flags.StringVar(&o.alpha, "alpha", "", "a further `flag` of the alpha")
	if err := flags.Parse(args); err != nil {
		return err
	}
	home, err := os.MkdirTemp("", "longlist-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(home) }() // a temporary folder: the system clears it
	h := &hub{options: o, local: deploy.Local{Home: home, Progress: stderr}, out: stdout}
	if o.alpha != "" {
		h.local.AlphaFlags = []string{o.alpha}
	}
	defer func() { _ = h.local.Down(context.WithoutCancel(ctx)) }()
	if err := h.open(ctx); err != nil {
		return err
	}
	if err := h.measure(ctx); err != nil {
		return err
	}
	return h.conn.Close()
}

// hub is the node and what is known of it.
type hub struct {
	options
	local deploy.Local
	out   io.Writer
	conn  *deploy.Conn
	uids  []string
	pid   int // of the alpha

	window  chan struct{} // has one when a read met a list being rewritten
	mu      sync.Mutex
	commits []commit // in no order
	doubt   int      // edges of transactions whose end is not known
	written atomic.Int64
	reads   map[string]*tally

	lost     bool  // a list lacks edges, or cannot be read
	repeated int64 // of the connections before
	all      []read
}

type commit struct {
	ts    uint64
	edges int
	hub   int
	uid   uint64 // of its first edge
}

// read is one that answered.
type read struct {
	kind  string
	ts    uint64
	count int
	hub   int
	floor uint64        // of the edges that are counted
	age   time.Duration // of the snapshot
}

type tally struct {
	reads, failed, short, long int
	youngest                   time.Duration // age of the youngest snapshot that was given less
	oldest                     time.Duration // of all snapshots that were read from
	worst                      int           // edges missing
	examples                   map[string]int
}

func (h *hub) open(ctx context.Context) error {
	status, err := h.local.Up(ctx)
	if err != nil {
		return err
	}
	h.pid = status.PID("alpha")
	if h.conn, err = deploy.Connect(ctx, status.Target); err != nil {
		return err
	}
	if len(h.uids) > 0 {
		return nil
	}
	h.reads = map[string]*tally{}
	if err := h.conn.Alter(ctx, &api.Operation{Schema: hubSchema}); err != nil {
		return err
	}
	for range h.hubs {
		made, err := h.conn.NewTxn().Mutate(ctx, &api.Mutation{SetNquads: []byte(`_:hub <name> "hub" .`), CommitNow: true})
		if err != nil {
			return err
		}
		h.uids = append(h.uids, made.GetUids()["hub"])
	}
	return nil
}

// measure writes and reads until all edges are there, and prints what was seen.
func (h *hub) measure(ctx context.Context) error {
	start := time.Now()
	if err := h.grow(ctx, h.edges, false); err != nil {
		return err
	}
	for kill := range h.kills {
		if err := h.grow(ctx, 0, true); err != nil {
			return err
		}
		if err := h.afterKill(ctx, kill+1); err != nil {
			return err
		}
		if h.lost {
			break // it stays so
		}
	}
	took := time.Since(start)
	if _, err := h.verify(ctx); err != nil {
		return err
	}
	if h.kills > 0 {
		if err := h.rebuild(ctx); err != nil {
			return err
		}
	}
	return h.print(took)
}

// grow writes until there are so many edges, or until it has killed the alpha: soon after the first write, which is
// when an alpha that has just started rolls a long list up.
func (h *hub) grow(ctx context.Context, to int, kill bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	h.window = make(chan struct{}, 1)
	var readers, writers errgroup.Group
	for range h.readers {
		readers.Go(func() error { return h.ask(ctx, done, false) })
	}
	readers.Go(func() error { return h.ask(ctx, done, true) })
	for range h.tails {
		readers.Go(func() error { return h.askTail(ctx, done) })
	}
	for range h.writers {
		writers.Go(func() error {
			for ctx.Err() == nil {
				if !kill && h.written.Load() >= int64(to) {
					return nil
				}
				if err := h.write(ctx); err != nil && !kill {
					return err
				} else if err != nil {
					return nil //nolint:nilerr // the alpha is gone, as it should
				}
			}
			return nil
		})
	}
	if kill {
		go func() {
			select {
			case <-h.window:
			case <-time.After(h.patience):
				fmt.Fprint(h.out, "at no special moment: ")
			}
			_ = syscall.Kill(h.pid, syscall.SIGKILL)
		}()
	}
	err := writers.Wait()
	close(done)
	return errors.Join(err, readers.Wait())
}

func (h *hub) write(ctx context.Context) error {
	var text strings.Builder
	hub := rand.N(h.hubs) //nolint:gosec // no secret
	for i := range h.batch {
		fmt.Fprintf(&text, "_:b%d <hub> <%s>", i, h.uids[hub])
		if h.quote > 0 {
			fmt.Fprintf(&text, " (quote=%q)", strings.Repeat("q", h.quote))
		}
		text.WriteString(" .\n")
	}
	answer, err := h.conn.NewTxn().Mutate(ctx, &api.Mutation{SetNquads: []byte(text.String()), CommitNow: true})
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.doubt += h.batch
		return err
	}
	h.commits = append(h.commits, commit{answer.GetTxn().GetCommitTs(), h.batch, hub, first(answer.GetUids())})
	h.written.Add(int64(h.batch))
	return nil
}

func (h *hub) ask(ctx context.Context, done <-chan struct{}, older bool) error {
	kind := "fresh"
	var txn *dgo.Txn
	var opened time.Time
	if older {
		kind = "older"
	}
	for n := 0; ctx.Err() == nil; n++ {
		select {
		case <-done:
			return nil
		default:
		}
		if txn == nil || !older || time.Since(opened) > h.age {
			txn, opened = h.conn.NewReadOnlyTxn(), time.Now()
		}
		if err := h.readOnce(ctx, kind, txn, opened); err != nil && status(err) {
			return nil // killed
		}
	}
	return nil
}

func status(err error) bool { return strings.Contains(err.Error(), "Unavailable") }

// readOnce asks how many edges there are, by listing them.
func (h *hub) readOnce(ctx context.Context, kind string, txn *dgo.Txn, opened time.Time) error {
	hub := rand.N(h.hubs) //nolint:gosec // no secret
	answer, err := txn.Query(ctx, fmt.Sprintf(`{q(func: uid(%s)) {n: count(~hub)}}`, h.uids[hub]))
	if err != nil && status(err) {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.tally(kind)
	t.reads++
	if err != nil {
		t.failed++
		t.examples[gist(err)]++
		return err
	}
	var found struct{ Q []struct{ N int } }
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return err
	}
	n := 0
	if len(found.Q) > 0 {
		n = found.Q[0].N
	}
	h.all = append(h.all, read{kind, answer.GetTxn().GetStartTs(), n, hub, 0, time.Since(opened)})
	return nil
}

// askTail asks for the latest edges into the first node: they stand in the last part of its list, which is written
// last.
func (h *hub) askTail(ctx context.Context, done <-chan struct{}) error {
	for ctx.Err() == nil {
		made, err := h.conn.NewTxn().Mutate(ctx, &api.Mutation{SetNquads: []byte(`_:floor <name> "floor" .`), CommitNow: true})
		if err != nil {
			return nil //nolint:nilerr // killed
		}
		floor := made.GetUids()["floor"]
		question := fmt.Sprintf(`{q(func: uid(%s)) {e: ~hub (first: 1000000, after: %s) {uid}}}`, h.uids[0], floor)
		for most := 0; most < 40*h.batch; {
			select {
			case <-done:
				return nil
			default:
			}
			n, err := h.tail(ctx, question, first(map[string]string{"": floor}), most)
			if err != nil {
				return nil //nolint:nilerr // killed
			}
			most = max(most, n)
		}
	}
	return nil
}

// tail asks once. It returns an error only where the database is gone.
func (h *hub) tail(ctx context.Context, question string, floor uint64, most int) (int, error) {
	answer, err := h.conn.NewReadOnlyTxn().Query(ctx, question)
	if err != nil && status(err) {
		return 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.tally("tail")
	t.reads++
	var found struct {
		Q []struct{ E []struct{ UID string } }
	}
	n := 0
	if err != nil {
		t.failed++
		t.examples[gist(err)]++
	} else if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return 0, err
	} else if len(found.Q) > 0 {
		n = len(found.Q[0].E)
	}
	if err != nil || n < most {
		select {
		case h.window <- struct{}{}:
		default:
		}
	}
	if err == nil {
		h.all = append(h.all, read{"tail", answer.GetTxn().GetStartTs(), n, 0, floor, 0})
	}
	return n, nil
}

// first returns the least of uids.
func first(uids map[string]string) uint64 {
	least := uint64(math.MaxUint64)
	for _, text := range uids {
		if uid, err := strconv.ParseUint(text, 0, 64); err == nil {
			least = min(least, uid)
		}
	}
	return least
}

func (h *hub) tally(kind string) *tally {
	t := h.reads[kind]
	if t == nil {
		t = &tally{examples: map[string]int{}}
		h.reads[kind] = t
	}
	return t
}

// gist leaves out what differs from read to read.
func gist(err error) string {
	text := err.Error()
	if len(text) > 60 {
		var parts []string
		for _, part := range []string{
			"cannot initialize iterator", "cannot advance iterator", "cannot read initial list part",
			"cannot move to next list part", "Key not found",
		} {
			if strings.Contains(text, part) {
				parts = append(parts, part)
			}
		}
		if len(parts) > 0 {
			return strings.Join(parts, " … ")
		}
	}
	return text[:min(300, len(text))]
}

// afterKill starts the alpha again and says whether what was committed is there.
func (h *hub) afterKill(ctx context.Context, n int) error {
	h.repeated += h.conn.Repeated()
	_ = h.conn.Close()
	if err := h.open(ctx); err != nil {
		return err
	}
	fmt.Fprintf(h.out, "kill %d: %d edges known to be committed, %d in doubt; ", n, h.written.Load(), h.doubt)
	counts, err := h.verify(ctx)
	if err != nil {
		return err
	}
	// From here on the count is what is there: the ones in doubt are known now, and a loss is told once.
	h.mu.Lock()
	defer h.mu.Unlock()
	h.commits, h.doubt, h.all = nil, 0, h.all[:0]
	total := 0
	for hub, n := range counts {
		h.commits = append(h.commits, commit{0, n, hub, 0})
		total += n
	}
	h.written.Store(int64(total))
	return nil
}

// rebuild has Dgraph make the lists anew, as `orbat check --rebuild-lists` does, and looks again.
func (h *hub) rebuild(ctx context.Context) error {
	start := time.Now()
	for _, text := range []string{"hub: [uid] @noconflict .", hubSchema} {
		if err := h.conn.Alter(ctx, &api.Operation{Schema: text}); err != nil {
			return err
		}
	}
	fmt.Fprintf(h.out, "rebuilt in %.0f s: ", time.Since(start).Seconds())
	_, err := h.verify(ctx)
	return err
}

const hubSchema = "hub: [uid] @reverse @noconflict ."

// verify compares, with nobody writing, the lists with what leads into them, and returns how long each is.
func (h *hub) verify(ctx context.Context) ([]int, error) {
	want := make([]int, h.hubs)
	index := map[string]int{}
	for i, uid := range h.uids {
		index[uid] = i
	}
	for after := "0x0"; ; {
		answer, err := h.conn.NewReadOnlyTxn().Query(ctx,
			fmt.Sprintf(`{q(func: has(hub), first: 20000, after: %s) {uid hub {uid}}}`, after))
		if err != nil {
			return nil, err
		}
		var found struct {
			Q []struct {
				UID string
				Hub []struct{ UID string }
			}
		}
		if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
			return nil, err
		}
		if len(found.Q) == 0 {
			break
		}
		for _, e := range found.Q {
			want[index[e.Hub[0].UID]]++
		}
		after = found.Q[len(found.Q)-1].UID
	}
	counts := make([]int, h.hubs)
	broken, lacking, lost, forward := 0, 0, 0, 0
	for i, uid := range h.uids {
		forward += want[i]
		answer, err := h.conn.NewReadOnlyTxn().Query(ctx, fmt.Sprintf(`{q(func: uid(%s)) {n: count(~hub)}}`, uid))
		if err != nil {
			broken++
			fmt.Fprintf(h.out, "list %d cannot be read: %s; ", i, gist(err))
			continue
		}
		var found struct{ Q []struct{ N int } }
		if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
			return nil, err
		}
		if len(found.Q) > 0 {
			counts[i] = found.Q[0].N
		}
		if counts[i] != want[i] {
			lacking++
			lost += want[i] - counts[i]
		}
	}
	h.lost = broken+lacking > 0
	fmt.Fprintf(h.out, "%d edges forward; %d lists cannot be read, %d lack %d edges\n", forward, broken, lacking, lost)
	return counts, nil
}

func (h *hub) print(took time.Duration) error {
	slices.SortFunc(h.commits, func(a, b commit) int { return cmp.Compare(a.ts, b.ts) })
	for _, r := range h.all {
		want := 0
		for _, c := range h.commits {
			if c.ts <= r.ts && c.hub == r.hub && c.uid >= r.floor {
				want += c.edges
			}
		}
		t := h.reads[r.kind]
		t.oldest = max(t.oldest, r.age)
		if r.count < want {
			t.short++
			if t.short == 1 || r.age < t.youngest {
				t.youngest = r.age
			}
			t.worst = max(t.worst, want-r.count)
			if t.short <= 10 {
				fmt.Fprintf(h.out, "short: %d of %d at %d\n", r.count, want, r.ts)
			}
		} else if r.count > want {
			t.long++
		}
	}
	fmt.Fprintf(h.out, "%d edges in %.0f s\n\n%d questions met a list being rewritten and were asked again\n\n",
		h.written.Load(), took.Seconds(), h.repeated+h.conn.Repeated())
	fmt.Fprint(h.out, "| snapshot | reads | failed | short | by up to | long | oldest snapshot | youngest short |\n"+
		"|---|---|---|---|---|---|---|---|\n")
	for _, kind := range []string{"fresh", "older", "tail"} {
		if t := h.reads[kind]; t != nil {
			fmt.Fprintf(h.out, "| %s | %d | %d | %d | %d | %d | %.0f s | %.0f s |\n",
				kind, t.reads, t.failed, t.short, t.worst, t.long, t.oldest.Seconds(), t.youngest.Seconds())
			for text, n := range t.examples {
				fmt.Fprintf(h.out, "%d× %s\n", n, text)
			}
		}
	}
	return nil
}
