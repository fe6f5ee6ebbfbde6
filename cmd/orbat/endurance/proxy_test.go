//go:build unix

package endurance_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
)

// proxy stands between orbat and its Dgraph.
type proxy struct {
	mu      sync.Mutex
	conns   map[*net.TCPConn]bool
	carried int64         // bytes, both ways
	more    chan struct{} // closed and made anew whenever carried grows
}

// open listens, and returns the URL by which the local Dgraph is reached through it.
func (p *proxy) open(s *scale) string {
	s.t.Helper()
	status := s.status()
	address := strings.TrimPrefix(status.URL, "dgraph://")
	behind, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = listener.Close() })
	p.conns, p.more = map[*net.TCPConn]bool{}, make(chan struct{})
	go func() {
		for {
			client, err := listener.AcceptTCP()
			if err != nil {
				return // closed: the test has ended
			}
			server, err := net.DialTCP("tcp", nil, behind)
			if err != nil {
				_ = client.Close() // as a machine whose Dgraph is away would
				continue
			}
			p.join(client, server)
		}
	}()
	return strings.Replace(status.Login, address, listener.Addr().String(), 1)
}

func (p *proxy) join(client, server *net.TCPConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[client], p.conns[server] = true, true
	go p.copy(client, server)
	go p.copy(server, client)
}

func (p *proxy) copy(to, from *net.TCPConn) {
	_, _ = io.Copy(io.MultiWriter(to, p), from) // until either end is gone
	_ = to.Close()
	_ = from.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, to)
	delete(p.conns, from)
}

// Write counts what is carried.
func (p *proxy) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.carried += int64(len(b))
	close(p.more)
	p.more = make(chan struct{})
	return len(b), nil
}

// reset ends all connections without a goodbye: with no lingering, closing sends a reset.
func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.SetLinger(0)
		_ = conn.Close()
	}
}

// carry waits until so many bytes more have gone through.
func (p *proxy) carry(ctx context.Context, bytes int64) {
	p.mu.Lock()
	goal := p.carried + bytes
	for p.carried < goal {
		more := p.more
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-more:
		}
		p.mu.Lock()
	}
	p.mu.Unlock()
}
