package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

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

// TestScripts runs orbat as its user sees it; each script says at its top what it is about. Beside testscript's own commands
// they have these:
//
//	dgraph               gives the script an empty Dgraph, shared with the others one after another, as ORBAT_DGRAPH
//	drop                 empties it again
//	engine               names the Dgraph binary, for the scripts that let orbat run one in their ORBAT_HOME
//	exits N CMD…         runs a command that must end with this status
//	json FILE PATH=V…    compares values within a JSON document, such as claims.created=190; PATH.# is a list's length
//	alter FILE           gives Dgraph a schema past orbat
//	mutate FILE          gives Dgraph N-Quads past orbat
//	pack gzip|zstd A B   compresses A into B
//	cut N A B            writes the first N bytes of A to B
//	unescape A B         writes A to B with each \xNN as that byte
//	long N FILE          writes a record of one line of N bytes
//	noprocess DIR        passes if no process has DIR in its arguments (Linux)
//
// FILE may be stdout or stderr, the last command's, where it is read.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireUniqueNames: true, Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"dgraph": giveDgraph, "drop": drop, "engine": engine, "exits": exits, "json": jsonCmd, "alter": alter, "mutate": mutate,
			"pack": pack, "cut": cut, "unescape": unescape, "long": long, "noprocess": noProcess,
		},
	})
}

// The keys under which a script's state is kept.
type (
	testKey struct{}
	connKey struct{}
)

// setup keeps what a script does within its own folder, and stops the Dgraph it may have left there.
func setup(env *testscript.Env) error {
	t, ok := env.T().(testing.TB)
	if !ok {
		return errors.New("testscript's T is no testing.TB any more: how is a Dgraph shared now?")
	}
	env.Values[testKey{}] = t
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", deploy.EnvBin} { // where the engine is found
		if value, set := os.LookupEnv(name); set {
			env.Setenv(name, value)
		}
	}
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("ORBAT_HOME", home)
	env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
	env.Defer(func() {
		if _, err := os.Stat(home); errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err := (deploy.Local{Home: home}).Down(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("stop the script's Dgraph: %v", err)
		}
	})
	return os.WriteFile(filepath.Join(env.WorkDir, "example.yaml"), loader.Example(), 0o600)
}

func test(ts *testscript.TestScript) testing.TB {
	t, ok := ts.Value(testKey{}).(testing.TB)
	if !ok {
		ts.Fatalf("the script was not set up")
	}
	return t
}

// wants ends the script unless a command of ours is given what it takes.
func wants(ts *testscript.TestScript, neg bool, args []string, n int, usage string) {
	if neg || len(args) < n {
		ts.Fatalf("usage: %s", usage)
	}
}

func needsDgraph(ts *testscript.TestScript) testing.TB {
	t := test(ts)
	if testing.Short() {
		t.Skip("needs a Dgraph")
	}
	return t
}

func giveDgraph(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 0, "dgraph")
	conn := deploytest.Shared(needsDgraph(ts))
	ts.Setenv("ORBAT_DGRAPH", conn.Target().String())
	test(ts).Cleanup(func() {}) // the connection is closed by deploytest
	shared(ts)[connKey{}] = conn
}

// shared is the script's own state. Values of testscript cannot be set once a script runs.
func shared(ts *testscript.TestScript) map[any]any {
	state, ok := ts.Value(stateKey{}).(map[any]any)
	if !ok {
		ts.Fatalf("the script was not set up")
	}
	return state
}
