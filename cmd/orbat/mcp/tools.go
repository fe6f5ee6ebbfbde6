package mcp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"orbat/queries"
)

// tool is one tool: a question under a name of its own, or all of them.
type tool struct {
	name, doc string
	params    []param
	columns   []string // of its rows; nil: they differ
	paths     bool     // it answers with paths, not rows
	links     bool     // it answers with links, not rows
	evidence  bool     // each link comes with the claims behind it unless that is asked away
	untimed   bool     // no time narrows it

	// ask makes a question of the arguments; own: of those that orbat ships. nil: it lists the questions.
	ask func(args map[string]string) (question string, params map[string]string, own bool, err error)
}

// param is one argument of a tool.
type param struct {
	name, kind, doc string // of the JSON Schema
	of              []string
	required        bool
}

// tools are the eight.
func tools() []*tool {
	entity := param{name: "entity", kind: "string", required: true}
	ends := []param{{name: "from", kind: "string", required: true}, {name: "to", kind: "string", required: true}}
	relations := param{name: "relations", kind: "string", doc: "only these, comma-separated"}
	return []*tool{
		{
			name: "search", doc: "Find entities by name, alias or xid, in any script or spelling", untimed: true,
			params:  []param{{name: "text", kind: "string", required: true}, {name: "type", kind: "string", doc: "Person, Unit, Event …"}},
			columns: []string{"xid", "type", "name", "country", "aliases", "match"}, ask: asks("search-entity"),
		},
		{
			name: "entity", doc: "Card of an entity: what is said of it, by whom; counts of its links",
			params:  []param{entity},
			columns: []string{"property", "value", "period", "confidence", "possible", "sources"}, ask: asks("entity-card"),
		},
		{
			name: "evidence", doc: "All claims that link two entities, denials too, with sources and quotes", evidence: true,
			params:  append(slices.Clone(ends), relations),
			columns: []string{"relation", "assertion", "period", "confidence", "source", "quote or place"}, ask: asks("evidence-for-link"),
		},
		{
			name: "path", doc: "How two entities are linked: shortest chains, with quotes", paths: true, evidence: true,
			params: append(slices.Clone(ends), param{name: "max_hops", kind: "integer"}, relations), ask: asks("shortest-path"),
		},
		{
			name: "chain_of_command", doc: "Who stands above (up) or below (down) a person or unit, level by level", links: true,
			params: []param{
				entity, {name: "direction", kind: "string", of: []string{"up", "down"}}, {name: "depth", kind: "integer"},
			},
			ask: askChain,
		},
		{
			name: "timeline", doc: "Events of an entity, or in a place, in order of time",
			params: []param{
				{name: "entity", kind: "string"},
				{name: "place", kind: "string", doc: "instead: with all within it"},
				{name: "from", kind: "string", doc: "date"},
				{name: "to", kind: "string"},
			},
			columns: []string{"date", "from", "relation", "to", "role", "outcome", "confidence", "possible", "sources"}, ask: askTimeline,
		},
		{
			name: "list_questions", doc: "What ask can ask, and with which params", untimed: true,
			params:  []param{{name: "text", kind: "string", doc: "only those that hold it"}},
			columns: []string{"question", "purpose", "params"},
		},
		{
			name: "ask", doc: "Ask any question of list_questions", params: []param{
				{name: "question", kind: "string", required: true}, {name: "params", kind: "object", doc: "its values by name"},
			},
			ask: func(args map[string]string) (string, map[string]string, bool, error) {
				question := args["question"]
				delete(args, "question")
				return question, args, false, nil
			},
		},
	}
}

// asks returns the ask of a tool whose arguments are those of a question that orbat ships.
func asks(question string) func(map[string]string) (string, map[string]string, bool, error) {
	return func(args map[string]string) (string, map[string]string, bool, error) {
		return question, args, true, nil
	}
}

func askChain(args map[string]string) (string, map[string]string, bool, error) {
	direction := args["direction"]
	delete(args, "direction")
	switch direction {
	case "", "up":
		return "chain-of-command-up", args, true, nil
	case "down":
		return "subordinate-tree", renamed(args, "entity", "unit"), true, nil
	}
	return "", nil, true, badParam("chain-of-command-up", "direction", "neither up nor down", "up or down")
}

func askTimeline(args map[string]string) (string, map[string]string, bool, error) {
	switch entity, place := args["entity"] != "", args["place"] != ""; {
	case place && !entity:
		delete(args, "entity")
		return "timeline-of-area", args, true, nil
	case entity && !place:
		delete(args, "place")
		return "events-involving", args, true, nil
	}
	return "", nil, true, badParam("events-involving", "entity", "one of entity and place is needed", "give either")
}

func renamed(args map[string]string, from, to string) map[string]string {
	if value, given := args[from]; given {
		delete(args, from)
		args[to] = value
	}
	return args
}

