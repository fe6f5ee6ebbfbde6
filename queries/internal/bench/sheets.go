package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/deploy"
	"orbat/loader"
	"orbat/queries"
)

// sheetsRun asks a user's own data the questions that look at a whole graph, by orbat's own program, whose memory is
// measured with its time.
type sheetsRun struct {
	folder, mapping, orbat, home string
	copies, turns                int
}

// sheetsDataset is what the data is loaded as, its copies with a number behind.
const sheetsDataset = "sheets"

// wholeGraph are the questions; ENTITY is whoever has the most links.
func wholeGraph() []string {
	return []string{
		"conflicting-claims", "conflicting-claims limit=100000",
		"degree-ranking", "degree-ranking as_of=2015",
		"weak-and-stale", "weak-and-stale limit=100000",
		"what-changed dataset=" + sheetsDataset,
		"co-mention entity=ENTITY limit=100000",
		"text-in-evidence army",
		"ego-network entity=ENTITY depth=2 limit=100000",
	}
}

// run loads the data, unless a run before has, and prints what each question takes.
func (s *sheetsRun) run(ctx context.Context, stdout, progress io.Writer) (err error) {
	home := s.home
	if home == "" {
		if home, err = os.MkdirTemp("", "orbat-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	}
	engine, err := deploy.Local{Home: home, Progress: progress}.Start(ctx)
	if err != nil {
		return err
	}
	defer engine.Stop()
	env := append(os.Environ(), "ORBAT_DGRAPH="+engine.Target().String())
	if err := s.fill(ctx, filepath.Join(home, "sheets.json"), env, progress); err != nil {
		return err
	}
	conn, err := deploy.Connect(ctx, engine.Target())
	if err != nil {
		return err
	}
	defer conn.Close()
	ontology, err := loader.Applied(ctx, conn)
	if err != nil {
		return err
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		return err
	}
	runner := &queries.Runner{DB: conn, Ontology: ontology, Library: library}
	most, err := runner.Run(ctx, "degree-ranking", map[string]string{"limit": "1"}, queries.Ask{})
	if err != nil {
		return err
	}
	at := slices.Index(most.Columns, "xid")
	if len(most.Rows) == 0 || at < 0 {
		return errors.New("the data links nothing")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Whole graphs\n\n%s. Medians of %d, evidence asked for; requests and answers' bytes as the database counts "+
		"them.\n\n| question | rows | links | requests | MB read | s | peak, MiB |\n|---|---|---|---|---|---|---|\n",
		describeMachine(), s.turns)
	for _, text := range wholeGraph() {
		words := strings.Fields(text)
		for i := range words {
			words[i] = strings.Replace(words[i], "ENTITY", most.Rows[0][at], 1)
		}
		line, err := s.ask(ctx, runner, words, env)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", text, line)
	}
	_, err = io.WriteString(stdout, b.String())
	return err
}

// ask asks a question and returns the figures of its row.
func (s *sheetsRun) ask(ctx context.Context, runner *queries.Runner, words, env []string) (string, error) {
	q, err := runner.Library.Find(words[0])
	if err != nil {
		return "", err
	}
	params, err := q.ParseArgs(words[1:])
	if err != nil {
		return "", err
	}
	result, err := runner.Run(ctx, q.Name, params, queries.Ask{Evidence: true})
	if err != nil {
		return "", err
	}
	var times []time.Duration
	peak := int64(0)
	for range s.turns {
		cmd := exec.CommandContext(ctx, s.orbat, slices.Concat([]string{"query"}, words, []string{"--evidence", "--timeout", "0"})...)
		cmd.Env = env
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		start := time.Now()
		if err := cmd.Start(); err != nil {
			return "", err
		}
		sampling, stop := context.WithCancel(ctx)
		sampled := make(chan int64, 1)
		go func() { sampled <- peakOf(sampling, cmd.Process.Pid) }()
		err := cmd.Wait()
		times = append(times, time.Since(start))
		stop()
		peak = max(peak, <-sampled)
		if err != nil {
			return "", fmt.Errorf("%w: %s", err, complaint.String())
		}
	}
	return fmt.Sprintf("%d | %d | %d | %.1f | %.2f | %d", len(result.Rows), len(result.Edges), result.Cost.Requests,
		float64(result.Cost.Bytes)/1e6, median(times).Seconds(), peak>>20), nil
}

// peakOf is the most memory that a process has held until the context ends, in bytes; 0 where the system does not tell.
func peakOf(ctx context.Context, pid int) (peak int64) {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
			for line := range strings.Lines(string(text)) {
				if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
					n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64) // 0 is told as not known
					peak = max(peak, n<<10)
				}
			}
		}
		select {
		case <-ctx.Done():
			return peak
		case <-ticker.C:
		}
	}
}

