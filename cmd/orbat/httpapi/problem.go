package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/deploy"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/queries"
	"orbat/queries/encode"
	"orbat/queries/view"
	"orbat/schema"
)

// Problem is an error as HTTP carries it (RFC 9457), with what orbat knows of it beside: where in a file or in which
// parameter it is, what would mend it, and what may have been meant.
type Problem struct {
	Type     string `json:"type"`  // urn:orbat:problem: and the kind
	Title    string `json:"title"` // the same for each of its kind
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty"` // the request's number, by which the log knows it

	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"` // of the line
	Field  string `json:"field,omitempty"`  // the parameter, field or column of a table that it is about
	Value  string `json:"value,omitempty"`  // as given
	Hint   string `json:"hint,omitempty"`   // what would mend it
	Option string `json:"option,omitempty"` // the option of the operation that would, and what to set it to
	See    string `json:"see,omitempty"`    // the path that lists what may stand there

	Candidates []queries.Candidate `json:"candidates,omitempty"` // what an ambiguous name may mean, or an unknown one may have meant
	More       bool                `json:"more,omitempty"`       // there are more candidates than these

	retry time.Duration // after which to ask again; 0: that would not help
	cause error         // for the log
}

// problemType is what all problems' types begin with.
const problemType = "urn:orbat:problem:"

// statusClosed is what the log has for a request that nobody waits for any more. It is not sent.
const statusClosed = 499

// newProblem returns a problem of a kind.
func newProblem(code int, kind, title, detail string) *Problem {
	return &Problem{Type: problemType + kind, Title: title, Status: code, Detail: detail}
}

// NewProblem returns a problem of a kind, for those who answer below a path of their own ([Server.Mount]).
func NewProblem(code int, kind, title, detail string) *Problem {
	return newProblem(code, kind, title, detail)
}

// BadParameter returns the problem of a parameter, or of a field of what was sent, that nothing can be asked by.
func BadParameter(field, value, detail, hint string) *Problem {
	p := newProblem(http.StatusUnprocessableEntity, "bad-parameter", "Bad parameter", detail).hinted(hint)
	p.Field, p.Value = field, schema.Shorten(value)
	return p
}

// Hinted returns the problem with what would mend it.
func (p *Problem) Hinted(hint string) *Problem { return p.hinted(hint) }

// Error returns the detail.
func (p *Problem) Error() string { return cmp.Or(p.Detail, p.Title) }

// Unwrap returns what it was made of.
func (p *Problem) Unwrap() error { return p.cause }

// hinted returns the problem with what would mend it.
func (p *Problem) hinted(hint string) *Problem {
	p.Hint = hint
	return p
}

// kindOf says what kind of problem an error is, from those whom it is to blame on to those who run this.
func kindOf(err error) *Problem {
	var refusal *access.Refusal
	var body *http.MaxBytesError
	var less *queries.LessError
	switch {
	case errors.As(err, &refusal):
		p := newProblem(refusal.Status, "refused", "Not allowed", refusal.Reason)
		switch refusal.Status {
		case http.StatusUnauthorized:
			p.Type, p.Title = problemType+"unauthenticated", "Not known"
		case http.StatusMisdirectedRequest:
			p.Type, p.Title = problemType+"misdirected", "Another server's name"
		}
		return p.hinted(refusal.Hint)
	case errors.As(err, &body):
		return newProblem(http.StatusRequestEntityTooLarge, "too-large", "Too large",
			"the request holds more than the "+strconv.FormatInt(body.Limit, 10)+" bytes that are taken")
	case errors.Is(err, view.ErrUnredacted):
		return newProblem(http.StatusForbidden, "whole-graph", "The whole graph is needed",
			"this question reads the whole graph, and you may see a part of it")
	case errors.As(err, &less):
		p := newProblem(http.StatusServiceUnavailable, "changing", "The graph changes", "")
		p.retry = 10 * time.Second
		return p
	}
	if p := kindOfQuestion(err); p != nil {
		return p
	}
	if p := kindOfLoad(err); p != nil {
		return p
	}
	return kindOfDatabase(err)
}

// kindOfQuestion knows the errors of questions.
func kindOfQuestion(err error) *Problem {
	var ambiguous *queries.AmbiguousError
	var unknown *queries.UnknownEntityError
	var format *encode.UnknownFormatError
	switch {
	case errors.As(err, &ambiguous):
		p := newProblem(http.StatusConflict, "ambiguous-name", "Ambiguous name", "")
		p.Candidates, p.More = ambiguous.Candidates, ambiguous.More
		return p
	case errors.As(err, &unknown):
		p := newProblem(http.StatusNotFound, "unknown-name", "Unknown name", "")
		p.Candidates = unknown.Near
		return p
	case errors.As(err, new(*queries.NoTextError)):
		return newProblem(http.StatusNotFound, "no-text", "No text", "")
	case errors.As(err, new(*queries.UnknownQueryError)):
		return newProblem(http.StatusNotFound, "unknown-question", "Unknown question", "")
	case errors.As(err, new(*queries.ParamError)):
		return newProblem(http.StatusUnprocessableEntity, "bad-parameter", "Bad parameter", "")
	case errors.As(err, &format):
		return newProblem(http.StatusUnprocessableEntity, "unknown-format", "Unknown format", "")
	case errors.As(err, new(*queries.HeaderError)), errors.As(err, new(*queries.DQLError)):
		return newProblem(http.StatusInternalServerError, "broken-question", "Broken question", "")
	}
	return nil
}

