package deploy

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/dgraph-io/dgo/v230/protos/api"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/emptypb"
)

// member is a process of a cluster as its zeros know it.
type member struct {
	kind   string // "zero" or "alpha"
	addr   string
	leader bool
}

// readMembers asks a zero of the local Dgraph who is in the cluster. A zero says so over HTTP as well, but there it
// would take orders from any web page; and the types of this answer are in none of the packages that we use.
func readMembers(ctx context.Context, zero string) ([]member, error) {
	cc, err := grpc.NewClient("dns:///"+zero, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	defer cc.Close()
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	stream, err := cc.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/pb.Zero/StreamMembership")
	if err != nil {
		return nil, err
	}
	var answer emptypb.Empty // keeps the fields that it does not know, which are all
	for _, err := range []error{stream.SendMsg(&api.Payload{}), stream.CloseSend(), stream.RecvMsg(&answer)} {
		if err != nil {
			return nil, fmt.Errorf("ask %s who is in the cluster: %w", zero, err)
		}
	}
	const groups, zeros, groupMembers, value = 2, 3, 1, 2 // of pb.MembershipState, pb.Group and an entry of a map
	var all []member
	state := answer.ProtoReflect().GetUnknown()
	for entry := range values(state, zeros) {
		for m := range values(entry, value) {
			all = append(all, readMember("zero", m))
		}
	}
	for entry := range values(state, groups) {
		for group := range values(entry, value) {
			for entry := range values(group, groupMembers) {
				for m := range values(entry, value) {
					all = append(all, readMember("alpha", m))
				}
			}
		}
	}
	return all, nil
}

// markLeaders marks the processes that lead, as the first zero that answers knows it; none where none does.
func (l Local) markLeaders(ctx context.Context, offset int, nodes []Node) {
	for i := range l.Replicas {
		members, err := readMembers(ctx, portRange{offset: offset + i}.addr(zeroGRPC))
		if err != nil {
			continue
		}
		for n := range nodes {
			kind, at := nodeIndex(nodes[n].Name)
			port := map[string]int{"zero": zeroGRPC, "alpha": alphaPeer}[kind]
			nodes[n].Leads = slices.Contains(members, member{kind, portRange{offset: offset + at}.addr(port), true})
		}
		return
	}
}

// readMember reads a pb.Member.
func readMember(kind string, b []byte) member {
	const addr, leader = 3, 4
	m := member{kind: kind}
	for text := range values(b, addr) {
		m.addr = string(text)
	}
	for yes := range values(b, leader) {
		m.leader = yes[0] != 0
	}
	return m
}

// values yields what a field of a message holds, as it is written: texts, messages within it, numbers. It ends where
// the message is broken.
func values(b []byte, field protowire.Number) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			at, form, tag := protowire.ConsumeTag(b)
			if tag < 0 {
				return
			}
			size := protowire.ConsumeFieldValue(at, form, b[tag:])
			if size < 0 {
				return
			}
			value := b[tag : tag+size]
			if form == protowire.BytesType {
				value, _ = protowire.ConsumeBytes(value)
			}
			if at == field && !yield(value) {
				return
			}
			b = b[tag+size:]
		}
	}
}
