package canned

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"orbat/schema"
)

// headerKeys are the keys of a header and of its parameters.
func headerKeys() []string {
	var keys []string
	for _, t := range []reflect.Type{reflect.TypeFor[Query](), reflect.TypeFor[Param]()} {
		for _, k := range keysOf(t) {
			keys = append(keys, k.name)
		}
	}
	return keys
}

type headerKey struct{ name, doc string }

func keysOf(t reflect.Type) []headerKey {
	var keys []headerKey
	for i := range t.NumField() {
		if field := t.Field(i); field.Tag.Get("jsonschema") != "" {
			keys = append(keys, headerKey{field.Tag.Get("yaml"), field.Tag.Get("jsonschema")})
		}
	}
	return keys
}

// HeaderSchema returns the JSON Schema (2020-12) of a .dql file's header, made of the keys, shapes, steps and parameter
// types that this package knows and of an ontology's names: it cannot lag behind them, as a file of its own would.
func HeaderSchema(o *schema.Ontology, steps []Signature) (*jsonschema.Schema, error) {
	scalar := &jsonschema.Schema{Types: []string{"string", "number", "boolean"}} // YAML has no quotes around most texts
	param, err := headerObject[Param](scalar, "name", "type", "help")
	if err != nil {
		return nil, err
	}
	param.Properties["name"].Pattern = `^[a-z][a-z0-9_]*$`
	param.Properties["type"].Enum = anyOf(paramTypeNames())
	enum, of := any("enum"), []string{"of"}
	isEnum := &jsonschema.Schema{Properties: map[string]*jsonschema.Schema{"type": {Const: &enum}}, Required: []string{"type"}}
	param.If, param.Then = isEnum, &jsonschema.Schema{
		Required:   of,
		Properties: map[string]*jsonschema.Schema{"of": {MinItems: jsonschema.Ptr(1)}},
	}
	param.Else = &jsonschema.Schema{Properties: map[string]*jsonschema.Schema{"of": {Items: &jsonschema.Schema{Enum: anyOf(typeNames(o))}}}}

	root, err := headerObject[Query](scalar, "name", "purpose", "shape")
	if err != nil {
		return nil, err
	}
	root.Schema, root.Title = "https://json-schema.org/draft/2020-12/schema", "header of an orbat query"
	root.Properties["name"].Pattern = queryName
	root.Properties["purpose"].MinLength = jsonschema.Ptr(1)
	root.Properties["shape"].Enum = anyOf(shapeNames())
	root.Properties["step"].Enum = anyOf(StepNames(steps))
	root.Properties["params"].Items = param
	root.Properties["relations"].Items = &jsonschema.Schema{Enum: anyOf(relationNames(o))}
	for _, list := range (&Query{}).ways() {
		root.Properties[list.key].Items = &jsonschema.Schema{Enum: anyOf(waysOf(o))}
	}
	for _, s := range steps {
		needed := slices.DeleteFunc(slices.Clone(s.Keys), func(key string) bool { return slices.Contains(optionalKeys(), key) })
		name := any(s.Name)
		if len(needed) > 0 {
			root.AllOf = append(root.AllOf, &jsonschema.Schema{
				If: &jsonschema.Schema{
					Properties: map[string]*jsonschema.Schema{"step": {Const: &name}}, Required: []string{"step"},
				},
				Then: &jsonschema.Schema{Required: needed},
			})
		}
	}
	for _, s := range shapes() {
		var needed []string
		switch {
		case s.needsStep:
			needed = []string{"step"}
		case s.rows:
			needed = []string{"columns"}
		default:
			continue
		}
		name := any(string(s.Name))
		root.AllOf = append(root.AllOf, &jsonschema.Schema{
			If: &jsonschema.Schema{
				Properties: map[string]*jsonschema.Schema{"shape": {Const: &name}}, Required: []string{"shape"},
				Not: &jsonschema.Schema{Required: []string{"step"}},
			},
			Then: &jsonschema.Schema{Required: needed},
		})
	}
	return root, nil
}

// optionalKeys are those that one step alone reads and can do without.
func optionalKeys() []string { return []string{"with", "first", "second"} }