// kindOfLoad knows the errors of loads and decisions.
func kindOfLoad(err error) *Problem {
	switch {
	case errors.As(err, new(*loader.NoDatasetError)):
		return newProblem(http.StatusNotFound, "unknown-dataset", "Unknown data set", "")
	case errors.As(err, new(*loader.NoDecisionError)):
		return newProblem(http.StatusNotFound, "unknown-decision", "Unknown decision", "")
	case errors.As(err, new(*loader.ContradictionError)):
		return newProblem(http.StatusConflict, "contradiction", "Contradicts what is decided", "")
	case errors.As(err, new(*loader.TooManyRejectsError)):
		return newProblem(http.StatusUnprocessableEntity, "too-many-rejects", "Too many rejects", "")
	case errors.As(err, new(*loader.ManyDatasetsError)), errors.As(err, new(*loader.NoReplacedError)),
		errors.As(err, new(*loader.PartialInputError)):
		return newProblem(http.StatusUnprocessableEntity, "bad-replacement", "Cannot replace", "")
	case errors.As(err, new(*loader.DeltaError)):
		return newProblem(http.StatusUnprocessableEntity, "bad-delta", "Cannot apply the delta", "")
	case errors.As(err, new(*schema.RecordError)):
		return newProblem(http.StatusUnprocessableEntity, "bad-record", "Bad record", "")
	case errors.As(err, new(*mapping.MappingError)):
		return newProblem(http.StatusUnprocessableEntity, "bad-mapping", "Bad mapping", "")
	case errors.As(err, new(*mapping.ExpectationError)):
		return newProblem(http.StatusUnprocessableEntity, "expectation", "Not what the mapping expects", "")
	case errors.As(err, new(*format.ReadError)):
		return newProblem(http.StatusUnprocessableEntity, "unreadable", "Unreadable", "")
	case errors.As(err, new(*schema.MigrationError)):
		return newProblem(http.StatusConflict, "migration", "The ontology does not fit", "")
	}
	return nil
}

// kindOfDatabase knows the errors of the database, and of those who do not wait for it.
func kindOfDatabase(err error) *Problem {
	var database *deploy.DatabaseError
	away := func(detail string) *Problem {
		p := newProblem(http.StatusServiceUnavailable, "database-away", "The database is away", detail)
		p.Hint, p.retry = "ask again: it is looked for", 5*time.Second
		return p
	}
	code := status.Code(err)
	switch {
	case errors.Is(err, context.DeadlineExceeded), code == codes.DeadlineExceeded:
		return newProblem(http.StatusGatewayTimeout, "timeout", "Out of time", "the answer took longer than is allowed").
			hinted("ask for less: fewer steps, a smaller limit, a filter")
	case errors.Is(err, context.Canceled), code == codes.Canceled:
		return newProblem(statusClosed, "closed", "Nobody waits", "the request was given up")
	case errors.As(err, new(*loader.NoSchemaError)):
		p := newProblem(http.StatusServiceUnavailable, "empty", "Nothing is loaded", "nothing has been loaded into the database yet")
		p.Hint, p.retry = "load a data set first", time.Minute
		return p
	case errors.As(err, new(*loader.OlderFormatError)), errors.As(err, new(*loader.NewerFormatError)):
		p := newProblem(http.StatusServiceUnavailable, "format", "Another format", "the database is of another version's format")
		p.retry = time.Minute
		return p
	case errors.As(err, &database) && errors.Is(err, deploy.ErrDenied):
		return away("the database refuses this server")
	case errors.As(err, &database) && database.Kind != nil:
		return away("the database does not answer")
	case errors.As(err, &database), code == codes.Unavailable, code == codes.ResourceExhausted, code == codes.Aborted:
		return away("the database cannot answer now")
	}
	return newProblem(http.StatusInternalServerError, "internal", "An error of ours", "something went wrong here").
		hinted("whoever runs this server finds it in the log, by the instance")
}

// ProblemOf returns an error as a problem: of what orbat's packages find wrong with all that their [schema.Fault] says.
func ProblemOf(err error) *Problem {
	var own *Problem
	if errors.As(err, &own) {
		return own
	}
	p := kindOf(err)
	p.cause = err
	if p.Status == http.StatusInternalServerError && p.Type == problemType+"internal" {
		return p // its text is for those who run this
	}
	if p.Detail != "" {
		return p
	}
	f := schema.FaultOf(err)
	p.Detail, p.Field, p.Value = f.Reason, f.Column, f.Value
	p.File, p.Line, p.Column = f.Pos.File, f.Pos.Line, f.Pos.Column
	p.Hint, p.See = cmp.Or(p.Hint, f.Hint), pathOf(f.See)
	if f.Option.Name != "" {
		p.Option = f.Option.Name
		if f.Option.Value != "" {
			p.Option += "=" + f.Option.Value
		}
	}
	return p
}

// pathOf returns the path of a listing.
func pathOf(see schema.Listing) string {
	listing, of := see.Cut()
	switch listing {
	case schema.SeeTypes, schema.SeeSchema:
		return base + "/ontology"
	case schema.SeeQuestions:
		return base + "/questions"
	case schema.SeeQuestion:
		if of == "" {
			return base + "/questions"
		}
		return base + "/questions/" + of
	case schema.SeeDatasets:
		return base + "/datasets"
	case schema.SeeDecisions:
		return base + "/decisions"
	case schema.SeeSearch:
		return base + "/search"
	case schema.SeeSources:
	case schema.SeeHeader: // of a file on the server's disk
	}
	return ""
}
