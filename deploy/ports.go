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

// lane is a set of ports reserved for an engine while it starts.
type lane struct {
	offset int
	lock   *flock.Flock
}

func (l lane) addr(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port+l.offset))
}

// release lets others try these ports; by now the engine listens on them, or does not want them.
func (l lane) release() { _ = l.lock.Unlock() }

// findLane reserves free ports, those of the preferred offset if it can. Two engines that start at once must not meet:
// an alpha would join the other's zero. So each set of ports is locked from before it is tried until the engine listens.
func findLane(ctx context.Context, preferred int) (lane, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("orbat-ports-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return lane{}, fmt.Errorf("reserve ports: %w", err)
	}
	for i := range 200 {
		offset := minOffset + rand.IntN(maxOffset-minOffset)
		if i == 0 && preferred > 0 {
			offset = preferred
		}
		// The five ports lie 1000 apart, so engines whose offsets are equal modulo 1000 share some.
		l := lane{offset, flock.New(filepath.Join(dir, fmt.Sprintf("%03d.lock", offset%1000)))}
		ok, err := l.lock.TryLock()
		if err != nil {
			return lane{}, fmt.Errorf("reserve ports: %w", err)
		}
		if !ok {
			continue
		}
		if l.free(ctx) {
			return l, nil
		}
		l.release()
	}
	return lane{}, &Error{Do: "start Dgraph", Kind: errPortTaken, Err: errors.New("no free set of ports on 127.0.0.1"), Fix: "ss -ltn shows what listens"}
}

func (l lane) free(ctx context.Context) bool {
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
