package mcp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"orbat/queries"
	"orbat/schema"
)

// call is one call of a tool, read.
type call struct {
	tool     string
	args     map[string]string // of the tool, as given: what a cursor belongs to
	question string            // empty: the questions are listed
	params   map[string]string // its values
	own      bool              // of the questions that orbat ships
	asOf     string            // as given
	evidence bool
	budget   int
	cursor   cursor
}

const (
	defaultBudget = 20_000
	leastBudget   = 2_000
	mostBudget    = 1_000_000
)

// anyTime, as as_of, asks for no time: what held whenever it did.
const anyTime = "any"

func badParam(question, param, reason, hint string) error {
	return &queries.ParamError{Query: question, Fault: schema.Fault{Column: param, Reason: reason, Hint: hint}}
}

// read reads the arguments of a call.
func (t *tool) read(arguments json.RawMessage) (c *call, err error) {
	given := map[string]any{}
	if len(bytes.TrimSpace(arguments)) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(arguments))
		decoder.UseNumber()
		if err := decoder.Decode(&given); err != nil {
			return nil, badParam(t.name, "", "the arguments are no JSON object", "")
		}
	}
	c = &call{tool: t.name, budget: defaultBudget, evidence: t.evidence}
	args := map[string]string{}
	var names []string
	for _, p := range append(slices.Clone(t.params), t.common()...) {
		names = append(names, p.name)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(names, name) {
			hint := schema.DidYouMean(schema.Nearest(name, names), "")
			return nil, badParam(t.name, name, "no such argument", cmp.Or(hint, "it takes "+strings.Join(names, ", ")))
		}
		if inner, is := given[name].(map[string]any); is && (name == "params" || name == "filters") {
			for key, value := range inner {
				if err := put(args, t.name, key, value); err != nil {
					return nil, err
				}
			}
		} else if name == "params" || name == "filters" {
			return nil, badParam(t.name, name, "not an object", `{"min_confidence": 60}`)
		} else if err := put(args, t.name, name, given[name]); err != nil {
			return nil, err
		}
	}
	for _, p := range t.params {
		if p.required && strings.TrimSpace(args[p.name]) == "" {
			return nil, badParam(t.name, p.name, "missing", p.doc)
		}
	}
	c.args = maps.Clone(args)
	delete(c.args, "cursor")
	delete(c.args, "max_bytes")
	if c.cursor, err = readCursor(t.name, take(args, "cursor")); err != nil {
		return nil, err
	}
	if text := take(args, "max_bytes"); text != "" {
		if c.budget, err = strconv.Atoi(text); err != nil || c.budget < leastBudget || c.budget > mostBudget {
			return nil, badParam(t.name, "max_bytes", fmt.Sprintf("not a whole number from %d to %d", leastBudget, mostBudget), "")
		}
	}
	if t.ask == nil {
		c.params = args
		return c, nil
	}
	if text := take(args, "evidence"); text != "" {
		if c.evidence, err = strconv.ParseBool(text); err != nil {
			return nil, badParam(t.name, "evidence", "neither true nor false", "")
		}
	}
	c.asOf = strings.TrimSpace(take(args, "as_of"))
	c.question, c.params, c.own, err = t.ask(args)
	return c, err
}

func take(args map[string]string, name string) string {
	value := args[name]
	delete(args, name)
	return value
}

// put keeps an argument as the text that a parameter takes.
func put(args map[string]string, tool, name string, value any) error {
	if _, twice := args[name]; twice {
		return badParam(tool, name, "given twice", "")
	}
	switch v := value.(type) {
	case nil:
	case string:
		args[name] = v
	case bool:
		args[name] = strconv.FormatBool(v)
	case json.Number:
		args[name] = v.String()
	case []any:
		separator := ","
		if name == "entities" {
			separator = ";"
		}
		var texts []string
		for _, one := range v {
			text, is := one.(string)
			if !is {
				return badParam(tool, name, "a list of something else than texts", "")
			}
			texts = append(texts, text)
		}
		args[name] = strings.Join(texts, separator)
	default:
		return badParam(tool, name, "neither text, number nor truth value", "")
	}
	return nil
}

// handler answers the calls of a tool.
func (f *Face) handler(source Source, t *tool) sdk.ToolHandler {
	return func(ctx context.Context, request *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		ctx, cancel := context.WithTimeout(ctx, f.options.Time)
		defer cancel()
		c, err := t.read(request.Params.Arguments)
		if err != nil {
			return failed(err, nil, defaultBudget), nil
		}
		graph, err := source(ctx)
		if err != nil {
			return failed(err, nil, c.budget), nil
		}
		body, err := f.page(ctx, graph, c, bothWays)
		if err != nil {
			return failed(err, graph.Explain, c.budget), nil
		}
		return result(body), nil
	}
}

// result carries an answer both ways that clients know: as text, and as what the output schema describes.
func result(body json.RawMessage) *sdk.CallToolResult {
	return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: string(body)}}, StructuredContent: body}
}

