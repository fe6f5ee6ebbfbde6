package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"orbat/cmd/orbat/httpapi/access"
)

// Options say how a server serves. The zero value lets nobody in.
type Options struct {
	Backend Backend
	Gate    *access.Gate
	Limits  Limits
	Log     *slog.Logger         // nil: nothing is logged
	Audit   io.Writer            // nil: nobody keeps who asked what
	Version string               // of orbat
	Tracer  trace.TracerProvider // nil: nothing is traced
	Page    fs.FS                // what was built of the page that shows a graph in one file; nil: nothing is written as HTML
}

// Server answers over HTTP.
type Server struct {
	options    Options
	source     *source
	turns      *turns
	audit      *audit
	metrics    *metrics
	log        *slog.Logger
	mux        *http.ServeMux
	operations []*Operation
	jobs       *jobs
	keeper     *keeper
	pulse      pulse
	spans      spans
}

// New returns a server.
func New(options Options) *Server {
	options.Limits = options.Limits.withDefaults()
	s := &Server{
		options: options, spans: newSpans(options.Tracer), turns: newTurns(options.Limits),
		audit: &audit{to: options.Audit}, metrics: newMetrics(), log: options.Log, mux: http.NewServeMux(),
		jobs: newJobs(), keeper: &keeper{},
	}
	s.source = newSource(options.Backend, s.spans)
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.operations = operations()
	for _, op := range s.operations {
		s.handle(op.pattern(), op)
	}
	nothing := &Operation{ID: "unknown", Open: true, Raw: true, Handle: s.nothingThere}
	s.handle("/", nothing)
	return s
}

// Mount has a handler answer below a path, such as /mcp, for whoever is let in: rights, limits, audit and metrics are
// as those of the operations. What the handler returns before it has written is answered as a problem.
func (s *Server) Mount(pattern, name string, serve func(w http.ResponseWriter, x *Exchange) error) {
	s.mount(pattern, &Operation{ID: name}, serve)
}

// MountFramed is [Server.Mount] of a page that the pages of listed origins may show in a frame. Its answer must say in
// its policy who may (frame-ancestors): a browser shows it to no others.
func (s *Server) MountFramed(pattern, name string, serve func(w http.ResponseWriter, x *Exchange) error) {
	s.mount(pattern, &Operation{ID: name, Framed: true}, serve)
}

func (s *Server) mount(pattern string, op *Operation, serve func(w http.ResponseWriter, x *Exchange) error) {
	op.Raw, op.Handle = true, func(x *Exchange) error {
		x.w.size = -1
		return serve(x.w, x)
	}
	s.handle(pattern, op)
}

// Publish answers a file of a page at a path, / among them, to anybody who calls us by our name: it tells nothing of
// the graph. The policy is what the page may do in its reader's browser.
func (s *Server) Publish(path, kind, policy string, content []byte) {
	op := &Operation{ID: "page", Open: true, Raw: true, Handle: func(x *Exchange) error {
		x.w.Header().Set("Content-Security-Policy", policy)
		return x.Bytes(http.StatusOK, kind, content)
	}}
	if strings.HasSuffix(path, "/") {
		path += "{$}" // itself alone, not all that is below it
	}
	s.handle(http.MethodGet+" "+path, op)
}

func (s *Server) handle(pattern string, op *Operation) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, r, op) //nolint:contextcheck // the exchange has it
	})
}

// Close ends the jobs and gives the database up. Whoever serves has stopped before.
func (s *Server) Close() error {
	s.jobs.close()
	return s.source.close()
}

// Handler returns what serves.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		s.mux.ServeHTTP(w, r)
	})
}

// secure sets the headers of every answer: nothing of it is run, framed, sniffed, or kept by others.
func secure(header http.Header) {
	header.Set("Content-Security-Policy",
		"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cache-Control", "private, no-cache")
	header.Add("Vary", "Accept-Encoding")
	header.Add("Vary", "Authorization")
	header.Add("Vary", "Origin")
}

