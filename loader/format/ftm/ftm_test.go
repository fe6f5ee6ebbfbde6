package ftm

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// theirSchema is a schema as FollowTheMoney's own files say it.
type theirSchema struct {
	Extends    []string
	Abstract   bool
	Properties map[string]struct {
		Type  string
		Range string
	}
}

// theirVocabulary reads the real vocabulary.
func theirVocabulary(t *testing.T) map[string]*theirSchema {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "data", "ftm", "schema", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		const absent = "the FollowTheMoney vocabulary is not at ../shared/data/ftm/schema"
		if os.Getenv("CI") == "true" {
			t.Fatal(absent)
		}
		t.Skip(absent)
	}
	all := map[string]*theirSchema{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(data, &all); err != nil {
			t.Fatal(path, err)
		}
	}
	return all
}

func knownVocabulary(t testing.TB) *vocabulary {
	t.Helper()
	v, err := known()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// theirProperty finds a property of a schema, inherited or not.
func theirProperty(all map[string]*theirSchema, name, property string) (kind, rangeOf string, ok bool) {
	s := all[name]
	if s == nil {
		return "", "", false
	}
	if p, ok := s.Properties[property]; ok {
		return p.Type, p.Range, true
	}
	for _, parent := range s.Extends {
		if kind, rangeOf, ok = theirProperty(all, parent, property); ok {
			return kind, rangeOf, ok
		}
	}
	return "", "", false
}

// named lists the properties that the table names for a schema.
func (s *entitySchema) named() []string {
	names := slices.Concat(s.Name, s.Point, s.Seen, s.ends())
	for _, from := range s.Values {
		names = append(names, from...)
	}
	names = slices.AppendSeq(names, maps.Keys(s.IDs))
	names = slices.AppendSeq(names, maps.Keys(s.Accounts))
	names = slices.AppendSeq(names, maps.Keys(s.Links))
	names = slices.AppendSeq(names, maps.Keys(s.Cites))
	names = slices.AppendSeq(names, maps.Values(s.Qualifiers))
	if s.Value != nil {
		names = append(names, s.Value.Prefix)
		names = append(names, s.Value.From...)
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" || name == "this" || name == "it" })
}

// TestVocabulary holds ftm.yaml against the real vocabulary: every schema is there and becomes something or is said not
// to be read; the table names no property that is not there; every property that names an entity has its place.
func TestVocabulary(t *testing.T) {
	theirs, ours := theirVocabulary(t), knownVocabulary(t)
	newer := []string{"abbreviation"} // in later versions
	for name, s := range theirs {
		o := ours.schemata[name]
		if o == nil {
			t.Errorf("%s is not in the table", name)
			continue
		}
		if !slices.Equal(o.Extends, s.Extends) {
			t.Errorf("%s extends %v, in the table %v", name, s.Extends, o.Extends)
		}
		becomes := 0
		for _, is := range []bool{
			o.Unmapped != "", o.Edge.relation != "", o.Value != nil, o.Type != "" && o.Edge.relation == "",
			o.About != nil && o.Edge.relation == "",
		} {
			if is {
				becomes++
			}
		}
		if becomes != 1 {
			t.Errorf("%s becomes %d things", name, becomes)
		}
		if s.Abstract != strings.HasPrefix(o.Unmapped, "an abstract schema") {
			t.Errorf("%s: abstract %v, in the table: %s", name, s.Abstract, o.Unmapped)
		}
		for _, p := range o.named() {
			if _, _, ok := theirProperty(theirs, name, p); !ok && !slices.Contains(newer, p) {
				t.Errorf("%s has no property %s", name, p)
			}
		}
		if o.Unmapped != "" {
			continue
		}
		for above := range o.above {
			for p, is := range theirs[above].Properties {
				if is.Type == "entity" && !o.refers(p) {
					t.Errorf("%s.%s names a %s and has no place in the table", name, p, is.Range)
				}
			}
		}
	}
	for name := range ours.schemata {
		if theirs[name] == nil && !slices.Contains([]string{"Control", "Risk", "Territory"}, name) { // in later versions
			t.Errorf("%s is not in the vocabulary", name)
		}
	}
}

// typesWithin lists the types of what may stand in a range.
func typesWithin(v *vocabulary, name string) []string {
	var types []string
	for _, s := range v.schemata {
		if s.above[name] && s.Unmapped == "" && s.Type != "" && !slices.Contains(types, s.Type) {
			types = append(types, s.Type)
		}
	}
	return types
}

// TestRelationsFit sees that a relation fits whatever entities the ranges of the vocabulary allow at its ends.
func TestRelationsFit(t *testing.T) {
	theirs, v := theirVocabulary(t), knownVocabulary(t)
	for name, s := range v.schemata {
		if s.Unmapped != "" {
			continue
		}
		end := func(p, it string) []string {
			switch p {
			case "this":
				return []string{s.Type}
			case "it":
				p = it
			}
			_, rangeOf, _ := theirProperty(theirs, name, p)
			types := typesWithin(v, rangeOf)
			if rangeOf == "Thing" { // a document too, which nothing relates to: reported by load and check
				types = slices.DeleteFunc(types, func(kind string) bool { return kind == schema.SourceType })
			}
			return types
		}
		check := func(sentence sentence, it string) {
			if sentence.relation == "" {
				return
			}
			relation := v.ontology.Relation(sentence.relation)
			if relation == nil {
				t.Errorf("%s: no relation %s", name, sentence.relation)
				return
			}
			for _, from := range end(sentence.from, it) {
				for _, to := range end(sentence.to, it) {
					if name == "Succession" && from != to {
						continue // ftm.yaml says why
					}
					if !relation.Fits(from, to) {
						t.Errorf("%s: %s %s %s does not fit", name, from, sentence.relation, to)
					}
				}
			}
			for _, q := range relation.Qualifiers {
				if q.Required && (q.Name != "label" || sentence.label == "") {
					t.Errorf("%s: %s needs %s", name, relation.Name, q.Name)
				}
			}
		}
		check(s.Edge, "")
		for _, sentence := range s.Also {
			check(sentence, "")
		}
		for it, sentence := range s.Links {
			check(sentence, it)
		}
		if relation := v.ontology.Relation(s.Edge.relation); relation != nil {
			for q := range maps.Keys(under(s.Qualifiers, s.Default)) {
				if relation.Qualifier(q) == nil {
					t.Errorf("%s: %s has no qualifier %s", name, relation.Name, q)
				}
			}
		}
	}
}

// TestHomes sees that the ontology has what the table names.
func TestHomes(t *testing.T) {
	v := knownVocabulary(t)
	used := map[string]bool{}
	for name, s := range v.schemata {
		if s.Type == "" {
			continue
		}
		if v.ontology.Type(s.Type) == nil {
			t.Errorf("%s: no type %s", name, s.Type)
		}
		for p := range s.Values {
			used[p] = used[p] || v.ontology.Property(s.Type, p) != nil
		}
		for p, value := range s.Set {
			if v.ontology.Property(s.Type, p) != nil && !v.takes(s.Type, p, value) {
				t.Errorf("%s: %s is not %s", name, p, value)
			}
			used[p] = used[p] || v.takes(s.Type, p, value)
		}
		if p := s.Period; p != "" && !v.takes(s.Type, p, "2014/2016") {
			t.Errorf("%s: no period %s", name, p)
		}
	}
	for p, is := range used {
		if !is {
			t.Errorf("no type has the property %s", p)
		}
	}
}

// TestStream sees that the stream of the goldens has an entity of every interval, and that none is rejected.
func TestStream(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "testdata", "golden", "stream.ftm"))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range knownVocabulary(t).schemata {
		if s.above["Interval"] && s.Unmapped == "" && !bytes.Contains(content, []byte(`"schema":"`+name+`"`)) {
			t.Errorf("no %s in the stream", name)
		}
	}
	if n := bytes.Count(content, []byte("\n")); n < 30 {
		t.Errorf("%d entities", n)
	}
}

