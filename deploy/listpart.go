package deploy

import (
	"context"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// listPartWait is how long a question that meets a list without its parts is asked again. Dgraph takes milliseconds to
// write the parts; a machine short of processor time, or a disk that stalls, takes seconds.
const listPartWait = 30 * time.Second

// Repeated returns how many questions met a long list while Dgraph was rewriting it, and were asked again.
func (c *Conn) Repeated() int64 { return c.repeated.Load() }

// awaitListParts asks a question again that met a long list while Dgraph was rewriting it. Beyond half a megabyte
// Dgraph (v25.4.0) keeps a posting list in parts, and writes the list that names them before the parts, each by itself:
// who reads between the two fails. The question is the same and so is its snapshot, and a moment later it has its
// answer.
func (c *Conn) awaitListParts(
	ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	var until time.Time
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := invoke(ctx, method, request, reply, conn, options...)
		if err == nil || !reads(request) || !lacksListPart(err) {
			return err
		}
		if until.IsZero() {
			c.repeated.Add(1)
			until = time.Now().Add(listPartWait)
		}
		if time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// lacksListPart reports whether a part of a list was not where the list says it is.
func lacksListPart(err error) bool {
	text := status.Convert(err).Message()
	return strings.Contains(text, "could not read list part") && strings.Contains(text, "Key not found")
}
