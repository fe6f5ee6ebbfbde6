package httpapi

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
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
