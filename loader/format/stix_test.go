package format

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// wantSound checks that the loader takes a record: references, types, properties and values are all as the ontology has them.
func wantSound(t *testing.T, o *schema.Ontology, r *schema.Record) {
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%v: %s", err, said(r))
		}
	}
	refer := func(ref schema.Ref) string {
		t.Helper()
		xid, err := ref.Absolute(strings.Repeat("d", schema.MaxDataset))
		fail(err)
		return xid
	}
	var properties []*schema.Property
	refer(r.Subject)
	switch r.Kind {
	case schema.EntityRecord:
		properties = o.Type(r.Subject.Type).Properties
	case schema.RelationRecord:
		refer(r.Object)
		relation := o.Relation(r.Predicate)
		properties = relation.Qualifiers
		for _, from := range typesOf(r.Subject) {
			for _, to := range typesOf(r.Object) {
				if !relation.Fits(from, to) {
					t.Fatalf("%s does not go from %s to %s: %s", r.Predicate, from, to, said(r))
				}
			}
		}
	default:
		t.Fatal("neither entity nor relation:", said(r))
	}
	for name, values := range r.Values {
		i := slices.IndexFunc(properties, func(p *schema.Property) bool { return p.Name == name })
		if i < 0 || !properties[i].List && len(values) != 1 {
			t.Fatalf("%d values of %s: %s", len(values), name, said(r))
		}
		for _, value := range values {
			_, err := properties[i].Parse(value.Text)
			fail(err)
		}
	}
	for name, value := range r.Extra {
		if n, err := parseJSON([]byte(value), nil); !strings.HasPrefix(name, "x_") || err != nil || n.isAbsent() {
			t.Fatalf("%q %q: %s", name, value, said(r))
		}
	}
	_, err := schema.ParsePeriod(r.Period)
	fail(err)
	if !r.AttributedTo.IsZero() {
		refer(r.AttributedTo)
	}
	if len(r.Marking) > maxMarking || len(r.ID) > maxMarking || strings.ContainsRune(r.Marking, 0) {
		t.Fatal(said(r))
	}
	for _, cite := range r.Cites {
		refer(cite.Source)
	}
}

// typesOf gives the types that an end may have of which the id is known.
func typesOf(ref schema.Ref) []string {
	if id, ok := parseStixID(strings.TrimPrefix(ref.XID, "stix:")); ok {
		return stixEntityTypes(id.kind)
	}
	return []string{ref.Type}
}

// Every way in which a relationship is read fits the ontology, whatever its ends turn out to be.
func TestStixRelationsFit(t *testing.T) {
	o, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	kinds := append(slices.Collect(maps.Keys(stixEntities)), "identity", "threat-actor", "attack-pattern", "x-anything")
	labels := []string{"revoked-by", "related-to", "sings-to"}
	for _, r := range stixRelations {
		if o.Relation(r.relation) == nil {
			t.Errorf("no relation %s", r.relation)
		}
		labels = append(labels, r.kind)
	}
	const uuid = "--00000000-0000-4000-8000-000000000001"
	for _, label := range labels {
		for _, from := range kinds {
			for _, to := range kinds {
				text := `{"type":"relationship","id":"relationship` + uuid + `","relationship_type":"` + label +
					`","source_ref":"` + from + uuid + `","target_ref":"` + to + uuid + `"}`
				found, _ := parseFound([]byte(text), schema.Position{})
				besides, own, err := stixRecords(found)
				if err != nil || len(besides) != 0 || len(own) != 1 {
					t.Fatal(text, err)
				}
				wantSound(t, o, own[0])
				if first(own[0], "label") != label && own[0].Extra["x_relationship_type"] != `"`+label+`"` {
					t.Errorf("%s lost its label: %s", text, said(own[0]))
				}
			}
		}
	}
}

// What an object becomes depends on it alone: cut into any number of files, in any order, the same records come.
func TestStixIsStateless(t *testing.T) {
	for _, file := range []string{"stix21.json", "stix20.json"} {
		whole := goldenRecords(t, file)
		apart := make(map[string]bool)
		for _, record := range whole {
			if record.Kind == schema.EntityRecord && record.Subject.Type == sourceType && len(record.Extra) == 0 {
				continue // described with the first that cites it
			}
			records, _, err := readAll(t.Context(), "in.stix", strings.NewReader(string(record.Raw)))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range records {
				apart[said(r)] = true
			}
			if !apart[said(record)] {
				t.Errorf("alone it is not %s", said(record))
			}
		}
	}
}

