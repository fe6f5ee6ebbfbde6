// Package deploytest gives tests a real Dgraph.
//
// A test that changes nothing global of the database, or that can live with an emptied one, shares its package's:
//
//	func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }
//
//	func TestLoad(t *testing.T) {
//		conn := deploytest.Shared(t) // empty
//		…
//	}
//
// One that kills, fills or restarts it has its own, by [Start]. Both are without access control ([deploy.Local.Open]),
// which would have to be made again whenever a test drops all. Both take about five seconds to start, and both die with
// the test binary (see [deploy.Ephemeral]). The binary is found as orbat finds it; ORBAT_DGRAPH_BIN names another.
package deploytest

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/deploy"
)

// Start runs a Dgraph of the test's own, with its own ports and an empty folder, and connects to it. It ends with the
// test. What conn.Target().String() returns serves as ORBAT_DGRAPH or --dgraph for a command under test.
func Start(t testing.TB) *deploy.Conn {
	t.Helper()
	return StartLocal(t, deploy.Local{Open: true})
}

// StartLocal is Start with settings, such as AlphaFlags. An empty Home means a folder that is removed after the test.
func StartLocal(t testing.TB, local deploy.Local) *deploy.Conn {
	t.Helper()
	if local.Home == "" {
		local.Home = t.TempDir()
	}
	if local.Progress == nil {
		local.Progress = t.Output()
	}
	run, err := local.Start(context.Background())
	if err != nil {
		fatal(t, "start a Dgraph for the test", err)
	}
	t.Cleanup(run.Stop)
	return connect(t, run.Target())
}

// shared is the one variable of this package. TestMain and the tests of a package have nothing else in common that
// could hand the engine over: testing.M and testing.T carry no values of ours.
//
//nolint:gochecknoglobals // see above
var shared struct {
	turn sync.Mutex // held by the one test that uses the engine
	home string
	run  *deploy.Ephemeral
}

// Main runs a package's tests and then stops the engine that they shared, if any. It returns the exit status.
func Main(m *testing.M) int {
	defer func() {
		if shared.run != nil {
			shared.run.Stop()
		}
		if shared.home != "" {
			_ = os.RemoveAll(shared.home) // a temporary folder: the system clears it
		}
	}()
	return m.Run()
}

// Shared returns a connection to the package's Dgraph, started by the first test that asks for it, with everything
// dropped. Tests that share it take turns, parallel ones too. The package's TestMain must call [Main], which stops it.
func Shared(t testing.TB) *deploy.Conn {
	t.Helper()
	shared.turn.Lock()
	t.Cleanup(shared.turn.Unlock)
	if shared.run == nil {
		home, err := os.MkdirTemp("", "orbat-test-") //nolint:usetesting // it outlives this test
		if err != nil {
			t.Fatal(err)
		}
		// A start that fails leaves shared.run nil, and the next test tries again.
		run, err := deploy.Local{Home: home, Progress: t.Output(), Open: true}.Start(context.Background())
		if err != nil {
			_ = os.RemoveAll(home)
			fatal(t, "start the package's Dgraph", err)
		}
		shared.home, shared.run = home, run
	}
	conn := connect(t, shared.run.Target())
	Empty(t, conn)
	return conn
}

// Empty drops all data and schema.
func Empty(t testing.TB, conn *deploy.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if err := conn.Alter(ctx, &api.Operation{DropAll: true}); err != nil {
		fatal(t, "empty the Dgraph", err)
	}
}

func connect(t testing.TB, target deploy.Target) *deploy.Conn {
	t.Helper()
	conn, err := deploy.Connect(context.Background(), target)
	if err != nil {
		fatal(t, "connect to the test's Dgraph", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func fatal(t testing.TB, do string, err error) {
	t.Helper()
	if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" {
		t.Fatalf("%s: %v\nhint: %s", do, err, h.Hint())
	}
	t.Fatalf("%s: %v", do, err)
}
