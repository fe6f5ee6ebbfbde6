package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"
	"golang.org/x/sync/errgroup"
)

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// output gathers progress lines from several goroutines.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// eventually polls for what is to become true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited ten minutes in vain for: %s", what)
		case <-ticker.C:
		}
	}
}

// newLocal returns a local Dgraph of a folder of the test's own, stopped after it.
func newLocal(t *testing.T) (Local, *output) {
	t.Helper()
	out := &output{}
	l := Local{Home: t.TempDir(), Progress: out}
	t.Cleanup(func() {
		s, _ := readState(l.file("state.json"))
		for _, n := range s.Nodes {
			_ = n.signal(syscall.SIGKILL)
		}
		if err := l.Down(context.Background()); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(out.String())
		}
	})
	return l, out
}

func up(t *testing.T, l Local) Status {
	t.Helper()
	s, err := l.Up(t.Context())
	if err != nil {
		t.Fatalf("up: %v", err)
	}
	if !s.Running || !s.Healthy {
		t.Fatalf("after up: %+v", s)
	}
	return s
}

func put(t *testing.T, target Target, name string) {
	t.Helper()
	conn, err := Connect(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = conn.NewTxn().Mutate(t.Context(), &api.Mutation{CommitNow: true, SetNquads: fmt.Appendf(nil, "_:a <name> %q .", name)})
	if err != nil {
		t.Fatal(err)
	}
}

func has(t *testing.T, target Target, name string) bool {
	t.Helper()
	conn, err := Connect(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r, err := conn.NewReadOnlyTxn().Query(t.Context(), "{q(func: has(name)) {name}}")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(r.Json), fmt.Sprintf("%q", name))
}

// The life of one local Dgraph: every step finds what the one before has left.
func TestLocalLife(t *testing.T) {
	t.Parallel()
	l, out := newLocal(t)
	ctx := t.Context()

	if err := l.Down(ctx); err != nil {
		t.Fatalf("down before the first up: %v", err)
	}
	if s, err := l.Status(ctx); err != nil || s.Running || s.Problem != nil {
		t.Fatalf("status before the first up: %+v, %v", s, err)
	}
	if err := l.Logs(ctx, out, LogOptions{}); !errors.Is(err, ErrNotRunning) {
		t.Fatalf("logs before the first up: %v", err)
	}

	// Several at once start one.
	var group errgroup.Group
	states := make([]Status, 3)
	for i := range states {
		group.Go(func() (err error) {
			states[i], err = l.Up(ctx)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	started := 0
	for _, s := range states {
		if !slices.Equal(s.Nodes, states[0].Nodes) {
			t.Errorf("two engines: %+v", states)
		}
		if s.Started {
			started++
		}
	}
	if started != 1 {
		t.Errorf("%d calls say they started it", started)
	}
	first := states[0]
	put(t, first.Target, "one")
	t.Log(out.String())

	t.Run("again", func(t *testing.T) {
		if s := up(t, l); !slices.Equal(s.Nodes, first.Nodes) || s.Started {
			t.Errorf("a second up: %+v, want %+v", s, first)
		}
	})
	t.Run("loopback only", func(t *testing.T) {
		listening, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			t.Skip("needs Linux")
		}
		_, port, _ := net.SplitHostPort(first.Target.Hosts[0])
		n, err := strconv.Atoi(port)
		if err != nil {
			t.Fatal(err)
		}
		for _, base := range []int{zeroGRPC, zeroHTTP, alphaPeer, alphaHTTP, alphaGRPC} {
			if !strings.Contains(string(listening), fmt.Sprintf(" 0100007F:%04X 00000000:0000 0A", n-alphaGRPC+base)) {
				t.Errorf("port %d does not listen on loopback", n-alphaGRPC+base)
			}
		}
	})
	t.Run("logs", func(t *testing.T) {
		var both, alpha bytes.Buffer
		if err := l.Logs(ctx, &both, LogOptions{}); err != nil || !strings.Contains(both.String(), "zero  | ") {
			t.Errorf("logs of both: %v", err)
		}
		if err := l.Logs(ctx, &alpha, LogOptions{Which: "alpha", Lines: 3}); err != nil || strings.Count(alpha.String(), "\n") != 3 {
			t.Errorf("last three lines: %q, %v", alpha.String(), err)
		}
		if err := l.Logs(ctx, &alpha, LogOptions{Which: "beta"}); err == nil {
			t.Error("a process that is not one has logs")
		}
	})
	for _, victim := range []string{"alpha", "zero"} {
		t.Run("killed "+victim, func(t *testing.T) {
			before, err := readState(l.file("state.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := before.alive()[victim].kill(ctx); err != nil {
				t.Fatal(err)
			}
			var problem *DatabaseError
			if s, err := l.Status(ctx); err != nil || s.Running || !errors.As(s.Problem, &problem) || problem.Hint() == "" {
				t.Errorf("status with a dead %s: %+v, %v", victim, s, err)
			}
			after := up(t, l)
			if after.Target.String() != first.Target.String() || !after.Started {
				t.Errorf("after up: %+v, was at %s", after, first.Target)
			}
			if len(before.alive()) > 0 {
				t.Error("the other half of the pair still runs")
			}
			if !has(t, after.Target, "one") {
				t.Error("data is lost")
			}
		})
	}
	t.Run("lost state", func(t *testing.T) {
		if len(holders(l.file("engine.lock"))) == 0 {
			t.Skip("needs Linux")
		}
		before, _ := readState(l.file("state.json"))
		if err := os.Remove(l.file("state.json")); err != nil {
			t.Fatal(err)
		}
		after := up(t, l) // on other ports, most likely, with the same data
		if len(before.alive()) > 0 {
			t.Error("the engine that no state names still runs")
		}
		put(t, after.Target, "two")
		first = after
	})
	t.Run("down", func(t *testing.T) {
		for range 2 {
			if err := l.Down(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if s, err := l.Status(ctx); err != nil || s.Running || len(s.PIDs()) != 0 || s.Problem != nil {
			t.Errorf("status after down: %+v, %v", s, err)
		}
		if pids := holders(l.file("engine.lock")); pids != nil {
			t.Errorf("after down these run: %v", pids)
		}
	})
	t.Run("taken port", func(t *testing.T) {
		taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", first.Target.Hosts[0])
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		other := exec.CommandContext(t.Context(), "sleep", "1000") // a process that has been given the pid in a stale state
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		defer other.Wait()
		defer other.Process.Kill()
		s, _ := readState(l.file("state.json"))
		s = s.with("zero", process{other.Process.Pid, "another boot/1"}).with("alpha", process{os.Getpid(), ""})
		if err := s.write(l.file("state.json")); err != nil {
			t.Fatal(err)
		}
		if s, err := l.Status(ctx); err != nil || s.Running {
			t.Errorf("a recycled pid passes for the engine: %+v, %v", s, err)
		}
		after := up(t, l)
		if after.Target.Hosts[0] == first.Target.Hosts[0] {
			t.Error("it listens on a port that is taken")
		}
		if _, err := identify(other.Process.Pid); err != nil {
			t.Error("it killed a process that is not ours")
		}
		put(t, after.Target, "three") // writes work on other ports, too
		if !has(t, after.Target, "one") || !has(t, after.Target, "two") {
			t.Error("data is lost")
		}
	})
}

func TestUpFailures(t *testing.T) {
	t.Parallel()
	t.Run("log tail", func(t *testing.T) {
		t.Parallel()
		l, _ := newLocal(t)
		l.AlphaFlags = []string{"--no-such-flag"}
		_, err := l.Up(t.Context())
		if err == nil || !strings.Contains(err.Error(), "alpha ended") || !strings.Contains(err.Error(), "no-such-flag") {
			t.Errorf("got %v", err)
		}
		if pids := holders(l.file("engine.lock")); pids != nil {
			t.Errorf("a failed start leaves %v", pids)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		l, _ := newLocal(t)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for ctx.Err() == nil {
				if s, _ := readState(l.file("state.json")); len(s.alive()) == 2 {
					cancel()
				}
			}
		}()
		if _, err := l.Up(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if pids := holders(l.file("engine.lock")); pids != nil {
			t.Errorf("a cancelled start leaves %v", pids)
		}
	})
	t.Run("no home", func(t *testing.T) {
		if _, err := (Local{}).Up(t.Context()); err == nil || !strings.Contains(err.Error(), "home") {
			t.Errorf("got %v", err)
		}
	})
}

// A port that is free when looked at and taken when used: the range is found free, then a listener comes first.
func TestPortTakenMeanwhile(t *testing.T) {
	t.Parallel()
	l, _ := newLocal(t)
	if err := os.MkdirAll(l.folder(), 0o700); err != nil {
		t.Fatal(err)
	}
	bin, err := l.Finder.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ports, err := findPorts(t.Context(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer ports.release()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", ports.addr(zeroHTTP))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	held, err := l.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	c, err := l.spawn(bin, "zero", ports, held, true, &state{})
	if err != nil {
		t.Fatal(err)
	}
	<-c.done
	if err := c.failure(); !errors.Is(err, errPortTaken) {
		t.Errorf("got %v", err)
	}
}

func TestFollowLogs(t *testing.T) {
	t.Parallel()
	l := Local{Home: t.TempDir()}
	if err := os.MkdirAll(l.folder(), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, l.file("zero.log"), "old\nlast\n")
	out := &output{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- l.Logs(ctx, out, LogOptions{Which: "zero", Lines: 1, Follow: true}) }()
	eventually(t, "the last line", func() bool { return out.String() == "last\n" })
	f, err := os.OpenFile(l.file("zero.log"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprint(f, "new\nhalf")
	eventually(t, "the new line", func() bool { return out.String() == "last\nnew\n" })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
