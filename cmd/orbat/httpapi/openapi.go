package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// object is one of the document: OpenAPI 3.1 takes JSON Schema 2020-12 as it is.
type object = map[string]any

// OpenAPI is an OpenAPI document.
type OpenAPI map[string]any

// components are the types that the document names, by name.
func components() map[string]reflect.Type {
	return map[string]reflect.Type{
		"Result": reflect.TypeFor[queries.Result](), "Node": reflect.TypeFor[queries.Node](), "Edge": reflect.TypeFor[queries.Edge](),
		"Step": reflect.TypeFor[queries.Step](), "Evidence": reflect.TypeFor[queries.Evidence](),
		"Citation": reflect.TypeFor[queries.Citation](), "Candidate": reflect.TypeFor[queries.Candidate](),
		"Taken": reflect.TypeFor[queries.Taken](), "Param": reflect.TypeFor[queries.Param](), "Problem": reflect.TypeFor[Problem](),
		"Question": reflect.TypeFor[questionInfo](), "Job": reflect.TypeFor[job](), "Report": reflect.TypeFor[loader.Report](),
		"Record": reflect.TypeFor[record](), "Document": reflect.TypeFor[queries.Document](),
	}
}

// Document returns the OpenAPI 3.1 document of all that may be asked, of each question in its own words. It is always
// the same for the same questions and ontology.
func Document(ontology *schema.Ontology, library *queries.Library, version string) (OpenAPI, error) {
	d := &document{ontology: ontology, paths: object{}, schemas: object{}, parameters: object{}}
	if err := d.components(); err != nil {
		return nil, err
	}
	for _, op := range operations() {
		if op.ID != askID {
			if err := d.operation(op, op.fullPath(), ""); err != nil {
				return nil, err
			}
			continue
		}
		for _, q := range library.List() {
			if err := d.question(op, q); err != nil {
				return nil, err
			}
		}
	}
	return OpenAPI{
		"openapi": "3.1.0",
		"info": object{
			"title": "orbat", "version": version,
			"summary": "Who commands whom, with what, where, and who says so",
			"description": "What orbat answers, over HTTP: the questions of its library with their typed parameters, every answer with " +
				"the evidence behind it. Errors are problems (RFC 9457).",
			"license": object{"name": "See the LICENSE file of the distribution", "identifier": "LicenseRef-orbat"},
		},
		"servers":  []any{object{"url": "/", "description": "this server"}},
		"security": []any{object{"token": []any{}}, object{}},
		"tags":     tags(),
		"paths":    d.paths,
		"components": object{
			"schemas": d.schemas, "parameters": d.parameters, "responses": object{"Problem": problemResponse(), "Answer": d.answer},
			"securitySchemes": securitySchemes(),
		},
	}, nil
}

func securitySchemes() object {
	return object{
		"token":     object{"type": "http", "scheme": "bearer", "description": "a token of the file of callers"},
		"signature": object{"type": "apiKey", "in": "query", "name": signatureParam, "description": "part of a URL that signURL has made"},
	}
}

func problemResponse() object {
	return object{
		"description": "what is wrong, and what would mend it (RFC 9457)",
		"content":     object{"application/problem+json": object{"schema": refTo("Problem")}},
	}
}

func tags() []any {
	return []any{
		object{"name": "questions", "description": "The canned questions, each with its typed parameters."},
		object{"name": "entities", "description": "Search, the card of an entity, its links page by page, the evidence of a link."},
		object{"name": "documents", "description": "The texts behind quotes: documents with the statements that cite them."},
		object{"name": "graph", "description": "The graph as a whole: exports, data sets, the ontology."},
		object{"name": "kept", "description": "What the team keeps: views, and questions with their values."},
		object{"name": "loads", "description": "Bringing data in: a file becomes a job that plans, and loads when it is told to."},
		object{"name": "decisions", "description": "Which entities may be one, and which are decided to be."},
		object{"name": "server", "description": "The server itself."},
	}
}

// document is one in the making.
type document struct {
	ontology *schema.Ontology
	paths    object
	schemas  object

	parameters object // that every question takes
	answer     object // the response to each of them
}

