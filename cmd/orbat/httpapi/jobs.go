package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/loader"
)

// jobState is how far a job has come.
type jobState string

const (
	waiting   jobState = "waiting"   // for others to end
	planning  jobState = "planning"  // nothing is written
	planned   jobState = "planned"   // it waits to be told to go on
	loading   jobState = "loading"   //
	done      jobState = "done"      //
	failed    jobState = "failed"    // what was in by then stays; the same again completes it
	cancelled jobState = "cancelled" // the same
)

// over reports whether nothing more becomes of a job.
func (s jobState) over() bool { return s == done || s == failed || s == cancelled }

// job is a load in the making, as its loader sees it.
type job struct {
	ID       string           `json:"id"` // begins with the instance's: another one does not know it
	Instance string           `json:"instance"`
	Owner    string           `json:"owner"`
	File     string           `json:"file"`
	State    jobState         `json:"state"`
	Created  time.Time        `json:"created"`
	Finished *time.Time       `json:"finished,omitempty"`
	Progress *loader.Progress `json:"progress,omitempty"`
	Plan     *loader.Report   `json:"plan,omitempty"`   // what it would do
	Report   *loader.Report   `json:"report,omitempty"` // what it did
	Rejects  []reject         `json:"rejects,omitempty"`
	Below    int              `json:"below,omitempty"` // statements read of texts that are left out: their confidence is lower than asked for
	Problem  *Problem         `json:"problem,omitempty"`
}

