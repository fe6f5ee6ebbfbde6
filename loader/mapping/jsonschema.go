package mapping

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"

	"orbat/schema"
)

// Schema returns the JSON Schema (2020-12) of mapping files, made of the types of language.go and the names of an
// ontology, so that editors complete and check what is written.
func Schema(o *schema.Ontology) (*jsonschema.Schema, error) {
	type valueObject value // value itself refers to value, which the library takes for a cycle
	objects := map[string]reflect.Type{
		"value": reflect.TypeFor[valueObject](), "typeValue": reflect.TypeFor[typeValue](), "source": reflect.TypeFor[source](),
		"sourceRule": reflect.TypeFor[sourceRule](), "confidenceRule": reflect.TypeFor[confidenceRule](), "index": reflect.TypeFor[index](),
		"table": reflect.TypeFor[table](), "entity": reflect.TypeFor[entity](), "relation": reflect.TypeFor[relation](),
		"property": reflect.TypeFor[property](), "key": reflect.TypeFor[key](), "date": reflect.TypeFor[date](),
		"period": reflect.TypeFor[period](), "edge": reflect.TypeFor[edge](), "cond": reflect.TypeFor[cond](),
		"expectation": reflect.TypeFor[expectation](), "eachRule": reflect.TypeFor[eachRule](), "headerRule": reflect.TypeFor[headerRule](),
		"outlineRule": reflect.TypeFor[outlineRule](), "replacement": reflect.TypeFor[replacement](), "number": reflect.TypeFor[number](),
		"point": reflect.TypeFor[point](),
	}
	scalar := &jsonschema.Schema{Types: []string{"string", "number", "boolean"}} // YAML has no quotes around most texts
	known := map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[string](): scalar, reflect.TypeFor[value](): ref("value"),
		reflect.TypeFor[end]():   anyOf(text("an entity of the table"), ref("entity")),
		reflect.TypeFor[texts](): oneOrMore(scalar), reflect.TypeFor[keys](): oneOrMore(ref("key")),
		reflect.TypeFor[conds](): oneOrMore(ref("cond")), reflect.TypeFor[properties](): oneOrMore(ref("property")),
		reflect.TypeFor[sources](): oneOrMore(ref("source")), reflect.TypeFor[replacements](): oneOrMore(ref("replacement")),
	}
	for name, t := range objects {
		if name != "value" {
			known[t] = ref(name)
		}
	}
	root, err := objectOf(reflect.TypeFor[Mapping](), known)
	if err != nil {
		return nil, err
	}
	root.Schema, root.Title = "https://json-schema.org/draft/2020-12/schema", "orbat mapping"
	root.Defs = map[string]*jsonschema.Schema{}
	for name, t := range objects {
		if root.Defs[name], err = objectOf(t, known); err != nil {
			return nil, err
		}
	}
	short := &jsonschema.Schema{
		Types:       []string{"string", "integer", "boolean"},
		Description: "a column, or a text with {column} in it; a number is itself",
	}
	for _, name := range []string{"value", "source", "property", "eachRule", "date"} {
		root.Defs[name] = anyOf(short.CloneSchemas(), root.Defs[name])
	}
	root.Defs["headerRule"] = anyOf(&jsonschema.Schema{Type: "integer", Description: "the row that they stand in"}, root.Defs["headerRule"])
	root.Defs["typeValue"] = anyOf(&jsonschema.Schema{Enum: typeNames(o)}, root.Defs["typeValue"])
	root.Defs["relation"].Properties["relation"] = &jsonschema.Schema{Enum: relationNames(o), Description: "the relation"}
	root.Defs["entity"].Properties["properties"].PropertyNames = anyOf(&jsonschema.Schema{Enum: propertyNames(o)},
		&jsonschema.Schema{Pattern: "^x_"})
	return root, nil
}

// objectOf makes the schema of one struct, in which those known stand as references.
func objectOf(t reflect.Type, known map[reflect.Type]*jsonschema.Schema) (*jsonschema.Schema, error) {
	others := map[reflect.Type]*jsonschema.Schema{}
	for other, s := range known {
		if other != t {
			others[other] = s
		}
	}
	s, err := jsonschema.ForType(flat(t), &jsonschema.ForOptions{TypeSchemas: others})
	if err != nil {
		return nil, fmt.Errorf("JSON Schema of %s: %w", t.Name(), err)
	}
	least := jsonschema.Ptr(1) // what is empty says nothing: Parse refuses it
	s.MinProperties = least
	for _, property := range s.Properties {
		// A pointer or a list: the library adds null, beside a reference too, which a mapping never says.
		property.Types = slices.DeleteFunc(property.Types, func(name string) bool { return name == "null" })
		switch len(property.Types) {
		case 0:
			property.Types = nil
		case 1:
			property.Type, property.Types = property.Types[0], nil
		}
		switch property.Type {
		case "array":
			property.MinItems = least
		case "object":
			property.MinProperties = least
		}
	}
	return s, nil
}

// flat returns a struct type with the fields of another, those of embedded structs among them: the library refuses to
// embed what is known by a reference.
func flat(t reflect.Type) reflect.Type {
	fields := slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
		return f.Anonymous || !f.IsExported()
	})
	return reflect.StructOf(fields)
}

func ref(name string) *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/$defs/" + name} }

func text(doc string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Description: doc}
}

func anyOf(these ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: these}
}

func oneOrMore(of *jsonschema.Schema) *jsonschema.Schema {
	return anyOf(of.CloneSchemas(), &jsonschema.Schema{Type: "array", Items: of.CloneSchemas(), MinItems: jsonschema.Ptr(1)})
}

func typeNames(o *schema.Ontology) (names []any) {
	for _, t := range o.Types {
		names = append(names, t.Name)
	}
	return names
}

func relationNames(o *schema.Ontology) (names []any) {
	for _, r := range o.Relations {
		names = append(names, r.Name)
	}
	return names
}

func propertyNames(o *schema.Ontology) (names []any) {
	for _, t := range o.Types {
		for _, p := range t.Properties {
			if !slices.Contains(names, any(p.Name)) {
				names = append(names, p.Name)
			}
		}
	}
	return names
}