func refTo(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// components writes the schemas that others refer to.
func (d *document) components() error {
	for name, t := range components() {
		s, err := schemaOf(t, name)
		if err != nil {
			return err
		}
		d.schemas[name] = s
	}
	return nil
}

// schemaOf returns the schema of a type, in which the named ones are referred to; own is its own name among them.
func schemaOf(t reflect.Type, own string) (object, error) {
	named := map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[queries.RowClaims](): {
			AnyOf:       []*jsonschema.Schema{{Type: "null"}, {Type: "array", Items: &jsonschema.Schema{Type: "string"}}},
			Description: "keys of the claims that the row rests on; null: all behind the edge that it is about",
		},
	}
	for name, t := range components() {
		if name != own {
			named[t] = &jsonschema.Schema{Ref: "#/components/schemas/" + name}
		}
	}
	s, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: named})
	if err != nil {
		return nil, fmt.Errorf("JSON Schema of %s: %w", t, err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("JSON Schema of %s: %w", t, err)
	}
	var plain object
	if err := json.Unmarshal(text, &plain); err != nil {
		return nil, fmt.Errorf("JSON Schema of %s: %w", t, err)
	}
	plain["title"] = own
	if own == "" {
		delete(plain, "title")
	}
	return open(plain), nil
}

// open lets the objects of a schema grow: a client must not break where a later version says more. And it takes back
// what Go's types allow and answers do not do: lists are there, if empty, and what is pointed to is no null.
func open(s object) object {
	if reflect.DeepEqual(s["type"], []any{"null", "array"}) {
		s["type"] = "array"
	}
	if s["$ref"] != nil {
		delete(s, "type")
	}
	if closed, is := s["additionalProperties"].(object); is && reflect.DeepEqual(closed, object{"not": object{}}) {
		delete(s, "additionalProperties")
	}
	if closed, is := s["additionalProperties"].(bool); is && !closed {
		delete(s, "additionalProperties")
	}
	for _, inner := range s {
		switch inner := inner.(type) {
		case object:
			open(inner)
		case []any:
			for _, one := range inner {
				if one, is := one.(object); is {
					open(one)
				}
			}
		}
	}
	return s
}

// operation writes one operation.
func (d *document) operation(op *Operation, path, name string) error {
	id := op.ID + name
	summary := op.Summary
	out := object{
		"operationId": id, "summary": summary, "tags": []any{op.Tag}, "responses": object{},
	}
	if text := describe(op); text != "" {
		out["description"] = text
	}
	switch {
	case op.Open:
		out["security"] = []any{}
	case op.signable():
		out["security"] = []any{object{"token": []any{}}, object{"signature": []any{}}, object{}}
	}
	parameters := []any{}
	for _, in := range pathParams(op.Path) {
		if name == "" {
			parameters = append(parameters, object{
				"name": in, "in": "path", "required": true, "schema": object{"type": "string"}, "description": "the " + in,
			})
		}
	}
	for _, p := range op.Params {
		if shared := d.shared(p); shared != nil {
			parameters = append(parameters, shared)
		} else {
			parameters = append(parameters, d.parameter(p))
		}
	}
	if len(parameters) > 0 {
		out["parameters"] = parameters
	}
	if op.Body != nil {
		body, err := d.content(op.Body.Schema, op.Body.MIME)
		if err != nil {
			return err
		}
		if op.Body.Form != nil {
			form, err := d.content(op.Body.Form, formMIME)
			if err != nil {
				return err
			}
			body[formMIME] = form[formMIME]
		}
		out["requestBody"] = object{"required": true, "description": op.Body.Doc, "content": body}
	}
	if err := d.responses(op, out["responses"].(object)); err != nil { //nolint:errcheck // it was made above
		return err
	}
	path = strings.ReplaceAll(path, "...}", "}")
	at, there := d.paths[path].(object)
	if !there {
		at = object{}
		d.paths[path] = at
	}
	at[strings.ToLower(op.Method)] = out
	return nil
}

func describe(op *Operation) string {
	text := op.Doc
	if op.needs() != "reader" {
		text = strings.TrimSpace(text + "\n\nNeeds the role " + string(op.needs()) + ".")
	}
	if op.Whole {
		text = strings.TrimSpace(text + "\n\nIt shows the whole graph: a caller who may see a part of it may not ask.")
	}
	return text
}

// pathParams returns the names of a path's parameters.
func pathParams(path string) (names []string) {
	for _, found := range regexp.MustCompile(`\{([a-z]+)(\.\.\.)?\}`).FindAllStringSubmatch(path, -1) {
		names = append(names, found[1])
	}
	return names
}

