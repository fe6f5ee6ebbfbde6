package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is all that was measured.
type report struct {
	options
	machine   string
	loaded    time.Duration
	entities  int
	questions []*question
	paths     []*pathsUnder
}

// describeMachine is what a reader needs to compare figures; nothing that names it.
func describeMachine() string {
	text := fmt.Sprintf("%d cores", runtime.NumCPU())
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if name, value, _ := strings.Cut(lines.Text(), ":"); strings.TrimSpace(name) == "model name" {
				text += " (" + strings.TrimSpace(value) + ")"
				break
			}
		}
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil { // only told to the reader
		average, _, _ := strings.Cut(string(load), " ")
		text += ", load average " + average + " at the start"
	}
	return text
}

// heading says what was asked about.
func (r *report) heading() string {
	return fmt.Sprintf("# Answering\n\n%s relations of %s entities; five hubs with a twentieth of the relations each. Seed %d. %s.\n",
		thousands(r.relations), thousands(crowd{r.relations, r.seed}.entities()), r.seed, r.machine)
}

func (r *report) markdown() string {
	var b strings.Builder
	b.WriteString(r.heading())
	if r.loaded > 0 {
		fmt.Fprintf(&b, "Loaded in %.0f s.\n", r.loaded.Seconds())
	}
	fmt.Fprintf(&b, "\n## Questions\n\nMedian of %d, in milliseconds. Raw: the requests that orbat sends for the question, "+
		"sent over dgo and received. "+
		"Its DQL alone: that of its file, around an entity whose uid is known: no name is looked up, nothing is "+
		"described, no claim read.\n\n", r.turns)
	b.WriteString("| question | links | requests | raw | through orbat | ratio to raw | its DQL alone | more than it " +
		"|\n|---|---|---|---|---|---|---|---|\n")
	for _, q := range r.questions {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f | %.1f | %.2f | %.1f | %.1f |\n", q.name, q.edges, q.requests, milliseconds(median(q.raw)),
			milliseconds(median(q.answers)), q.ratio(), milliseconds(median(q.bare)), milliseconds(median(q.answers)-median(q.bare)))
	}
	fmt.Fprintf(&b, "\n## Paths of up to 4 hops\n\n%d random pairs, a budget of %d s. In time: answered whole within the budget. Said "+
		"so: the time ran out and the answer says it. "+
		"Late: neither.\n\n", r.pairs, r.budget)
	b.WriteString("| rules | in time | said so | late | 1, 2, 3, 4 hops, none | median, ms | 95 of 100 within, ms " +
		"|\n|---|---|---|---|---|---|---|\n")
	for _, u := range r.paths {
		times := u.times()
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %s | %.0f | %.0f |\n", u.name, u.inTime(), u.count(func(p path) bool { return p.ranOut }),
			u.count(func(p path) bool { return p.late }), u.distances(), milliseconds(median(times)),
			milliseconds(times[(len(times)*95-1)/100]))
	}
	return b.String()
}

func (u *pathsUnder) inTime() int { return u.count(func(p path) bool { return !p.ranOut && !p.late }) }

func (u *pathsUnder) count(is func(path) bool) (n int) {
	for _, p := range u.paths {
		if is(p) {
			n++
		}
	}
	return n
}

func (u *pathsUnder) times() []time.Duration {
	var list []time.Duration
	for _, p := range u.paths {
		list = append(list, p.elapsed)
	}
	return slices.Sorted(slices.Values(list))
}

func (u *pathsUnder) distances() string {
	var texts []string
	for _, hops := range []int{1, 2, 3, 4, 0} {
		texts = append(texts, fmt.Sprint(u.count(func(p path) bool { return p.hops == hops })))
	}
	return strings.Join(texts, ", ")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
