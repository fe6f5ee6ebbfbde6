package deploy

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

const (
	// suspectAfter is how long a call to one of several hosts may take before the host is asked whether it is still
	// there; it is asked again and again after that.
	suspectAfter = 5 * time.Second
	// backOffFor is how long a host that failed comes last.
	backOffFor = 5 * time.Second
	// stuckAfter is how long a call may take at a host that does answer. An alpha waits without limit for a zero that
	// is frozen, though the others have chosen another leader by then: a call begun before never ends (seen on
	// v25.4.0).
	stuckAfter = time.Minute
	// longestQuestion is how long a question may take at the last host there is, others having taken too long or
	// failed.
	longestQuestion = 30 * time.Minute
	// lastChance is how long the last host may take to answer what takes no time: there is nowhere else to go, and a
	// machine short of processor time must be given some.
	lastChance = 30 * time.Second
)

// host is one alpha of a cluster.
type host struct {
	*grpc.ClientConn
	backOffUntil atomic.Int64 // Unix nanoseconds
}

func (h *host) backOff() { h.backOffUntil.Store(time.Now().Add(backOffFor).UnixNano()) }

// healthy reports whether the host is worth asking first.
func (h *host) healthy() bool {
	return time.Now().UnixNano() > h.backOffUntil.Load() && h.GetState() != connectivity.TransientFailure
}

// failoverClient is a connection to a database that prefers one of its hosts: a transaction stays there while it can. A
// call that a host cannot take goes to the next one where that is safe: the call never left us, or it reads, or the
// server said that it is not ready. A write that may have been done fails, and its caller, who knows how, looks what
// became of it.
type failoverClient struct {
	hosts []*host
	first int
}

// order returns the preferred host and then the others, those that failed lately last.
func (m failoverClient) order() []*host {
	var healthy, failed []*host
	for i := range m.hosts {
		if h := m.hosts[(m.first+i)%len(m.hosts)]; h.healthy() {
			healthy = append(healthy, h)
		} else {
			h.Connect() // it may be back
			failed = append(failed, h)
		}
	}
	return append(healthy, failed...)
}

// call makes a call at the first host that can take it.
func call[A, T any](
	ctx context.Context, m failoverClient, args A, options []grpc.CallOption,
	do func(api.DgraphClient, context.Context, A, ...grpc.CallOption) (T, error),
) (T, error) {
	var reply T
	var err error
	order := m.order()
	for i, h := range order {
		w := watch{limit: stuckAfter, patience: dialTimeout}
		if last := i == len(order)-1; last {
			w.patience = lastChance
		}
		switch request := any(args).(type) {
		case *api.Operation:
			w.limit, w.works = 0, true // an index takes what it takes to build
		case *api.Request:
			w.works = true
			if i == len(order)-1 && (reads(request) || len(order) == 1) {
				w.limit = longestQuestion // it took long everywhere, or there is no other leader to turn to
			}
		}
		var at peer.Peer
		err = h.watched(ctx, w, func(ctx context.Context) (err error) {
			reply, err = do(api.NewDgraphClient(h.ClientConn), ctx, args, append(options, grpc.Peer(&at))...)
			return err
		})
		if err == nil || ctx.Err() != nil {
			break
		}
		undone := at.Addr == nil || reads(args) // a peer is known as soon as the call is on its way
		if strings.Contains(status.Convert(err).Message(), "not ready to accept requests") {
			undone = true
		} else if status.Code(err) != codes.Unavailable {
			break
		}
		h.backOff()
		if !undone {
			break
		}
	}
	return reply, err
}

// The methods of [api.DgraphClient].

func (m failoverClient) Login(ctx context.Context, in *api.LoginRequest, options ...grpc.CallOption) (*api.Response, error) {
	return call(ctx, m, in, options, api.DgraphClient.Login)
}

func (m failoverClient) Query(ctx context.Context, in *api.Request, options ...grpc.CallOption) (*api.Response, error) {
	return call(ctx, m, in, options, api.DgraphClient.Query)
}

func (m failoverClient) Alter(ctx context.Context, in *api.Operation, options ...grpc.CallOption) (*api.Payload, error) {
	return call(ctx, m, in, options, api.DgraphClient.Alter)
}

func (m failoverClient) CommitOrAbort(ctx context.Context, in *api.TxnContext, options ...grpc.CallOption) (*api.TxnContext, error) {
	return call(ctx, m, in, options, api.DgraphClient.CommitOrAbort)
}

func (m failoverClient) CheckVersion(ctx context.Context, in *api.Check, options ...grpc.CallOption) (*api.Version, error) {
	return call(ctx, m, in, options, api.DgraphClient.CheckVersion)
}

// reads reports whether a call changes nothing, so that it may be made twice.
func reads(args any) bool {
	switch request := args.(type) {
	case *api.Request:
		return len(request.GetMutations()) == 0 && !request.GetCommitNow()
	case *api.Check, *api.LoginRequest:
		return true
	}
	return false
}

var (
	errSilent = errors.New("it does not answer") // to a question that takes no time
	errStuck  = errors.New("it takes too long")
)

// watch is what a call is given up for.
type watch struct {
	limit    time.Duration // how long it may take; 0: for ever
	patience time.Duration // how long the host may take to answer what takes no time
	works    bool          // the host must also answer a question meanwhile, for which an alpha needs its zero
}

// watched makes a call to this host and gives up when the host is silent: a process that is frozen, or a machine that
// went away without a word, keeps its connection open for many minutes. So it does where the host does not work: after
// a change of leaders an alpha may wait without end for a zero that no longer leads.
func (h *host) watched(ctx context.Context, w watch, call func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	start := time.Now()
	timer := time.AfterFunc(suspectAfter, func() {
		for ctx.Err() == nil {
			switch {
			case w.limit > 0 && time.Since(start) > w.limit:
				cancel(errStuck)
			case !h.answers(ctx, w.patience):
				cancel(errSilent)
			case w.works && !h.works(ctx, 2*w.patience):
				cancel(errStuck)
			}
			select {
			case <-ctx.Done():
			case <-time.After(suspectAfter):
			}
		}
	})
	defer timer.Stop()
	err := call(ctx)
	if cause := context.Cause(ctx); err != nil && (errors.Is(cause, errSilent) || errors.Is(cause, errStuck)) {
		return status.Error(codes.Unavailable, h.Target()+": "+cause.Error())
	}
	return err
}

// answers asks for the version, which needs neither a login nor another server.
func (h *host) answers(ctx context.Context, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_, err := api.NewDgraphClient(h.ClientConn).CheckVersion(ctx, &api.Check{})
	return status.Code(err) != codes.DeadlineExceeded
}

// works asks the least question there is, which needs a timestamp of the zero that leads, as the user of the call that
// ctx is of. A refusal is an answer too.
func (h *host) works(ctx context.Context, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_, err := api.NewDgraphClient(h.ClientConn).Query(ctx, &api.Request{Query: "{ q(func: uid(0x1)) { uid } }", ReadOnly: true})
	return status.Code(err) != codes.DeadlineExceeded
}
