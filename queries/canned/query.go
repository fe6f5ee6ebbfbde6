package canned

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// Query is one canned query: a .dql file whose leading comment is its header, in YAML. A field's jsonschema tag is what
// [HeaderSchema] and [HeaderReference] say of its key.
type Query struct {
	Name      string   `yaml:"name" json:"name" jsonschema:"what the question is called, and the file: a-z, 0-9 and -"`
	Purpose   string   `yaml:"purpose" json:"purpose" jsonschema:"what it is for, in a sentence"`
	Shape     Shape    `yaml:"shape" json:"shape" jsonschema:"the form of the answer"`
	Step      string   `yaml:"step" json:"step,omitempty" jsonschema:"the Go step that makes the answer, where DQL alone cannot"`
	Params    []Param  `yaml:"params" json:"params" jsonschema:"the parameters, in the order in which values are typed; a variable of the DQL carries each"`
	Relations []string `yaml:"relations" json:"relations,omitempty" jsonschema:"the relations that a step follows, or for which each line with %out or %in is repeated; [all]: every one but mentions"`
	Reach     []string `yaml:"reach" json:"reach,omitempty" jsonschema:"relations, backwards with a ~, along which a step first widens what was asked about"`
	With      []string `yaml:"with" json:"with,omitempty" jsonschema:"of step without: relations, backwards with a ~, of which an entity has one then"`
	Without   []string `yaml:"without" json:"without,omitempty" jsonschema:"of step without: relations, backwards with a ~, of which it has none then"`
	First     []string `yaml:"first" json:"first,omitempty" jsonschema:"of step common: relations, backwards with a ~, along which the first entity is linked"`
	Second    []string `yaml:"second" json:"second,omitempty" jsonschema:"of step common: relations, backwards with a ~, along which the second entity is linked"`
	Columns   []string `yaml:"columns" json:"columns,omitempty" jsonschema:"of rows: fields of the DQL's block q, or what the step fills; 'from as unit' renames"`
	Example   string   `yaml:"example" json:"example" jsonschema:"a command that asks it, and whose cost a check measures"`

	DQL  string `yaml:"-" json:"dql"`
	Time string `yaml:"-" json:"time"` // what a time asked for changes, and what the marks mean, in a line
	File string `yaml:"-" json:"file"`

	State bool `yaml:"-" json:"-"` // the answer is a state of things: one who gives no time means today's

	Declared []string `yaml:"-" json:"-"` // the variables of the DQL, without their $

	unfiltered string // why no filter applies; empty: they do

	source string  // the whole file
	body   textPos // where DQL begins in it
}

// Source is the text of the file, with \n as line ends.
func (q *Query) Source() string { return q.source }

// IsQueryName reports whether a text may name a query.
func IsQueryName(name string) bool { return regexp.MustCompile(queryName).MatchString(name) }

const queryName = `^[a-z][a-z0-9-]{0,63}$`

// declaredIn lists the variables that DQL declares, without their $.
func declaredIn(dql string) []string {
	head, _, _ := strings.Cut(dql, "{")
	var names []string
	for _, m := range regexp.MustCompile(`\$([a-z_][a-zA-Z0-9_]*)\s*:`).FindAllStringSubmatch(head, -1) {
		names = append(names, m[1])
	}
	return names
}

// variables lists what the DQL may declare.
func (q *Query) variables() []string {
	var names []string
	for _, p := range q.AllParams() {
		names = append(names, p.Name)
	}
	for _, p := range q.AllParams() {
		if p.Type == "date" {
			names = append(names, p.Name+minSuffix, p.Name+maxSuffix)
		}
	}
	return append(names, "frontier", "fanout")
}

func (q *Query) provides(name string) bool { return slices.Contains(q.variables(), name) }

// SplitColumn parts a column of a header, "from as unit", into what fills it and what it is called.
func SplitColumn(column string) (field, label string) {
	field, label, renamed := strings.Cut(column, " as ")
	if !renamed {
		label = field
	}
	return strings.TrimSpace(field), strings.TrimSpace(label)
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

// ComparesTimes reports whether the question compares times of its own, so that certain means more than the time asked
// for.
func (q *Query) ComparesTimes() bool {
	return len(q.Reach) > 0 || slices.ContainsFunc(q.Params, func(p Param) bool { return p.Name == "certain" })
}

// Param finds a declared or common parameter.
func (q *Query) Param(name string) *Param {
	all := q.AllParams()
	if i := slices.IndexFunc(all, func(p Param) bool { return p.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// AsksBeyond reports whether parameters ask for more rows than so many. What is no number the question itself refuses.
func (q *Query) AsksBeyond(params map[string]string, most int) bool {
	n, err := strconv.Atoi(strings.TrimSpace(params["limit"]))
	p := q.Param("limit")
	return err == nil && p != nil && p.Type == "int" && n > most
}

// ExpandRelations repeats each line that holds %out or %in once for each relation. Only names of the ontology go in,
// all of which match [a-z][a-z0-9_]* (law 13).
func ExpandRelations(dql string, relations []string) string {
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

// Selected returns the relations of the header. all leaves out mentions: that two entities stand in one document is no
// link between them (law 16).
func (q *Query) Selected(ontology *schema.Ontology) []string {
	if !slices.Contains(q.Relations, "all") {
		return q.Relations
	}
	return slices.DeleteFunc(ontology.RelationNames(), func(name string) bool { return name == "mentions" })
}
