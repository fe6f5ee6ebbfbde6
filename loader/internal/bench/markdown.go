package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (c contestant) String() string {
	switch c {
	case readOnly:
		return "orbat, reading tables by a mapping and validating alone"
	case firstLoad:
		return "orbat, first load"
	case reload:
		return "orbat, unchanged re-load"
	case changed:
		return fmt.Sprintf("orbat, re-load with 1 row in %d changed", changedEvery)
	case together:
		return "two orbats at once, half of the rows each"
	case bulk:
		return "`orbat bulk`"
	case live:
		return "`dgraph live -U xid`"
	case plainLive:
		return "`dgraph live`, no upserts"
	case edges:
		return "`dgraph live`, no upserts, no claims"
	case exporting:
		return "`orbat export --canonical`"
	case plainBulk:
		return "`dgraph bulk`"
	case documentLoad:
		return "documents with their texts"
	case sourceLoad:
		return "the same claims without the texts"
	}
	return "contestant " + strconv.Itoa(int(c))
}

// machine is what a reader needs to compare figures; nothing that names it.
type machine struct {
	cores  int
	cpu    string // model; empty: not told
	memory int64  // bytes; 0: not told
}

func describeMachine() machine {
	m := machine{cores: runtime.NumCPU()}
	m.memory, _ = kilobytes("/proc/meminfo", "MemTotal:") // a machine that does not tell is described by less
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return m
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, _ := strings.Cut(lines.Text(), ":"); strings.TrimSpace(name) == "model name" {
			m.cpu = strings.TrimSpace(value)
			break
		}
	}
	return m
}

func (m machine) String() string {
	s := plural(m.cores, "core")
	if m.cpu != "" {
		s += " (" + m.cpu + ")"
	}
	if m.memory > 0 {
		s += fmt.Sprintf(", %.1f GiB of memory", float64(m.memory)/(1<<30))
	}
	return s
}

// header says where and when it was measured.
func (c *contest) header(m machine) string {
	return fmt.Sprintf("%s; %s, Dgraph %s; %s; load average %s at the start.", m, runtime.Version(), c.engine.Version,
		c.started.UTC().Format(time.DateOnly), c.load)
}

// markdown is the whole answer.
func (c *contest) markdown(m machine) string {
	added := c.byXID.Nodes + c.byXID.Claims + c.byXID.Loads + c.byXID.Blocks
	var b strings.Builder
	b.WriteString("# Loading\n\n")
	b.WriteString(c.header(m) + "\n\n")
	fmt.Fprintf(&b, "Input: %s rows (seed %d), which make %s claims about %s entities and %s edges between them.\n\n",
		thousands(c.rows), c.seed, thousands(c.orbat.Claims), thousands(c.orbat.Nodes), thousands(c.orbat.Edges))
	fmt.Fprintf(&b, "N-Quads in the graph: orbat's load leaves %s; `dgraph live -U xid` leaves %s, of which %s were in its file and %s "+
		"are the xids it gives to every node (orbat gives none to claims). "+
		"orbat's transactions sent %s, deletions and what is derived again by a later batch included, the xids of entities not.\n\n",
		thousands(c.orbat.Quads), thousands(c.byXID.Quads+added), thousands(c.byXID.Quads), thousands(added), thousands(c.sent))
	c.figures(&b, added)
	c.ratios(&b)
	for _, n := range c.notes {
		b.WriteString("- " + n + ".\n")
	}
	if len(c.notes) == 0 {
		compared := "after the first by orbat and the first by live"
		if !c.liveIsCompared() {
			compared = "after the first by orbat (live's, which is larger, was only counted)"
		}
		fmt.Fprintf(&b, "After every load the claims, nodes and edges in the database were counted, and %s the whole graph was compared "+
			"with its claims: all was there.\n", compared)
	}
	fmt.Fprintf(&b, `
How it was measured:

- %s, each orbat's reading alone, its first load and its re-loads into the same database, then each of the others into one of its own; all databases are fresh. Figures are the median (least–most).
- Elapsed is from the start of the loading process to its end: starting, connecting and reading the gzipped input (orbat: NDJSON; live: N-Quads, grouped by claim) are in it; starting Dgraph, applying the schema, generating the input and counting afterwards are not. What Dgraph does after the loader has ended is not in it either, and re-loads begin when it is done.
- CPU is of all processes, the loader, zero and alpha, in user and kernel, over the same time.
- N-Quads/s counts each contestant's own N-Quads in the graph; a re-load writes none, and counts those it finds in place. Rows/s counts the rows of the input.
- Peak memory is resident (VmHWM), files mapped into memory included; alpha's is reset before each load.
- Reading alone takes the same statements as two gzipped CSV tables through a mapping, makes the same claims of them (which is checked before) and throws them away; its N-Quads/s are those that the claims would be.
- Changed: every hundredth row says something else, and the file takes the place of the data set (--replace), so that what it no longer says is retracted. Without claims: of the same N-Quads those that describe entities and draw edges, so that what provenance costs is told.
- Bulk: `+"`orbat bulk`"+` reads, validates, derives, writes N-Quads, starts a zero and runs `+"`dgraph bulk`"+`, all of which is in its figures; `+"`dgraph bulk`"+` alone gets the N-Quads ready made and a zero that runs. No alpha takes part.
- live runs with its defaults (10 mutations of 1,000 N-Quads in flight), and so does orbat (6 transactions).
- orbat reads rows, validates and derives, and writes claims and what they change in one transaction; live gets the N-Quads ready made, and leaves them half written when it is killed.

Again: %s
`, plural(c.pairs, "pair"), "`"+c.command()+"`")
	return b.String()
}