// page answers a call with the page that its cursor says. size is how many bytes a text takes where it is sent.
func (f *Face) page(ctx context.Context, graph *Graph, c *call, size func(text []byte) int) (json.RawMessage, error) {
	if c.question == "" {
		a := listed(graph.Runner.Library, c.params["text"])
		graph.asked("list_questions", len(a.units))
		return a.page(c, size)
	}
	runner := *graph.Runner
	if c.own {
		library, err := f.own(runner.Ontology)
		if err != nil {
			return nil, err
		}
		runner.Library = library
	}
	q, err := runner.Library.Find(c.question)
	if err != nil {
		return nil, err
	}
	c.question = q.Name
	if err := f.boundRows(q, c.params); err != nil {
		return nil, err
	}
	date, err := c.when(q, f.options.Now())
	if err != nil {
		return nil, err
	}
	r, err := runner.Run(ctx, q.Name, c.params, queries.Ask{Evidence: c.evidence})
	if err != nil {
		return nil, err
	}
	a := answerOf(q, r)
	graph.asked(aboutQuestion(q.Name, c.params), a.main)
	a.head["holds_for"], a.date = heldFor(q, c.params), date
	if c.cursor.offset == 0 {
		if left := leftOut(ctx, &runner, q, c.params, a, date); left != nil {
			a.head["left_out"] = left
		}
	}
	return a.page(c, size)
}

// boundRows refuses to be asked for more rows than are given at once.
func (f *Face) boundRows(q *queries.Query, params map[string]string) error {
	if f.options.Rows == 0 || !q.AsksBeyond(params, f.options.Rows) {
		return nil
	}
	return badParam(q.Name, "limit", "more rows than this server gives at once", "at most "+strconv.Itoa(f.options.Rows))
}

func (g *Graph) asked(what string, n int) {
	if g.Asked != nil {
		g.Asked(what, n)
	}
}

// aboutQuestion is a question with its values, for who keeps what was asked.
func aboutQuestion(question string, params map[string]string) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		words = append(words, name+"="+params[name])
	}
	return strings.Join(append([]string{question}, words...), " ")
}

// when adds today's date to a question that names no time, where it asks for a state of things, and returns that date;
// empty: it adds none. All pages are of one day.
func (c *call) when(q *queries.Query, now time.Time) (today string, err error) {
	switch {
	case c.asOf == anyTime:
		return "", nil
	case c.asOf != "":
		c.params["as_of"] = c.asOf
		return "", nil
	case !q.State || window(q, c.params) != nil:
		return "", nil
	}
	today = cmp.Or(c.cursor.date, now.Format(time.DateOnly))
	if _, err := time.Parse(time.DateOnly, today); err != nil {
		return "", badParam(c.tool, "cursor", "not a cursor of this tool", "")
	}
	c.params["as_of"] = today
	return today, nil
}

// window returns the ends of the time that a question is asked of by a window; nil: by none. Where from and to are
// the ends of a path they are no dates.
func window(q *queries.Query, params map[string]string) []string {
	for _, names := range [][]string{{"from", "to"}, {"since", "until"}} {
		if p := q.Param(names[0]); p != nil && p.Type == "date" && (params[names[0]] != "" || params[names[1]] != "") {
			return []string{params[names[0]], params[names[1]]}
		}
	}
	return nil
}

// heldFor says which time an answer is of.
func heldFor(q *queries.Query, params map[string]string) string {
	if ends := window(q, params); ends != nil {
		return cmp.Or(ends[0], "..") + "/" + cmp.Or(ends[1], "..")
	}
	return cmp.Or(params["as_of"], anyTime+" time")
}

// leftOut says what the filters of a question left out, by asking without them up to the same limits of sight: what a
// marking withholds is in neither. nil: nothing.
func leftOut(ctx context.Context, r *queries.Runner, q *queries.Query, params map[string]string, a *answer, today string) object {
	wide := maps.Clone(params)
	var by []string
	for _, name := range []string{"as_of", "from", "to", "since", "until", "min_confidence", "dataset", "certain"} {
		p := q.Param(name)
		if params[name] == "" || p == nil || p.Type == "entity" || name == "certain" && params[name] != "true" {
			continue
		}
		delete(wide, name)
		by = append(by, name)
	}
	if by == nil {
		return nil
	}
	left := object{"by": by}
	if n, has := a.head["ungraded"]; has {
		left["ungraded_claims"] = n
	}
	all, err := r.Run(ctx, q.Name, wide, queries.Ask{})
	if err != nil { // what was asked for stands; only how much more there is remains unknown
		left["answers"] = "not counted"
		return left
	}
	n := answerOf(q, all).main - a.main
	switch {
	case n <= 0 && left["ungraded_claims"] == nil && !all.Truncated:
		return nil
	case all.Truncated:
		left["answers"] = fmt.Sprintf("%d or more", max(n, 0))
	default:
		left["answers"] = strconv.Itoa(max(n, 0))
	}
	if slices.Contains(by, "as_of") && n > 0 {
		hint := `as_of "` + anyTime + `" shows what held at other times`
		if today != "" {
			hint = "nothing was said of a time, so today's state is shown; " + hint
		}
		left["hint"] = hint
	}
	return left
}
