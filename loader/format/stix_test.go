package format

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// What an object becomes depends on it alone: cut into any number of files, in any order, the same records come.
func TestStixIsStateless(t *testing.T) {
	for _, file := range []string{"stix21.json", "stix20.json"} {
		whole := goldenRecords(t, file)
		apart := make(map[string]bool)
		for _, record := range whole {
			if record.Kind == schema.EntityRecord && record.Subject.Type == schema.SourceType && len(record.Extra) == 0 {
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

// STIX and FollowTheMoney are told by their content, whatever a file is called; a format that is named is taken at its
// word.
func TestForeignContent(t *testing.T) {
	foreign := func(name, content string) string {
		format, _ := byName(name)
		other, _ := othersWithin(format, []byte(content))
		return other.Name
	}
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
			if got := foreign(format, content); got != want {
				t.Errorf("%s is %q, want %q", content, got, want)
			}
		}
		if got := foreign("yaml", content); got != "" {
			t.Errorf("as YAML %s is %q", content, got)
		}
	}
	const header = "canonical_id,entity_id,prop,prop_type,schema,value,dataset\na,b,c\n"
	if foreign("csv", header) != "ftm" || foreign("tsv", strings.ReplaceAll(header, ",", "\t")) != "ftm" || recognise(header) != "ftm" {
		t.Error("a table of statements is not recognised")
	}
	if got := foreign("csv", "type,name\n"); got != "" {
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
		var ended *ReadError
		if !errors.As(err, &ended) || ended.Option != (schema.Option{Name: "format", Value: "stix"}) {
			t.Errorf("%v", err)
		}
	}
}

// Ids that are no UUIDs are taken as they are where that is asked for, and it is told.
func TestLenientIDs(t *testing.T) {
	const bundle = `{"type":"bundle","id":"bundle--1","objects":[
		{"type":"tool","id":"tool--mimikatz v2","name":"T"},
		{"type":"identity","id":"identity--00000000-0000-4000-8000-000000000001","name":"I","created_by_ref":"identity--us"},
		{"type":"relationship","id":"relationship--r1","relationship_type":"uses","source_ref":"identity--us","target_ref":"tool--mimikatz v2"},
		{"type":"tool","id":"mimikatz","name":"none"}]}`
	read := func(opts Options) (said []string) {
		for record, err := range Read(t.Context(), Stream("b.json", strings.NewReader(bundle)), opts) {
			var bad *schema.RecordError
			switch {
			case errors.As(err, &bad):
				said = append(said, "rejected "+bad.Value+" "+bad.Option.Name)
			case err != nil:
				said = append(said, err.Error())
			case record.Kind == schema.RelationRecord:
				said = append(said, record.Subject.XID+" "+record.Predicate+" "+record.Object.XID+" "+record.ID)
			default:
				said = append(said, record.Subject.XID+" "+record.AttributedTo.XID)
			}
		}
		return said
	}
	for _, c := range []struct {
		opts Options
		want []string
	}{
		{Options{LenientIDs: true}, []string{
			"stix:tool--mimikatz v2 ", "stix:identity--00000000-0000-4000-8000-000000000001 stix:identity--us",
			"stix:identity--us operates stix:tool--mimikatz v2 relationship--r1", "rejected mimikatz ",
			"b.json:2:23: id: 2 objects of b.json have an id without a UUID, which is taken as it is; this is the first",
		}},
		{Options{}, []string{
			"rejected tool--mimikatz v2 lenient-ids", "stix:identity--00000000-0000-4000-8000-000000000001 ",
			"rejected relationship--r1 lenient-ids", "rejected mimikatz ",
		}},
	} {
		if said := read(c.opts); !slices.Equal(said, c.want) {
			t.Errorf("%+v: %q, want %q", c.opts, said, c.want)
		}
	}
}