func (c *contest) command() string {
	return fmt.Sprintf("make bench BENCHFLAGS='-n %d -pairs %d -seed %d'", c.entities, c.pairs, c.seed)
}

func (c *contest) figures(b *strings.Builder, added int) {
	b.WriteString("| | elapsed, s | CPU, s | N-Quads/s | rows/s | peak of the loader, MiB | peak of alpha, MiB " +
		"|\n|---|---|---|---|---|---|---|\n")
	for _, who := range contestants() {
		quads, special := map[contestant]int{live: c.byXID.Quads + added, edges: c.plainQuads}[who]
		if !special {
			quads = c.orbat.Quads
		}
		column := func(of func(usage) float64) spread { return spreadOf(c.usages[who], of) }
		seconds := func(u usage) float64 { return u.elapsed.Seconds() }
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n", who,
			column(seconds).text(decimals),
			column(func(u usage) float64 { return u.cpu.Seconds() }).text(decimals),
			column(func(u usage) float64 { return float64(quads) / seconds(u) }).text(whole),
			column(func(u usage) float64 { return float64(c.rows) / seconds(u) }).text(whole),
			column(func(u usage) float64 { return float64(u.client) / (1 << 20) }).text(whole),
			column(func(u usage) float64 { return float64(u.alpha) / (1 << 20) }).text(whole))
	}
	b.WriteByte('\n')
}

// ratios compares within each pair, so that what slows the machine for a while slows both sides.
func (c *contest) ratios(b *strings.Builder) {
	b.WriteString("| how many times the time | elapsed | CPU |\n|---|---|---|\n")
	for _, r := range []struct {
		name      string
		slow, one contestant
	}{
		{"`dgraph live -U xid` takes, of orbat's first load", live, firstLoad},
		{"orbat's first load takes, of reading, mapping and validating alone", firstLoad, readOnly},
		{"orbat's first load takes, of its unchanged re-load", firstLoad, reload},
		{"orbat's first load takes, of its re-load with 1 % changed", firstLoad, changed},
		{"two orbats at once take, of one alone", together, firstLoad},
		{"`dgraph live` without upserts takes, of orbat's first load", plainLive, firstLoad},
		{"orbat's first load takes, of `dgraph live` on the same entities and edges without claims", firstLoad, edges},
		{"`orbat bulk` takes, of `dgraph bulk` on orbat's N-Quads", bulk, plainBulk},
		{"orbat's first load takes, of `orbat bulk`", firstLoad, bulk},
	} {
		elapsed, cpu := make([]float64, c.pairs), make([]float64, c.pairs)
		for i := range c.pairs {
			slow, one := c.usages[r.slow][i], c.usages[r.one][i]
			elapsed[i], cpu[i] = slow.elapsed.Seconds()/one.elapsed.Seconds(), slow.cpu.Seconds()/one.cpu.Seconds()
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", r.name, newSpread(elapsed).text(times), newSpread(cpu).text(times))
	}
	b.WriteByte('\n')
}

// spread is what repeated measurements tell.
type spread struct{ median, least, most float64 }

func spreadOf(usages []usage, of func(usage) float64) spread {
	list := make([]float64, len(usages))
	for i, u := range usages {
		list[i] = of(u)
	}
	return newSpread(list)
}

func newSpread(list []float64) spread {
	list = slices.Sorted(slices.Values(list))
	n := len(list)
	return spread{(list[(n-1)/2] + list[n/2]) / 2, list[0], list[n-1]}
}

func (s spread) text(number func(float64) string) string {
	return number(s.median) + " (" + number(s.least) + "–" + number(s.most) + ")"
}

func decimals(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
func times(f float64) string    { return strconv.FormatFloat(f, 'f', 2, 64) }
func whole(f float64) string    { return thousands(int(f + 0.5)) }

func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
