package queries

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// Query is one canned query: a .dql file whose leading comment is its header, in YAML.
type Query struct {
	Name      string   `yaml:"name" json:"name"`
	Purpose   string   `yaml:"purpose" json:"purpose"`
	Shape     Shape    `yaml:"shape" json:"shape"`
	Step      string   `yaml:"step" json:"step,omitempty"` // a Go step, where DQL alone cannot answer; see [Steps]
	Params    []Param  `yaml:"params" json:"params"`
	Relations []string `yaml:"relations" json:"relations,omitempty"` // what %out and %in stand for; [all]: every relation of the ontology
	Reach     []string `yaml:"reach" json:"reach,omitempty"`         // relations, backwards with a ~, along which a step first widens what was asked about
	Columns   []string `yaml:"columns" json:"columns,omitempty"`     // of a table: fields of the block q, or what the step fills; "from as unit" renames
	Example   string   `yaml:"example" json:"example"`

	DQL  string `yaml:"-" json:"dql"`
	File string `yaml:"-" json:"file"`
}

// HeaderError says what is wrong with a .dql file, and where.
type HeaderError struct {
	File   string
	Line   int
	Reason string
	Fix    string
}

func (e *HeaderError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason) }

// Hint says what to do.
func (e *HeaderError) Hint() string { return e.Fix }