// answer is the way of every request: who asks, from where, whether it may, its turn, its time, its answer; and what is
// kept of it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, op *Operation) {
	started := time.Now()
	ctx, span := s.spans.request(r, op)
	r = r.WithContext(ctx)
	x := &Exchange{Request: r, w: newAnswerWriter(w, r), server: s, op: op, number: rand.Text()[:16], span: span}
	s.metrics.inFlight.Inc()
	defer s.metrics.inFlight.Dec()
	var p *Problem
	defer func() {
		cause := recover()
		if cause != nil && cause != http.ErrAbortHandler { //nolint:errorlint // it is that very value
			s.log.Error("a request failed", "request", x.number, "operation", op.ID, "panic", fmt.Sprint(cause), "stack",
				string(debug.Stack()))
			p = x.problem(newProblem(http.StatusInternalServerError, "internal", "An error of ours", "something went wrong here"))
		}
		s.finish(x, p, time.Since(started))
	}()
	err := s.admitted(x)
	if err == nil {
		err = x.w.close()
	}
	if err != nil {
		p = x.problem(err)
		_ = x.w.close() // it breaks off with the problem in any case
	}
}

// admitted answers a request that may be.
func (s *Server) admitted(x *Exchange) error {
	gate := s.options.Gate
	var signature string
	var signed bool
	if x.op.signable() {
		x.Request, signature, signed = takeSignature(x.Request)
	}
	if x.op.Probe && x.op.Open {
		return x.op.Handle(x)
	}
	if err := gate.ForeignHost(x.Request); err != nil {
		return err
	}
	listed, err := gate.ForeignOrigin(x.Request)
	if err != nil && (!x.op.Framed || !gate.InFrame(x.Request)) {
		return err
	}
	if listed {
		shareWith(x.w.Header(), x.Header.Get("Origin"))
	}
	if x.Method == http.MethodOptions {
		return s.preflight(x)
	}
	if !x.op.Open {
		if signed {
			x.Caller, err = gate.AdmitSigned(x.op.pattern(), x.Request, signature)
		} else {
			x.Caller, err = gate.Admit(x.Request)
		}
		if err != nil {
			return err
		}
		if err := x.permitted(); err != nil {
			return err
		}
	}
	if !x.op.Raw {
		if x.Values, err = x.op.read(x.Request); err != nil {
			return err
		}
	}
	if x.op.Open {
		return x.op.Handle(x)
	}
	within := s.options.Limits.Time
	if x.op.Slow {
		within = s.options.Limits.Export
	}
	ctx, cancel := context.WithTimeout(x.Context(), within)
	defer cancel()
	done, err := s.turns.take(ctx, x.client())
	if err != nil {
		return err
	}
	defer done()
	x.Request = x.Request.WithContext(ctx)
	return x.op.Handle(x)
}

// permitted refuses what the caller's role does not include.
func (x *Exchange) permitted() error {
	if !x.Caller.Role.Includes(x.op.needs()) {
		return newProblem(http.StatusForbidden, "role", "Not allowed",
			fmt.Sprintf("this needs the role %s, and yours is %s", x.op.needs(), x.Caller.Role)).hinted("ask for a token of that role")
	}
	if x.op.Whole && !x.Caller.Sees() || x.op.Marked && x.Caller.MaxMarking != nil {
		return newProblem(http.StatusForbidden, "whole-graph", "The whole graph is needed",
			"this shows the whole graph, and you may see a part of it").hinted("ask for a token without limits")
	}
	return nil
}

// client is whose limits a request counts against.
func (x *Exchange) client() string {
	if host, _, err := net.SplitHostPort(x.RemoteAddr); err == nil && x.Caller == x.server.options.Gate.Anonymous {
		return "address " + host
	}
	return "caller " + x.Caller.Name
}

