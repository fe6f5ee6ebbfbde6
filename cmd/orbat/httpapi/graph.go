package httpapi

import (
	"context"
	"errors"
	"sync"
	"time"

	"orbat/deploy"
	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// Backend is where the answers come from.
type Backend struct {
	// Connect opens the database. It is called again until it succeeds, and after the database has refused us.
	Connect func(ctx context.Context) (*deploy.Conn, error)
	// Library returns the questions that may be asked, the users' own included, and tells of those that are broken.
	Library func(*schema.Ontology) (*queries.Library, error)
}

// Graph is the database as it was last looked at: the connection, the ontology it was written under, and the questions
// in its words.
type Graph struct {
	Conn     *deploy.Conn
	Ontology *schema.Ontology
	Library  *queries.Library

	spans spans
	own   *queries.Library // what the operations are made of that are no question's: see ownLibrary
}

// Loader returns what writes to the database.
func (g *Graph) Loader() *loader.Loader { return &loader.Loader{DB: g.Conn, Ontology: g.Ontology} }

// lookEvery is how long a change of the ontology, or of a question's file, may go unseen.
const lookEvery = 5 * time.Second

// source keeps the one connection.
type source struct {
	backend Backend
	spans   spans

	connecting chan struct{} // holds one while somebody connects or looks
	mu         sync.Mutex
	conn       *deploy.Conn
	old        []*deploy.Conn // that the database has refused
	graph      *Graph
	looked     time.Time
	closed     bool
}

func newSource(backend Backend, spans spans) *source {
	return &source{backend: backend, spans: spans, connecting: make(chan struct{}, 1)}
}

// turn waits until nobody else connects or looks, no longer than its caller does: a database that hangs must not have
// those wait for each other whose own time is over. It returns what lets the next one.
func (s *source) turn(ctx context.Context) (func(), error) {
	select {
	case s.connecting <- struct{}{}:
		return func() { <-s.connecting }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// lookWithin is how long one may take over connecting or looking while others wait for that, whatever time its own
// request has.
const lookWithin = time.Minute

// connection returns the connection, which is made where there is none.
func (s *source) connection(ctx context.Context) (*deploy.Conn, error) {
	if conn, _, _ := s.known(); conn != nil {
		return conn, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	free, err := s.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	conn, _, closed := s.known()
	if conn != nil {
		return conn, nil
	}
	if closed {
		return nil, context.Canceled
	}
	if conn, err = s.backend.Connect(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn = conn
	return conn, nil
}

// known returns the connection and what was seen of the graph lately; nil: nothing.
func (s *source) known() (conn *deploy.Conn, graph *Graph, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.looked) < lookEvery {
		graph = s.graph
	}
	return s.conn, graph, s.closed
}

// look returns the graph as it is now, or was some seconds ago.
func (s *source) look(ctx context.Context) (*Graph, error) {
	if _, graph, _ := s.known(); graph != nil {
		return graph, nil
	}
	conn, err := s.connection(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	free, err := s.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	if _, graph, _ := s.known(); graph != nil { // another has looked meanwhile
		return graph, nil
	}
	ontology, err := loader.Applied(ctx, conn)
	if err != nil {
		return nil, s.explained(conn, "read the ontology", err)
	}
	library, err := s.backend.Library(ontology)
	if err != nil {
		return nil, err
	}
	own, err := ownLibrary(ontology)
	if err != nil {
		return nil, err
	}
	graph := &Graph{Conn: conn, Ontology: ontology, Library: library, spans: s.spans, own: own}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.graph, s.looked = graph, time.Now()
	return graph, nil
}

// forget has the graph looked at again: it was changed.
func (s *source) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looked = time.Time{}
}

// explained returns an error of the database in words without secrets. A database that refuses us is connected to anew
// next time: what we logged in by does not last for ever.
func (s *source) explained(conn *deploy.Conn, do string, err error) error {
	lacksRight := deploy.Refused(err) != nil // the login holds, and is not enough for this
	err = conn.Explain(do, err)
	if errors.Is(err, deploy.ErrDenied) && !lacksRight {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.conn == conn {
			// Others may be in the midst of a question over it: it is closed at the end.
			s.old = append(s.old, conn)
			s.conn, s.graph, s.looked = nil, nil, time.Time{}
		}
	}
	return err
}

// close closes the connection.
func (s *source) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var all []error
	for _, conn := range append(s.old, s.conn) {
		if conn != nil {
			all = append(all, conn.Close())
		}
	}
	return errors.Join(all...)
}

// ping asks the least question there is.
func (s *source) ping(ctx context.Context) error {
	conn, err := s.connection(ctx)
	if err != nil {
		return err
	}
	_, err = conn.NewReadOnlyTxn().Query(ctx, "{ q(func: uid(0x1)) { uid } }")
	return s.explained(conn, "ask", err)
}