// responses writes what an operation answers.
func (d *document) responses(op *Operation, out object) error {
	code := op.Answer.Status
	if code == 0 {
		code = http.StatusOK
	}
	if op.ID == askID { // all questions are answered alike
		out["200"] = object{"$ref": "#/components/responses/Answer"}
		out["4XX"], out["5XX"] = object{"$ref": "#/components/responses/Problem"}, object{"$ref": "#/components/responses/Problem"}
		if d.answer != nil {
			return nil
		}
		out = object{}
		defer func() { d.answer, _ = out["200"].(object) }()
	}
	response := object{"description": op.Answer.Doc}
	if op.Answer.Doc == "" {
		response["description"] = "the answer"
	}
	if code != http.StatusNoContent {
		kind := op.Answer.MIME
		if kind == "" {
			kind = jsonMIME
		}
		content, err := d.content(op.Answer.Schema, kind)
		if err != nil {
			return err
		}
		for also := range op.Answer.Also {
			if also == ndjsonMIME {
				content[also] = object{"schema": refTo("Record")}
			} else {
				content[also] = object{"schema": object{"type": "string", "description": "format=" + op.Answer.Also[also]}}
			}
		}
		response["content"] = content
	}
	out[strconv.Itoa(code)] = response
	if op.Open {
		if op.ID == "ready" {
			out["503"] = object{"$ref": "#/components/responses/Problem"}
		}
		out["4XX"] = object{"$ref": "#/components/responses/Problem"}
		return nil
	}
	out["4XX"], out["5XX"] = object{"$ref": "#/components/responses/Problem"}, object{"$ref": "#/components/responses/Problem"}
	return nil
}

// content describes a body.
func (d *document) content(of any, kind string) (object, error) {
	var s object
	switch of := of.(type) {
	case nil:
		s = object{"type": "string"}
	case object:
		s = of
	default:
		t := reflect.TypeOf(of)
		for name, known := range components() {
			if known == t {
				s = refTo(name)
			}
		}
		if s == nil {
			var err error
			if s, err = schemaOf(t, ""); err != nil {
				return nil, err
			}
		}
	}
	return object{kind: object{"schema": s}}, nil
}

// shared returns a reference to a parameter that every question takes; nil: it is another.
func (d *document) shared(p queries.Param) object {
	for _, common := range append((&queries.Query{}).AllParams(), controls()...) {
		if reflect.DeepEqual(p, common) {
			name := "common_" + p.Name // apart from the schemas' names, for those who make code of them
			d.parameters[name] = d.parameter(p)
			return object{"$ref": "#/components/parameters/" + name}
		}
	}
	return nil
}

// parameter describes one of the query.
func (d *document) parameter(p queries.Param) object {
	out := object{"name": p.Name, "in": "query", "description": p.Help, "schema": d.paramSchema(p)}
	if p.Required {
		out["required"] = true
	}
	return out
}

func (d *document) paramSchema(p queries.Param) object {
	s := object{"type": "string"}
	switch p.Type {
	case "int":
		s["type"], s["minimum"] = "integer", p.Min
		if p.Max > 0 {
			s["maximum"] = p.Max
		}
	case "bool":
		s["type"] = "boolean"
	case "enum":
		s["enum"] = p.Of
	case "date":
		s["examples"] = []any{"2023", "2023-07", "2023-07-07"}
	case "type":
		s["description"] = "the name of an entity type"
	case "entity", "entities":
		s["description"] = "an xid, a name or an alias"
		if p.Type == "entities" {
			s["description"] = "several xids, names or aliases, with ; between"
		}
		if len(p.Of) > 0 {
			s["x-orbat-types"] = p.Of
		}
		s["x-orbat-kind"] = p.Type
	case "relations":
		s["x-orbat-kind"] = p.Type
	case "position":
		s["examples"] = []any{"34.5, 40.4"}
	case "marking":
		s["examples"] = []any{"TLP:GREEN", "SECRET"}
	}
	if p.Default != "" {
		s["default"] = p.Default
		switch p.Type {
		case "int":
			if n, err := strconv.Atoi(p.Default); err == nil {
				s["default"] = n
			}
		case "bool":
			s["default"] = p.Default == "true"
		}
	}
	return s
}

// question writes the operation of one question.
func (d *document) question(ask *Operation, q *queries.Query) error {
	op := *ask
	op.Summary, op.Doc, op.Params = q.Purpose, q.Time, askParams(q)
	path := strings.Replace(op.fullPath(), "{name}", q.Name, 1)
	if err := d.operation(&op, path, camel(q.Name)); err != nil {
		return err
	}
	at, _ := d.paths[path].(object)
	out, _ := at["get"].(object)
	out["x-orbat-shape"] = q.Shape
	if len(q.Columns) > 0 {
		columns := make([]string, len(q.Columns))
		for i, c := range q.Columns {
			columns[i] = headOf(c)
		}
		out["x-orbat-columns"] = columns
	}
	return nil
}

// headOf returns what a column of a header is called: "from as unit" is unit.
func headOf(column string) string {
	if _, label, found := strings.Cut(column, " as "); found {
		return label
	}
	return column
}

// camel returns a question's name as a part of an identifier.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// Text returns the document as it is kept and served.
func Text(document OpenAPI) ([]byte, error) {
	text, err := json.MarshalIndent(document, "", "  ")
	return append(text, '\n'), err
}
