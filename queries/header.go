package queries

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/valyala/fastjson"
	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// Query is one canned query: a .dql file whose leading comment is its header, in YAML. A field's jsonschema tag is what
// [HeaderSchema] and [HeaderReference] say of its key.
type Query struct {
	Name      string   `yaml:"name" json:"name" jsonschema:"what orbat query calls it, and the file's name: a-z, 0-9 and -"`
	Purpose   string   `yaml:"purpose" json:"purpose" jsonschema:"what it is for, in a sentence"`
	Shape     Shape    `yaml:"shape" json:"shape" jsonschema:"the form of the answer"`
	Step      string   `yaml:"step" json:"step,omitempty" jsonschema:"the Go step that makes the answer, where DQL alone cannot"`
	Params    []Param  `yaml:"params" json:"params" jsonschema:"the parameters, in the order in which values are typed; a variable of the DQL carries each"`
	Relations []string `yaml:"relations" json:"relations,omitempty" jsonschema:"the relations for which each line with %out or %in is repeated; [all]: every one but mentions"`
	Reach     []string `yaml:"reach" json:"reach,omitempty" jsonschema:"relations, backwards with a ~, along which a step first widens what was asked about"`
	Columns   []string `yaml:"columns" json:"columns,omitempty" jsonschema:"of rows: fields of the DQL's block q, or what the step fills; 'from as unit' renames"`
	Example   string   `yaml:"example" json:"example" jsonschema:"a command that asks it; orbat queries check measures that one"`

	DQL  string `yaml:"-" json:"dql"`
	File string `yaml:"-" json:"file"`

	source    string               // the whole file
	body      spot                 // where DQL begins in it
	declared  func() []string      // findDeclared, once
	dissected func() *dissected    // dissect, once
	parsers   *fastjson.ParserPool // of answers: who asks it again finds their memory
}

// Source is the text of the file, with \n as line ends.
func (q *Query) Source() string { return q.source }

// HeaderError says what is wrong with a .dql file, and where: in its header or in the DQL below.
type HeaderError struct {
	File   string
	Line   int // from 1
	Column int // in characters from 1; 0: somewhere in the line
	Reason string
	Fix    string
}

func (e *HeaderError) Error() string {
	if e.Column > 0 {
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Reason)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}

// Hint says what to do.
func (e *HeaderError) Hint() string { return e.Fix }

// ParseQuery reads a .dql file. Its error is the first mistake in it, a [*HeaderError].
func ParseQuery(file string, text string, ontology *schema.Ontology) (*Query, error) {
	q, wrong := CheckQuery(file, text, ontology)
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	return q, nil
}

// CheckQuery reads a .dql file and gives all that is wrong with it, without a database: the query is nil then. Whether
// its DQL is right only Dgraph knows; see [Runner.CheckDQL].
func CheckQuery(file string, text string, ontology *schema.Ontology) (*Query, []*HeaderError) {
	h := splitHeader(text)
	c := &headerCheck{file: file, header: h, ontology: ontology}
	q := &Query{File: file, DQL: h.dql, source: h.text, body: h.body}
	q.parsers = &fastjson.ParserPool{}
	q.declared, q.dissected = sync.OnceValue(q.findDeclared), sync.OnceValue(q.dissect)
	if strings.TrimSpace(h.yaml) == "" {
		c.wrong(spot{line: 1}, "no header", headerFix)
		return nil, c.errs
	}
	if c.decode(q) {
		c.head(q)
		c.params(q)
		c.step(q)
		c.dql(q)
	}
	if len(c.errs) > 0 {
		return nil, c.errs
	}
	return q, nil
}

const headerFix = "the leading # lines are YAML: name, purpose, shape, params, example; orbat queries --help explains them"

// headerCheck gathers what is wrong with one file.
type headerCheck struct {
	file     string
	header   fileHeader
	ontology *schema.Ontology
	errs     []*HeaderError
	unread   map[int]bool // lines whose YAML could not be read: what lacks for that is not said again
}

func (c *headerCheck) wrong(at spot, reason, fix string) {
	if !c.unread[at.line] {
		c.errs = append(c.errs, &HeaderError{c.file, max(1, at.line), at.column, reason, fix})
	}
}

// lacks says what is missing, unless a key that could not be read may be just that.
func (c *headerCheck) lacks(key, reason, fix string) {
	if at := c.header.at(key); at.line > 0 || len(c.unread) == 0 {
		c.wrong(at, reason, fix)
	}
}

// decode reads the YAML; false: it is none.
func (c *headerCheck) decode(q *Query) bool {
	decoder := yaml.NewDecoder(strings.NewReader(c.header.yaml))
	decoder.KnownFields(true)
	err := decoder.Decode(q)
	if err == nil {
		return true
	}
	reasons := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	var mistyped *yaml.TypeError
	if errors.As(err, &mistyped) {
		reasons = mistyped.Errors
	}
	unread := map[int]bool{}
	for _, reason := range reasons {
		line := 1
		if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(reason); m != nil {
			_, _ = fmt.Sscan(m[1], &line) // digits by the pattern
			reason = strings.TrimPrefix(reason, m[0])
		}
		reason = regexp.MustCompile(` (in type|into) queries\.\w+$`).ReplaceAllString(reason, "")
		at, fix := spot{line: line}, headerFix
		if m := regexp.MustCompile(`^field (\S+) not found$`).FindStringSubmatch(reason); m != nil {
			at = c.header.word(line, m[1])
			if near := nearest(m[1], headerKeys()); near != "" {
				fix = "did you mean " + near + "? " + headerFix
			}
		}
		c.wrong(at, "header: "+reason, fix)
		unread[line] = true
	}
	c.unread = unread
	return mistyped != nil
}

