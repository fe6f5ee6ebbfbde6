package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// maxBytes is the longest mapping file.
const maxBytes = 1 << 20

// MappingError is a mistake in a mapping, or an input that does not fit it.
type MappingError struct{ schema.Fault } //nolint:revive // Error alone would be the name of any

// Parse reads a mapping. name is what its errors carry. What it says is checked by [Mapping.Check].
func Parse(name string, data []byte) (*Mapping, error) {
	d := decoder{file: name}
	if len(data) > maxBytes {
		return nil, d.fail(place{}, "longer than "+strconv.Itoa(maxBytes>>20)+" MiB", "a mapping is a short file; is this the data?")
	}
	var doc yaml.Node
	reader := yaml.NewDecoder(bytes.NewReader(data))
	switch err := reader.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, d.fail(place{}, "the file is empty", "a draft can be made of a table")
	case err != nil:
		return nil, d.fail(place{}, strings.TrimPrefix(err.Error(), "yaml: "), "check the YAML at this line")
	}
	if err := reader.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, d.fail(place{}, "more than one document", "a mapping is one document: remove what follows ---")
	}
	m := &Mapping{Name: name}
	if err := d.decode(doc.Content[0], reflect.ValueOf(m).Elem()); err != nil {
		return nil, err
	}
	return m, nil
}

// decoder fills the types of language.go from YAML. The library's own decoding knows neither their short forms nor,
// within them, unknown keys.
type decoder struct{ file string }

func (d *decoder) fail(at place, reason, hint string) *MappingError {
	return &MappingError{Fault: schema.Fault{
		Pos: schema.Position{File: d.file, Line: at.line, Column: at.column}, Reason: reason, Hint: hint,
	}}
}

func (d *decoder) wrong(n *yaml.Node, needed, hint string) *MappingError {
	what := map[yaml.Kind]string{
		yaml.ScalarNode: strconv.Quote(schema.Shorten(n.Value)), yaml.SequenceNode: "a list",
		yaml.MappingNode: "an object",
	}[n.Kind]
	return d.fail(placeOf(n), needed+" is needed, not "+what, hint)
}

// empty refuses a list or object without anything in it: whoever wrote it meant something, and which of none, all or
// any would be a guess.
func (d *decoder) empty(n *yaml.Node) error {
	what := "an empty object"
	if n.Kind == yaml.SequenceNode {
		what = "an empty list"
	}
	return d.fail(placeOf(n), what+" says nothing", "put something in it, or leave its key out")
}

func placeOf(n *yaml.Node) place { return place{n.Line, n.Column} }

func (d *decoder) decode(n *yaml.Node, into reflect.Value) error {
	if n.Kind == yaml.AliasNode {
		return d.fail(placeOf(n), "an alias", "write it out: a mapping has no aliases")
	}
	if done, err := d.short(n, into); done || err != nil {
		return err
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return d.decode(n, into.Elem())
	case reflect.Struct:
		return d.object(n, into)
	case reflect.Map:
		return d.entries(n, into)
	case reflect.Slice:
		return d.list(n, into)
	default:
		return d.scalar(n, into)
	}
}

// short takes the short forms: a value written as a column or template, an end as a name, a list as its only item.
func (d *decoder) short(n *yaml.Node, into reflect.Value) (done bool, err error) {
	text := n.Kind == yaml.ScalarNode
	switch to := into.Addr().Interface().(type) {
	case *value:
		if text {
			*to = shortValue(n)
		}
		return text, nil
	case *source:
		if text {
			to.value = shortValue(n)
		}
		return text, nil
	case *property:
		if text {
			to.value, to.At = shortValue(n), placeOf(n)
		}
		return text, nil
	case *eachRule:
		if text {
			to.value, to.At = shortValue(n), placeOf(n)
		}
		return text, nil
	case *date:
		if text {
			v := shortValue(n)
			to.Text, to.At = &v, placeOf(n)
		}
		return text, nil
	case *headerRule:
		if text {
			to.Row, to.At = n.Value, placeOf(n)
		}
		return text, nil
	case *typeValue:
		if text {
			to.value = value{Text: n.Value, At: placeOf(n)}
		}
		return text, nil
	case *end:
		to.At = placeOf(n)
		if text {
			to.Name = n.Value
			return true, nil
		}
		to.Inline = &entity{}
		return true, d.decode(n, reflect.ValueOf(to.Inline).Elem())
	case *texts:
		if text {
			*to = texts{n.Value}
		}
		return text, nil
	case *keys, *conds, *properties, *sources, *replacements:
		if n.Kind == yaml.SequenceNode {
			return false, nil
		}
		into.Set(reflect.MakeSlice(into.Type(), 1, 1))
		return true, d.decode(n, into.Index(0))
	}
	return false, nil
}

