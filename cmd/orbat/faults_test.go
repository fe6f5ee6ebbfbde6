//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"orbat/deploy"
	"orbat/loader"
	"orbat/schema"
)

// fault is what happens to a load under way. It returns once the database is meant to answer again.
type fault struct {
	name string
	do   func(s *scale, load *exec.Cmd)
	ends bool // the load, which is then run again
}

func faultsOf() []fault {
	return []fault{
		{name: "alpha killed", do: func(s *scale, _ *exec.Cmd) { s.hit("alpha", syscall.SIGKILL); s.must("up") }},
		{name: "zero killed", do: func(s *scale, _ *exec.Cmd) { s.hit("zero", syscall.SIGKILL); s.must("up") }},
		{name: "both killed", do: func(s *scale, _ *exec.Cmd) {
			s.hit("zero", syscall.SIGKILL)
			s.hit("alpha", syscall.SIGKILL)
			s.must("up")
		}},
		{name: "alpha frozen", do: func(s *scale, _ *exec.Cmd) { s.frozen("alpha") }},
		{name: "zero frozen", do: func(s *scale, _ *exec.Cmd) { s.frozen("zero") }},
		{name: "stopped and started", do: func(s *scale, _ *exec.Cmd) { s.must("down"); s.must("up") }},
		{name: "orbat killed", do: func(_ *scale, load *exec.Cmd) { _ = load.Process.Kill() }, ends: true},
		{name: "orbat and both killed", do: func(s *scale, load *exec.Cmd) {
			_ = load.Process.Kill()
			s.hit("zero", syscall.SIGKILL)
			s.hit("alpha", syscall.SIGKILL)
		}, ends: true},
	}
}

// TestFaults: whatever happens to a load while it runs, at whatever moment, the graph is in the end that of an undisturbed load, and
// check finds nothing. Three runs in an ordinary test, as many as ORBAT_FAULTS says in another (make faults: 20), each with a seed of
// its own, of which the fault and the moment follow; ORBAT_SEED names the first (6).
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts Dgraphs and kills them")
	}
	runs, first := 3, 6
	for name, into := range map[string]*int{"ORBAT_FAULTS": &runs, "ORBAT_SEED": &first} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			*into = n
		}
	}
	binary := filepath.Join(t.TempDir(), "orbat")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build orbat: %v\n%s", err, out)
	}
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
				t: t, binary: binary, dir: t.TempDir(), dataset: "scale", ontology: ontology, r: rand.New(rand.NewPCG(uint64(seed), 7)), //nolint:gosec // a seed
				env: []string{"ORBAT_DGRAPH=", deploy.EnvBin + "=" + engine.Path},
			}
			t.Cleanup(func() { _ = s.downAtLast() })
			s.disturbed(f)
		})
	}
}

// disturbed loads, has the fault happen at a random moment of it, and compares the end with what was to come.
func (s *scale) disturbed(f fault) {
	records := s.records()[:5000] // long enough for a fault to come in the midst
	want := s.want(records)
	file := s.file("records", records)
	s.must("up")
	cmd := s.command("load", file, "--dataset", "scale", "--progress", "json")
	var rest bytes.Buffer
	cmd.Stdout = &rest
	pipe, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
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
	told := make(chan []byte, 1)
	go func() {
		text, _ := io.ReadAll(pipe)
		told <- text
	}()
	f.do(s, cmd)
	text := <-told
	switch err := cmd.Wait(); {
	case f.ends:
		s.must("load", file, "--dataset", "scale", "--progress", "none")
	case err != nil:
		s.t.Errorf("the load did not go on: %v\n%s\n%.2000s", err, rest.String(), text[max(0, len(text)-2000):])
		s.must("load", file, "--dataset", "scale", "--progress", "none") // at least a second one must end well
	}
	s.holds(f.name, want)
}

// pid is that of a process of the local Dgraph.
func (s *scale) pid(name string) int {
	s.t.Helper()
	out, err := s.command("status", "--json").Output() // it exits 1 while something is wrong
	var status map[string]any
	if jsonErr := json.Unmarshal(out, &status); jsonErr != nil {
		s.t.Fatalf("status: %v, %v: %s", err, jsonErr, out)
	}
	pid, _ := status[name+"_pid"].(float64)
	return int(pid)
}

// hit sends a process of the local Dgraph a signal, if it runs.
func (s *scale) hit(name string, signal syscall.Signal) {
	s.t.Helper()
	pid := s.pid(name)
	if pid <= 0 {
		s.t.Errorf("%s does not run", name)
		return
	}
	if err := syscall.Kill(pid, signal); err != nil {
		s.t.Errorf("%s to %s: %v", signal, name, err)
	}
}

// frozen stops a process for as long as asking the local Dgraph how it is takes then, and lets it go on.
func (s *scale) frozen(name string) {
	s.t.Helper()
	pid := s.pid(name)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		s.t.Errorf("freeze %s: %v", name, err)
	}
	for range 3 {
		_, _ = s.command("status", "--json").Output() // whatever it says, it takes its time
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		s.t.Errorf("unfreeze %s: %v", name, err)
	}
}

// downAtLast stops what a run started, when its context has ended already.
func (s *scale) downAtLast() error {
	cmd := exec.Command(s.binary, "down") //nolint:noctx // the test's has ended
	cmd.Env = s.environment()
	return cmd.Run()
}