// head checks the keys that stand for themselves.
func (c *headerCheck) head(q *Query) {
	if !IsQueryName(q.Name) {
		c.lacks("name", fmt.Sprintf("name %q is not of the form a-z, 0-9 and -", q.Name), "name: my-query")
	}
	if q.Purpose == "" {
		c.lacks("purpose", "no purpose", "purpose: one sentence")
	}
	if shapeOf(q.Shape).Name == "" {
		fix := "shape: " + orList(shapeNames())
		if near := nearest(string(q.Shape), shapeNames()); near != "" {
			fix = "did you mean " + near + "? " + fix
		}
		c.lacks("shape", fmt.Sprintf("unknown shape %q", q.Shape), fix)
	}
	for i, name := range q.Relations {
		if name != "all" && c.ontology.Relation(name) == nil {
			fix := "orbat schema types"
			if near := c.ontology.Suggest("relation", name); near != "" {
				fix = "did you mean " + near + "? " + fix + " shows all"
			}
			c.wrong(c.header.at("relations", i), fmt.Sprintf("unknown relation %q", name), fix)
		}
	}
	for i, way := range q.Reach {
		if name := strings.TrimPrefix(way, "~"); c.ontology.Relation(name) == nil {
			fix := "orbat schema types"
			if near := c.ontology.Suggest("relation", name); near != "" {
				fix = "did you mean " + near + "? " + fix + " shows all"
			}
			c.wrong(c.header.at("reach", i), fmt.Sprintf("unknown relation %q", way), fix)
		}
	}
}

func (c *headerCheck) params(q *Query) {
	for i := range q.Params {
		p := &q.Params[i]
		err := p.check(c.ontology)
		if slices.ContainsFunc(q.Params[:i], func(o Param) bool { return o.Name == p.Name }) {
			err = fmt.Errorf("parameter %s is declared twice", p.Name)
		}
		if err != nil {
			fix := "params: [{name: unit, type: entity, help: the unit}]"
			if near := nearest(p.Type, paramTypeNames()); near != "" && near != p.Type {
				fix = "did you mean " + near + "? " + fix
			}
			c.wrong(c.header.at("params", i), err.Error(), fix)
		}
	}
}

func (c *headerCheck) step(q *Query) {
	s := steps()[q.Step]
	shape := shapeOf(q.Shape)
	switch {
	case q.Step != "" && s.run == nil:
		fix := "one of " + strings.Join(StepNames(), ", ")
		if near := nearest(q.Step, StepNames()); near != "" {
			fix = "did you mean " + near + "? " + fix
		}
		c.wrong(c.header.at("step"), fmt.Sprintf("unknown step %q", q.Step), fix)
	case q.Step == "" && shape.rows && len(q.Columns) == 0:
		c.lacks("columns", fmt.Sprintf("a %s without a step needs columns", q.Shape), "columns: [xid, name]")
	case q.Step == "" && shape.needsStep:
		c.lacks("step", fmt.Sprintf("a %s needs a step", q.Shape), "step: expand or paths")
	case q.entities() < s.entities:
		c.lacks("params", fmt.Sprintf("step %s takes %d parameters of type entity; %d declared", q.Step, s.entities, q.entities()),
			"params: [{name: unit, type: entity, required: true, help: the unit}]")
	case s.needs != "" && !q.provides(s.needs):
		c.lacks("params", fmt.Sprintf("step %s needs a parameter %s", q.Step, s.needs), "add it, as orbat's own query of that step has it")
	}
	for i, column := range q.Columns {
		if field, _ := splitColumn(column); s.columns != nil && !slices.Contains(s.columns, field) {
			c.wrong(c.header.at("columns", i), fmt.Sprintf("step %s fills no column %q", q.Step, field), "one of "+strings.Join(s.columns, ", "))
		}
	}
}

// dql checks what can be told of the DQL without Dgraph.
func (c *headerCheck) dql(q *Query) {
	if regexp.MustCompile(`%(in|out)\b`).MatchString(q.DQL) && len(q.Relations) == 0 {
		c.lacks("relations", "%out and %in stand for relations, and the header names none", "relations: [all], or a list of names")
	}
	// Dgraph takes these for names of facets and says nothing: all links come, and no facet.
	if m := regexp.MustCompile(`@facets\s*\(\s*(?:first|offset|after)\s*:\s*[-\d$]`).FindString(q.DQL); m != "" {
		c.wrong(q.find(m), "@facets(first: …) asks for facets of that name", "how many stands before: commands (first: 20) @facets")
	}
	for _, name := range q.declared() {
		if !q.provides(name) {
			fix := "add it under params, or use one of " + strings.Join(q.known(), ", ")
			if near := nearest(name, q.known()); near != "" {
				fix = "did you mean $" + near + "? " + fix
			}
			c.wrong(q.find("$"+name), fmt.Sprintf("the DQL declares $%s, which is no parameter", name), fix)
		}
	}
	if q.DQL == "" && (q.Step == "" || steps()[q.Step].needsDQL) {
		c.wrong(q.body, "no DQL below the header", "write the query below the # lines")
	}
}

