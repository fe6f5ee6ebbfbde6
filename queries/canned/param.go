package canned

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"orbat/schema"
)

// Param is one parameter of a query.
type Param struct {
	Name     string   `yaml:"name" json:"name" jsonschema:"a-z, 0-9 and _; the DQL declares it with a $"`
	Type     string   `yaml:"type" json:"type" jsonschema:"what may be typed for it"`
	Of       []string `yaml:"of" json:"of,omitempty" jsonschema:"of an entity: the types it may have; of an enum: its values"`
	Required bool     `yaml:"required" json:"required,omitempty" jsonschema:"true: the question cannot be asked without it"`
	Default  string   `yaml:"default" json:"default,omitempty" jsonschema:"the value where none is given"`
	Min      int      `yaml:"min" json:"min,omitempty" jsonschema:"of a number: the least"`
	Max      int      `yaml:"max" json:"max,omitempty" jsonschema:"of a number: the greatest; 0: no bound"`
	Help     string   `yaml:"help" json:"help" jsonschema:"what it means, in a few words"`
}

// commonParams every query takes.
func commonParams() []Param {
	return []Param{
		{Name: "as_of", Type: "date", Help: "show what held at some time within this date: a day, a month, a year"},
		{Name: "from", Type: "date", Help: "with to: show what held at some time between"},
		{Name: "to", Type: "date", Help: "see from"},
		{Name: "min_confidence", Type: "int", Max: 100, Help: "only claims graded at least so (0-100)"},
		{Name: "dataset", Type: "dataset", Help: "only this data set's claims"},
		{Name: "max_marking", Type: "marking", Help: "nothing marked above this, such as TLP:GREEN or SECRET"},
		{Name: "certain", Type: "bool", Help: "with as_of, or from and to: leave out what is marked possible"},
		{Name: "limit", Type: "int", Default: "100", Min: 1, Max: 100_000, Help: "at most so many answers"},
	}
}

// AllParams are the query's own parameters and the common ones: the filters and the limit. An own parameter hides a
// common one of its name, as a path's ends do from and to.
func (q *Query) AllParams() []Param {
	all := slices.Clone(q.Params)
	for _, c := range commonParams() {
		if !slices.ContainsFunc(q.Params, func(p Param) bool { return p.Name == c.Name }) {
			all = append(all, c)
		}
	}
	return all
}

// paramType is one type of parameter.
type paramType struct{ Name, Doc string }

// paramTypes is the one list of the types a parameter may have.
func paramTypes() []paramType {
	return []paramType{
		{"entity", "an entity by xid, name or alias; the variable carries its uid"},
		{"entities", "several, with ; between; a step takes them"},
		{"text", "any text"},
		{"int", "a whole number from min to max"},
		{"date", "YYYY, YYYY-MM or YYYY-MM-DD; two variables carry its ends: NAME_min and NAME_max"},
		{"bool", "true or false"},
		{"enum", "one of the values under of"},
		{"dataset", "a data set's name"},
		{"relations", "relations with commas between, for %out and %in"},
		{"type", "an entity type's name"},
		{"position", "latitude, longitude in degrees"},
	}
}

func paramTypeNames() []string {
	var names []string
	for _, t := range paramTypes() {
		names = append(names, t.Name)
	}
	return names
}

func (p *Param) check(ontology *schema.Ontology) error {
	types := paramTypeNames()
	switch {
	case p.Name == "" || strings.Trim(p.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || p.Name[0] < 'a':
		return fmt.Errorf("parameter %q is not of the form a-z, 0-9 and _", p.Name)
	case !slices.Contains(types, p.Type):
		return fmt.Errorf("parameter %s has unknown type %q; one of %s", p.Name, p.Type, strings.Join(types, ", "))
	case p.Type == "enum" && len(p.Of) == 0:
		return fmt.Errorf("parameter %s is an enum without values; add of: […]", p.Name)
	case p.Name == "max_marking":
		return errors.New("parameter max_marking is every query's own already: no other may take its place")
	case p.Help == "":
		return fmt.Errorf("parameter %s has no help", p.Name)
	case p.Max > 0 && p.Min > p.Max:
		return fmt.Errorf("parameter %s has min %d above max %d", p.Name, p.Min, p.Max)
	}
	if p.Type != "enum" { // all others take types
		for _, name := range p.Of {
			if ontology.Type(name) == nil {
				reason := fmt.Sprintf("parameter %s may be of %q, which is no entity type", p.Name, name)
				if near := ontology.Suggest("type", name); near != "" {
					reason += "; " + schema.DidYouMean(near, "")
				}
				return errors.New(reason)
			}
		}
	}
	if p.Default != "" {
		if err := newValues().take(p, p.Default); err != nil {
			return fmt.Errorf("parameter %s has a default that it does not take: %w", p.Name, err)
		}
	}
	return nil
}

// bounds says which numbers a parameter takes.
func (p *Param) bounds() string {
	if p.Max > 0 {
		return fmt.Sprintf("from %d to %d", p.Min, p.Max)
	}
	return fmt.Sprintf("from %d", p.Min)
}

// ParamError says what is wrong with a parameter of a question, its Column.
type ParamError struct {
	schema.Fault
	Query string
}

// NewParamError returns the error of a question's parameter, with what would mend it; empty: the question's own
// description does.
func NewParamError(query, param, reason, hint string) *ParamError {
	e := &ParamError{Query: query, Fault: schema.Fault{Column: param, Reason: reason, Hint: hint}}
	if hint == "" {
		e.See = schema.SeeQuestion.Of(query)
	}
	return e
}

// misnamed returns the error of a value that no parameter takes, or that is meant for another than it names.
func (q *Query) misnamed(param, reason, value string) *ParamError {
	e := NewParamError(q.Name, param, reason, q.Misnamed(value))
	e.See = schema.SeeQuestion.Of(q.Name)
	return e
}

// ParseArgs turns what was typed after the query's name into parameters: name=value for a declared name, anything else
// by position (law 17).
func (q *Query) ParseArgs(args []string) (map[string]string, error) {
	params := map[string]string{}
	var positional []string
	for _, arg := range args {
		name, value, found := strings.Cut(arg, "=")
		if !found || q.Param(name) == nil {
			positional = append(positional, arg)
			continue
		}
		if _, twice := params[name]; twice {
			return nil, NewParamError(q.Name, name, "given twice", "")
		}
		params[name] = value
	}
	for _, value := range positional {
		i := slices.IndexFunc(q.Params, func(p Param) bool { _, given := params[p.Name]; return !given })
		if i < 0 {
			return nil, q.misnamed("", fmt.Sprintf("%s takes no further value %q", q.Name, schema.Shorten(value)), value)
		}
		params[q.Params[i].Name] = value
	}
	return params, nil
}

// Misnamed says which parameter a value that looks like name=value may be meant for, where its name is a mistyped one
// of the query's; else "". (Such a value is taken as it is: a name may hold a "=".)
func (q *Query) Misnamed(value string) string {
	name, rest, found := strings.Cut(value, "=")
	if !found || len(name) > 30 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || q.Param(name) != nil {
		return ""
	}
	var names []string
	for _, p := range q.AllParams() {
		names = append(names, p.Name)
	}
	near := schema.Nearest(name, names)
	if near == "" {
		return ""
	}
	return schema.DidYouMean(near+"="+schema.Shorten(rest), "")
}
