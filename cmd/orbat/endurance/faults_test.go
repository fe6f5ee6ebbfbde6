//go:build unix

package endurance_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"orbat/deploy"
	"orbat/deploy/deploytest/smalldisk"
	"orbat/loader"
	"orbat/schema"
)

// fault is what happens to a load under way.
type fault struct {
	name     string
	replicas int                   // of the local Dgraph; 0: one
	prepare  func(s *scale)        // before Dgraph starts; nil: nothing
	do       func(s *scale) func() // returns what is to be done when the load has ended, or nil
	ends     bool                  // the load with SIGKILL before do; it is then run again
}

func faultsOf() []fault {
	killed := func(names ...string) func(s *scale) func() {
		return func(s *scale) func() {
			for _, name := range names {
				s.hit(name, syscall.SIGKILL)
			}
			s.must("up")
			return nil
		}
	}
	return []fault{
		{name: "alpha killed", do: killed("alpha")},
		{name: "zero killed", do: killed("zero")},
		{name: "both killed", do: killed("zero", "alpha")},
		{name: "alpha frozen", do: func(s *scale) func() { return s.frozen("alpha") }},
		{name: "zero frozen", do: func(s *scale) func() { return s.frozen("zero") }},
		{name: "stopped and started", do: func(s *scale) func() { s.must("down"); s.must("up"); return nil }},
		{name: "orbat killed", ends: true, do: func(*scale) func() { return nil }},
		{name: "orbat and both killed", ends: true, do: func(s *scale) func() {
			s.hit("zero", syscall.SIGKILL)
			s.hit("alpha", syscall.SIGKILL)
			return nil
		}},
		// A cluster goes on by itself: nobody starts what ended before the load has.
		{name: "leading alpha killed", replicas: 3, do: func(s *scale) func() { s.hit(s.leader("alpha"), syscall.SIGKILL); return nil }},
		{name: "leading zero killed", replicas: 3, do: func(s *scale) func() { s.hit(s.leader("zero"), syscall.SIGKILL); return nil }},
		{name: "two of three alphas killed", replicas: 3, do: func(s *scale) func() {
			leader := s.leader("alpha")
			other := "alpha2"
			if leader == other {
				other = "alpha"
			}
			return killed(leader, other)(s)
		}},
		{name: "leading alpha frozen", replicas: 3, do: func(s *scale) func() { return s.frozenToTheEnd(s.leader("alpha")) }},
		{name: "leading zero frozen", replicas: 3, do: func(s *scale) func() { return s.frozenToTheEnd(s.leader("zero")) }},
		{name: "connections reset", prepare: (*scale).goThroughProxy, do: (*scale).reset},
		{name: "all starved", replicas: 3, do: (*scale).starve},
		{name: "disk full", prepare: (*scale).moveToSmallDisk, do: (*scale).fillDisk},
	}
}

// TestFaults: whatever happens to a load while it runs, at whatever moment, the graph is in the end that of an
// undisturbed load, and check finds nothing. Three runs in an ordinary test, as many as ORBAT_FAULTS says in another
// (make faults: 20), each with a seed of its own, of which the fault and the moment follow; ORBAT_SEED names the first
// (6).
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts Dgraphs and kills them")
	}
	runs, first := number(t, "ORBAT_FAULTS", 3), number(t, "ORBAT_SEED", 6)
	binary := buildOrbat(t)
	engine, err := deploy.Finder{Progress: t.Output()}.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for seed := first; seed < first+runs; seed++ {
		f := faultsOf()[seed%len(faultsOf())]
		t.Run(fmt.Sprintf("%s %d", f.name, seed), func(t *testing.T) {
			ontology, err := schema.Default()
			if err != nil {
				t.Fatal(err)
			}
			s := &scale{
				t: t, binary: binary, dir: t.TempDir(), dataset: "scale", ontology: ontology, r: rand.New(rand.NewPCG(uint64(seed),
					7)), //nolint:gosec // a seed
				env: []string{deploy.EnvBin + "=" + engine.Path},
			}
			t.Cleanup(func() { _ = s.downAtLast() })
			s.disturbed(f)
		})
	}
}

// disturbed loads, has the fault happen at a random moment of it, and compares the end with what was to come.
func (s *scale) disturbed(f fault) {
	records := s.records(5000) // long enough for a fault to come in the midst
	want := s.want(records)
	file := s.file("records", records)
	if f.prepare != nil {
		f.prepare(s)
	}
	s.must("up", "--replicas", strconv.Itoa(max(1, f.replicas)))
	cmd := s.command("load", file, "--dataset", "scale", "--progress", "json")
	if s.proxy != nil {
		cmd.Env = append(cmd.Env, "ORBAT_DGRAPH="+s.proxy.open(s))
	}
	var rest bytes.Buffer
	cmd.Stdout = &rest
	pipe, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.loader = cmd.Process
	moment := s.r.IntN(len(records) * 3 / 4)
	var said loader.Progress
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		if json.Unmarshal(lines.Bytes(), &said) == nil && said.Claims >= moment {
			break
		}
	}
	if said.Phase == "done" {
		s.t.Errorf("the load had ended before %d claims were in: %+v", moment, said)
	}
	s.t.Logf("%s at %d claims", f.name, said.Claims)
	told, ended := make(chan []byte, 1), make(chan struct{})
	s.loading = ended
	go func() {
		text, _ := io.ReadAll(pipe)
		close(ended)
		told <- text
	}()
	if f.ends {
		_ = cmd.Process.Kill()
	}
	after := f.do(s)
	text := <-told
	err = cmd.Wait()
	if after != nil {
		after()
	}
	switch {
	case f.ends:
		s.must("load", file, "--dataset", "scale", "--progress", "none")
	case err != nil:
		s.t.Errorf("the load did not go on: %v\n%s\n%.2000s", err, rest.String(), text[max(0, len(text)-2000):])
		s.must("load", file, "--dataset", "scale", "--progress", "none") // at least a second one must end well
	}
	s.holds(f.name, want)
}

