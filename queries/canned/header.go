package canned

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// HeaderError says what is wrong with a .dql file, and where: in its header or in the DQL below. Its position has a
// line, and a column but where the whole line is meant.
type HeaderError struct{ schema.Fault }

// Parse reads a .dql file. Its error is the first mistake in it, a [*HeaderError].
func Parse(file, text string, ontology *schema.Ontology, steps []Signature) (*Query, error) {
	q, wrong := Check(file, text, ontology, steps)
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	return q, nil
}

// Check reads a .dql file and returns all that is wrong with it, without a database: the query is nil then. Whether
// its DQL is right only Dgraph knows.
func Check(file, text string, ontology *schema.Ontology, steps []Signature) (*Query, []*HeaderError) {
	h := splitHeader(text)
	c := &headerCheck{file: file, header: h, ontology: ontology, steps: steps}
	q := &Query{File: file, DQL: h.dql, source: h.text, body: h.body}
	q.Declared = declaredIn(q.DQL)
	if strings.TrimSpace(h.yaml) == "" {
		c.wrong(textPos{line: 1}, "no header", headerFix)
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
	timing := signature(steps, q.Step).Time
	if q.Step == "" {
		timing = plainTiming(q.Shape.Rows())
	}
	timing.Leans = timing.Leans || len(q.Reach) > 0
	q.unfiltered = timing.None
	q.Time, q.State = q.timeLine(timing), q.isState(timing)
	return q, nil
}

const headerFix = "the leading # lines are YAML: name, purpose, shape, params, example"

// Signature is what a header must know of a Go step that it names.
type Signature struct {
	Name, Doc string
	NeedsDQL  bool
	Relations bool     // it follows the header's relations where there is no DQL
	Keys      []string // of the header, that it reads and no other step does
	Entities  int      // how many entity parameters it takes
	Needs     string   // a parameter that it reads by name
	Time      Timing   // what it makes of a time
	Columns   []string // those that it fills, for the header to choose from; nil: it takes any
	Contested bool     // its column [Contested] marks rows that others deny: where a header does not choose it, it comes last
}

// signature returns that of a step; the zero one where none has the name.
func signature(steps []Signature, name string) Signature {
	for _, s := range steps {
		if s.Name == name {
			return s
		}
	}
	return Signature{}
}

// StepNames returns the names of steps.
func StepNames(steps []Signature) []string {
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = s.Name
	}
	return names
}

// headerCheck gathers what is wrong with one file.
type headerCheck struct {
	file     string
	header   fileHeader
	ontology *schema.Ontology
	steps    []Signature
	errs     []*HeaderError
	unread   map[int]bool // lines whose YAML could not be read: what lacks for that is not said again
}

func (c *headerCheck) wrong(at textPos, reason, hint string) {
	var see schema.Listing
	if strings.HasSuffix(hint, headerFix) {
		see = schema.SeeHeader
	}
	c.add(at, schema.Fault{Reason: reason, Hint: hint, See: see})
}

func (c *headerCheck) add(at textPos, f schema.Fault) {
	if !c.unread[at.line] {
		f.Pos = schema.Position{File: c.file, Line: max(1, at.line), Column: at.column}
		c.errs = append(c.errs, &HeaderError{f})
	}
}

// oneOf is what to say of a word that is none of some: the one that it is like, and all.
func oneOf(word string, known []string, all string) string {
	if near := schema.Nearest(word, known); near != word {
		return schema.DidYouMean(near, all)
	}
	return all
}

// lacks says what is missing, unless a key that could not be read may be just that.
func (c *headerCheck) lacks(key, reason, hint string) {
	if at := c.header.at(key); at.line > 0 || len(c.unread) == 0 {
		c.wrong(at, reason, hint)
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
		reason = regexp.MustCompile(` (in type|into) canned\.\w+$`).ReplaceAllString(reason, "")
		at, fix := textPos{line: line}, headerFix
		if m := regexp.MustCompile(`^field (\S+) not found$`).FindStringSubmatch(reason); m != nil {
			at, fix = c.header.word(line, m[1]), oneOf(m[1], headerKeys(), headerFix)
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
		c.lacks("shape", fmt.Sprintf("unknown shape %q", q.Shape), oneOf(string(q.Shape), shapeNames(), "shape: "+orList(shapeNames())))
	}
	for i, name := range q.Relations {
		if name != "all" {
			c.relation(c.header.at("relations", i), name, name)
		}
	}
	for _, list := range q.ways() {
		for i, way := range list.ways {
			c.relation(c.header.at(list.key, i), way, strings.TrimPrefix(way, "~"))
		}
	}
}

// ways are the keys that name relations, perhaps backwards; reach first.
func (q *Query) ways() []waysKey {
	return []waysKey{{"reach", q.Reach}, {"with", q.With}, {"without", q.Without}, {"first", q.First}, {"second", q.Second}}
}

type waysKey struct {
	key  string
	ways []string
}

// relation checks the name of a relation, as it is written.
func (c *headerCheck) relation(at textPos, written, name string) {
	if c.ontology.Relation(name) == nil {
		c.add(at, schema.Fault{
			Value: written, Reason: fmt.Sprintf("unknown relation %q", written),
			Hint: schema.DidYouMean(c.ontology.Suggest("relation", name), ""), See: schema.SeeTypes,
		})
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
			c.wrong(c.header.at("params", i), err.Error(), oneOf(p.Type, paramTypeNames(), "params: [{name: unit, "+
				"type: entity, help: the unit}]"))
		}
	}
}

