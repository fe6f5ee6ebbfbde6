package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dgraph-io/dgo/v230/protos/api"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/loader"
)

var update = flag.Bool("update", false, "rewrite the goldens within the scripts")

// tests stops the Dgraph that the scripts share.
type tests struct{ m *testing.M }

func (t tests) Run() int { return deploytest.Main(t.m) }

func TestMain(m *testing.M) { testscript.Main(tests{m}, map[string]func(){"orbat": main}) }

// TestScripts runs orbat as its user sees it; each script says at its top what it is about. Beside testscript's own
// commands they have these:
//
//	dgraph               gives the script an empty Dgraph, shared with the others one after another, as ORBAT_DGRAPH
//	drop                 empties it again
//	engine               names the Dgraph binary, for the scripts that let orbat run one in their ORBAT_HOME
//	exits N CMD…         runs a command that must end with this status
//	json FILE PATH=V…    compares values within a JSON document, such as claims.created=190; PATH.len is a
//	                     list's length
//	alter FILE           gives Dgraph a schema past orbat
//	mutate FILE          gives Dgraph N-Quads past orbat
//	pack gzip|zstd A B   compresses A into B
//	cut N A B            writes the first N bytes of A to B
//	unescape A B         writes A to B with each \xNN as that byte
//	long N FILE          writes a record of one line of N bytes
//	noprocess DIR        passes if no process works in DIR or below (Linux)
//
// FILE may be stdout or stderr, the last command's, where it is read.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireUniqueNames: true, Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"dgraph": giveDgraph, "drop": drop, "engine": engine, "exits": exits, "json": jsonCmd, "alter": alter, "mutate": mutate,
			"pack": pack, "cut": cut, "unescape": unescape, "long": long, "noprocess": noProcess,
			"replace": replace,
		},
	})
}

// script is what our commands know of the script they run in.
type script struct {
	testing.TB
	conn *deploy.Conn // of the shared Dgraph, once it is given
}

type scriptKey struct{}

// setup keeps what a script does within its own folder, and stops the Dgraph it may have left there.
func setup(env *testscript.Env) error {
	t, ok := env.T().(testing.TB)
	if !ok {
		return errors.New("testscript's T is no testing.TB any more: how is a Dgraph shared now?")
	}
	env.Values[scriptKey{}] = &script{TB: t}
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", deploy.EnvBin} { // where the engine is found
		if value, set := os.LookupEnv(name); set {
			env.Setenv(name, value)
		}
	}
	// A program under the race detector sleeps a second at its end, to let other goroutines be caught: five minutes
	// here.
	env.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0"))
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("ORBAT_HOME", home)
	env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
	env.Defer(func() {
		ran, _ := filepath.Glob(filepath.Join(env.WorkDir, "*", "dgraph")) // a pattern of ours is a right one
		for _, folder := range ran {
			if err := (deploy.Local{Home: filepath.Dir(folder)}).Down(context.WithoutCancel(t.Context())); err != nil {
				t.Errorf("stop the script's Dgraph: %v", err)
			}
		}
	})
	return os.WriteFile(filepath.Join(env.WorkDir, "example.yaml"), loader.Example(), 0o600)
}

// of returns the script, and ends it where a command of ours lacks an argument or is negated.
func of(ts *testscript.TestScript, neg bool, args []string, n int, usage string) *script {
	s, ok := ts.Value(scriptKey{}).(*script)
	if !ok || neg || len(args) < n {
		ts.Fatalf("usage: %s", usage)
	}
	return s
}

func (s *script) needsDgraph() {
	if testing.Short() {
		s.Skip("needs a Dgraph")
	}
}

// onDgraph returns the script's connection.
func (s *script) onDgraph(ts *testscript.TestScript) *deploy.Conn {
	if s.conn == nil {
		ts.Fatalf("no dgraph command before")
	}
	return s.conn
}

func giveDgraph(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, args, 0, "dgraph")
	s.needsDgraph()
	s.conn = deploytest.Shared(s.TB)
	ts.Setenv("ORBAT_DGRAPH", s.conn.Target().String())
}

func drop(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, args, 0, "drop")
	deploytest.Empty(s.TB, s.onDgraph(ts))
}

func engine(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, args, 0, "engine")
	s.needsDgraph()
	binary, err := deploy.Finder{Progress: s.Output()}.Find(s.Context())
	ts.Check(err)
	ts.Setenv(deploy.EnvBin, binary.Path)
}

func alter(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, args, 1, "alter FILE")
	ts.Check(s.onDgraph(ts).Alter(s.Context(), &api.Operation{Schema: ts.ReadFile(args[0])}))
}

