package httpapi

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/queries"
	"orbat/queries/canned"
)

// operations lists all that may be asked for. This list is the only one: the router, the rights, the document and the
// tests go by it.
func operations() []*Operation {
	return slices.Concat(askOperations(), entityOperations(), documentOperations(), graphOperations(), loadOperations(),
		viewOperations(), savedQuestionOperations(), matchOperations(), decisionOperations(), signOperations(), serverOperations())
}

// base is what the paths of all operations begin with.
const base = "/api/v1"

// Operation is one thing that may be asked for: what the router, the rights, the limits and the OpenAPI document know
// of it.
type Operation struct {
	ID      string // in the document, the metrics and the audit
	Method  string
	Path    string // below base; {name} is a parameter, {name...} the rest
	Tag     string // under which heading it stands
	Summary string
	Doc     string

	Params []queries.Param // of the query; those of the path stand in it
	Body   *Body           // what is sent; nil: nothing
	Answer Answer

	Role   access.Role // the least that may; empty: reader
	Whole  bool        // it shows more than a limit can leave out of it: only who may see all may ask
	Marked bool        // it tells of claims whatever their marking: only who has no marking limit may ask
	Writes bool        // it changes something
	Open   bool        // it may be asked for by anybody: it tells nothing
	Raw    bool        // it reads the URL's query itself
	Probe  bool        // it stands at the root, and is asked for by machines by whatever name they know us by
	Framed bool        // a page of a listed origin may show its answer in a frame; the answer says to whom
	Slow   bool        // it may take as long as an export

	Handle func(x *Exchange) error
}

// Body is what an operation is sent.
type Body struct {
	MIME   string
	Schema any // a value of the type, or the name of a schema; nil: any bytes
	Form   any // what a form has that may be sent in its place; nil: none may
	Doc    string
}

// Answer is what an operation answers when all is well.
type Answer struct {
	Status int               // 0: 200
	MIME   string            // empty: JSON
	Schema any               // a value of the type, or the name of a schema
	Also   map[string]string // other forms, which a parameter asks for: their MIME types with what they are
	Doc    string
}

// needs returns the least role that may ask.
func (o *Operation) needs() access.Role { return cmp.Or(o.Role, access.Reader) }

// pattern is the operation's for the router.
func (o *Operation) pattern() string { return o.Method + " " + o.fullPath() }

// fullPath returns the path from the root.
func (o *Operation) fullPath() string {
	if o.Probe {
		return o.Path
	}
	return base + o.Path
}

// param finds a parameter of the query.
func (o *Operation) param(name string) *queries.Param {
	i := slices.IndexFunc(o.Params, func(p queries.Param) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &o.Params[i]
}

// readParams reads the parameters of a request's query: each once, none that is unknown, and text that is text.
func readParams(raw string, known func(name string) bool, names func() []string) (map[string]string, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, newProblem(http.StatusBadRequest, "bad-query", "Unreadable query", "the query of the URL cannot be read").
			hinted("percent-encode what is no letter or digit, ; included")
	}
	params := map[string]string{}
	for name, list := range values {
		p := newProblem(http.StatusUnprocessableEntity, "bad-parameter", "Bad parameter", "")
		p.Field = strings.ToValidUTF8(name, "�")
		switch {
		case !known(name):
			p.Detail = "no such parameter"
			p.Hint = fmt.Sprintf("there are %s", strings.Join(names(), ", "))
			return nil, p
		case len(list) > 1:
			p.Detail = "given twice"
			return nil, p
		case !utf8.ValidString(list[0]) || strings.ContainsRune(list[0], 0):
			p.Detail = "not valid UTF-8 text"
			return nil, p
		}
		params[name] = list[0]
	}
	return params, nil
}

// read reads the parameters of a request for the operation and puts in what is left to itself.
func (o *Operation) read(r *http.Request) (*canned.Values, error) {
	var names []string
	for _, p := range o.Params {
		names = append(names, p.Name)
	}
	params, err := readParams(r.URL.RawQuery, func(name string) bool { return o.param(name) != nil }, func() []string { return names })
	if err != nil {
		return nil, err
	}
	values, err := (&queries.Query{Name: o.ID, Params: o.Params}).Read(params)
	if err != nil {
		p := ProblemOf(err)
		p.See = "" // it is no question
		return nil, p
	}
	return values, nil
}

// controls are the parameters that say how the answer to a question is wanted. A question's own parameter of such a
// name hides it.
func controls() []queries.Param {
	return []queries.Param{
		{Name: "evidence", Type: "bool", Default: "false", Help: "give every edge the claims behind it, with source and quote"},
		{Name: "exact", Type: "bool", Default: "false", Help: "take no entity for a word of its name, only for an xid, a name or an alias"},
		{
			Name: "markings", Type: "bool", Default: "false",
			Help: "say of every entity and link how the claims behind it, and their sources, are marked",
		},
		{Name: "format", Type: "enum", Of: formatNames(), Default: "json", Help: "what the answer is written as"},
	}
}
