package stix

import (
	"bytes"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// wantSound checks that the loader takes a record: references, types, properties and values are all as the ontology has
// them.
func wantSound(t *testing.T, o *schema.Ontology, r *schema.Record) {
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%v: %+v", err, r)
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
					t.Fatalf("%s does not go from %s to %s: %+v", r.Predicate, from, to, r)
				}
			}
		}
	default:
		t.Fatal("neither entity nor relation:", r)
	}
	for name, values := range r.Values {
		i := slices.IndexFunc(properties, func(p *schema.Property) bool { return p.Name == name })
		if i < 0 || !properties[i].List && len(values) != 1 {
			t.Fatalf("%d values of %s: %+v", len(values), name, r)
		}
		for _, value := range values {
			_, err := properties[i].Parse(value.Text)
			fail(err)
		}
	}
	for name, value := range r.Extra {
		if n, err := decode.ParseJSON([]byte(value), nil); !strings.HasPrefix(name, "x_") || err != nil || n.IsAbsent() {
			t.Fatalf("%q %q: %+v", name, value, r)
		}
	}
	_, err := schema.ParsePeriod(r.Period)
	fail(err)
	if !r.AttributedTo.IsZero() {
		refer(r.AttributedTo)
	}
	if len(r.Marking) > maxMarking || len(r.ID) > maxMarking || strings.ContainsRune(r.Marking, 0) {
		t.Fatal(r)
	}
	for _, cite := range r.Cites {
		refer(cite.Source)
	}
}

// typesOf returns the types that an end may have of which the id is known.
func typesOf(ref schema.Ref) []string {
	if id, ok := parseID(strings.TrimPrefix(ref.XID, "stix:")); ok {
		return possibleTypes(id.kind)
	}
	return []string{ref.Type}
}

// Every way in which a relationship is read fits the ontology, whatever its ends turn out to be.
func TestRelationsFit(t *testing.T) {
	o, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	kinds := append(slices.Collect(maps.Keys(entityTypes)), "identity", "threat-actor", "attack-pattern", "x-anything")
	labels := []string{"revoked-by", "related-to", "sings-to"}
	for _, r := range relationRules {
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
				found, _ := decode.ParseRecord([]byte(text), schema.Position{})
				besides, own, err := recordsOf(found, parseID)
				if err != nil || len(besides) != 0 || len(own) != 1 {
					t.Fatal(text, err)
				}
				wantSound(t, o, own[0])
				if own[0].FirstText("label") != label && own[0].Extra["x_relationship_type"] != `"`+label+`"` {
					t.Errorf("%s lost its label: %+v", text, own[0])
				}
			}
		}
	}
}

// Observables of STIX 2.0 get the ids that 2.1 has for them; the specification's own examples.
func TestObservableID(t *testing.T) {
	for value, want := range map[string]string{
		"198.51.100.3": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
		"2001:db8::1":  "ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26",
		"example.com":  "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7",
	} {
		kind, _, _ := strings.Cut(want, "--")
		if got := observableID(kind, "value", &decode.Node{Kind: decode.Text, Text: value}).text(); got != want {
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

// read reads a text as STIX.
func read(t testing.TB, content []byte) iter.Seq2[*schema.Record, error] {
	t.Helper()
	in, err := input.Open(t.Context(), input.Stream("in.stix", bytes.NewReader(content)), input.Options{})
	if err != nil {
		t.Skip("not opened")
	}
	t.Cleanup(in.Close)
	return Read(t.Context(), in)
}

// FuzzSound holds every record against the ontology: whatever an object says, nothing of what it becomes is rejected.
func FuzzSound(f *testing.F) {
	for _, file := range []string{"stix-taxii.json", "stix-lines.ndjson", "stix-list.stix"} {
		content, err := os.ReadFile(filepath.Join("..", "testdata", "golden", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	for _, file := range []string{"stix20.json", "stix21.json"} { // object by object: the fuzzer makes little of long inputs
		content, err := os.ReadFile(filepath.Join("..", "testdata", "golden", file))
		if err != nil {
			f.Fatal(err)
		}
		for record, err := range read(f, content) {
			if err != nil {
				f.Fatal(err)
			}
			f.Add(record.Raw)
		}
	}
	ontology, err := schema.Default()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for record, err := range read(t, content) {
			if err == nil {
				wantSound(t, ontology, record)
			}
		}
	})
}
