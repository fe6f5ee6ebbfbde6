package schema

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func defaultOntology(t testing.TB) *Ontology {
	t.Helper()
	o, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// What the default ontology must say: every type with its properties, every relation with its ends and qualifiers. A *
// is a list, a ! the winner latest.
func TestDefaultSaysAllItMust(t *testing.T) {
	o := defaultOntology(t)
	const common = "name aliases* description country external_ids* marking"
	types := map[string]string{
		"Person":       "given_name family_name gender birth_date death_date nationality* rank! rank_code! status! designations*",
		"Unit":         "echelon branch classification affiliation sidc strength! active designator is_placeholder",
		"Organisation": "org_kind affiliation designations* founded dissolved",
		"Equipment":    "equip_kind level designation nickname serial sidc designations*",
		"Location":     "loc_kind geo precision_m mgrs admin_level",
		"Event":        "event_kind date killed killed_low killed_high wounded wounded_low wounded_high captured captured_low captured_high status!",
		"Operation":    "codename op_kind date",
		"Account":      "platform handle url callsign frequency_hz",
		"Concept":      "concept_kind",
		"Source": "title url archive_url published accessed language sha256 text_sha256 text_length media_type author publisher publisher_country " +
			"reliability licence",
	}
	if len(o.Types) != len(types) {
		t.Errorf("%d types, want %d", len(o.Types), len(types))
	}
	for name, own := range types {
		typ := o.Type(name)
		if typ == nil {
			t.Errorf("no type %s", name)
			continue
		}
		var got []string
		for _, p := range typ.Properties {
			mark := map[bool]string{true: "*"}[p.List] + map[bool]string{true: "!"}[p.Winner == Latest]
			got = append(got, p.Name+mark)
			if p.Doc == "" || p.Label == "" {
				t.Errorf("%s.%s lacks a doc or label", name, p.Name)
			}
		}
		if want := common + " " + own; strings.Join(got, " ") != want {
			t.Errorf("%s has\n%s, want\n%s", name, strings.Join(got, " "), want)
		}
		if typ.Doc == "" || typ.Plural == "" || len(typ.MapsTo["followthemoney"]) == 0 && name != "Concept" ||
			len(typ.MapsTo["stix"]) == 0 {
			t.Errorf("type %s lacks a doc, plural or mapping", name)
		}
	}

	relations := []struct{ name, ends, qualifiers string }{
		{"posted_to", "Person → Unit, Organisation", "role position title rank rank_code acting"},
		{"commands", "Person → Unit, Organisation, Operation", "role position title rank"},
		{"member_of", "Person, Unit, Organisation → Organisation", "role status"},
		{"subordinate_to", "Unit, Organisation → Unit, Organisation", "authority"},
		{"attached_to", "Unit → Unit, Operation", "authority"},
		{"affiliated_with", "Person, Unit, Organisation → Organisation", "kind"},
		{"allied_with", "S Person, Unit, Organisation → Person, Unit, Organisation", ""},
		{"opposes", "S Person, Unit, Organisation → Person, Unit, Organisation", "kind"},
		{"associate_of", "S Person → Person", "kind"},
		{"communicated_with", "S Person, Unit, Organisation → Person, Unit, Organisation", "channel"},
		{"stance_towards", "Person, Unit, Organisation → any", "polarity"},
		{"succeeded_by", "same any → any", "post reason"},
		{"based_at", "Unit, Organisation, Equipment → Location", "base_name kind"},
		{"operates_in", "Unit, Organisation, Person → Location", "mission"},
		{"located_at", "Person, Unit, Organisation, Equipment, Event → Location", ""},
		{"within", "Location → Location", ""},
		{"operates", "Unit, Organisation, Person → Equipment", "quantity role"},
		{"component_of", "Equipment → Equipment", "quantity"},
		{"variant_of", "Equipment → Equipment", "quantity"},
		{"supplied_to", "Organisation, Unit → Unit, Organisation", "equipment quantity value currency"},
		{"trained_by", "Unit, Person → Unit, Organisation", "course programme"},
		{"carried_out", "Person, Unit, Organisation → Event, Operation", "role"},
		{"affected_by", "Person, Unit, Organisation, Equipment, Location → Event", "outcome quantity quantity_low quantity_high"},
		{"used_in", "Equipment → Event", "quantity role"},
		{"part_of", "Event, Operation → Operation; Event → Event", "sequence"},
		{"uses_account", "Person, Unit, Organisation → Account", ""},
		{"mentions", "Source → any", ""},
		{"related_to", "any → any", "label"},
	}
	for i, want := range relations {
		if i >= len(o.Relations) || o.Relations[i].Name != want.name {
			t.Fatalf("relation %d is not %s", i, want.name)
		}
		r := o.Relation(want.name)
		ends := map[bool]string{true: "S "}[r.Symmetric] + map[bool]string{true: "same "}[r.SameType] + endsText(r)
		if qualifiers := strings.Join(propertyNames(r.Qualifiers), " "); ends != want.ends || qualifiers != want.qualifiers {
			t.Errorf("%s: %q with %q, want %q with %q", r.Name, ends, qualifiers, want.ends, want.qualifiers)
		}
		if r.Doc == "" || r.Label == "" || r.Inverse == "" || len(r.MapsTo) == 0 {
			t.Errorf("relation %s lacks a doc, label, inverse or mapping", r.Name)
		}
	}
	if len(o.Relations) != len(relations) {
		t.Errorf("%d relations, want %d", len(o.Relations), len(relations))
	}
	if !o.Relation("related_to").Qualifier("label").Required {
		t.Error("related_to needs its label")
	}
	for name, values := range map[string]string{
		"Unit.affiliation":   "friend hostile neutral unknown suspect assumed_friend pending",
		"Person.status":      "active retired killed captured unknown",
		"Event.status":       "alleged confirmed denied",
		"Location.loc_kind":  "country admin1 admin2 admin3 admin4 city facility base sea_area airspace point",
		"Source.reliability": "A B C D E F",
	} {
		typ, property, _ := strings.Cut(name, ".")
		if got := strings.Join(o.Property(typ, property).Values, " "); got != values {
			t.Errorf("%s: %s, want %s", name, got, values)
		}
	}
}

func TestRelationFits(t *testing.T) {
	o := defaultOntology(t)
	for _, test := range []struct {
		relation, from, to string
		want               bool
	}{
		{"commands", "Person", "Unit", true},
		{"commands", "Unit", "Person", false},
		{"commands", "", "Unit", true},
		{"commands", "", "Person", false},
		{"commands", "", "", true},
		{"commands", "Person", "Nothing", false},
		{"opposes", "Organisation", "Person", true},
		{"opposes", "Person", "Event", false},
		{"succeeded_by", "Unit", "Unit", true},
		{"succeeded_by", "Unit", "Organisation", false},
		{"succeeded_by", "", "Organisation", true},
		{"succeeded_by", "Source", "Source", false},
		{"part_of", "Event", "Event", true},
		{"part_of", "Operation", "Event", false},
		{"part_of", "Operation", "Operation", true},
		{"mentions", "Source", "Person", true},
		{"mentions", "Source", "Source", false},
		{"mentions", "Person", "Person", false},
		{"related_to", "Person", "Source", false},
	} {
		if got := o.Relation(test.relation).Fits(test.from, test.to); got != test.want {
			t.Errorf("%s: %q → %q: %t", test.relation, test.from, test.to, got)
		}
	}
	oneWay := &Relation{Symmetric: true, Ends: []Ends{{From: []string{"Person"}, To: []string{"Unit"}}}}
	if !oneWay.Fits("Unit", "Person") || oneWay.Fits("Unit", "Unit") {
		t.Error("the ends of a symmetric relation fit in either order")
	}
}

func TestSuggest(t *testing.T) {
	o := defaultOntology(t)
	for _, test := range []struct{ kind, name, want string }{
		{"type", "person", "Person"},
		{"type", "Organization", "Organisation"},
		{"type", "Spaceship", ""},
		{"relation", "comands", "commands"},
		{"relation", "subordinated_to", "subordinate_to"},
		{"property", "birthdate", "birth_date"},
		{"Person", "nme", "name"},
		{"Person", "desgnator", ""},
		{"Unit", "desgnator", "designator"},
		{"supplied_to", "curency", "currency"},
		{"nothing", "name", ""},
		{"type", strings.Repeat("x", 1<<20), ""},
	} {
		if got := o.Suggest(test.kind, test.name); got != test.want {
			t.Errorf("%s %q: %q, want %q", test.kind, Shorten(test.name), got, test.want)
		}
	}
}

const userFile = `
properties:
  case_number: {kind: string, doc: The number of the case file., indexed: true}
types:
  Vessel:
    plural: vessels
    caption: [imo, name]
    featured: [flag, country]
    color: "#00ff00"
    shape: star
    legend: 4
    properties:
      imo: {kind: string, pattern: "[0-9]{7}", names: true}
      flag: {kind: country}
  Unit:
    properties:
      affiliation: {values: [friend, hostile]}
      branch: {examples: [navy, "no", 2014]}
      strength: {kind: int, max: 100000}
  Organisation:
    properties:
      org_kind: {add_values: [ngo]}
relations:
  crew_of:
    label: crew of
    inverse: crewed by
    ends: [{from: [Person], to: [Vessel]}]
    qualifiers: {watch: {kind: int}}
  commands:
    add_ends: [{from: [Person], to: [Vessel]}]
  posted_to:
    ends: [{from: [Person], to: [Unit]}]
    qualifiers: {until: {kind: date}}
`

func TestExtend(t *testing.T) {
	base := defaultOntology(t)
	before := base.Fingerprint()
	o, err := base.Extend("user.yaml", []byte(userFile))
	if err != nil {
		t.Fatal(err)
	}
	if base.Fingerprint() != before || base.Type("Vessel") != nil || len(base.Property("Unit", "affiliation").Values) != 7 {
		t.Error("Extend changed the ontology it was called on")
	}
	vessel := o.Type("Vessel")
	if vessel == nil || vessel.Label != "Vessel" || vessel.Property("name") == nil || vessel.Properties[6].Name != "case_number" {
		t.Fatalf("Vessel: %+v", vessel)
	}
	if _, err := vessel.Property("imo").Parse("12345678"); err == nil {
		t.Error("the pattern does not hold")
	}
	if o.Property("Person", "case_number") == nil {
		t.Error("the common property did not reach Person")
	}
	if got := o.Property("Unit", "affiliation").Values; !slices.Equal(got, []string{"friend", "hostile"}) {
		t.Errorf("narrowed values: %v", got)
	}
	if got := o.Property("Organisation", "affiliation").Values; len(got) != 7 {
		t.Errorf("values of another type's: %v", got)
	}
	if got := o.Property("Organisation", "org_kind").Values; !slices.Contains(got, "ngo") || !slices.Contains(got, "state") {
		t.Errorf("added values: %v", got)
	}
	if !o.Relation("commands").Fits("Person", "Vessel") || !o.Relation("commands").Fits("Person", "Unit") {
		t.Error("add_ends")
	}
	if posted := o.Relation("posted_to"); posted.Fits("Person", "Organisation") || posted.Qualifier("until") == nil ||
		posted.Qualifier("role") == nil {
		t.Error("posted_to is not as the file says")
	}
	if !o.Relation("related_to").Fits("Vessel", "Person") {
		t.Error("any has not the new type")
	}
	again, err := o.Extend("user.yaml", []byte("types: {Unit: {properties: {affiliation: {values: [friend]}}}}"))
	if err != nil || len(again.Property("Unit", "affiliation").Values) != 1 {
		t.Errorf("a second file: %v", err)
	}
}

func TestExtendErrors(t *testing.T) {
	base := defaultOntology(t)
	for _, test := range []struct{ file, want string }{
		{"", `u.yaml:1:1: the file is empty; write properties:`},
		{"# nothing\n", `u.yaml:1:1: the file is empty`},
		{"types:\n  Unit: [a", `u.yaml:2:1: not YAML: did not find expected ',' or ']'`},
		{"types:\n  Unit: {}\n bad\n", `u.yaml:3:1: not YAML:`},
		{"types:\n\tUnit: {}\n", `u.yaml:2:1: not YAML: found character that cannot start any token`},
		{"types: a: b\n", `u.yaml:1:1: not YAML: mapping values are not allowed`},
		{"a: 1\n---\nb: 2\n", `u.yaml:2:1: a second document begins here`},
		{"[a]", `u.yaml:1:1: the file must be a map, not a list`},
		{"entities: {}", `u.yaml:1:1: the file has no "entities"; known are properties, relations, types`},
		{"type: {}", `u.yaml:1:1: the file has no "type"; did you mean "types"?`},
		{"types:\n  unit: {}\n", `u.yaml:2:3: bad type name "unit"; begin with a capital`},
		{"types:\n  UNIT: {}\n", `u.yaml:2:3: type UNIT differs only in case from Unit at ontology/types/unit.yaml:2:3`},
		{"types:\n  Claim: {}\n", `u.yaml:2:3: type Claim is orbat's own`},
		{"types:\n  A: {}\n  A: {}\n", `u.yaml:3:3: "A" stands here twice, first at line 2; join the two`},
		{"types:\n  A: {taste: sweet}\n", `u.yaml:2:7: type A has no "taste"; known are caption, color, doc, featured, label`},
		{"types:\n  A: {colour: red}\n", `u.yaml:2:7: type A has no "colour"; did you mean "color"?`},
		{"types:\n  A: {color: red}\n", `u.yaml:2:14: this must be a color, not "red"; write red, green and blue in hexadecimal`},
		{"types:\n  A: {color: \"#12345\"}\n", `u.yaml:2:14: this must be a color, not "#12345"`},
		{
			"types:\n  A: {color: #123456\n  }\n",
			`u.yaml:3:3: this must be a color, not nothing; write red, green and blue in hexadecimal and in quotes`,
		},
		{"types:\n  A: {shape: hexagn}\n", `u.yaml:2:14: unknown shape "hexagn"; did you mean "hexagon"?`},
		{"types:\n  A: {shape: blob}\n", `u.yaml:2:14: unknown shape "blob"; known are rectangle, circle`},
		{"types:\n  A: {legend: 0}\n", `u.yaml:2:15: this must be a place in legends, not "0"; write a whole number`},
		{"types:\n  A: {legend: [1]}\n", `u.yaml:2:15: this must be a place in legends, not a list`},
		{"types:\n  A: {caption: [nme]}\n", `u.yaml:2:17: A has no property "nme"; did you mean "name"?`},
		{"types:\n  A: {caption: name}\n", `u.yaml:2:16: this must be a list, not "name"`},
		{"types:\n  A: {featured: [name, rank]}\n", `u.yaml:2:24: A has no property "rank"; known are name, aliases`},
		{"properties:\n  p: {kind: int, names: true}\n", `property p is a int: only a string names an entity`},
		{"types:\n  A: {label: [x]}\n", `u.yaml:2:14: this must be a text, not a list`},
		{"types:\n  A: {label: }\n", `u.yaml:2:14: this must be a text, not nothing`},
		{"types:\n  A: &a {}\n  B: *a\n", `u.yaml:3:6: type B must be a map, not an alias (*a)`},
		{"properties:\n  p: {}\n", `u.yaml:2:3: property p has no kind; add kind: string`},
		{"properties:\n  p:\n    kind: strng\n", `u.yaml:3:11: unknown kind "strng"; did you mean "string"?`},
		{"properties:\n  p: {kind: enum}\n", `u.yaml:2:3: property p is an enum without values`},
		{"properties:\n  p: {kind: int, values: [a]}\n", `u.yaml:2:3: property p is a int and cannot have values`},
		{"properties:\n  p: {kind: enum, values: [a b]}\n", `u.yaml:2:3: property p: bad value "a b"`},
		{"properties:\n  p: {kind: enum, values: [a-b, A_b]}\n", `property p: the values "a-b" and "A_b" are read as the same`},
		{"properties:\n  p: {kind: enum, values: [a, a]}\n", `u.yaml:2:31: "a" stands in the list twice`},
		{"properties:\n  p: {kind: enum, values: a}\n", `u.yaml:2:27: this must be a list, not "a"`},
		{"properties:\n  p: {kind: int, min: 3, max: 2}\n", `property p has a min above its max; exchange the two`},
		{"properties:\n  p: {kind: int, min: few}\n", `u.yaml:2:23: this must be a number, not "few"`},
		{"properties:\n  p: {kind: string, min: 3}\n", `only int and float have bounds`},
		{"properties:\n  p: {kind: string, pattern: \"(\"}\n", `u.yaml:2:30: bad pattern: error parsing regexp: missing closing )`},
		{"properties:\n  p: {kind: string, pattern: \")|(\"}\n", `bad pattern: error parsing regexp: unexpected )`},
		{"properties:\n  p: {kind: string, pattern: a, examples: [b]}\n", `property p: its example "b" does not match`},
		{"properties:\n  p: {kind: string, list: 1}\n", `u.yaml:2:27: this must be true or false, not "1"`},
		{"properties:\n  p: {kind: date, list: true}\n", `property p is a date and cannot be a list`},
		{"properties:\n  p: {kind: string, winner: first}\n", `u.yaml:2:29: unknown winner "first"; write best or latest`},
		{"properties:\n  p: {kind: string, list: true, winner: best}\n", `property p is a list: all its values stand`},
		{"properties:\n  p: {kind: string, required: true}\n", `u.yaml:2:21: property p has no "required"`},
		{"properties:\n  x_p: {kind: string}\n", `u.yaml:2:3: bad property name "x_p"; leave out the x_`},
		{"properties:\n  claim.p: {kind: string}\n", `u.yaml:2:3: bad property name "claim.p"; use _ for the dot`},
		{"properties:\n  Größe: {kind: string}\n", `u.yaml:2:3: bad property name "Größe"; begin with a-z`},
		{"properties:\n  source: {kind: string}\n", `u.yaml:2:3: source is a reserved name: no property can have it`},
		{
			"properties:\n  commands: {kind: string}\n",
			`u.yaml:2:3: commands is both a relation and a property; the other is at ontology/relations.yaml:`,
		},
		{
			"properties:\n  rank: {kind: string}\n",
			`u.yaml:2:3: property rank is both of every entity and of Person; the other is at ontology/types/person.yaml:`,
		},
		{"properties:\n  name: {kind: text}\n", `u.yaml:2:16: this is string already and cannot become text; stored data depends on it`},
		{"properties:\n  name: {list: true}\n", `u.yaml:2:16: this is false already and cannot become true`},
		{
			"types:\n  Unit:\n    properties:\n      name: {kind: string}\n",
			`u.yaml:4:7: property name is both of every entity and of Unit; the other is at ontology/common.yaml:`,
		},
		{
			"types:\n  A:\n    properties:\n      status: {kind: string}\n",
			`u.yaml:4:7: property status of A is string, winner best, elsewhere enum, winner latest; the other is at ontology/types/`,
		},
		{"relations:\n  likes: {inverse: liked by}\n", `u.yaml:2:3: relation likes joins no types; add ends:`},
		{"relations:\n  likes: {ends: [{from: [Person], to: [any]}]}\n", `u.yaml:2:3: relation likes has no inverse`},
		{
			"relations:\n  likes: {inverse: l, ends: [{from: [Person], to: [Prson]}]}\n",
			`u.yaml:2:52: relation likes joins the unknown type "Prson"; did you mean "Person"?`,
		},
		{
			"relations:\n  commands: {add_ends: [{from: [Person], to: [Hovercraft]}]}\n",
			`u.yaml:2:47: relation commands joins the unknown type "Hovercraft"; use a type`,
		},
		{"relations:\n  commands: {ends: [{from: [Person]}]}\n", `u.yaml:2:21: ends without from or to`},
		{"relations:\n  commands: {symmetric: true}\n", `u.yaml:2:25: this is false already and cannot become true`},
		{"relations:\n  status: {inverse: s, ends: [{from: [any], to: [any]}]}\n", `u.yaml:2:3: status is both a relation and a property`},
		{
			"relations:\n  commands: {qualifiers: {period: {kind: period}}}\n",
			`u.yaml:2:27: period is a reserved name: no qualifier can have it`,
		},
		{"relations:\n  commands: {qualifiers: {value: {kind: int, winner: best}}}\n", `property value has no "winner"`},
	} {
		_, err := base.Extend("u.yaml", []byte(test.file))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: error\n%v\nwant\n%s", test.file, err, test.want)
			continue
		}
		position := new(OntologyError)
		if !errors.As(err, &position) || position.Pos.File != "u.yaml" || position.Pos.Line == 0 || position.Pos.Column == 0 ||
			position.Hint == "" {
			t.Errorf("%q: %v has no position or hint", test.file, err)
		}
	}
	_, err := base.Extend("u.yaml", []byte("types:\n  a: {}\n  b: {}\nproperties:\n  C: {kind: int}\n"))
	if err == nil || strings.Count(err.Error(), "u.yaml:") != 3 {
		t.Errorf("want three mistakes reported, got %v", err)
	}
}

