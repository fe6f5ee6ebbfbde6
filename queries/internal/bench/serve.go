package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"orbat/queries"
)

// settled is how long the memory of the server may take to come back.
const settled = 3 * time.Minute

// served is one question as clients ask it of orbat serve, and, but for those without DQL of their own, in turn with it
// the same requests sent raw over dgo.
type served struct {
	question
	answersOver, rawBeside []time.Duration
}

// serving is what was measured of a server.
type serving struct {
	questions     []*served
	clients       int
	seconds       int
	before, after memory
	failures      map[string]int // by status, or error
	pause         time.Duration  // of a client between two questions, in the middle
	paced         []served       // with those pauses, as people ask
	pressed       []served       // without: the database has more to do than it can
	outage        outage
}

// outage is what clients met while the Dgraph was killed and started again.
type outage struct {
	away     int           // answers that said so, with when to ask again
	back     time.Duration // from when Dgraph answered until every question was answered
	failures map[string]int
}

// memory is what a process holds, in bytes.
type memory struct{ resident, heap int64 }

// mixed are the questions that clients ask: those of the contest, and some that a Go step answers.
func mixed(c crowd) (list []*served) {
	for _, q := range contests(c) {
		list = append(list, &served{question: *q})
	}
	someone := xid("Person", c.of("Person")/2)
	for _, q := range []question{
		{name: "`search-entity`", query: "search-entity", params: map[string]string{"text": nameOf("Unit", hubs+5)}},
		{name: "`entity-card`", query: "entity-card", params: map[string]string{"entity": someone}},
		{
			name: "`shortest-path`", query: "shortest-path",
			params: map[string]string{"from": someone, "to": xid("Unit", hubs+5), "budget": "1", "max_hops": "3"},
		},
	} {
		list = append(list, &served{question: q})
	}
	return list
}