// fill loads the data and its copies, and notes them in a file, by which a later run knows that they are there.
func (s *sheetsRun) fill(ctx context.Context, note string, env []string, progress io.Writer) error {
	want := fmt.Sprintf("%s by %s, %d times", s.folder, s.mapping, s.copies)
	if have, err := os.ReadFile(note); err == nil {
		if string(have) != want {
			return fmt.Errorf("the folder holds another graph (%s); give -home another one", have)
		}
		return nil
	}
	load := []string{"load", s.folder, "--dataset", sheetsDataset}
	if s.mapping != "" {
		load = append(load, "--mapping", s.mapping)
	}
	if err := s.orbatRun(ctx, env, nil, progress, load...); err != nil {
		return err
	}
	if s.copies > 1 {
		records, err := os.CreateTemp("", "orbat-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = errors.Join(records.Close(), os.Remove(records.Name())) }()
		if err := s.orbatRun(ctx, env, nil, records, "export", "--canonical"); err != nil {
			return err
		}
		for n := 2; n <= s.copies; n++ {
			if _, err := records.Seek(0, io.SeekStart); err != nil {
				return err
			}
			from, to := io.Pipe()
			go func() { _ = to.CloseWithError(copyRecords(records, to, n)) }()
			if err := s.orbatRun(ctx, env, from, progress, "load", "-", "--format", "ndjson"); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(note, []byte(want), 0o600)
}

func (s *sheetsRun) orbatRun(ctx context.Context, env []string, in io.Reader, out io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, s.orbat, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout = env, in, out
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("orbat %s: %w: %s", strings.Join(args, " "), err, complaint.String())
	}
	return nil
}

// copyRecords writes the records of a canonical export as another data set about other entities: every xid ends in the
// copy's number, so that all links stay within the copy.
func copyRecords(from io.Reader, to io.Writer, n int) error {
	out := bufio.NewWriter(to)
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 64<<20)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for lines.Scan() {
		var record map[string]any
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
			return err
		}
		if err := enc.Encode(copyRecord(record, n)); err != nil {
			return err
		}
	}
	return cmp.Or(lines.Err(), out.Flush())
}

// copyRecord returns a record of another data set about other entities.
func copyRecord(record map[string]any, n int) map[string]any {
	number := "-" + strconv.Itoa(n)
	suffixed := func(v any) any {
		if text, is := v.(string); is {
			return text + number
		}
		return v
	}
	for _, field := range []string{"dataset", "xid", "of", "from", "to", "source", "attributed_to"} {
		if v, has := record[field]; has {
			record[field] = suffixed(v)
		}
	}
	if sources, is := record["sources"].([]any); is {
		for i, source := range sources {
			if cite, is := source.(map[string]any); is {
				cite["source"] = suffixed(cite["source"])
			} else {
				sources[i] = suffixed(source)
			}
		}
	}
	return record
}

// check tells what is wrong with the options of a run.
func (s *sheetsRun) check() error {
	switch {
	case s.orbat == "":
		return errors.New("-sheets needs -orbat, the program to ask by")
	case s.copies < 1:
		return errors.New("-copies must be at least 1")
	}
	if _, err := os.Stat(s.folder); err != nil {
		return fmt.Errorf("-sheets takes a file or folder to load: %w", err)
	}
	return nil
}
