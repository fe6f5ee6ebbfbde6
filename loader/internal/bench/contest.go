package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/deploy"
	"orbat/loader"
	"orbat/schema"
)

// contestant is one of the loads that are compared.
type contestant int

const (
	readOnly     contestant = iota // orbat, reading the same statements from tables by a mapping and validating them
	firstLoad                      // orbat, into an empty database
	reload                         // orbat, the same file again
	changed                        // orbat, one row in a hundred of it says something else, in place of all before
	together                       // two orbats at once, each with half of the rows, into one empty database
	bulk                           // orbat bulk
	live                           // dgraph live -U xid on orbat's own N-Quads
	plainLive                      // dgraph live on them without upserts
	edges                          // the same on those of them that describe entities and draw edges: no claims
	plainBulk                      // dgraph bulk on orbat's own N-Quads
	exporting                      // orbat export --canonical of the whole graph; only of growth
	documentLoad                   // orbat, documents with their texts
	sourceLoad                     // orbat, the same claims without the texts
)

func contestants() []contestant {
	return []contestant{readOnly, firstLoad, reload, changed, together, live, plainLive, edges, bulk, plainBulk}
}

// contest has the contestants load the same statements in turns.
type contest struct {
	options
	engine   deploy.Binary
	ontology *schema.Ontology
	self     string // this program
	dir      string // all that it writes, removed at the end
	stderr   io.Writer
	started  time.Time
	load     string // load average of the machine at the start

	rows       int
	orbat      loader.RDFCount        // what orbat writes
	byXID      loader.RDFCount        // the same for live -U, which writes the xids itself
	plainQuads int                    // what is left of them without claims
	sent       int                    // N-Quads in orbat's transactions, by its own report
	usages     map[contestant][]usage // one a pair
	notes      []string               // what a reader must know of this run
}

