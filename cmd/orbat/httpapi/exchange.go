package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/trace"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/queries"
	"orbat/queries/canned"
)

// Exchange is one request and its answer: what an operation works with.
type Exchange struct {
	*http.Request
	Caller *access.Caller // who asks; nil where nobody is asked who they are
	Values *canned.Values // the operation's parameters, checked
	Rows   int            // how many rows, entities or records the answer holds, for the audit
	About  string         // what was asked, for the audit: a question and its values

	w      *answerWriter
	server *Server
	op     *Operation
	number string
	span   trace.Span
}

// Text returns a parameter, as it was checked; empty: not given.
func (x *Exchange) Text(name string) string { return x.Values.Text[name] }

// Int returns a parameter that is a number.
func (x *Exchange) Int(name string) int { return x.Values.Ints[name] }

// Yes reports whether a parameter is true.
func (x *Exchange) Yes(name string) bool { return x.Values.Text[name] == "true" }

// Address returns where the server is as the client named it, which the gate knows to be a name of ours:
// https://host[:port].
func (x *Exchange) Address() string { return x.server.options.Gate.Scheme(x.Request) + "://" + x.Host }

// Graph returns the database, as it was last looked at.
func (x *Exchange) Graph() (*Graph, error) { return x.server.source.look(x.Context()) }

// Runner returns what answers questions, up to what the caller may see. All that is shown of the graph comes through
// it.
func (x *Exchange) Runner() (*queries.Runner, error) {
	g, err := x.Graph()
	if err != nil {
		return nil, err
	}
	return g.Runner(x.Caller), nil
}

// Runner returns what answers a caller's questions, up to what the caller may see.
func (g *Graph) Runner(caller *access.Caller) *queries.Runner {
	return &queries.Runner{
		DB: g.Conn, Ontology: g.Ontology, Library: g.Library, MaxMarking: caller.MaxMarking,
		Datasets: caller.Datasets, Around: g.spans.question,
	}
}

// explain returns an error of the database as one that may be shown.
func (x *Exchange) explain(do string, err error) error {
	conn, _, _ := x.server.source.known()
	if conn == nil || err == nil {
		return err
	}
	return x.server.source.explained(conn, do, err)
}

// Explain returns an error of a question in words that may be shown to whoever asked it.
func (x *Exchange) Explain(err error) error { return ProblemOf(x.explain("ask", err)) }

// smallBody is what is kept in memory of what an operation is sent as JSON.
const smallBody = 1 << 20

// ReadJSON reads what was sent. A field that is not known is refused: what is mistyped must not be lost.
func (x *Exchange) ReadJSON(into any) error {
	if kind, _, err := mime.ParseMediaType(x.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return newProblem(http.StatusUnsupportedMediaType, "media-type", "Another media type",
			"the body must be of the type application/json")
	}
	decoder := json.NewDecoder(x.patientBody(smallBody))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil && decoder.Decode(&struct{}{}) != io.EOF {
		err = errors.New("something stands after its end")
	}
	if errors.Is(err, os.ErrDeadlineExceeded) { // its text tells of us
		return tooSlow("the body came too slowly")
	}
	if tooLarge := (*http.MaxBytesError)(nil); err == nil || errors.As(err, &tooLarge) || x.Context().Err() != nil {
		return err
	}
	p := newProblem(http.StatusBadRequest, "bad-json", "Unreadable body", "the body is not the JSON that is expected: "+jsonFault(err))
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		p.Field = kind.Field
	}
	return p
}

// tooSlow refuses who sends drop by drop.
func tooSlow(reason string) *Problem {
	return newProblem(http.StatusRequestTimeout, "slow", "Out of time", reason)
}

// jsonFault returns what is wrong with a text in words that tell nothing of us.
func jsonFault(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("%v, at byte %d", syntax, syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Sprintf("a %s stands where another type belongs", kind.Value)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// JSON answers with a value, and with a hash of it by which a caller learns that nothing has changed.
func (x *Exchange) JSON(code int, v any) error {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return x.Bytes(code, "application/json", body.Bytes())
}

// Bytes answers with a body that is whole.
func (x *Exchange) Bytes(code int, kind string, body []byte) error {
	header := x.w.Header()
	header.Set("Content-Type", kind)
	if code == http.StatusOK && (x.Method == http.MethodGet || x.Method == http.MethodHead) {
		sum := sha256.Sum256(body)
		tag := base64.RawURLEncoding.EncodeToString(sum[:16])
		x.w.tag = tag
		if matches(x.Header.Values("If-None-Match"), tag) {
			header.Set("ETag", x.w.etag())
			header.Del("Content-Type")
			x.w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	x.w.size = len(body)
	x.w.WriteHeader(code)
	if x.Method == http.MethodHead {
		return nil
	}
	_, err := x.w.Write(body)
	return err
}

// matches reports whether a caller has a body with a hash already, compressed or not.
func matches(headers []string, tag string) bool {
	for _, header := range headers {
		for have := range strings.SplitSeq(header, ",") {
			have = strings.Trim(strings.TrimPrefix(strings.TrimSpace(have), "W/"), `"`)
			if have == "*" || have == tag || strings.HasPrefix(have, tag+"-") {
				return true
			}
		}
	}
	return false
}

// completeTrailer follows a stream that ended as it should, where its format has no place to say so.
const completeTrailer = "Orbat-Complete"

// Stream answers with what write writes, as it comes. The first error ends it: before the first byte it is answered as
// a problem, after that the connection is cut, so that no part is taken for the whole.
func (x *Exchange) Stream(kind, file string, write func(w io.Writer) error) error {
	header := x.w.Header()
	header.Set("Content-Type", kind)
	if file != "" {
		header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file}))
	}
	header.Set("Trailer", completeTrailer)
	x.w.size = -1
	if x.Method == http.MethodHead {
		x.w.WriteHeader(http.StatusOK)
		return nil
	}
	err := write(x.w)
	if err == nil && !x.w.begun {
		x.w.WriteHeader(http.StatusOK)
	}
	if err == nil {
		header.Set(completeTrailer, "true")
		return nil
	}
	if !x.w.begun {
		for _, name := range []string{"Content-Type", "Content-Disposition", "Trailer"} {
			header.Del(name)
		}
	}
	return err
}

// problem answers with an error.
func (x *Exchange) problem(err error) *Problem {
	p := *ProblemOf(err)
	if x.Request.Context().Err() != nil && errors.Is(context.Cause(x.Request.Context()), context.DeadlineExceeded) {
		p = *ProblemOf(context.DeadlineExceeded)
	}
	p.Instance = "urn:orbat:request:" + x.number
	if x.w.begun || p.Status == statusClosed {
		return &p
	}
	header := x.w.Header()
	header.Set("Content-Type", "application/problem+json")
	header.Set("Cache-Control", "no-store")
	if p.retry > 0 {
		header.Set("Retry-After", strconv.Itoa(int(p.retry.Seconds())))
	}
	if p.Status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Bearer realm="orbat"`)
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(&p) // texts and numbers
	x.w.size = body.Len()
	x.w.WriteHeader(p.Status)
	if x.Method != http.MethodHead {
		_, _ = x.w.Write(body.Bytes()) // who does not take the error cannot be told
	}
	return &p
}