func (c *headerCheck) step(q *Query) {
	s := signature(c.steps, q.Step)
	shape := shapeOf(q.Shape)
	switch {
	case q.Step != "" && s.Name == "":
		known := StepNames(c.steps)
		c.wrong(c.header.at("step"), fmt.Sprintf("unknown step %q", q.Step), oneOf(q.Step, known, "one of "+strings.Join(known, ", ")))
	case q.Step == "" && shape.rows && len(q.Columns) == 0:
		c.lacks("columns", fmt.Sprintf("a %s without a step needs columns", q.Shape), "columns: [xid, name]")
	case q.Step == "" && shape.needsStep:
		c.lacks("step", fmt.Sprintf("a %s needs a step", q.Shape), "step: expand or paths")
	case q.entities() < s.Entities:
		c.lacks("params", fmt.Sprintf("step %s takes %d parameters of type entity; %d declared", q.Step, s.Entities, q.entities()),
			"params: [{name: unit, type: entity, required: true, help: the unit}]")
	case s.Needs != "" && !q.provides(s.Needs):
		c.lacks("params", fmt.Sprintf("step %s needs a parameter %s", q.Step, s.Needs), "add it, as orbat's own query of that step has it")
	case slices.Contains(s.Keys, "without") && len(q.Without) == 0:
		c.lacks("without", fmt.Sprintf("step %s needs relations that are not there", q.Step), "without: [based_at]")
	case len(q.Relations) == 0 && (slices.Contains(s.Keys, "relations") ||
		slices.Contains(s.Keys, "first") && (len(q.First) == 0 || len(q.Second) == 0)):
		c.lacks("relations", fmt.Sprintf("step %s needs relations to look at", q.Step), "relations: [commands, posted_to]")
	}
	for _, list := range q.ways()[1:] {
		if len(list.ways) > 0 && !slices.Contains(s.Keys, list.key) {
			of := c.steps[slices.IndexFunc(c.steps, func(s Signature) bool { return slices.Contains(s.Keys, list.key) })].Name
			c.wrong(c.header.at(list.key), list.key+" is of step "+of+" alone", "step: "+of)
		}
	}
	if s.Relations && q.DQL == "" && len(q.Relations) > 0 && q.entities() == 0 {
		c.lacks("params", fmt.Sprintf("step %s without DQL follows relations from an entity", q.Step),
			"params: [{name: unit, type: entity, required: true, help: the unit}]")
	}
	for i, column := range q.Columns {
		if field, _ := SplitColumn(column); s.Columns != nil && !slices.Contains(s.Columns, field) {
			c.wrong(c.header.at("columns", i), fmt.Sprintf("step %s fills no column %q", q.Step, field),
				"one of "+strings.Join(s.Columns, ", "))
		}
	}
	named := func(column string) bool {
		field, _ := SplitColumn(column)
		return field == Contested
	}
	if s.Contested && len(q.Columns) > 0 && !slices.ContainsFunc(q.Columns, named) {
		q.Columns = append(q.Columns, Contested)
	}
}

// Contested is the column that marks the rows of which claims deny what they say (law 9).
const Contested = "contested"

// dql checks what can be told of the DQL without Dgraph.
func (c *headerCheck) dql(q *Query) {
	if regexp.MustCompile(`%(in|out)\b`).MatchString(q.DQL) && len(q.Relations) == 0 {
		c.lacks("relations", "%out and %in stand for relations, and the header names none", "relations: [all], or a list of names")
	}
	// Dgraph takes these for names of facets and says nothing: all links come, and no facet.
	if m := regexp.MustCompile(`@facets\s*\(\s*(?:first|offset|after)\s*:\s*[-\d$]`).FindString(q.DQL); m != "" {
		c.wrong(q.find(m), "@facets(first: …) asks for facets of that name", "how many stands before: commands (first: 20) @facets")
	}
	for _, name := range q.Declared {
		if !q.provides(name) {
			hint := "add it under params, or use one of " + strings.Join(q.variables(), ", ")
			if near := schema.Nearest(name, q.variables()); near != "" {
				hint = schema.DidYouMean("$"+near, hint)
			}
			c.wrong(q.find("$"+name), fmt.Sprintf("the DQL declares $%s, which is no parameter", name), hint)
		}
	}
	if s := signature(c.steps, q.Step); q.DQL == "" && (q.Step == "" || s.NeedsDQL && (!s.Relations || len(q.Relations) == 0)) {
		hint := "write the query below the # lines"
		if s.Relations {
			hint += ", or name relations: [commands, posted_to]"
		}
		c.wrong(q.body, "no DQL below the header", hint)
	}
}