// reject is a record that was not taken, or something odd about one that was.
type reject struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Field  string `json:"field,omitempty"`
	Value  string `json:"value,omitempty"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
}

// task is a job with what does its work.
type task struct {
	job
	key    string // of who sent it, by which the same is told when it is sent again
	print  string // of what was sent
	cancel context.CancelFunc
	apply  chan struct{} // closed when it may go on
	told   bool          // it is
}

const (
	maxRejectsKept = 100
	maxJobsWaiting = 16               // that work or wait for that, beyond which more are turned away
	maxJobsOpen    = 8                // of one owner that are not over, what is planned included: each has a file
	tellWithin     = 30 * time.Minute // what is planned waits so long to be told to go on
	keepJobs       = 24 * time.Hour
)

// jobs are those of this instance.
type jobs struct {
	instance string
	mu       sync.Mutex
	tasks    []*task
	count    int
	turn     chan struct{} // one loads at a time: it takes what the machine has
	work     sync.WaitGroup
	ctx      context.Context //nolint:containedctx // of all jobs, which outlive the requests that send them
	end      context.CancelFunc
}

func newJobs() *jobs {
	ctx, end := context.WithCancel(context.Background())
	return &jobs{instance: strings.ToLower(rand.Text()[:6]), turn: make(chan struct{}, 1), ctx: ctx, end: end}
}

// close ends all jobs and waits for them.
func (j *jobs) close() {
	j.end()
	j.work.Wait()
}

// start begins a job; an earlier one of the same key and content is returned in its place, unless that has failed or
// was given up: then the same is tried again.
func (j *jobs) start(owner, key, fingerprint, file string, run func(ctx context.Context, t *task) error, after func()) (job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.forget()
	var again *task // the one that failed
	if key != "" {
		key = owner + "\x00" + key
		if i := slices.IndexFunc(j.tasks, func(t *task) bool { return t.key == key }); i >= 0 {
			if j.tasks[i].print != fingerprint {
				return job{}, newProblem(http.StatusUnprocessableEntity, "idempotency-key", "Key used before",
					"something else was sent with this Idempotency-Key before").hinted("take a new key for what is new")
			}
			if state := j.tasks[i].State; state != failed && state != cancelled {
				after()
				return j.tasks[i].job, nil
			}
			again = j.tasks[i]
		}
	}
	working, own := 0, 0
	for _, t := range j.tasks {
		if !t.State.over() && t.State != planned {
			working++
		}
		if !t.State.over() && t.Owner == owner {
			own++
		}
	}
	switch {
	case own >= maxJobsOpen:
		return job{}, busy("too many of your jobs are not over").hinted("have those that are planned done, or give them up")
	case working >= maxJobsWaiting:
		return job{}, busy("too many jobs wait already")
	}
	if again != nil {
		again.key = ""
	}
	j.count++
	ctx, cancel := context.WithCancel(j.ctx)
	t := &task{
		job: job{
			ID: j.instance + "-" + strconv.Itoa(j.count), Instance: j.instance, Owner: owner, File: file, State: waiting,
			Created: time.Now().UTC(),
		},
		key: key, print: fingerprint, cancel: cancel, apply: make(chan struct{}),
	}
	j.tasks = append(j.tasks, t)
	j.work.Go(func() {
		defer after()
		defer cancel()
		j.finish(t, run(ctx, t))
	})
	return t.job, nil
}

// forget drops what is long over.
func (j *jobs) forget() {
	j.tasks = slices.DeleteFunc(j.tasks, func(t *task) bool { return t.Finished != nil && time.Since(*t.Finished) > keepJobs })
}

// change changes what is seen of a job.
func (j *jobs) change(t *task, how func(*job)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	how(&t.job)
}

func (j *jobs) finish(t *task, err error) {
	j.change(t, func(job *job) {
		now := time.Now().UTC()
		job.Finished, job.State = &now, done
		switch {
		case err == nil:
		case errors.Is(err, context.Canceled):
			job.State = cancelled
		default:
			job.State = failed
			job.Problem = ProblemOf(err)
		}
	})
}

// take waits until a job may work, and returns what lets the next one.
func (j *jobs) take(ctx context.Context) (func(), error) {
	select {
	case j.turn <- struct{}{}:
		return func() { <-j.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// shownTo reports whether a job is a caller's, or the caller an admin who may see all: what is rejected and disputed
// tells of what was sent, and of what is there.
func (t *task) shownTo(caller *access.Caller) bool {
	return t.Owner == caller.Name || caller.Role.Includes(access.Admin) && caller.Sees()
}

// find returns a job that a caller is shown.
func (j *jobs) find(caller *access.Caller, id string) (*task, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.IndexFunc(j.tasks, func(t *task) bool {
		return t.ID == id && t.shownTo(caller)
	})
	if i >= 0 {
		return j.tasks[i], nil
	}
	p := newProblem(http.StatusNotFound, "unknown-job", "Unknown job", fmt.Sprintf("there is no job %q here", shorten(id)))
	if of, _, found := strings.Cut(id, "-"); found && of != j.instance {
		p.Hint = "a job is known to the instance that its name begins with; this one is " + j.instance
	}
	return nil, p
}

// seen returns what is seen of a job now.
func (j *jobs) seen(t *task) job {
	j.mu.Lock()
	defer j.mu.Unlock()
	copied := t.job
	copied.Rejects = slices.Clone(t.Rejects)
	return copied
}

// jobList is the jobs of a caller.
type jobList struct {
	Jobs []job `json:"jobs"`
}

// jobOperations are those about jobs.
func jobOperations() []*Operation {
	one := func(id, method, path, summary string, code int, handle func(x *Exchange, t *task) error) *Operation {
		return &Operation{
			ID: id, Method: method, Path: path, Tag: "loads", Role: access.Loader, Marked: true, Writes: method != http.MethodGet,
			Summary: summary,
			Answer:  Answer{Status: code, Schema: job{}},
			Handle: func(x *Exchange) error {
				t, err := x.server.jobs.find(x.Caller, x.PathValue("id"))
				if err != nil {
					return err
				}
				return handle(x, t)
			},
		}
	}
	return []*Operation{
		{
			ID: "listJobs", Method: http.MethodGet, Path: "/jobs", Tag: "loads", Role: access.Loader, Marked: true,
			Summary: "List your jobs at this instance", Answer: Answer{Schema: jobList{}},
			Handle: func(x *Exchange) error {
				list := jobList{Jobs: []job{}}
				j := x.server.jobs
				j.mu.Lock()
				for _, t := range j.tasks {
					if t.shownTo(x.Caller) {
						list.Jobs = append(list.Jobs, t.job)
					}
				}
				j.mu.Unlock()
				x.Rows = len(list.Jobs)
				return x.JSON(http.StatusOK, list)
			},
		},
		one("showJob", http.MethodGet, "/jobs/{id}", "Show how far a job has come", http.StatusOK, func(x *Exchange, t *task) error {
			return x.JSON(http.StatusOK, x.server.jobs.seen(t))
		}),
		one("applyJob", http.MethodPost, "/jobs/{id}/apply", "Do what a job has planned", http.StatusAccepted, func(x *Exchange,
			t *task,
		) error {
			j := x.server.jobs
			j.mu.Lock()
			state := t.State
			if !t.told && state == planned {
				t.told = true
				close(t.apply)
			}
			told := t.told
			j.mu.Unlock()
			if !told {
				return newProblem(http.StatusConflict, "job-state", "Not now",
					"the job is "+string(state)+", and only what is planned can be done")
			}
			return x.JSON(http.StatusAccepted, j.seen(t))
		}),
		one("cancelJob", http.MethodDelete, "/jobs/{id}", "Give a job up: what is in by then stays, and the same again completes it",
			http.StatusAccepted, func(x *Exchange, t *task) error {
				t.cancel()
				return x.JSON(http.StatusAccepted, x.server.jobs.seen(t))
			}),
	}
}
