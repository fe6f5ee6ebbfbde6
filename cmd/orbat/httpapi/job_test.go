package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/deploy"
)

// A job that panics fails; the server goes on, the next job has its turn, and the log says why.
func TestJobThatPanics(t *testing.T) {
	var log bytes.Buffer
	s := New(Options{
		Gate: &access.Gate{}, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Backend: Backend{Connect: func(context.Context) (*deploy.Conn, error) { panic("odd file") }},
	})
	for range 2 {
		l := &load{server: s, caller: &access.Caller{}, file: &upload{}}
		started, err := s.jobs.start("lou", "", "", "x", l.run, func() {})
		if err != nil {
			t.Fatal(err)
		}
		task, err := s.jobs.find(&access.Caller{Name: "lou"}, started.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.jobs.work.Wait()
		if seen := s.jobs.seen(task); seen.State != failed || seen.Problem == nil || strings.Contains(seen.Problem.Detail, "odd") {
			t.Errorf("%+v", seen)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if n := strings.Count(log.String(), "odd file"); n != 2 {
		t.Errorf("%s", log.String())
	}
}

// A job is its owner's, and an admin's who may see all.
func TestJobsAreShownToFew(t *testing.T) {
	of := &task{job: job{Owner: "lou"}}
	for _, c := range []struct {
		caller access.Caller
		shown  bool
	}{
		{access.Caller{Name: "lou", Role: access.Loader, Datasets: []string{"mine"}}, true},
		{access.Caller{Name: "max", Role: access.Loader}, false},
		{access.Caller{Name: "eve", Role: access.Admin}, true},
		{access.Caller{Name: "pat", Role: access.Admin, Datasets: []string{"mine"}}, false},
	} {
		if of.shownTo(&c.caller) != c.shown {
			t.Errorf("%+v", c)
		}
	}
}

// What one loader has planned and does not have done keeps nobody else's jobs out, and no more than a few of them wait.
func TestPlannedJobsKeepNobodyOut(t *testing.T) {
	j := newJobs()
	defer j.close()
	idle := func(ctx context.Context, t *task) error {
		j.change(t, func(job *job) { job.State = planned })
		<-ctx.Done()
		return ctx.Err()
	}
	for _, owner := range []string{"lou", "max", "ann", "bob"} {
		for n := range maxJobsOpen + 1 {
			_, err := j.start(owner, "", "", "x", idle, func() {})
			var p *Problem
			if refused := errors.As(err, &p) && p.Status == http.StatusTooManyRequests && p.Hint != ""; refused != (n == maxJobsOpen) {
				t.Fatalf("job %d of %s: %v", n, owner, err)
			}
		}
		for planning := true; planning; { // the same state as the next one finds
			j.mu.Lock()
			planning = slices.ContainsFunc(j.tasks, func(t *task) bool { return t.State == waiting })
			j.mu.Unlock()
			runtime.Gosched()
		}
	}
}

// What has failed is tried again under the same key; what goes well, and what goes on, is not.
func TestFailedJobIsTriedAgain(t *testing.T) {
	j := newJobs()
	defer j.close()
	for _, c := range []struct {
		err error
		new bool
	}{{errors.New("no"), true}, {context.Canceled, true}, {nil, false}} {
		key := fmt.Sprint(c.err)
		first, err := j.start("lou", key, "print", "x", func(context.Context, *task) error { return c.err }, func() {})
		if err != nil {
			t.Fatal(err)
		}
		j.work.Wait()
		if _, err := j.start("lou", key, "other", "x", nil, nil); ProblemOf(err).Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: something else under the same key: %v", key, err)
		}
		second, err := j.start("lou", key, "print", "x", func(context.Context, *task) error { return nil }, func() {})
		if err != nil || (second.ID != first.ID) != c.new {
			t.Errorf("%s: %s, %s, %v", key, first.ID, second.ID, err)
		}
		j.work.Wait()
		if third, err := j.start("lou", key, "print", "x", nil, func() {}); err != nil || third.ID != second.ID {
			t.Errorf("%s: %s, %s, %v", key, second.ID, third.ID, err)
		}
	}
}

// However often somebody asks whether the database answers, it is asked once a second.
func TestReadinessIsAskedOnce(t *testing.T) {
	var asked atomic.Int32
	s := New(Options{Gate: &access.Gate{}, Backend: Backend{Connect: func(context.Context) (*deploy.Conn, error) {
		asked.Add(1)
		return nil, errors.New("away")
	}}})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
			if w.Code != http.StatusServiceUnavailable {
				t.Errorf("%d", w.Code)
			}
		})
	}
	group.Wait()
	if n := asked.Load(); n > 5 { // on a machine that takes seconds over this
		t.Errorf("asked %d times", n)
	}
}
