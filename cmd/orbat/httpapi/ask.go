package httpapi

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"orbat/queries"
	"orbat/queries/encode"
)

// askOperations are those of the questions. In the document each question has an operation of its own.
func askOperations() []*Operation {
	return []*Operation{
		{
			ID: "listQuestions", Method: http.MethodGet, Path: "/questions", Tag: "questions",
			Summary: "List the questions that can be asked", Answer: Answer{Schema: questionList{}},
			Handle: func(x *Exchange) error {
				g, err := x.Graph()
				if err != nil {
					return err
				}
				list := questionList{Questions: []questionInfo{}}
				for _, q := range g.Library.List() {
					list.Questions = append(list.Questions, x.infoOf(q))
				}
				x.Rows = len(list.Questions)
				return x.JSON(http.StatusOK, list)
			},
		},
		{
			ID: "describeQuestion", Method: http.MethodGet, Path: "/questions/{name}", Tag: "questions",
			Summary: "Describe a question: its parameters, and the DQL that it is asked by", Answer: Answer{Schema: questionInfo{}},
			Handle: func(x *Exchange) error {
				q, err := x.question()
				if err != nil {
					return err
				}
				return x.JSON(http.StatusOK, x.infoOf(q))
			},
		},
		{
			ID: askID, Method: http.MethodGet, Path: "/ask/{name}", Tag: "questions", Raw: true,
			Summary: "Ask a question", Answer: Answer{Schema: queries.Result{}, Also: formatMIMEs()},
			Handle: func(x *Exchange) error {
				q, err := x.question()
				if err != nil {
					return err
				}
				return x.ask(q)
			},
		},
	}
}

// askID is the operation that answers all questions, of which the document makes one for each.
const askID = "ask"

// questionList is the questions.
type questionList struct {
	Questions []questionInfo `json:"questions"`
}

// questionInfo is what a form needs to know of a question.
type questionInfo struct {
	Name    string          `json:"name"`
	Purpose string          `json:"purpose"`
	Shape   queries.Shape   `json:"shape"`
	Columns []string        `json:"columns"` // of rows
	Params  []queries.Param `json:"params"`  // all that it takes, those of every question included
	Time    string          `json:"time"`    // what a time that is asked for changes
	Step    string          `json:"step,omitempty"`
	DQL     string          `json:"dql,omitempty"`
}

func (x *Exchange) infoOf(q *queries.Query) questionInfo {
	params := q.AllParams()
	if i := slices.IndexFunc(params, func(p queries.Param) bool { return p.Name == "limit" }); i >= 0 {
		params[i].Max = min(params[i].Max, x.server.options.Limits.Rows) // more are not given at once
	}
	return questionInfo{
		Name: q.Name, Purpose: q.Purpose, Shape: q.Shape, Columns: append([]string{}, q.Columns...), Params: params, Time: q.Time,
		Step: q.Step, DQL: q.DQL,
	}
}

// question returns the question that the path names.
func (x *Exchange) question() (*queries.Query, error) {
	g, err := x.Graph()
	if err != nil {
		return nil, err
	}
	return g.Library.Find(x.PathValue("name"))
}

// askParams are all parameters by which a question is asked here.
func askParams(q *queries.Query) []queries.Param {
	params := q.AllParams()
	for _, c := range controls() {
		if q.Param(c.Name) == nil {
			params = append(params, c)
		}
	}
	return params
}

// readQuestion reads the values of a question, and how its answer is wanted, from a URL's query.
func readQuestion(q *queries.Query, raw string) (map[string]string, error) {
	all := askParams(q)
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
	}
	params, err := readParams(raw, func(name string) bool { return slices.Contains(names, name) }, func() []string { return names })
	if err != nil {
		return nil, withQuestion(err, q)
	}
	return params, nil
}