// status returns that of the local Dgraph, healthy or not.
func (s *scale) status() (status struct {
	Healthy bool           `json:"healthy"`
	URL     string         `json:"url"`
	Login   string         `json:"login"`
	Leaders []string       `json:"leaders"`
	PIDs    map[string]int `json:"pids"`
},
) {
	s.t.Helper()
	out, err := s.command("status", "--json").Output() // it exits 1 while something is wrong
	if jsonErr := json.Unmarshal(out, &status); jsonErr != nil {
		s.t.Fatalf("status: %v, %v: %s", err, jsonErr, out)
	}
	return status
}

// hit sends a process of the local Dgraph a signal, if it runs.
func (s *scale) hit(name string, signal syscall.Signal) {
	s.t.Helper()
	pid := s.status().PIDs[name]
	if pid <= 0 {
		s.t.Errorf("%s does not run", name)
		return
	}
	if err := syscall.Kill(pid, signal); err != nil {
		s.t.Errorf("%s to %s: %v", signal, name, err)
	}
}

// leader names the process that leads its kind in a cluster, as the zeros know it.
func (s *scale) leader(kind string) string {
	s.t.Helper()
	for range 20 { // a zero that has just come may not know yet
		for _, name := range s.status().Leaders {
			if strings.HasPrefix(name, kind) {
				return name
			}
		}
	}
	s.t.Fatalf("no %s leads", kind)
	return ""
}

// frozen stops a process for as long as asking the local Dgraph how it is takes then, and lets it go on.
func (s *scale) frozen(name string) func() {
	s.t.Helper()
	thaw := s.frozenToTheEnd(name)
	for range 3 {
		_ = s.status() // whatever it says, it takes its time
	}
	thaw()
	return nil
}

// frozenToTheEnd stops a process and returns what lets it go on.
func (s *scale) frozenToTheEnd(name string) func() {
	s.t.Helper()
	pid := s.status().PIDs[name]
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		s.t.Errorf("freeze %s: %v", name, err)
	}
	return func() {
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			s.t.Errorf("unfreeze %s: %v", name, err)
		}
	}
}

// starve leaves the local Dgraph and the load a twentieth of the processor for ten seconds, in turns of half a second:
// their clocks go on, they hardly do.
func (s *scale) starve() func() {
	s.t.Helper()
	processes := []int{s.loader.Pid}
	for _, pid := range s.status().PIDs {
		processes = append(processes, pid)
	}
	all := func(signal syscall.Signal) {
		for _, pid := range processes {
			if err := syscall.Kill(pid, signal); err != nil {
				s.t.Errorf("%s to %d: %v", signal, pid, err)
			}
		}
	}
	for range 20 {
		all(syscall.SIGSTOP)
		<-time.After(475 * time.Millisecond)
		all(syscall.SIGCONT)
		<-time.After(25 * time.Millisecond)
	}
	return nil
}

// downAtLast stops what a run started, when its context has ended already.
func (s *scale) downAtLast() error {
	cmd := exec.Command(s.binary, "down") //nolint:noctx // the test's has ended
	cmd.Env = s.environment()
	return cmd.Run()
}

// moveToSmallDisk has the local Dgraph live on a disk of its own.
func (s *scale) moveToSmallDisk() {
	s.t.Helper()
	home := filepath.Join(s.dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		s.t.Fatal(err)
	}
	smalldisk.Mount(s.t, home, 600)
	s.t.Cleanup(func() { _ = s.downAtLast() })
}

// fillDisk leaves no byte until Dgraph has failed of it or the load has ended, then makes room and starts Dgraph again.
func (s *scale) fillDisk() func() {
	s.t.Helper()
	ballast := filepath.Join(s.dir, "home", "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		s.t.Fatal(err)
	}
	for chunk := make([]byte, 1<<12); err == nil; {
		_, err = f.Write(chunk)
	}
	_ = f.Close() // it could not be written: that is the point
	for failed := false; !failed; {
		select {
		case <-s.loading:
			s.t.Log("the load ended on the full disk")
			failed = true
		default:
			failed = !s.status().Healthy
		}
	}
	if err := os.Remove(ballast); err != nil {
		s.t.Error(err)
	}
	s.must("down") // what a full disk left half alive
	s.must("up")
	return nil
}

// goThroughProxy has the load connect by way of something that can cut it off.
func (s *scale) goThroughProxy() {
	s.t.Helper()
	s.proxy = &proxy{}
}

// reset cuts all connections off, again and again, in the midst of what they carry.
func (s *scale) reset() func() {
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	go func() {
		select {
		case <-s.loading:
			cancel()
		case <-ctx.Done():
		}
	}()
	for range 10 {
		s.proxy.reset()
		s.proxy.carry(ctx, 20_000+s.r.Int64N(200_000))
	}
	return nil
}