// shareWith lets a page of a listed origin read the answer.
func shareWith(header http.Header, origin string) {
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Expose-Headers", "ETag, Content-Disposition, Location, Retry-After, "+completeTrailer)
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// preflight tells a browser what a page may ask.
func (s *Server) preflight(x *Exchange) error {
	allowed := s.methodsAt(x.Request)
	header := x.w.Header()
	header.Set("Allow", strings.Join(allowed, ", "))
	if header.Get("Access-Control-Allow-Origin") != "" {
		header.Set("Access-Control-Allow-Methods", strings.Join(allowed, ", "))
		header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-None-Match")
		header.Set("Access-Control-Max-Age", "600")
		if x.Header.Get("Access-Control-Request-Private-Network") == "true" { // of a browser that asks before it goes to this machine
			header.Set("Access-Control-Allow-Private-Network", "true")
		}
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// methodsAt returns the methods that are answered at a path.
func (s *Server) methodsAt(r *http.Request) []string {
	allowed := []string{http.MethodOptions}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := &http.Request{Method: method, Host: r.Host, URL: &url.URL{Path: r.URL.Path}}
		if _, pattern := s.mux.Handler(other); pattern != "" && pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	slices.Sort(allowed)
	return allowed
}

// nothingThere answers what no operation does.
func (s *Server) nothingThere(x *Exchange) error {
	if allowed := s.methodsAt(x.Request); len(allowed) > 1 {
		x.w.Header().Set("Allow", strings.Join(allowed, ", "))
		return newProblem(http.StatusMethodNotAllowed, "method", "Another method", "this path does not take "+shorten(x.Method)).
			hinted("it takes " + strings.Join(allowed, ", "))
	}
	p := newProblem(http.StatusNotFound, "unknown-path", "Nothing there", "no operation has this path")
	p.See = base + "/openapi.json"
	return p
}

func shorten(text string) string {
	const most = 40
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}

// finish keeps what is to be known of a request.
func (s *Server) finish(x *Exchange, p *Problem, took time.Duration) {
	code := x.w.code
	if p != nil {
		code = p.Status
	}
	x.answered(code)
	if p != nil && p.Type == problemType+"database-away" && !x.op.Open {
		s.pulse.forget()
	}
	s.metrics.answered(x.op.ID, code, x.Rows, took)
	if x.Caller == nil && code >= http.StatusBadRequest {
		s.metrics.refused.WithLabelValues(fmt.Sprint(code)).Inc()
	}
	line := auditLine{
		Time: time.Now().UTC(), Request: x.number, From: addressOf(x.RemoteAddr), Operation: x.op.ID, About: x.About, Status: code,
		Rows: x.Rows, MS: took.Milliseconds(),
	}
	if x.Caller != nil {
		line.Caller, line.Role, line.Signed = x.Caller.Name, string(x.Caller.Role), x.Caller.Signed
	}
	if !x.op.Open || code == http.StatusForbidden || code == http.StatusMisdirectedRequest {
		if err := s.audit.write(line); err != nil {
			s.log.Error("the audit cannot be written", "error", err.Error())
		}
	}
	level := slog.LevelInfo
	attributes := []any{
		"request", x.number, "operation", x.op.ID, "status", code, "rows", x.Rows, "bytes", x.w.bytes, "ms", took.Milliseconds(),
	}
	if p != nil {
		attributes = append(attributes, "problem", strings.TrimPrefix(p.Type, problemType))
		if code >= http.StatusInternalServerError {
			level = slog.LevelError
			attributes = append(attributes, "kinds", kinds(p.cause))
			// The text may hold names: only who looks for a fault is shown it.
			s.log.Debug("why", "request", x.number, "error", fmt.Sprint(p.cause))
		}
	}
	s.log.Log(context.WithoutCancel(x.Context()), level, "answered", attributes...)
	if p != nil && x.w.code != p.Status { // the answer broke off: its reader must not take it for whole
		panic(http.ErrAbortHandler)
	}
}

// kinds returns the types of an error and of those in it: what it was, without the names that its text may hold.
func kinds(err error) string {
	var names []string
	for ; err != nil && len(names) < 10; err = errors.Unwrap(err) {
		names = append(names, fmt.Sprintf("%T", err))
	}
	return strings.Join(names, " < ")
}

func addressOf(remote string) string {
	if at, err := netip.ParseAddrPort(remote); err == nil {
		return at.Addr().String()
	}
	return ""
}
