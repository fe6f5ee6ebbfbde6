package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"orbat/loader"
	"orbat/loader/format"
	"orbat/schema"
)

// TestFTMRecordsAreClaims sees that what the reader makes of FollowTheMoney is taken by the ontology: what is rejected
// of an entity the reader rejects itself, as a whole.
func TestFTMRecordsAreClaims(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	files, err := format.Files([]string{filepath.Join("..", "..", "loader", "format", "testdata", "golden")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims := 0
	for _, file := range files {
		if filepath.Ext(file.Path) != ".ftm" {
			continue
		}
		for record, err := range format.Read(t.Context(), file, format.Options{}) {
			if errors.As(err, new(*schema.RecordError)) || errors.As(err, new(*schema.Notice)) ||
				errors.As(err, new(*schema.RecordChange)) {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			made, err := loader.Claims(ontology, "ftm", record)
			if err != nil {
				t.Errorf("%v: %v", record.Pos, err)
			}
			claims += len(made)
		}
	}
	if claims < 100 {
		t.Errorf("%d claims", claims)
	}
}

// TestFTMTakesAnything gives every property of every schema values that no home expects. Each entity is rejected by the
// reader, told to link nothing, or taken whole; and nothing else that was said is lost.
func TestFTMTakesAnything(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	properties := ftmProperties(t)
	odd := []string{
		"a", "zz", "ml", "2014", "2014-13", "2014-08-01T12:00:00", "https://e.example/a", "https://", "a\nb", "a\tb", "\u0000", "é\u2028",
		"1.5", "-200", "a@b.example",
		"+223 20 00 00 01", "true", "ftm:x", "#x", "x:y", "[1]", `{"id":1}`, "IMO 9074729", "eng", "%",
		strings.Repeat("long ", 2000), "dataset:x", "orbat:x", " ", "..", "a/b~c",
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	var lines strings.Builder
	said := map[string][]string{}
	for round := range 3 {
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			all := properties[name]
			id := fmt.Sprintf("%s-%d", name, round)
			values := map[string][]string{}
			for _, property := range all {
				for range 1 + random.IntN(3) {
					values[property] = append(values[property], odd[random.IntN(len(odd))])
				}
				said[id] = append(said[id], values[property]...)
			}
			line, err := json.Marshal(map[string]any{"id": id, "schema": name, "properties": values, "datasets": []string{"d"}})
			if err != nil {
				t.Fatal(err)
			}
			lines.Write(line)
			lines.WriteByte('\n')
		}
	}
	kept := map[string]string{}
	for record, err := range format.Read(t.Context(), format.Stream("in.ftm", strings.NewReader(lines.String())), format.Options{}) {
		bad, idle := (*schema.RecordError)(nil), (*schema.Notice)(nil)
		switch {
		case errors.As(err, &idle):
			delete(said, idle.Value)
			if !strings.HasSuffix(idle.Reason, "links nothing and is left out") {
				t.Errorf("left out: %v", idle)
			}
		case errors.As(err, &bad):
			delete(said, idWithin(bad.Raw))
			unfit := strings.HasPrefix(bad.Reason, `"`) // the number that is all a passport says is none: it is told
			if !strings.Contains(bad.Reason, "not mapped") && bad.Reason != "missing" && bad.Reason != "no id" && !unfit {
				t.Errorf("rejected: %v", bad)
			}
		case err != nil:
			t.Fatal(err)
		default:
			claims, err := loader.Claims(ontology, "", record)
			if err != nil {
				t.Errorf("not taken: %v", err)
			}
			for _, claim := range claims {
				kept[idWithin(record.Raw)] += string(claim.AppendJSON(nil))
			}
		}
	}
	for id, values := range said {
		for _, value := range values {
			if value = strings.TrimSpace(value); !strings.Contains(kept[id], quoted(value)) && !mayChange(value) {
				t.Errorf("%s lost %.40q", id, value)
			}
		}
	}
}

// idWithin returns the id of an entity as json.Marshal writes it: after its data sets.
func idWithin(raw []byte) string {
	_, rest, _ := bytes.Cut(raw, []byte(`"id":"`))
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(id)
}

// quoted returns a text as it stands within JSON.
func quoted(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a text always encodes
	return strings.Trim(strings.TrimSpace(b.String()), `"`)
}

// mayChange says which of the odd values are known by another spelling where a home takes them: upper case of a
// country, a date's zone, the spaces of a number, an id's escapes.
func mayChange(value string) bool {
	return strings.ContainsAny(value, "\n\t\x00\u2028%") ||
		slices.Contains([]string{"ml", "2014-08-01T12:00:00", "+223 20 00 00 01", "eng", "IMO 9074729", ""}, value)
}

// ftmProperties returns the properties of every schema of the real vocabulary.
func ftmProperties(t *testing.T) map[string][]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(realData(t, filepath.Join("ftm", "schema")), "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no vocabulary", err)
	}
	schemata := map[string]struct {
		Extends    []string
		Properties map[string]any
	}{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(data, &schemata); err != nil {
			t.Fatal(path, err)
		}
	}
	all := map[string][]string{}
	var gather func(name string) []string
	gather = func(name string) []string {
		var properties []string
		for property := range schemata[name].Properties {
			properties = append(properties, property)
		}
		for _, parent := range schemata[name].Extends {
			properties = append(properties, gather(parent)...)
		}
		slices.Sort(properties)
		return slices.Compact(properties)
	}
	for name := range schemata {
		all[name] = gather(name)
	}
	return all
}