// shortValue reads a value written as one text: a number is itself, what holds a brace a template, all else a column.
func shortValue(n *yaml.Node) value {
	v := value{At: placeOf(n)}
	switch {
	case n.Tag == "!!int" || n.Tag == "!!bool":
		v.Text = n.Value
	case strings.Contains(n.Value, "{"):
		v.Template = n.Value
	default:
		v.Column = n.Value
	}
	return v
}

func (d *decoder) object(n *yaml.Node, into reflect.Value) error {
	switch {
	case n.Kind != yaml.MappingNode:
		return d.wrong(n, "an object", "its keys are "+strings.Join(fieldNames(into.Type()), ", "))
	case len(n.Content) == 0:
		return d.empty(n)
	}
	d.place(into, placeOf(n))
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		field, ok := fieldOf(into, key.Value)
		switch {
		case !ok:
			names := fieldNames(into.Type())
			hint := schema.DidYouMean(schema.Nearest(key.Value, names), "its keys are "+strings.Join(names, ", "))
			return d.fail(placeOf(key), "unknown key "+strconv.Quote(schema.Shorten(key.Value)), hint)
		case seen[key.Value]:
			return d.fail(placeOf(key), "the key "+key.Value+" stands twice", "keep one")
		case val.Kind == yaml.ScalarNode && val.Tag == "!!null":
			return d.fail(placeOf(val), key.Value+" says nothing", "give it a value, or leave the key out")
		}
		seen[key.Value] = true
		if err := d.decode(val, field); err != nil {
			return err
		}
	}
	return nil
}

// place sets where the object stands, in itself and in what it embeds.
func (d *decoder) place(into reflect.Value, at place) {
	for i := range into.NumField() {
		switch field := into.Type().Field(i); {
		case field.Name == "At":
			into.Field(i).Set(reflect.ValueOf(at))
		case field.Anonymous:
			d.place(into.Field(i), at)
		}
	}
}

// fieldOf finds the field of a key, in the struct or in what it embeds.
func fieldOf(of reflect.Value, key string) (reflect.Value, bool) {
	for i := range of.NumField() {
		field := of.Type().Field(i)
		if field.Anonymous {
			if found, ok := fieldOf(of.Field(i), key); ok {
				return found, true
			}
		}
		if name := field.Tag.Get("yaml"); name == key && name != "-" && name != "" {
			return of.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func fieldNames(of reflect.Type) []string {
	var names []string
	for i := range of.NumField() {
		field := of.Field(i)
		if field.Anonymous {
			names = append(names, fieldNames(field.Type)...)
		} else if name := field.Tag.Get("yaml"); name != "-" {
			names = append(names, name)
		}
	}
	return names
}

func (d *decoder) entries(n *yaml.Node, into reflect.Value) error {
	switch {
	case n.Kind != yaml.MappingNode:
		return d.wrong(n, "an object of names", "")
	case len(n.Content) == 0:
		return d.empty(n)
	}
	into.Set(reflect.MakeMap(into.Type()))
	for i := 0; i < len(n.Content); i += 2 {
		key, val := n.Content[i], reflect.New(into.Type().Elem()).Elem()
		if key.Kind != yaml.ScalarNode {
			return d.wrong(key, "a name", "")
		}
		if into.MapIndex(reflect.ValueOf(key.Value)).IsValid() {
			return d.fail(placeOf(key), strconv.Quote(schema.Shorten(key.Value))+" stands twice", "keep one")
		}
		if err := d.decode(n.Content[i+1], val); err != nil {
			return err
		}
		into.SetMapIndex(reflect.ValueOf(key.Value), val)
	}
	return nil
}

func (d *decoder) list(n *yaml.Node, into reflect.Value) error {
	switch {
	case n.Kind != yaml.SequenceNode:
		return d.wrong(n, "a list", "write - before each item, or [ … ] around them")
	case len(n.Content) == 0:
		return d.empty(n)
	}
	into.Set(reflect.MakeSlice(into.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		if err := d.decode(item, into.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) scalar(n *yaml.Node, into reflect.Value) error {
	if n.Kind != yaml.ScalarNode {
		return d.wrong(n, "one text", "")
	}
	switch into.Kind() {
	case reflect.Bool:
		is, err := strconv.ParseBool(n.Value)
		if err != nil {
			return d.wrong(n, "true or false", "")
		}
		into.SetBool(is)
	case reflect.Float64:
		number, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			return d.wrong(n, "a number", "")
		}
		into.SetFloat(number)
	case reflect.String:
		into.SetString(n.Value)
	default:
		return fmt.Errorf("the mapping language has a field of kind %s", into.Kind())
	}
	return nil
}