// headerObject makes the schema of a struct's keys.
func headerObject[T any](scalar *jsonschema.Schema, required ...string) (*jsonschema.Schema, error) {
	t := reflect.TypeFor[T]()
	s, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[string](): scalar, reflect.TypeFor[Shape](): {Type: "string"},
	}})
	if err != nil {
		return nil, fmt.Errorf("JSON Schema of %s: %w", t.Name(), err)
	}
	known := keysOf(t)
	maps.DeleteFunc(s.Properties, func(name string, _ *jsonschema.Schema) bool {
		return !slices.ContainsFunc(known, func(k headerKey) bool { return k.name == name })
	})
	for _, p := range s.Properties {
		p.Types = slices.DeleteFunc(p.Types, func(name string) bool { return name == "null" })
		if len(p.Types) == 1 {
			p.Type, p.Types = p.Types[0], nil
		}
	}
	s.Required = required
	return s, nil
}

func anyOf(names []string) []any {
	list := make([]any, len(names))
	for i, name := range names {
		list[i] = name
	}
	return list
}

func typeNames(o *schema.Ontology) []string {
	var names []string
	for _, t := range o.Types {
		names = append(names, t.Name)
	}
	return names
}

func relationNames(o *schema.Ontology) []string {
	return append([]string{"all"}, o.RelationNames()...)
}

// waysOf lists the relations, and each backwards.
func waysOf(o *schema.Ontology) []string {
	var ways []string
	for _, r := range o.Relations {
		ways = append(ways, r.Name, "~"+r.Name)
	}
	return ways
}

// HeaderReference explains a .dql file's header in plain text, at most 100 columns wide: its keys, and what may stand
// for them.
func HeaderReference(steps []Signature) string {
	var b strings.Builder
	section := func(title string, list []headerKey) {
		fmt.Fprintf(&b, "\n%s\n", title)
		for _, k := range list {
			fmt.Fprintf(&b, "  %-10s %s\n", k.name, strings.Join(wrap(k.doc, 100-13), "\n"+strings.Repeat(" ", 13)))
		}
	}
	var shapeList, types, stepList []headerKey
	for _, s := range shapes() {
		shapeList = append(shapeList, headerKey{string(s.Name), s.Doc})
	}
	for _, t := range paramTypes() {
		types = append(types, headerKey{t.Name, t.Doc})
	}
	for _, s := range steps {
		stepList = append(stepList, headerKey{s.Name, s.Doc})
	}
	b.WriteString("The leading # lines of a .dql file are its header, in YAML; ## begins a comment there. The DQL stands below.\n")
	section("keys", keysOf(reflect.TypeFor[Query]()))
	section("keys of each of params", keysOf(reflect.TypeFor[Param]()))
	section("types of parameters", types)
	section("shapes", shapeList)
	section("steps", stepList)
	b.WriteString(`
The DQL declares the parameters it uses as variables: query mine($unit: string, $limit: int). Beside its own it may
declare those that every query takes`)
	var common []string
	for _, p := range commonParams() {
		common = append(common, p.Name)
	}
	fmt.Fprintf(&b, " (%s) and, with a step,\n$frontier (the uids reached) and $fanout (how many links of one entity to follow). Values "+
		"travel as variables:\nno parameter becomes text of the query.\n", strings.Join(common, ", "))
	b.WriteString(`
A date is a time: of a parameter day the DQL declares $day_min and $day_max, its first moment and
its last, any time where it is not given. Declared as $day alone it carries one text, and a month
or a year is refused:

  @filter(le(date.min, $day_max) AND ge(date.max, $day_min))    an event that may have been then
  commands @facets(NOT gt(from_min, $day_max) AND NOT lt(to_max, $day_min)) { uid xid }

Where DQL alone makes the rows, a filter that it does not declare (as_of, min_confidence,
dataset …) is refused; where it makes links, and in the rows of steps, filters are applied to the
statements behind them.

A link's facets sum up all statements behind it: claims and sources count them, confidence is the
highest, period stands where all agree on one, from_min and to_max enclose all and stand where all
give the bound; role, rank … list what any of them says. So they rule a link out, and never in: one
statement of 1990 graded 90 and another of 2014 without a grade look like a link of 2014 graded 90.
What each says stands in the evidence, and step statements makes a row of each.
`)
	return b.String()
}

// wrap breaks a text into lines at most so wide, between words.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	return append(lines, line)
}

// orList writes "table, graph or path".
func orList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