func goldenRecords(t *testing.T, file string) []*schema.Record {
	t.Helper()
	var records []*schema.Record
	for record, err := range Read(t.Context(), File{Path: "testdata/golden/" + file, Name: file}, Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, record)
	}
	return records
}

// Observables of STIX 2.0 get the ids that 2.1 has for them; the specification's own examples.
func TestStixObservableID(t *testing.T) {
	for value, want := range map[string]string{
		"198.51.100.3": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
		"2001:db8::1":  "ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26",
		"example.com":  "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7",
	} {
		kind, _, _ := strings.Cut(want, "--")
		if got := observableID(kind, "value", &node{kind: text, text: value}).text(); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}

func TestCitations(t *testing.T) {
	for text, want := range map[string]string{
		"a (Citation: One)(Citation: Two (of 3)) b": "One|Two (of 3)",
		"(Citation: Never closed":                   "",
		"(Citation: Half (open) and (Citation: B)":  "Half (open|B",
		"(Citation:)(Citation: )":                   "",
		"(Citation: over\na line) (Citation: C)":    "C",
	} {
		if got := strings.Join(slices.Collect(citations(text)), "|"); got != want {
			t.Errorf("%q cites %q, want %q", text, got, want)
		}
	}
}

// STIX and FollowTheMoney are told by their content, whatever a file is called; a format that is named is taken at its word.
func TestForeignContent(t *testing.T) {
	const id = "00000000-0000-4000-8000-000000000001"
	for content, want := range map[string]string{
		`{"type":"bundle","id":"bundle--1","objects":[]}`:                                  "stix",
		`{"objects":[{"name":"x","id":"tool--` + id + `","type":"tool"}],"type":"bundle"}`: "stix",
		`{"more":true,"objects":[{"id":"tool--` + id + `","type":"tool"}]}`:                "stix",
		`[{"type":"tool","id":"tool--` + id + `"}]`:                                        "stix",
		`[[{"type":"bundle"}]]`: "stix",
		" \n{\"created\":\"2020\",\"id\":\"x-new--" + id + "\",\"type\":\"x-new\"}\n{}":     "stix",
		`{"id":"a","schema":"Person","properties":{"name":["A"]}}`:                          "ftm",
		`{"id":"a","caption":"A","schema":"Person","referents":[],"properties":{"name":["A`: "ftm",
		`{"canonical_id":"a","entity_id":"a","prop":"name","schema":"Person","value":"A"}`:  "ftm",
		`{"dataset":"d","objects":[]}`:                                                      "",
		`{"dataset":"d","entities":[]}`:                                                     "",
		`{"type":"Person","id":"tool--` + id + `","name":"no tool"}`:                        "",
		`{"type":"Person","xid":"stix:identity--` + id + `","name":"A"}`:                    "",
		`[]`: "", `[`: "", `{`: "", "": "", `[[[[[[[[[[[[{"type":"bundle"}`: "",
	} {
		for _, format := range []string{"json", "ndjson"} {
			if got := foreign(format, []byte(content)); got != want {
				t.Errorf("%s is %q, want %q", content, got, want)
			}
		}
		if got := foreign("yaml", []byte(content)); got != "" {
			t.Errorf("as YAML %s is %q", content, got)
		}
	}
	const header = "canonical_id,entity_id,prop,prop_type,schema,value,dataset\na,b,c\n"
	if foreign("csv", []byte(header)) != "ftm" || foreign("tsv", []byte(strings.ReplaceAll(header, ",", "\t"))) != "ftm" || recognise([]byte(header)) != "ftm" {
		t.Error("a table of statements is not recognised")
	}
	if got := foreign("csv", []byte("type,name\n")); got != "" {
		t.Errorf("a table of ours is %q", got)
	}

	const bundle = `{"type":"bundle","objects":[{"type":"tool","id":"tool--` + id + `","name":"A"}]}`
	for _, name := range []string{"a.json", "a.ndjson", "a.jsonl", "a", "-"} {
		records, rejected, err := readAll(t.Context(), name, strings.NewReader(bundle))
		if err != nil || rejected != nil || len(records) != 1 || records[0].Subject.XID != "stix:tool--"+id {
			t.Errorf("%s: %v %v %v", name, records, rejected, err)
		}
	}
	for _, err := range Read(t.Context(), Stream("a.json", strings.NewReader(bundle)), Options{Format: "json"}) {
		var ended *Error
		if !errors.As(err, &ended) || !strings.Contains(ended.Hint, "--format stix") {
			t.Errorf("%v", err)
		}
	}
}
