package deploy

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/gofrs/flock"
)

// Dgraph's ports, to each of which it adds --port_offset.
const (
	zeroGRPC  = 5080
	zeroHTTP  = 6080
	alphaPeer = 7080
	alphaHTTP = 8080
	alphaGRPC = 9080
)

// Offsets lie where no port falls among those Linux lends to outgoing connections (from 32768 on): one of those could
// be in use at any start.
const minOffset, maxOffset = 10_000, 23_000

// portRange is sets of ports reserved for the pairs of an engine while they start: the pair i has each port at
// offset+i.
type portRange struct {
	offset int
	locks  []*flock.Flock
}

func (l portRange) addr(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port+l.offset))
}

// at returns the set of pair i.
func (l portRange) at(i int) portRange { return portRange{offset: l.offset + i} }

// release lets others try these ports; by now the engine listens on them, or does not want them.
func (l portRange) release() {
	for _, lock := range l.locks {
		_ = lock.Unlock()
	}
}

// findPorts reserves free ports for so many pairs, those of the preferred offset if it can. Two engines that start at
// once must not meet: an alpha would join the other's zero. So each set of ports is locked from before it is tried
// until the engine listens.
func findPorts(ctx context.Context, preferred, pairs int) (portRange, error) {
	for i := range 200 {
		offset := minOffset + rand.IntN(maxOffset-minOffset)
		if i == 0 && preferred > 0 {
			offset = preferred
		}
		if l, ok, err := reserve(ctx, offset, pairs); err != nil || ok {
			return l, err
		}
	}
	return portRange{}, &DatabaseError{
		Do: "start Dgraph", Kind: errPortTaken, Err: errors.New("no free set of ports on 127.0.0.1"),
		Remedy: RemedyPorts,
	}
}

// reserve takes the ports of these very offsets, or reports that they are taken.
func reserve(ctx context.Context, offset, pairs int) (_ portRange, ok bool, err error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("orbat-ports-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return portRange{}, false, fmt.Errorf("reserve ports: %w", err)
	}
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() || !ours(info) {
		return portRange{}, false, &DatabaseError{
			Do: "reserve ports", Err: fmt.Errorf("%s is not a folder of this user's", dir),
			Fix: "set TMPDIR to a folder that only you can write to",
		}
	}
	l := portRange{offset: offset}
	defer func() {
		if !ok {
			l.release()
		}
	}()
	for i := range pairs {
		// The five ports lie 1000 apart, so engines whose offsets are equal modulo 1000 share some.
		lock := flock.New(filepath.Join(dir, fmt.Sprintf("%03d.lock", (offset+i)%1000)))
		locked, err := lock.TryLock()
		if err != nil {
			return portRange{}, false, fmt.Errorf("reserve ports: %w", err)
		}
		if !locked {
			return portRange{}, false, nil
		}
		l.locks = append(l.locks, lock)
		if !l.at(i).free(ctx) {
			return portRange{}, false, nil
		}
	}
	return l, true, nil
}

func (l portRange) free(ctx context.Context) bool {
	for _, port := range []int{zeroGRPC, zeroHTTP, alphaPeer, alphaHTTP, alphaGRPC} {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.addr(port))
		if err != nil {
			return false
		}
		if err := listener.Close(); err != nil {
			return false
		}
	}
	return true
}