// ask answers a question whose values stand in the URL's query.
func (x *Exchange) ask(q *queries.Query) error {
	params, err := readQuestion(q, x.URL.RawQuery)
	if err != nil {
		return err
	}
	wanted := map[string]string{}
	for _, c := range controls() {
		if q.Param(c.Name) != nil {
			continue
		}
		if value, given := params[c.Name]; given {
			wanted[c.Name] = value
			delete(params, c.Name)
		}
	}
	how, err := readControls(wanted)
	if err != nil {
		return err
	}
	return x.answerQuestion(q, params, how)
}

// how says how an answer is wanted.
type how struct {
	evidence, exact, markings bool
	format                    string
}

func readControls(given map[string]string) (how, error) {
	op := &Operation{ID: askID, Params: controls()}
	values, err := (&queries.Query{Name: op.ID, Params: op.Params}).Read(given)
	if err != nil {
		p := ProblemOf(err)
		p.See = ""
		return how{}, p
	}
	yes := func(name string) bool { return values.Text[name] == "true" }
	return how{yes("evidence"), yes("exact"), yes("markings"), values.Text["format"]}, nil
}

// withQuestion has a problem with a parameter name where the parameters are listed.
func withQuestion(err error, q *queries.Query) error {
	p := ProblemOf(err)
	p.See = base + "/questions/" + q.Name
	return p
}

// answerQuestion answers a question with its values.
func (x *Exchange) answerQuestion(q *queries.Query, params map[string]string, how how) error {
	x.About = aboutQuestion(q, params)
	if err := x.boundRows(q, params); err != nil {
		return err
	}
	runner, err := x.Runner()
	if err != nil {
		return err
	}
	drawn := how.format != "json" && how.format != ndjson
	result, err := runner.Run(x.Context(), q.Name, params, queries.Ask{
		Evidence: how.evidence || drawn, Full: true, Exact: how.exact, Markings: how.markings || how.format == "html",
	})
	if err != nil {
		return x.explain("ask", err)
	}
	return x.Result(result, how.format)
}

// aboutQuestion is a question with its values, for the audit.
func aboutQuestion(q *queries.Query, params map[string]string) string {
	values := url.Values{}
	for name, value := range params {
		values.Set(name, value)
	}
	return q.Name + "?" + values.Encode()
}

// boundRows refuses to be asked for more rows than are given at once.
func (x *Exchange) boundRows(q *queries.Query, params map[string]string) error {
	most := x.server.options.Limits.Rows
	if !q.AsksBeyond(params, most) {
		return nil
	}
	p := newProblem(http.StatusUnprocessableEntity, "limit", "Beyond a limit", "more rows than this server gives at once")
	p.Field, p.Value, p.Hint = "limit", shorten(params["limit"]), "at most "+strconv.Itoa(most)
	return p
}

// Result answers with the answer to a question, in a format.
func (x *Exchange) Result(r *queries.Result, format string) error {
	return x.drawn(r, format, &screen{})
}

// drawn is [Exchange.Result] of what is drawn on a screen.
func (x *Exchange) drawn(r *queries.Result, format string, s *screen) error {
	x.Rows = max(len(r.Rows), len(r.Edges))
	switch format {
	case "json":
		return x.JSON(http.StatusOK, r)
	case ndjson:
		return x.Stream(ndjsonMIME, "", func(w io.Writer) error {
			records := newRecordWriter(w)
			return records.close(records.answer(r))
		})
	}
	if table, is := encode.FindTable(format); is {
		return x.Stream(table.MIME, r.Query+table.Extension, func(w io.Writer) error { return table.Encode(w, r.Table()) })
	}
	encoder, err := encode.Find(format)
	if err != nil {
		return err
	}
	return x.Stream(encoder.MIME, r.Query+encoder.Extension, func(w io.Writer) error {
		g := r.Graph()
		g.Page, g.Positions = x.server.options.Page, s.Positions
		for name, value := range s.Filters {
			g.Meta["screen."+name] = value
		}
		return encoder.Encode(w, g)
	})
}
