package httpapi

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Limits bound what callers may take. The zero value of each is its default.
type Limits struct {
	Time     time.Duration // of one answer
	Export   time.Duration // of an export
	Body     int64         // bytes of a file that is sent to be loaded
	Unpacked int64         // bytes of it once it is unpacked
	Rows     int           // that a question may be asked for at once
	Client   int           // requests of one caller that are worked on at once
	All      int           // requests that are worked on at once
	Waiting  int           // requests that wait for their turn, beyond which more are turned away
}

// maxWait is how long a request waits for its turn.
const maxWait = 10 * time.Second

// withDefaults puts in what is left to us.
func (l Limits) withDefaults() Limits {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	if l.Time == 0 {
		l.Time = time.Minute
	}
	if l.Export == 0 {
		l.Export = time.Hour
	}
	if l.Body == 0 {
		l.Body = 1 << 30
	}
	if l.Unpacked == 0 {
		l.Unpacked = 8 << 30
	}
	set(&l.Rows, 100_000)
	set(&l.Client, 64)
	set(&l.All, 128)
	set(&l.Waiting, 512)
	return l
}

// turns are what requests wait for: so many are worked on at once, and so many of one caller.
type turns struct {
	limits Limits
	all    chan struct{}

	mu      sync.Mutex
	clients map[string]*client
	waiting int
}

// client is a caller with requests under way.
type client struct {
	turns chan struct{}
	uses  int // requests that have one or wait for one
}

func newTurns(limits Limits) *turns {
	return &turns{limits: limits, all: make(chan struct{}, limits.All), clients: map[string]*client{}}
}

// busy refuses a request for which there is no room.
func busy(reason string) *Problem {
	p := newProblem(http.StatusTooManyRequests, "busy", "Too many requests", reason)
	p.Hint, p.retry = "ask again in a moment, or fewer questions at once", time.Second
	return p
}

// take waits for a turn of a caller's and returns what gives it back; a *Problem where there is none in time.
func (t *turns) take(ctx context.Context, name string) (done func(), err error) {
	c, err := t.enter(name)
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	for i, turn := range []chan struct{}{c.turns, t.all} {
		select {
		case turn <- struct{}{}:
			continue
		case <-ctx.Done():
			err = context.Cause(ctx)
		case <-timer.C:
			err = busy("too many requests are under way, and none has ended in time")
		}
		if i > 0 {
			<-c.turns
		}
		t.leave(name, c, true)
		return nil, err
	}
	t.mu.Lock()
	t.waiting--
	t.mu.Unlock()
	return func() {
		<-t.all
		<-c.turns
		t.leave(name, c, false)
	}, nil
}

// enter notes a request that waits.
func (t *turns) enter(name string) (*client, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting >= t.limits.Waiting {
		return nil, busy("too many requests wait already")
	}
	c := t.clients[name]
	if c != nil && c.uses >= t.limits.Client+max(1, t.limits.Waiting/2) { // nobody takes all the room that there is to wait in
		return nil, busy("too many of your requests wait already")
	}
	if c == nil {
		c = &client{turns: make(chan struct{}, t.limits.Client)}
		t.clients[name] = c
	}
	t.waiting++
	c.uses++
	return c, nil
}

// leave forgets a request; waiting tells whether it waited still.
func (t *turns) leave(name string, c *client, waiting bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if waiting {
		t.waiting--
	}
	if c.uses--; c.uses == 0 {
		delete(t.clients, name)
	}
}
