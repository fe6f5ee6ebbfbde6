package deploy

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/dgraph-io/dgo/v230/protos/api"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A question that meets a list without its parts is asked again as it was; a write is not, and neither is what fails
// for another reason.
func TestAwaitListParts(t *testing.T) {
	missing := status.Error(codes.Unknown, "cannot read initial list part for list with base key 00: could not read list part with key "+
		"04: Key not found")
	for name, c := range map[string]struct {
		request  *api.Request
		fails    []error
		calls    int
		repeated int64
		code     codes.Code
	}{
		"question":       {&api.Request{Query: "{}", StartTs: 7}, []error{missing, missing}, 3, 1, codes.OK},
		"good question":  {&api.Request{Query: "{}"}, nil, 1, 0, codes.OK},
		"another reason": {&api.Request{Query: "{}"}, []error{status.Error(codes.Unknown, "Key not found")}, 1, 0, codes.Unknown},
		"write":          {&api.Request{Mutations: []*api.Mutation{{}}}, []error{missing}, 1, 0, codes.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			var conn Conn
			calls := 0
			invoke := func(_ context.Context, _ string, request, _ any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
				calls++
				if request != any(c.request) {
					t.Error("another request was made of it")
				}
				if calls <= len(c.fails) {
					return c.fails[calls-1]
				}
				return nil
			}
			err := conn.awaitListParts(t.Context(), "Query", c.request, nil, nil, invoke)
			if status.Code(err) != c.code || calls != c.calls || conn.Repeated() != c.repeated {
				t.Errorf("%v after %d calls, %d repeated", err, calls, conn.Repeated())
			}
		})
	}
}

// What remains after all is told without the list.
func TestExplainListParts(t *testing.T) {
	err := Target{}.explain("ask", "host:9080", status.Error(codes.Unknown,
		"cannot initialize iterator when calling List.iterate minTs: 7, plist: splits:1: could not read list part with key 04: Key not found"))
	var failure *DatabaseError
	if !errors.As(err, &failure) || failure.Remedy != RemedyRebuild || strings.Contains(err.Error(), "splits") {
		t.Errorf("got %v", err)
	}
}
