package deploytest_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/deploy"
	"orbat/deploy/deploytest"
)

func TestMain(m *testing.M) {
	if os.Getenv("DEPLOYTEST_VICTIM") != "" {
		victim()
		return
	}
	os.Exit(deploytest.Main(m))
}

// victim starts a Dgraph, prints its URL and waits to be killed.
func victim() {
	run, err := deploy.Local{Home: os.Getenv("DEPLOYTEST_VICTIM"), Open: true}.Start(context.Background())
	if err != nil {
		panic(err)
	}
	if _, err := os.Stdout.WriteString(run.Target().String() + "\n"); err != nil {
		panic(err)
	}
	select {}
}

func write(t *testing.T, conn *deploy.Conn) {
	t.Helper()
	_, err := conn.NewTxn().Mutate(t.Context(), &api.Mutation{CommitNow: true, SetNquads: []byte(`_:a <name> "x" .`)})
	if err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, conn *deploy.Conn) string {
	t.Helper()
	r, err := conn.NewReadOnlyTxn().Query(t.Context(), `{q(func: has(name)) {name}}`)
	if err != nil {
		t.Fatal(err)
	}
	return string(r.Json)
}

func TestSharedIsEmptied(t *testing.T) {
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := deploytest.Shared(t)
			if got := names(t, conn); got != `{"q":[]}` {
				t.Errorf("shared engine holds %s", got)
			}
			write(t, conn)
			if got := names(t, conn); got != `{"q":[{"name":"x"}]}` {
				t.Errorf("after a write it holds %s", got)
			}
		})
	}
}

func TestStartIsApart(t *testing.T) {
	t.Parallel()
	a, b := deploytest.Start(t), deploytest.Start(t)
	write(t, a)
	if got := names(t, b); got != `{"q":[]}` {
		t.Errorf("the second engine holds %s", got)
	}
	target, err := deploy.Parse(a.Target().String())
	if err != nil {
		t.Fatal(err)
	}
	again, err := deploy.Connect(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := names(t, again); got != `{"q":[{"name":"x"}]}` {
		t.Errorf("by its URL it holds %s", got)
	}
}

// A test binary that is killed takes its Dgraph along.
func TestEngineDiesWithItsProgram(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("needs Linux")
	}
	t.Parallel()
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "DEPLOYTEST_VICTIM="+home)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 4096)
	n, err := out.Read(line)
	if err != nil || !bytes.HasPrefix(line, []byte("dgraph://")) {
		_ = cmd.Process.Kill()
		t.Fatalf("victim said %q, %v", line[:n], err)
	}
	status, err := deploy.Local{Home: home}.Status(t.Context())
	if err != nil || !status.Healthy {
		t.Fatalf("status %+v, %v", status, err)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for slices.ContainsFunc(status.PIDs(), running) {
		select {
		case <-ctx.Done():
			t.Fatal("the Dgraph has survived its program by ten minutes")
		case <-ticker.C:
		}
	}
}

func running(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}