// ParseQuery reads a .dql file.
func ParseQuery(file string, text string, ontology *schema.Ontology) (*Query, error) {
	header, body, lines := splitHeader(text)
	fail := func(line int, reason, fix string) (*Query, error) {
		return nil, &HeaderError{file, line, reason, fix}
	}
	at := func(key string) int { return lineOf(header, key) }
	q := &Query{File: file, DQL: body}
	if strings.TrimSpace(header) == "" {
		return fail(1, "no header", headerFix)
	}
	if err := decodeHeader(header, q); err != nil {
		return fail(err.line, "header: "+err.reason, headerFix)
	}
	switch {
	case q.Name == "" || !regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`).MatchString(q.Name):
		return fail(at("name"), fmt.Sprintf("name %q is not of the form a-z, 0-9 and -", q.Name), "name: my-query")
	case q.Purpose == "":
		return fail(at("purpose"), "no purpose", "purpose: one sentence")
	case !slices.Contains(Shapes(), q.Shape):
		return fail(at("shape"), fmt.Sprintf("unknown shape %q", q.Shape), fmt.Sprintf("shape: one of %v", Shapes()))
	case q.Step != "" && steps()[q.Step].run == nil:
		return fail(at("step"), fmt.Sprintf("unknown step %q", q.Step), "one of "+strings.Join(StepNames(), ", "))
	case q.Step == "" && q.Shape.rows() && len(q.Columns) == 0:
		return fail(at("columns"), "a table without a step needs columns", "columns: [xid, name]")
	case q.Step == "" && (q.Shape == TreeShape || q.Shape == PathShape):
		return fail(at("step"), fmt.Sprintf("a %s needs a step", q.Shape), "step: expand or paths")
	}
	for _, name := range q.Relations {
		if name != "all" && ontology.Relation(name) == nil {
			return fail(at("relations"), fmt.Sprintf("unknown relation %q", name), "orbat schema types")
		}
	}
	for _, way := range q.Reach {
		if ontology.Relation(strings.TrimPrefix(way, "~")) == nil {
			return fail(at("reach"), fmt.Sprintf("unknown relation %q", way), "orbat schema types")
		}
	}
	if fills := steps()[q.Step].columns; fills != nil {
		for _, column := range q.Columns {
			if field, _ := splitColumn(column); !slices.Contains(fills, field) {
				return fail(at("columns"), fmt.Sprintf("step %s fills no column %q", q.Step, field), "one of "+strings.Join(fills, ", "))
			}
		}
	}
	for i := range q.Params {
		p := &q.Params[i]
		err := p.check()
		if slices.ContainsFunc(q.Params[:i], func(o Param) bool { return o.Name == p.Name }) {
			err = fmt.Errorf("parameter %s is declared twice", p.Name)
		}
		if err != nil {
			return fail(at("params"), err.Error(), "params: [{name: unit, type: entity, help: the unit}]")
		}
	}
	if s := steps()[q.Step]; q.entities() < s.entities {
		return fail(at("params"), fmt.Sprintf("step %s takes %d parameters of type entity; %d declared", q.Step, s.entities, q.entities()),
			"params: [{name: unit, type: entity, required: true, help: the unit}]")
	} else if s.needs != "" && !q.provides(s.needs) {
		return fail(at("params"), fmt.Sprintf("step %s needs a parameter %s", q.Step, s.needs), "add it, as orbat's own query of that step has it")
	}
	if regexp.MustCompile(`%(in|out)\b`).MatchString(body) && len(q.Relations) == 0 {
		return fail(at("relations"), "%out and %in stand for relations, and the header names none", "relations: [all], or a list of names")
	}
	for _, name := range q.declared() {
		if !q.provides(name) {
			return fail(lines+1, fmt.Sprintf("the DQL declares $%s, which is no parameter", name), "add it under params, or use one of "+strings.Join(q.known(), ", "))
		}
	}
	if body == "" && (q.Step == "" || steps()[q.Step].needsDQL) {
		return fail(lines+1, "no DQL below the header", "write the query below the # lines")
	}
	return q, nil
}

const headerFix = "the leading # lines are YAML: name, purpose, shape, params, example"

// badHeader is a mistake in a header's YAML.
type badHeader struct {
	line   int
	reason string
}

// decodeHeader reads a header's YAML. Lines count from the file's first: the header stands there.
func decodeHeader(header string, q *Query) *badHeader {
	decoder := yaml.NewDecoder(strings.NewReader(header))
	decoder.KnownFields(true)
	err := decoder.Decode(q)
	if err == nil {
		return nil
	}
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) && len(wrong.Errors) > 0 {
		reason = wrong.Errors[0]
	}
	bad := &badHeader{line: 1, reason: reason}
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(reason); m != nil {
		_, _ = fmt.Sscan(m[1], &bad.line) // digits by the pattern
		bad.reason = strings.TrimPrefix(reason, m[0])
	}
	bad.reason = regexp.MustCompile(` (in type|into) queries\.\w+$`).ReplaceAllString(bad.reason, "")
	return bad
}

// lineOf is the line of a header's key; the first where it is not there.
func lineOf(header, key string) int {
	for i, line := range strings.Split(header, "\n") {
		if strings.HasPrefix(line, key+":") {
			return i + 1
		}
	}
	return 1
}

// splitHeader parts the leading # lines, without their #, from the DQL below.
func splitHeader(text string) (header, body string, lines int) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	var head []string
	rest := text
	for strings.HasPrefix(rest, "#") {
		line, after, _ := strings.Cut(rest, "\n")
		head = append(head, strings.TrimPrefix(strings.TrimPrefix(line, "#"), " "))
		rest = after
	}
	return strings.Join(head, "\n"), strings.TrimSpace(rest), len(head)
}

// declared lists the variables that the DQL declares, without their $.
func (q *Query) declared() []string {
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
func (q *Query) expandRelations(relations []string) string {
	var out []string
	for _, line := range strings.Split(q.DQL, "\n") {
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
			errs = append(errs, &HeaderError{q.File, 1, fmt.Sprintf("the query is named %q, its file %q", q.Name, file), "give both one name"})
			continue
		}
		l.queries = slices.DeleteFunc(l.queries, func(old *Query) bool { return old.Name == q.Name })
		l.queries = append(l.queries, q)
	}
	slices.SortFunc(l.queries, func(a, b *Query) int { return strings.Compare(a.Name, b.Name) })
	return errs
}