// IsQueryName reports whether a text may name a query.
func IsQueryName(name string) bool { return regexp.MustCompile(queryName).MatchString(name) }

const queryName = `^[a-z][a-z0-9-]{0,63}$`

// findDeclared lists the variables that the DQL declares, without their $.
func (q *Query) findDeclared() []string {
	head, _, _ := strings.Cut(q.DQL, "{")
	var names []string
	for _, m := range regexp.MustCompile(`\$([a-z_][a-zA-Z0-9_]*)\s*:`).FindAllStringSubmatch(head, -1) {
		names = append(names, m[1])
	}
	return names
}

// known lists what the DQL may declare.
func (q *Query) known() []string {
	var names []string
	for _, p := range q.AllParams() {
		names = append(names, p.Name)
	}
	return append(names, "frontier", "fanout")
}

func (q *Query) provides(name string) bool { return slices.Contains(q.known(), name) }

// splitColumn parts a column of a header, "from as unit", into what fills it and what it is called.
func splitColumn(column string) (field, label string) {
	field, label, renamed := strings.Cut(column, " as ")
	if !renamed {
		label = field
	}
	return strings.TrimSpace(field), strings.TrimSpace(label)
}

// labels are the columns as an answer heads them.
func (q *Query) labels() []string {
	labels := make([]string, len(q.Columns))
	for i, column := range q.Columns {
		_, labels[i] = splitColumn(column)
	}
	return labels
}

// entities counts the parameters of type entity.
func (q *Query) entities() int {
	n := 0
	for _, p := range q.Params {
		if p.Type == "entity" {
			n++
		}
	}
	return n
}

// param finds a declared or common parameter.
func (q *Query) param(name string) *Param {
	all := q.AllParams()
	if i := slices.IndexFunc(all, func(p Param) bool { return p.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// expandRelations repeats each line that holds %out or %in once for each relation. Only names of the ontology go in,
// all of which match [a-z][a-z0-9_]* (law 13).
func expandRelations(dql string, relations []string) string {
	var out []string
	for _, line := range strings.Split(dql, "\n") {
		switch {
		case strings.Contains(line, "%out"):
			for _, r := range relations {
				out = append(out, strings.ReplaceAll(line, "%out", r))
			}
		case strings.Contains(line, "%in"):
			for _, r := range relations {
				out = append(out, strings.ReplaceAll(line, "%in", "~"+r))
			}
		default:
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// Library is the canned queries, by name.
type Library struct{ queries []*Query }

// List gives all queries, by name.
func (l *Library) List() []*Query { return l.queries }

// Find gives a query by name.
func (l *Library) Find(name string) (*Query, error) {
	for _, q := range l.queries {
		if q.Name == name {
			return q, nil
		}
	}
	return nil, &UnknownQuery{Name: name, Near: nearest(name, l.names())}
}

func (l *Library) names() []string {
	names := make([]string, len(l.queries))
	for i, q := range l.queries {
		names[i] = q.Name
	}
	return names
}

// UnknownQuery says that no query has a name.
type UnknownQuery struct{ Name, Near string }

func (e *UnknownQuery) Error() string { return fmt.Sprintf("unknown query %q", e.Name) }

// Hint says what to type.
func (e *UnknownQuery) Hint() string {
	if e.Near != "" {
		return "did you mean " + e.Near + "? orbat queries list shows all"
	}
	return "orbat queries list shows all"
}

// Add takes the .dql files of a folder; one of a known name takes its place. All errors are given, joined.
func (l *Library) Add(folder fs.FS, shown string, ontology *schema.Ontology) []error {
	files, err := fs.Glob(folder, "*.dql")
	if err != nil {
		return []error{err}
	}
	var errs []error
	for _, file := range files {
		text, err := fs.ReadFile(folder, file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		q, err := ParseQuery(path.Join(shown, file), string(text), ontology)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if want := strings.TrimSuffix(file, ".dql"); q.Name != want {
			errs = append(errs, &HeaderError{q.File, 1, 0, fmt.Sprintf("the query is named %q, its file %q", q.Name, file), "give both one name"})
			continue
		}
		l.Put(q)
	}
	return errs
}

// Put takes one query; one of its name makes way.
func (l *Library) Put(q *Query) {
	l.queries = slices.DeleteFunc(l.queries, func(old *Query) bool { return old.Name == q.Name })
	l.queries = append(l.queries, q)
	slices.SortFunc(l.queries, func(a, b *Query) int { return strings.Compare(a.Name, b.Name) })
}
