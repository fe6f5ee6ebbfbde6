//go:build unix

package deploy

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"
)

// The life of a cluster: it goes on without one of each, is mended in place, keeps its ports, and is what its data is.
func TestCluster(t *testing.T) {
	t.Parallel()
	l, _ := newLocal(t)
	l.Replicas = 3
	ctx := t.Context()
	first := up(t, l)
	if len(first.Target.Hosts) != 3 || len(first.PIDs()) != 6 {
		t.Fatalf("a cluster of three: %+v", first)
	}
	put(t, first.Target, "one")
	l.Replicas = 0 // its data tells

	conn, err := Connect(ctx, first.Target)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	before, err := readState(l.file("state.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, victim := range []string{"alpha", "zero2"} {
		if err := before.alive()[victim].kill(ctx); err != nil {
			t.Fatal(err)
		}
	}
	s, err := l.Status(ctx)
	if err != nil || !s.Healthy || s.Problem == nil || !strings.Contains(s.Problem.Error(), "zero2, alpha have ended") ||
		s.PID("alpha") != 0 {
		t.Errorf("without two of six: %+v, %v", s, err)
	}
	for range 20 { // whichever host a question is meant for, it is answered
		if _, err := conn.NewReadOnlyTxn().Query(ctx, "{q(func: has(name)) {name}}"); err != nil {
			t.Errorf("with one alpha of three gone: %v", err)
		}
	}
	eventually(t, "a write, once there is another leader", func() bool {
		_, err := conn.NewTxn().Mutate(ctx, &api.Mutation{CommitNow: true, SetNquads: []byte(`_:a <name> "two" .`)})
		return err == nil
	})

	mended := up(t, l)
	if !mended.Started || len(mended.PIDs()) != 6 || mended.PID("alpha3") != first.PID("alpha3") ||
		!slices.Equal(mended.Target.Hosts, first.Target.Hosts) {
		t.Errorf("mended: %+v, was %+v", mended, first)
	}
	for one := range mended.Target.each() {
		if !has(t, one, "one") || !has(t, one, "two") {
			t.Errorf("%s lacks data", one)
		}
	}

	frozen := mended.PID("alpha2")
	if err := syscall.Kill(frozen, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	silent, cancel := context.WithTimeout(ctx, 10*time.Minute)
	for range 6 {
		if _, err := conn.NewReadOnlyTxn().Query(silent, "{q(func: has(name)) {name}}"); err != nil {
			t.Errorf("with one alpha of three frozen: %v", err)
		}
	}
	cancel()
	if err := syscall.Kill(frozen, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}

	starved(t, mended.PIDs())
	if _, err := conn.NewReadOnlyTxn().Query(ctx, "{q(func: has(name)) {name}}"); err != nil {
		t.Errorf("with all frozen for ten seconds: %v", err)
	}
	eventually(t, "a write, after all were frozen", func() bool {
		_, err := conn.NewTxn().Mutate(ctx, &api.Mutation{CommitNow: true, SetNquads: []byte(`_:a <name> "three" .`)})
		return err == nil
	})

	if err := l.Down(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(l.file("state.json")); err != nil {
		t.Fatal(err)
	}
	again := up(t, l)
	if !slices.Equal(again.Target.Hosts, first.Target.Hosts) || !has(t, again.Target, "two") {
		t.Errorf("its state forgotten: %+v, was %+v", again, first)
	}
	l.Replicas = 1
	if _, err := l.Up(ctx); err == nil || !strings.Contains(err.Error(), "that of 3, not of 1") {
		t.Errorf("one of three: %v", err)
	}
	l.Replicas = 2
	if _, err := l.Up(ctx); err == nil || !strings.Contains(err.Error(), "agree") {
		t.Errorf("two: %v", err)
	}
	l.Replicas = 0
	writeFile(t, l.file(clusterFile), "{")
	if _, err := l.Status(ctx); err == nil || errors.Is(err, ErrNotRunning) {
		t.Errorf("an unreadable %s: %v", clusterFile, err)
	}
	if err := (cluster{Replicas: 3, Offset: before.Offset}).write(l.file(clusterFile)); err != nil {
		t.Fatal(err)
	}
}

// starved freezes processes, and lets them go on in ten seconds.
func starved(t *testing.T, pids []int) {
	t.Helper()
	all := func(signal syscall.Signal) {
		for _, pid := range pids {
			if err := syscall.Kill(pid, signal); err != nil {
				t.Errorf("%s to %d: %v", signal, pid, err)
			}
		}
	}
	all(syscall.SIGSTOP)
	time.AfterFunc(10*time.Second, func() { all(syscall.SIGCONT) })
}