// The whole ontology, written and read again, is the same.
func TestOntologyRoundTrip(t *testing.T) {
	base := defaultOntology(t)
	extended, err := base.Extend("user.yaml", []byte(userFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []*Ontology{base, extended} {
		checkRoundTrip(t, o)
	}
	data, err := yaml.Marshal(extended)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := extended.Extend("whole", data)
	if err != nil {
		t.Fatalf("extend by itself: %v", err)
	}
	if d := DiffOntology(extended, twice); len(d) > 0 || twice.Fingerprint() != extended.Fingerprint() {
		t.Errorf("extended by itself it differs:\n%s", d)
	}
}

func checkRoundTrip(t *testing.T, o *Ontology) {
	t.Helper()
	data, err := yaml.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	back, err := new(Ontology).Extend("whole", data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if d := DiffOntology(o, back); len(d) > 0 || back.Fingerprint() != o.Fingerprint() || back.DgraphSchema() != o.DgraphSchema() {
		t.Errorf("read back, it differs:\n%s", d)
	}
	again, err := yaml.Marshal(back)
	if err != nil || !bytes.Equal(again, data) {
		t.Errorf("written again, it differs: %v", err)
	}
}

func FuzzExtend(f *testing.F) {
	f.Add(userFile)
	f.Add("types:\n  A: &a {}\n  B: *a\n")
	f.Add("properties: {p: {kind: enum, values: [a, b], doc: |\n  x\n}}")
	f.Add("? [a]\n: b")
	f.Add("types: !!binary aGk=")
	f.Add("properties: {p: {kind: float, min: -1e3, max: .5, unit: '~', examples: []}}")
	base, err := Default()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file string) {
		o, err := base.Extend("fuzz.yaml", []byte(file))
		if err != nil {
			if position := new(OntologyError); !errors.As(err, &position) || position.Pos.Line == 0 {
				t.Errorf("no position: %v", err)
			}
			return
		}
		checkRoundTrip(t, o)
	})
}
