package format

import (
	"bytes"
	"slices"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// foreignKind is JSON of others that orbat does not read, told by the keys of its first object.
type foreignKind struct {
	what, hint string
	keys       []string            // all of which it has
	values     map[string][]string // and what stands under some, where they have scalars
}

// foreignKinds lists them, the more particular before the more general.
func foreignKinds() []foreignKind {
	const table = "write its records as a table (CSV) and load that by a mapping, or as NDJSON of orbat's own records"
	return []foreignKind{
		{
			what: "an ORBAT Mapper scenario", hint: "export its units as a table (CSV, Excel) there, and load that by a mapping",
			values: map[string][]string{"type": {`"ORBAT-mapper"`}},
		},
		{
			what: "a MISP galaxy's clusters", hint: "export them as STIX 2.1, or write them as a table",
			keys: []string{"values", "uuid", "type"},
		},
		{
			what: "a MISP galaxy", hint: "its clusters stand in a file of their own: export those as STIX 2.1",
			keys: []string{"namespace", "icon", "uuid", "type"},
		},
		{what: "a MISP event", hint: "export it as STIX 2.1", keys: []string{"Event"}},
		{what: "an answer of MISP's API", hint: "export its events as STIX 2.1", keys: []string{"response"}},
		{
			what: "a layer of the ATT&CK Navigator", hint: "load ATT&CK's own STIX bundle; a layer only colours it",
			keys: []string{"techniques", "domain"},
		},
		{
			what: "GeoJSON", hint: table + "; a geometry is the value of the property geo",
			keys: []string{"features"}, values: map[string][]string{"type": {`"FeatureCollection"`}},
		},
		{
			what: "GeoJSON", hint: table + "; a geometry is the value of the property geo",
			keys: []string{"geometry"}, values: map[string][]string{"type": {`"Feature"`}},
		},
		{what: "JSON-LD", hint: table, keys: []string{"@context"}},
		{what: "JSON-LD", hint: table, keys: []string{"@graph"}},
		{
			what: "an answer of UCDP's API", hint: "download the CSV of the same data and load it by a mapping",
			keys: []string{"TotalCount", "Result"},
		},
		{what: "an answer of an API", hint: table, keys: []string{"status", "success", "data"}},
	}
}

// foreign tells the JSON of others, which would only be found faulty record by record; no reason: it may be ours.
func foreign(format Format, head []byte) schema.Fault {
	if !slices.Contains([]string{"json", "ndjson", "ftm"}, format.Name) {
		return schema.Fault{}
	}
	has := map[string]string{}
	for key, rest := range decode.FirstMembers(decode.FirstObject(head)) {
		has[key] = ""
		if !bytes.HasPrefix(rest, []byte("{")) && !bytes.HasPrefix(rest, []byte("[")) {
			has[key] = string(decode.ValueStart(rest))
		}
	}
	for _, kind := range foreignKinds() {
		if kind.fits(has) {
			return schema.Fault{Reason: "this looks like " + kind.what + ", which orbat does not read", Hint: kind.hint}
		}
	}
	return schema.Fault{}
}

// fits reports whether an object with these keys is of the kind. One that names what it is as our records do may have
// any properties.
func (k *foreignKind) fits(has map[string]string) bool {
	for _, key := range []string{"type", "relation", "property", "decision"} {
		if _, is := has[key]; is && !slices.Contains(k.keys, key) && k.values[key] == nil {
			return false
		}
	}
	for _, key := range k.keys {
		if _, is := has[key]; !is {
			return false
		}
	}
	for key, allowed := range k.values {
		if !slices.Contains(allowed, has[key]) {
			return false
		}
	}
	return true
}

// refuseForeign refuses the JSON of others by name.
func refuseForeign(in *input.Input, format Format) error {
	head, err := in.Head()
	if err != nil {
		return err
	}
	fault := foreign(format, head)
	if fault.Reason == "" {
		return nil
	}
	fault.Pos.File = in.Name
	return input.Fail(fault)
}