func TestDate(t *testing.T) {
	for text, want := range map[string]string{
		"2014": "2014", "2014-08": "2014-08", "2014-08-01": "2014-08-01", " 2014 ": "2014",
		"2014-08-01T09:30": "2014-08-01T09:30Z", "2014-08-01 09:30:15": "2014-08-01T09:30:15Z",
		"2014-08-01T09:30:15.5":     "2014-08-01T09:30:15.5Z",
		"2014-08-01T09:30:15+03:00": "2014-08-01T06:30:15Z", "2014-08-01T09": "2014-08-01T09:00Z~2014-08-01T09:59Z",
		"2014-13": "", "": "", "unknown": "", "2014~2015": "", "2014/2015": "", "01.08.2014": "", "0001-01-01": "", "2014-08-01T25:00": "",
	} {
		date, ok := parseDate(text)
		if ok != (want != "") || date.String() != want {
			t.Errorf("%q is %q, want %q", text, date, want)
		}
	}
}

func TestPeriod(t *testing.T) {
	for _, c := range []struct {
		properties map[string][]string
		seen       []string
		want       string
		left       string
	}{
		{map[string][]string{"startDate": {"2014"}}, nil, "2014/", ""},
		{map[string][]string{"endDate": {"2014-08"}}, nil, "/2014-08", ""},
		{map[string][]string{"startDate": {"2014", "2012-05"}, "endDate": {"2016"}}, nil, "2012-05~2014-12/2016", ""},
		{map[string][]string{"date": {"2014"}}, nil, "2014", ""},
		{map[string][]string{"date": {"2014", "2016"}}, nil, "2014~2016", ""},
		{map[string][]string{"date": {"2014"}}, []string{"date"}, "~2014/2014~", ""},
		{map[string][]string{"date": {"2014", "2016"}}, []string{"date"}, "~2014/2016~", ""},
		{map[string][]string{"date": {"2014"}, "startDate": {"2013"}}, []string{"date"}, "2013/", "date"},
		{map[string][]string{"startDate": {"soon"}}, nil, "", "startDate"},
		{map[string][]string{"startDate": {"2016"}, "endDate": {"2014"}}, nil, "", "endDate startDate"},
		{nil, nil, "", ""},
	} {
		e := entity{properties: c.properties, left: maps.Clone(c.properties)}
		if e.left == nil {
			e.left = map[string][]string{}
		}
		got := e.period(c.seen)
		if left := strings.Join(slices.Sorted(maps.Keys(e.left)), " "); got != c.want || left != c.left {
			t.Errorf("%v: %q leaving %q, want %q leaving %q", c.properties, got, left, c.want, c.left)
		}
		if _, err := schema.ParsePeriod(got); err != nil {
			t.Error(err)
		}
	}
}
