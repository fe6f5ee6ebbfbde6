package deploy

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
)

// hanging is a Dgraph that answers some of its calls, and the others never.
type hanging struct {
	api.UnimplementedDgraphServer
	version, questions bool // whether it answers those that take no time
}

func (h *hanging) CheckVersion(ctx context.Context, _ *api.Check) (*api.Version, error) {
	if !h.version {
		<-ctx.Done()
	}
	return &api.Version{}, ctx.Err()
}

func (h *hanging) Query(ctx context.Context, in *api.Request) (*api.Response, error) {
	if !h.questions || !strings.Contains(in.GetQuery(), "uid(0x1)") {
		<-ctx.Done()
	}
	return &api.Response{}, ctx.Err()
}

// A call on the only host there is does not wait for ever, neither for one that is frozen, nor for one whose zero is;
// and one that works is given the time that a long question takes.
func TestOneHostThatHangs(t *testing.T) {
	for name, c := range map[string]struct {
		server        hanging
		after, within time.Duration
	}{
		"frozen":   {hanging{}, lastChance, time.Minute},
		"its zero": {hanging{version: true}, lastChance, 2 * time.Minute},
		"slow":     {hanging{version: true, questions: true}, longestQuestion, longestQuestion + time.Minute},
	} {
		for what, do := range map[string]func(*dgo.Dgraph) error{
			"question": func(d *dgo.Dgraph) error {
				_, err := d.NewReadOnlyTxn().Query(context.Background(), "{ q(func: has(name)) { name } }")
				return err
			},
			"write": func(d *dgo.Dgraph) error {
				_, err := d.NewTxn().Mutate(context.Background(), &api.Mutation{CommitNow: true, SetNquads: []byte(`_:a <name> "a" .`)})
				return err
			},
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					listener := bufconn.Listen(1 << 16)
					server := grpc.NewServer()
					api.RegisterDgraphServer(server, &c.server)
					go func() { _ = server.Serve(listener) }()
					defer server.Stop()
					cc, err := grpc.NewClient("passthrough:///one", grpc.WithTransportCredentials(insecure.NewCredentials()),
						grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
					if err != nil {
						t.Fatal(err)
					}
					defer cc.Close()
					start := time.Now()
					err = do(dgo.NewDgraphClient(failoverClient{[]*host{{ClientConn: cc}}, 0}))
					if took := time.Since(start); status.Code(err) != codes.Unavailable || took < c.after || took > c.within {
						t.Errorf("%v after %s", err, took)
					}
				})
			})
		}
	}
}