func newContest(ctx context.Context, o options, stderr io.Writer) (*contest, error) {
	c := &contest{options: o, stderr: stderr, started: time.Now(), usages: map[contestant][]usage{}}
	var err error
	if c.engine, err = (deploy.Finder{Progress: stderr}).Find(ctx); err != nil {
		return nil, err
	}
	if c.ontology, err = schema.Default(); err != nil {
		return nil, err
	}
	if c.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil { // only told to the reader
		c.load, _, _ = strings.Cut(string(text), " ")
	}
	if c.dir, err = os.MkdirTemp("", "orbat-bench-"); err != nil {
		return nil, err
	}
	if err := os.WriteFile(c.schema(), []byte(c.ontology.DgraphSchema()), 0o600); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (c *contest) close() error { return os.RemoveAll(c.dir) }

func (c *contest) say(format string, args ...any) {
	_, _ = fmt.Fprintf(c.stderr, "%4.0f s  "+format+"\n", append([]any{time.Since(c.started).Seconds()}, args...)...) // only progress
}

func (c *contest) statements() string { return filepath.Join(c.dir, "statements.ndjson.gz") }
func (c *contest) changes() string    { return filepath.Join(c.dir, "changed.ndjson.gz") }
func (c *contest) half(i int) string  { return filepath.Join(c.dir, fmt.Sprintf("half%d.ndjson.gz", i)) }
func (c *contest) quads() string      { return filepath.Join(c.dir, "statements.rdf.gz") }
func (c *contest) blanks() string     { return filepath.Join(c.dir, "blank.rdf.gz") }
func (c *contest) plain() string      { return filepath.Join(c.dir, "plain.rdf.gz") }
func (c *contest) schema() string     { return filepath.Join(c.dir, "schema") }

func (c *contest) run(ctx context.Context) error {
	turns := []func(context.Context, bool) error{c.documentsTurn}
	if err := c.prepareDocuments(); err != nil {
		return err
	}
	if !c.texts {
		if err := c.prepare(ctx); err != nil {
			return err
		}
		turns = []func(context.Context, bool) error{
			c.orbatTurn, c.togetherTurn, c.bulkTurn, c.liveTurn, c.plainLiveTurn,
			c.edgesTurn, c.plainBulkTurn, c.documentsTurn,
		}
	}
	for pair := range c.pairs {
		for _, turn := range turns {
			c.say("pair %d of %d", pair+1, c.pairs)
			if err := turn(ctx, pair == 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// prepare writes the statements, and the N-Quads that orbat makes of them.
func (c *contest) prepare(ctx context.Context) error {
	var err error
	if c.rows, err = writeStatements(c.statements(), c.entities, c.seed, 0); err != nil {
		return fmt.Errorf("generate statements: %w", err)
	}
	if _, err = writeStatements(c.changes(), c.entities, c.seed, changedEvery); err != nil {
		return fmt.Errorf("generate changed statements: %w", err)
	}
	if err := halve(c.statements(), c.half(0), c.half(1)); err != nil {
		return fmt.Errorf("halve the statements: %w", err)
	}
	if c.orbat, err = c.render(ctx, io.Discard, false); err != nil {
		return err
	}
	if err = c.prepareSheets(ctx); err != nil {
		return err
	}
	err = writeGzip(c.quads(), func(w io.Writer) (err error) {
		c.byXID, err = c.render(ctx, w, true)
		return err
	})
	if err != nil {
		return err
	}
	err = writeGzip(c.blanks(), func(w io.Writer) error {
		_, err := c.render(ctx, w, false)
		return err
	})
	if err != nil {
		return err
	}
	if c.plainQuads, err = withoutClaims(c.blanks(), c.plain()); err != nil {
		return fmt.Errorf("leave the claims out: %w", err)
	}
	c.say("%d statements, %d N-Quads", c.rows, c.orbat.Quads)
	return nil
}

func (c *contest) render(ctx context.Context, w io.Writer, byXID bool) (loader.RDFCount, error) {
	records, err := readStatements(ctx, c.statements())
	if err != nil {
		return loader.RDFCount{}, err
	}
	count, err := (&loader.RDF{Ontology: c.ontology, Dataset: dataset, ByXID: byXID}).Write(ctx, w, records)
	if err != nil {
		return count, fmt.Errorf("render N-Quads: %w", err)
	}
	return count, nil
}

// prepareSheets writes the statements as tables, and sees that the mapping makes the same claims of them.
func (c *contest) prepareSheets(ctx context.Context) error {
	if err := writeSheets(c.statements(), c.dir); err != nil {
		return fmt.Errorf("write tables: %w", err)
	}
	records, err := readSheets(ctx, c.dir, c.ontology)
	if err != nil {
		return err
	}
	mapped, err := (&loader.RDF{Ontology: c.ontology, Dataset: dataset}).Write(ctx, io.Discard, records)
	if err == nil && mapped != c.orbat {
		err = fmt.Errorf("the tables make other claims than the statements: %+v instead of %+v", mapped, c.orbat)
	}
	return err
}

// database is a fresh one, ready to be loaded.
type database struct {
	*deploy.Conn
	servers
	stop func()
}

// start returns a database with the schema applied. Only one runs at a time.
func (c *contest) start(ctx context.Context) (*database, error) { return c.startFrom(ctx, "", c.open) }

// startOpen returns one without access control: dgraph live has no way to log in where a token is asked for.
func (c *contest) startOpen(ctx context.Context) (*database, error) {
	return c.startFrom(ctx, "", true)
}

// startFrom returns one that serves what a bulk load made, in a folder; empty: nothing.
func (c *contest) startFrom(ctx context.Context, made string, open bool) (*database, error) {
	home, err := os.MkdirTemp(c.dir, "db-")
	if err != nil {
		return nil, err
	}
	local := deploy.Local{Home: home, Finder: deploy.Finder{Bin: c.engine.Path}, Open: open}
	if made != "" {
		if err := local.Adopt(ctx, made); err != nil {
			return nil, err
		}
	}
	engine, err := local.Start(ctx)
	if err != nil {
		return nil, err
	}
	db := &database{stop: func() {
		engine.Stop()
		_ = os.RemoveAll(home) // else close tries again
	}}
	if db.Conn, err = deploy.Connect(ctx, engine.Target()); err != nil {
		db.stop()
		return nil, err
	}
	stop := db.stop
	db.stop = func() {
		_ = db.Conn.Close() // there is nothing left to say to it
		stop()
	}
	status, err := local.Status(ctx)
	if err == nil {
		db.servers = servers{status.PID("zero"), status.PID("alpha")}
		_, err = loader.Migrate(ctx, db.Conn, c.ontology)
	}
	if err != nil {
		db.stop()
		return nil, err
	}
	return db, nil
}

// orbatTurn is a reading without a load, a first load and an unchanged re-load. check asks for the graph to be compared
// with its claims afterwards.
func (c *contest) orbatTurn(ctx context.Context, check bool) error {
	db, err := c.start(ctx)
	if err != nil {
		return err
	}
	defer db.stop()
	if _, err := c.measure(ctx, db, readOnly, c.self, readOnceCommand, c.dir); err != nil {
		return err
	}
	report, err := c.orbatLoad(ctx, db, firstLoad)
	if err != nil {
		return err
	}
	if report.Claims.Created != c.orbat.Claims {
		return fmt.Errorf("orbat made %d claims of %d", report.Claims.Created, c.orbat.Claims)
	}
	c.sent = report.Quads
	if err := db.settle(ctx); err != nil {
		return err
	}
	if report, err = c.orbatLoad(ctx, db, reload); err != nil {
		return err
	}
	if report.Claims.Created != 0 || report.Claims.Unchanged < c.orbat.Claims {
		return fmt.Errorf("orbat's re-load found %d of %d claims and made %d", report.Claims.Unchanged, c.orbat.Claims,
			report.Claims.Created)
	}
	if err := c.whole(ctx, db, check); err != nil {
		return err
	}
	if err := db.settle(ctx); err != nil {
		return err
	}
	if report, err = c.orbatLoad(ctx, db, changed, c.changes(), replaceWord); err != nil {
		return err
	}
	about := c.orbat.Claims / changedEvery
	if n := report.Claims.Created; n != report.Claims.Retracted || n < about/2 || n > 2*about {
		return fmt.Errorf("of a load with 1 in %d rows changed orbat made %d claims and retracted %d", changedEvery, n,
			report.Claims.Retracted)
	}
	return nil
}

// whole is an error where the graph that orbat loaded is not the one rendered.
func (c *contest) whole(ctx context.Context, db *database, check bool) error {
	wrong, err := c.verify(ctx, db, c.orbat.Claims, c.orbat.Nodes, check)
	if err == nil && wrong != "" {
		err = fmt.Errorf("the graph that orbat loaded is not the one rendered: %s", wrong)
	}
	return err
}

// togetherTurn is two first loads at once into one database.
func (c *contest) togetherTurn(ctx context.Context, check bool) error {
	db, err := c.start(ctx)
	if err != nil {
		return err
	}
	defer db.stop()
	url := db.Target().String()
	_, err = c.measureAll(ctx, db.servers, together, []string{c.self, loadOnceCommand, url, c.half(0)},
		[]string{c.self, loadOnceCommand, url, c.half(1)})
	if err != nil {
		return err
	}
	return c.whole(ctx, db, check)
}

// orbatLoad loads the statements, or those that the arguments of [loadOnceCommand] name.
func (c *contest) orbatLoad(ctx context.Context, db *database, who contestant, args ...string) (*loader.Report, error) {
	if len(args) == 0 {
		args = []string{c.statements()}
	}
	out, err := c.measure(ctx, db, who, c.self, append([]string{loadOnceCommand, db.Target().String()}, args...)...)
	if err != nil {
		return nil, err
	}
	var report loader.Report
	if err := json.Unmarshal(out, &report); err != nil {
		return nil, fmt.Errorf("read orbat's report: %w", err)
	}
	return &report, nil
}

// liveTurn is one run of dgraph live. It ends well even when it has lost upserts: only the database tells.
func (c *contest) liveTurn(ctx context.Context, check bool) error {
	db, err := c.startOpen(ctx)
	if err != nil {
		return err
	}
	defer db.stop()
	out, err := c.measure(ctx, db, live, c.engine.Path, append([]string{"live", "-U", "xid", "-f", c.quads()}, c.liveFlags(db)...)...)
	if err != nil {
		return err
	}
	processed, _ := strconv.Atoi(submatch(out, `Number of N-Quads processed\s*:\s*(\d+)`)) // 0 is noted below
	if processed != c.byXID.Quads {
		c.note("`dgraph live` counted %d N-Quads processed of %d", processed, c.byXID.Quads)
	}
	if said := submatch(out, `(?m)^(Error.*|Connection has been.*)$`); said != "" {
		c.note("`dgraph live` said: %s", said)
	}
	wrong, err := c.verify(ctx, db, c.orbat.Claims, c.byXID.Nodes+c.byXID.Claims+c.byXID.Loads+c.byXID.Blocks, check && c.liveIsCompared())
	if err == nil && wrong != "" {
		c.note("**The graph that `dgraph live` left is not whole: %s.** Its times are those of a load that failed", wrong)
	}
	return err
}

// liveFlags returns how dgraph live reaches the database, and logs elsewhere than to files in /tmp.
func (c *contest) liveFlags(db *database) []string {
	return []string{"--alpha", db.Target().Hosts[0], "--http", "127.0.0.1:0", "--tmp", filepath.Join(c.dir, "live"), "--logtostderr"}
}

// plainLiveTurn is dgraph live without upserts, which can only be a first load.
func (c *contest) plainLiveTurn(ctx context.Context, check bool) error {
	return c.plainTurn(ctx, plainLive, c.blanks(), c.orbat.Claims, check)
}

// edgesTurn is the same without claims.
func (c *contest) edgesTurn(ctx context.Context, _ bool) error {
	return c.plainTurn(ctx, edges, c.plain(), 0, false)
}

func (c *contest) plainTurn(ctx context.Context, who contestant, file string, claims int, check bool) error {
	db, err := c.startOpen(ctx)
	if err != nil {
		return err
	}
	defer db.stop()
	_, err = c.measure(ctx, db, who, c.engine.Path, append([]string{"live", "-f", file}, c.liveFlags(db)...)...)
	if err != nil {
		return err
	}
	wrong, err := c.verify(ctx, db, claims, c.orbat.Nodes, check)
	if err == nil && wrong != "" {
		c.note("**The graph that %s left is not whole: %s.** Its times are those of a load that failed", who, wrong)
	}
	return err
}

// bulkTurn is orbat bulk, beside which no database runs; afterwards one serves what it made.
func (c *contest) bulkTurn(ctx context.Context, check bool) error {
	made := filepath.Join(c.dir, "made")
	defer func() { _ = os.RemoveAll(made) }() // else close tries again
	if _, err := c.measureAll(ctx, servers{}, bulk, []string{c.self, bulkOnceCommand, c.engine.Path, c.statements(), made}); err != nil {
		return err
	}
	db, err := c.startFrom(ctx, made, c.open)
	if err != nil {
		return err
	}
	defer db.stop()
	return c.whole(ctx, db, check)
}

// plainBulkTurn is dgraph bulk, which needs a zero.
func (c *contest) plainBulkTurn(ctx context.Context, _ bool) error {
	db, err := c.start(ctx)
	if err != nil {
		return err
	}
	defer db.stop()
	zero, err := zeroOf(db.Target())
	if err != nil {
		return err
	}
	out := filepath.Join(c.dir, "bulk")
	defer func() { _ = os.RemoveAll(out) }() // else close tries again
	_, err = c.measureAll(ctx, servers{zero: db.zero}, plainBulk, []string{
		c.engine.Path, "bulk", "--files", c.blanks(), "--format", "rdf", "--schema", c.schema(), "--zero", zero,
		"--out", filepath.Join(out, "out"), "--tmp", filepath.Join(out, "tmp"), "--http", "127.0.0.1:0", "--logtostderr",
	})
	return err
}

// zeroOf is where the zero of a local Dgraph listens: Dgraph adds one offset to all its ports.
func zeroOf(t deploy.Target) (string, error) {
	const alphaPort, zeroPort = 9080, 5080
	host, port, err := net.SplitHostPort(t.Hosts[0])
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(port)
	return net.JoinHostPort(host, strconv.Itoa(n-alphaPort+zeroPort)), err
}

// liveIsCompared reports whether the graph that live leaves is small enough to be compared with its claims in tolerable
// time: check looks at every node that has an xid, which live gives to claims too.
func (c *contest) liveIsCompared() bool { return c.entities <= 2000 }

func submatch(text []byte, pattern string) string {
	if m := regexp.MustCompile(pattern).FindSubmatch(text); m != nil {
		return strings.TrimSpace(string(m[1]))
	}
	return ""
}

func (c *contest) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(c.notes, n) {
		c.notes = append(c.notes, n)
		c.say("note: %s", n)
	}
}

// measure runs one contestant's process and returns what it printed.
func (c *contest) measure(ctx context.Context, db *database, who contestant, program string, args ...string) ([]byte, error) {
	return c.measureAll(ctx, db.servers, who, append([]string{program}, args...))
}

// measureAll runs a contestant's processes, all at once, and gives what the first printed.
func (c *contest) measureAll(ctx context.Context, db servers, who contestant, commands ...[]string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.limit, fmt.Errorf("%s did not end within %s", who, c.limit))
	defer cancel()
	var out, complaints bytes.Buffer
	var cmds []*exec.Cmd
	for i, command := range commands {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Dir = c.dir
		cmd.Env = slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "DGRAPH_") }) // they would be flags
		if i == 0 {
			cmd.Stdout, cmd.Stderr = &out, &complaints
		}
		cmds = append(cmds, cmd)
	}
	u, err := measure(ctx, db, cmds...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", who, err, lastLine(complaints.String()))
	}
	c.usages[who] = append(c.usages[who], u)
	c.say("%s: %.1f s, %.1f CPU-s", who, u.elapsed.Seconds(), u.cpu.Seconds())
	return out.Bytes(), nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// verify says how the graph differs from the one rendered; empty: it does not. nodes is how many have an xid.
func (c *contest) verify(ctx context.Context, db *database, claims, nodes int, thorough bool) (string, error) {
	have, err := c.counts(ctx, db)
	if err != nil {
		return "", fmt.Errorf("count what was loaded: %w", err)
	}
	var wrong []string
	for _, w := range []struct {
		what string
		want int
	}{{"claims", claims}, {"nodes", nodes}, {"edges", c.orbat.Edges}} {
		if have[w.what] != w.want {
			wrong = append(wrong, fmt.Sprintf("%d %s instead of %d", have[w.what], w.what, w.want))
		}
	}
	if len(wrong) > 0 || !thorough {
		return strings.Join(wrong, ", "), nil
	}
	l := loader.Loader{DB: db.Conn, Ontology: c.ontology}
	result, err := l.Check(ctx)
	if err != nil {
		return "", err
	}
	findings := slices.DeleteFunc(result.Findings, func(f loader.Finding) bool {
		return strings.HasPrefix(f.What, "load:") // live gave the load an xid, so that check takes it for an entity
	})
	if len(findings) > 0 {
		return fmt.Sprintf("check finds %d faults, such as: %s", len(findings), findings[0]), nil
	}
	c.say("checked: %d claims, %d edges, nothing wrong", result.Claims, result.Edges)
	return "", nil
}

// counts asks the database for the number of claims, nodes with an xid, and direct edges.
func (c *contest) counts(ctx context.Context, db *database) (map[string]int, error) {
	var q strings.Builder
	q.WriteString("{ claims(func: has(claim.key)) { n: count(uid) }\nnodes(func: has(xid)) { n: count(uid) }\n")
	for i, relation := range c.ontology.Relations {
		fmt.Fprintf(&q, "var(func: has(%s)) { e%d as count(%[1]s) }\nedges%[2]d() { n: sum(val(e%[2]d)) }\n", relation.Name, i)
	}
	q.WriteByte('}')
	answer, err := db.NewReadOnlyTxn().Query(ctx, q.String())
	if err != nil {
		return nil, err
	}
	var found map[string][]struct{ N *float64 }
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, err
	}
	have := map[string]int{}
	for block, rows := range found {
		if len(rows) == 1 && rows[0].N != nil { // no edges of a relation: no sum
			have[strings.TrimRight(block, "0123456789")] += int(*rows[0].N)
		}
	}
	if len(have) == 0 {
		return nil, errors.New("no counts")
	}
	return have, nil
}