// maxName is how long a tool's name may be: some clients put their own before it, and 64 is their bound.
const maxName = 60

// questionTools are a tool for each question of a library.
func questionTools(library *queries.Library, taken []*tool) (list []*tool) {
	for _, q := range library.List() {
		name := q.Name
		if len(name) > maxName {
			sum := sha256.Sum256([]byte(name))
			name = name[:maxName-9] + "-" + hex.EncodeToString(sum[:4])
		}
		if slices.ContainsFunc(taken, func(t *tool) bool { return t.name == name }) {
			name += "-question"
		}
		t := &tool{name: name, doc: q.Purpose, paths: q.Shape == queries.PathShape, untimed: !q.State}
		t.ask = func(args map[string]string) (string, map[string]string, bool, error) { return q.Name, args, false, nil }
		for _, column := range q.Columns {
			t.columns = append(t.columns, heading(column))
		}
		t.links = !t.paths && !q.Shape.Rows()
		t.evidence = t.paths
		for _, p := range q.Params {
			t.params = append(t.params, param{name: p.Name, kind: jsonKind(p.Type), doc: p.Help, of: enumOf(p), required: p.Required})
		}
		list = append(list, t)
	}
	return list
}

// heading is what a column of a question's header is called.
func heading(column string) string {
	if _, label, is := strings.Cut(column, " as "); is {
		return strings.TrimSpace(label)
	}
	return column
}

func jsonKind(kind string) string {
	switch kind {
	case "int":
		return "integer"
	case "bool":
		return "boolean"
	}
	return "string"
}

func enumOf(p queries.Param) []string {
	if p.Type == "enum" {
		return p.Of
	}
	return nil
}

// object is a JSON Schema, or a part of one.
type object = map[string]any

// input is the schema of a tool's arguments.
func (t *tool) input() object {
	properties := object{}
	var required []string
	for _, p := range t.params {
		properties[p.name] = p.schema()
		if p.required {
			required = append(required, p.name)
		}
	}
	for _, p := range t.common() {
		if properties[p.name] == nil {
			properties[p.name] = p.schema()
		}
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

func (p param) schema() object {
	s := object{"type": p.kind}
	if p.doc != "" {
		s["description"] = p.doc
	}
	if p.of != nil {
		s["enum"] = p.of
	}
	return s
}

// common are the arguments of all tools that ask.
func (t *tool) common() []param {
	page := []param{{name: "max_bytes", kind: "integer"}, {name: "cursor", kind: "string", doc: "next of the last page"}}
	if t.ask == nil {
		return page
	}
	page = append(page, param{name: "filters", kind: "object", doc: "min_confidence, dataset, certain, limit …"})
	if t.name == "search" {
		return page
	}
	page = append(page, param{name: "evidence", kind: "boolean"})
	asOf := param{name: "as_of", kind: "string", doc: "date; default today; any: all times"}
	if t.untimed || t.name == "evidence" || t.name == "timeline" {
		asOf.doc = "date; default all times"
	}
	return append(page, asOf)
}

// output is the schema of a tool's answers: their rows, and what is said of them.
func (t *tool) output() object {
	text := object{"type": "string"}
	row := object{"type": "object"}
	if t.columns != nil {
		columns := object{}
		for _, c := range t.columns {
			columns[c] = object{}
		}
		row["properties"] = columns
	}
	properties := object{"next": text, "truncated": object{"type": "boolean"}}
	required := []string{"truncated"}
	if t.ask != nil {
		required = append(required, "holds_for")
		properties["holds_for"], properties["left_out"], properties["possible"] = text, object{}, object{"type": "integer"}
		properties["entities"], properties["links"], properties["claims"] = object{}, object{}, object{}
	}
	switch {
	case t.paths:
		properties["paths"] = object{"type": "array", "items": object{
			"type": "object", "properties": object{"text": object{}, "steps": object{}, "possible": object{}},
		}}
		properties["links"] = linkRows()
	case t.links:
		properties["links"] = linkRows()
	default:
		properties["rows"] = object{"type": "array", "items": row}
	}
	return object{"type": "object", "properties": properties, "required": required}
}

// linkRows is the schema of links, where they are what was asked for.
func linkRows() object {
	return object{"type": "array", "items": object{"type": "object", "properties": object{
		"id": object{}, "from": object{}, "relation": object{}, "to": object{}, "qualifiers": object{}, "period": object{},
		"confidence": object{}, "possible": object{},
	}}}
}

// sdk returns the tool as it is listed.
func (t *tool) sdk() *sdk.Tool {
	return &sdk.Tool{
		Name: t.name, Description: t.doc, InputSchema: raw(t.input()), OutputSchema: raw(t.output()),
		Annotations: &sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true},
	}
}

func raw(v any) json.RawMessage {
	text, _ := json.Marshal(v) // texts and lists
	return text
}
