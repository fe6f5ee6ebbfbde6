package httpapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Listening says where a server listens, and by what right.
type Listening struct {
	Address     string // host:port
	Certificate string // file; with Key: speak TLS
	Key         string
	BehindProxy bool // a proxy in front speaks TLS
	Known       bool // callers are asked who they are
}

// ExposedError refuses to listen where strangers would be let in, or listened in on.
type ExposedError struct{ Reason, Fix string }

// Error returns the reason.
func (e *ExposedError) Error() string { return e.Reason }

// Hint returns what would mend it.
func (e *ExposedError) Hint() string { return e.Fix }

// Check refuses an address beyond this machine without encryption, or without knowing who calls.
func (l *Listening) Check() error {
	host, _, err := net.SplitHostPort(l.Address)
	if err != nil {
		return &ExposedError{fmt.Sprintf("%q is no address to listen at", l.Address), "host:port, such as 127.0.0.1:8420"}
	}
	if (l.Certificate == "") != (l.Key == "") {
		return &ExposedError{"a certificate and its key go together", "give both"}
	}
	if loopback(host) {
		return nil
	}
	switch {
	case l.Certificate == "" && !l.BehindProxy:
		return &ExposedError{
			"others on the network could listen in on what is asked at " + l.Address,
			"give a certificate and its key, or say that a proxy in front speaks TLS",
		}
	case !l.Known:
		return &ExposedError{
			"anybody on the network could ask at " + l.Address,
			"give a file of callers with their tokens, or the header in which a proxy names the caller",
		}
	}
	return nil
}

// loopback reports whether a host is this machine alone. An empty one is every address.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

const (
	headerWithin = 10 * time.Second
	bodyWithin   = 30 * time.Second // for what an operation reads at once; a file that is loaded has more
	idleWithin   = 2 * time.Minute
	maxHeader    = 64 << 10
	endWithin    = 20 * time.Second
)

// Serve listens and answers until the context ends; then it takes no more, and gives what is under way some time to
// end. ready is told the address.
func (s *Server) Serve(ctx context.Context, l Listening, ready func(address string)) error {
	if err := l.Check(); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.Address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return s.serveOn(ctx, listener, l, ready)
}

func (s *Server) serveOn(ctx context.Context, listener net.Listener, l Listening, ready func(address string)) error {
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: headerWithin, ReadTimeout: bodyWithin, IdleTimeout: idleWithin,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return working },
		TLSConfig:   &tls.Config{MinVersion: tls.VersionTLS12},
	}
	ended := make(chan error, 1)
	go func() {
		if l.Certificate != "" {
			ended <- server.ServeTLS(listener, l.Certificate, l.Key)
			return
		}
		ended <- server.Serve(listener)
	}()
	ready(listener.Addr().String())
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.log.Info("ending")
	ending, done := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer done()
	err := server.Shutdown(ending)
	if errors.Is(err, context.DeadlineExceeded) {
		cancel() // what is under way still is given up
		err = server.Close()
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