// measureServing starts the program and lets clients ask it for so long.
func measureServing(ctx context.Context, db *database, program, home string, c crowd, clients, seconds int,
	pause time.Duration, progress io.Writer,
) (*serving, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	base, process, err := startServer(ctx, db, program, home)
	if err != nil {
		return nil, err
	}
	defer func() {
		cancel()
		_ = process.Wait() // it was told to end
	}()
	s := &serving{questions: mixed(c), clients: clients, seconds: seconds, pause: pause, failures: map[string]int{}}
	sent := make([][]request, len(s.questions))
	for i, q := range s.questions {
		if q.vars != nil {
			if sent[i], err = q.requestsOf(ctx, db, queries.Ask{Full: true}); err != nil {
				return nil, err
			}
		}
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	for _, q := range s.questions { // what is made once is made
		if _, err := fetch(ctx, client, base+q.path()); err != nil {
			return nil, err
		}
	}
	if s.before, err = memoryOf(ctx, client, base, process.Process.Pid); err != nil {
		return nil, err
	}
	_, _ = fmt.Fprintf(progress, "%d clients ask for %d s, each again after %s\n", clients, seconds, pause) // only progress
	if err := s.crowd(ctx, db, client, base, sent, pause); err != nil {
		return nil, err
	}
	s.paced = s.takeOver()
	_, _ = fmt.Fprintf(progress, "%d clients ask for %d s without a pause\n", clients, seconds) // only progress
	if err := s.crowd(ctx, db, client, base, sent, 0); err != nil {
		return nil, err
	}
	s.pressed = s.takeOver()
	client.CloseIdleConnections()
	for began := time.Now(); ; {
		if s.after, err = memoryOf(ctx, client, base, process.Process.Pid); err != nil {
			return nil, err
		}
		if s.after.heap <= s.before.heap*5/4 || time.Since(began) > settled {
			break
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(2 * time.Second):
		}
	}
	s.outage, err = s.whileKilled(ctx, db, client, base, progress)
	verdict := s.verdict() // what was measured before stands
	return s, errors.Join(err, verdict)
}

// crowd lets clients ask for so long, each question as `orbat serve` answers it and, where it has DQL of its own, by
// the same requests raw. Between two questions each client pauses, at random up to twice as long as told.
func (s *serving) crowd(ctx context.Context, db *database, client *http.Client, base string, sent [][]request, pause time.Duration,
) error {
	until := time.Now().Add(time.Duration(s.seconds) * time.Second)
	var mu sync.Mutex
	var group errgroup.Group
	for n := range s.clients {
		group.Go(func() error {
			random := rand.New(rand.NewPCG(1, uint64(n))) //nolint:gosec // the same pauses again are wanted
			for turn := n; ; turn++ {
				if pause > 0 {
					wait(ctx, time.Duration(random.Int64N(int64(2*pause))))
				}
				if ended := ctx.Err() != nil || !time.Now().Before(until); ended {
					return nil
				}
				i := turn % len(s.questions)
				q := s.questions[i]
				start := time.Now()
				status, err := fetch(ctx, client, base+q.path())
				took := time.Since(start)
				var raw time.Duration
				if err == nil && sent[i] != nil {
					start = time.Now()
					if err := db.send(ctx, sent[i]...); err != nil {
						return fmt.Errorf("%s as raw requests: %w", q.name, err)
					}
					raw = time.Since(start)
				}
				mu.Lock()
				switch {
				case err != nil:
					s.failures[q.name+": "+err.Error()]++
				case status != http.StatusOK:
					s.failures[q.name+": "+strconv.Itoa(status)]++
				default:
					q.answersOver = append(q.answersOver, took)
					if raw > 0 {
						q.rawBeside = append(q.rawBeside, raw)
					}
				}
				mu.Unlock()
			}
		})
	}
	return group.Wait()
}

// takeOver returns what was measured of the questions, and forgets it.
func (s *serving) takeOver() (list []served) {
	for _, q := range s.questions {
		list = append(list, *q)
		q.answersOver, q.rawBeside = nil, nil
	}
	return list
}

const (
	// killAfter is how long clients ask before Dgraph is killed, and awayFor how long it is away at least.
	killAfter = 2 * time.Second
	awayFor   = 5 * time.Second
	// backWithin is how long the server may take to answer all again.
	backWithin = 3 * time.Minute
)

// whileKilled has all clients ask while Dgraph is killed and started again. Each answer is one, or says that the
// database is away and when to ask again; and all are answered again, by the same server.
func (s *serving) whileKilled(ctx context.Context, db *database, client *http.Client, base string, progress io.Writer) (outage, error) {
	out := outage{failures: map[string]int{}}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	over := make(chan struct{})
	var mu sync.Mutex
	var asking sync.WaitGroup
	for n := range s.clients {
		asking.Go(func() {
			for turn := n; ctx.Err() == nil; turn++ {
				select {
				case <-over:
					return
				default:
				}
				said, away := outcome(ctx, client, base+s.questions[turn%len(s.questions)].path())
				mu.Lock()
				if away {
					out.away++
				} else if said != "" {
					out.failures[said]++
				}
				mu.Unlock()
				if away {
					wait(ctx, 100*time.Millisecond) // who is told to wait does not ask in a circle
				}
			}
		})
	}
	_, _ = fmt.Fprintln(progress, "Dgraph is killed and started again") // only progress
	wait(ctx, killAfter)
	db.kill()
	wait(ctx, awayFor)
	err := db.restart(ctx)
	for began := time.Now(); err == nil && out.back == 0; {
		answered := true
		for _, q := range s.questions {
			said, away := outcome(ctx, client, base+q.path())
			answered = answered && said == "" && !away
		}
		switch {
		case answered:
			out.back = time.Since(began)
		case time.Since(began) > backWithin:
			err = fmt.Errorf("Dgraph is back for %s, and not all is answered", backWithin) //nolint:staticcheck // a name
		default:
			wait(ctx, 100*time.Millisecond)
		}
	}
	close(over)
	asking.Wait()
	return out, errors.Join(err, ctx.Err())
}

// wait waits for a while, or until ctx ends.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// outcome asks, and says what went wrong; empty: nothing. away: the database is, as a caller can tell.
func outcome(ctx context.Context, client *http.Client, address string) (said string, away bool) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err.Error(), false
	}
	response, err := client.Do(r)
	if err != nil {
		return err.Error(), false
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return err.Error(), false
	case response.StatusCode == http.StatusOK:
		return "", false
	case response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") != "" &&
		bytes.Contains(text, []byte("urn:orbat:problem:database-away")):
		return "", true
	}
	return fmt.Sprintf("%d %.200s", response.StatusCode, text), false
}

// verdict is an error where something failed, or the server adds more to the database's time than is wanted.
func (s *serving) verdict() error {
	var wrong []error
	if len(s.failures) > 0 {
		wrong = append(wrong, fmt.Errorf("not all was answered: %v", s.failures))
	}
	if over, raw := half(s.paced); over > raw+mostAdded {
		wrong = append(wrong, fmt.Errorf("half of the answers took %s and more, and the same requests sent raw %s", over, raw))
	}
	if s.after.heap > s.before.heap*5/4 {
		wrong = append(wrong, fmt.Errorf("the heap is not back at its baseline: %d bytes, and %d before", s.after.heap, s.before.heap))
	}
	switch {
	case len(s.outage.failures) > 0:
		wrong = append(wrong, fmt.Errorf("while Dgraph was away: %v", s.outage.failures))
	case s.outage.away == 0:
		wrong = append(wrong, errors.New("nobody was told that Dgraph was away"))
	}
	return errors.Join(wrong...)
}

// mostAdded is how much the server may add to what the database takes, at the median.
const mostAdded = 10 * time.Millisecond