func mutate(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, args, 1, "mutate FILE")
	// An upsert whose query finds the nodes that the N-Quads are about, where they are not new ones.
	query, quads, found := strings.Cut(ts.ReadFile(args[0]), "\n---\n")
	if !found {
		query, quads = "", query
	}
	_, err := s.onDgraph(ts).NewTxn().Do(s.Context(), &api.Request{
		Query: query, Mutations: []*api.Mutation{{SetNquads: []byte(quads)}}, CommitNow: true,
	})
	ts.Check(err)
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, args, 2, "exits N COMMAND…")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func jsonCmd(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, args, 2, "json FILE PATH=VALUE…")
	var document any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &document))
	for _, arg := range args[1:] {
		path, want, _ := strings.Cut(arg, "=")
		if got := at(document, strings.Split(path, ".")); got != want {
			ts.Fatalf("%s is %s, want %s", path, got, want)
		}
	}
}

// at shows what stands at a path of a JSON document; what is not there is shown as such.
func at(v any, path []string) string {
	for _, step := range path {
		switch within := v.(type) {
		case map[string]any:
			value, there := within[step]
			if !there {
				return "absent"
			}
			v = value
		case []any:
			if step == "len" {
				v = len(within)
				continue
			}
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(within) {
				return "absent"
			}
			v = within[i]
		default:
			return "absent"
		}
	}
	return fmt.Sprint(v)
}

func pack(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, args, 3, "pack gzip|zstd FROM TO")
	var packed bytes.Buffer
	var w interface {
		Write(p []byte) (int, error)
		Close() error
	} = gzip.NewWriter(&packed)
	if args[0] == "zstd" {
		var err error
		w, err = zstd.NewWriter(&packed)
		ts.Check(err)
	}
	_, err := w.Write([]byte(ts.ReadFile(args[1])))
	ts.Check(errors.Join(err, w.Close()))
	write(ts, args[2], packed.Bytes())
}

func cut(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, args, 3, "cut N FROM TO")
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	write(ts, args[2], []byte(ts.ReadFile(args[1])[:n]))
}

func unescape(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, args, 2, "unescape FROM TO")
	var out []byte
	rest := ts.ReadFile(args[0])
	for {
		before, after, found := strings.Cut(rest, `\x`)
		out = append(out, before...)
		if !found {
			break
		}
		b, err := strconv.ParseUint(after[:2], 16, 8)
		ts.Check(err)
		out, rest = append(out, byte(b)), after[2:]
	}
	write(ts, args[1], out)
}

func long(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, args, 2, "long N FILE")
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	const before, after = `{"type":"Person","xid":"t:long","name":"Long","x_long":"`, `"}`
	write(ts, args[1], []byte(before+strings.Repeat("x", n-len(before)-len(after))+after+"\n"))
}

// replace puts one text in the place of another, which a file holds once, as an editor does.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, args, 3, "replace FILE OLD NEW")
	text := ts.ReadFile(args[0])
	if strings.Count(text, args[1]) != 1 {
		ts.Fatalf("%s holds %q %d times:\n%s", args[0], args[1], strings.Count(text, args[1]), text)
	}
	write(ts, args[0], []byte(strings.Replace(text, args[1], args[2], 1)))
}

func write(ts *testscript.TestScript, file string, data []byte) {
	ts.Check(os.WriteFile(ts.MkAbs(file), data, 0o600))
}

func noProcess(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, args, 1, "noprocess DIR")
	processes, err := filepath.Glob("/proc/[0-9]*")
	ts.Check(err)
	for _, process := range processes {
		folder, err := os.Readlink(filepath.Join(process, "cwd"))
		if err == nil && strings.HasPrefix(folder, args[0]) { // one that has ended meanwhile is no error
			if line, _ := os.ReadFile(filepath.Join(process, "cmdline")); len(line) > 0 { // a zombie has none
				ts.Fatalf("it still runs in %s: %s", folder, bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
			}
		}
	}
}

// Every command's help shows how it is called, and says more than its name.
func TestHelpShowsExamples(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			var out, errs bytes.Buffer
			args := slices.Concat(strings.Fields(cmd.CommandPath())[1:], []string{"--help"})
			if code := run(args, strings.NewReader(""), &out, &errs); code != exitOK || errs.Len() > 0 {
				t.Fatalf("exit status %d, %s", code, errs.String())
			}
			_, examples, found := strings.Cut(out.String(), "\nExamples:\n")
			if !found || !strings.Contains(examples, cmd.CommandPath()) {
				t.Errorf("no example of %s in its help:\n%s", cmd.CommandPath(), out.String())
			}
			if cmd.Short == "" {
				t.Error("no short description")
			}
		})
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk((&app{in: strings.NewReader(""), out: &output{w: &bytes.Buffer{}}, err: &bytes.Buffer{}}).root())
}