// half returns the medians of the answers to all questions that have DQL of their own, and of the same requests raw.
func half(list []served) (over, raw time.Duration) {
	var overs, raws []time.Duration
	for _, q := range list {
		if len(q.rawBeside) > 0 {
			overs, raws = append(overs, q.answersOver...), append(raws, q.rawBeside...)
		}
	}
	return percentile(overs, 50), percentile(raws, 50)
}

func (q *served) path() string {
	values := url.Values{}
	for name, value := range q.params {
		values.Set(name, value)
	}
	return "/api/v1/ask/" + q.query + "?" + values.Encode()
}

func fetch(ctx context.Context, client *http.Client, address string) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	response, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// startServer runs the program's serve on the database, at a port of its own choice, and returns its address.
func startServer(ctx context.Context, db *database, program, home string) (string, *exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, program, "serve", "--listen", "127.0.0.1:0", "--log-level", "error", "--home", filepath.Join(home,
		"serve"))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	cmd.Env = append(os.Environ(), "ORBAT_DGRAPH="+db.Target().String())
	said, err := cmd.StderrPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	var all bytes.Buffer
	for lines := bufio.NewScanner(said); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if _, rest, found := strings.Cut(lines.Text(), "serving at "); found {
			address, _, _ := strings.Cut(rest, "/api/")
			go func() { _, _ = io.Copy(io.Discard, said) }() // what it says later is of no use
			return address, cmd, nil
		}
	}
	return "", nil, errors.Join(fmt.Errorf("orbat serve did not begin:\n%s", all.String()), cmd.Wait())
}

// memoryOf reads what the server holds: of the system, and by its own metrics.
func memoryOf(ctx context.Context, client *http.Client, base string, pid int) (m memory, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/metrics", nil)
	if err != nil {
		return m, err
	}
	response, err := client.Do(r)
	if err != nil {
		return m, err
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if text, found := strings.CutPrefix(lines.Text(), "go_memstats_heap_inuse_bytes "); found {
			heap, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return m, err
			}
			m.heap = int64(heap)
		}
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return m, nil // a system without /proc
	}
	for line := range strings.Lines(string(status)) {
		if text, found := strings.CutPrefix(line, "VmRSS:"); found {
			kb, err := strconv.ParseInt(strings.Fields(text)[0], 10, 64)
			if err != nil {
				return m, err
			}
			m.resident = kb << 10
		}
	}
	return m, nil
}

func percentile(list []time.Duration, p int) time.Duration {
	list = slices.Sorted(slices.Values(list))
	if len(list) == 0 {
		return 0
	}
	return list[min(len(list)-1, len(list)*p/100)]
}

// markdown writes what was measured.
func (s *serving) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Served\n\n%d clients ask `orbat serve` for %d s, mixed questions; after each answer the same client sends the "+
		"requests of that question raw over dgo, so that both meet the same load. Milliseconds.\n", s.clients, s.seconds)
	fmt.Fprintf(&b, "\n### As people ask: each again after %s or so\n\n", s.pause)
	tabulate(&b, s.paced)
	b.WriteString("\n### Without a pause: both are the queue before the database\n\n")
	tabulate(&b, s.pressed)
	mb := func(n int64) float64 { return float64(n) / (1 << 20) }
	fmt.Fprintf(&b, "\nThe server held %.0f MiB before (heap %.0f) and %.0f MiB after (heap %.0f).\n", mb(s.before.resident),
		mb(s.before.heap), mb(s.after.resident), mb(s.after.heap))
	fmt.Fprintf(&b, "\nDgraph was killed and started again under the same clients: %d answers said that it was away, no other failed; all "+
		"was answered again %.1f s after it was back.\n", s.outage.away, s.outage.back.Seconds())
	return b.String()
}

// tabulate writes what was measured of the questions as a table.
func tabulate(b *strings.Builder, list []served) {
	b.WriteString("| question | answers | p50 | p99 | raw p50 | raw p99 | more than raw at p50 |\n|---|---:|---:|---:|---:|---:|---:|\n")
	for _, q := range list {
		raw, rawTail, more := "–", "–", "–"
		if len(q.rawBeside) > 0 {
			p50 := percentile(q.rawBeside, 50)
			raw, rawTail = fmt.Sprintf("%.1f", milliseconds(p50)), fmt.Sprintf("%.1f", milliseconds(percentile(q.rawBeside, 99)))
			more = fmt.Sprintf("%+.1f", milliseconds(percentile(q.answersOver, 50)-p50))
		}
		fmt.Fprintf(b, "| %s | %d | %.1f | %.1f | %s | %s | %s |\n", q.name, len(q.answersOver),
			milliseconds(percentile(q.answersOver, 50)), milliseconds(percentile(q.answersOver, 99)), raw, rawTail, more)
	}
	over, raw := half(list)
	fmt.Fprintf(b, "\nAll that were sent raw too: p50 %.1f, raw %.1f, %+.1f.\n", milliseconds(over), milliseconds(raw),
		milliseconds(over-raw))
}
