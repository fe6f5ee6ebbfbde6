package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/schema"
)

// stixClaims reads a real file to its claims.
func stixClaims(t *testing.T, path string) []*schema.Claim {
	t.Helper()
	return claimsOf(t, format.File{Path: path, Name: path})
}

// claimsOf reads a file of which nothing may be rejected.
func claimsOf(t *testing.T, file format.File) []*schema.Claim {
	t.Helper()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	var all []*schema.Claim
	for record, err := range format.Read(t.Context(), file, format.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		claims, err := loader.Claims(ontology, "stix", record)
		if err != nil {
			t.Fatalf("%v\n%s", err, record.Raw)
		}
		all = append(all, claims...)
	}
	return all
}

// stixObjects reads the objects of a real file, past our reader.
func stixObjects(t *testing.T, path string) []map[string]any {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var bundle struct{ Objects []map[string]any }
	if err := json.Unmarshal(data, &bundle); err != nil {
		t.Fatal(err)
	}
	return bundle.Objects
}

// Every object of the real files is described by one claim that keeps its properties, and every relationship is one
// relation, with its label and between its ends. Written as our own records and read again, the claims are the same
// (law 14).
func TestStixFilesLoseNothing(t *testing.T) {
	for _, name := range []string{"apt1.json", "ics-attack-17.1.json", "ics-attack-18.1.json"} {
		path := realData(t, filepath.Join("stix", name))
		own := map[string][]*schema.Claim{} // by the id of the object
		relations := 0
		var export bytes.Buffer
		claims := stixClaims(t, path)
		for _, claim := range claims {
			export.Write(append(claim.AppendJSON(nil), '\n'))
			switch {
			case claim.Predicate == schema.Describes:
				own[strings.TrimPrefix(claim.Subject, "stix:")] = append(own[strings.TrimPrefix(claim.Subject, "stix:")], claim)
			case strings.HasPrefix(claim.Record, "relationship--"):
				own[claim.Record] = append(own[claim.Record], claim)
				relations++
			}
		}
		for _, object := range stixObjects(t, path) {
			id, _ := object["id"].(string)
			if len(own[id]) != 1 {
				t.Errorf("%s: %s makes %d claims of its own", name, id, len(own[id]))
				continue
			}
			for key, value := range object {
				if value != "" && !stixKept(own[id][0], key, value) { // an empty text says nothing

					t.Errorf("%s: %s: %v is not kept: %s", name, key, value, own[id][0].AppendJSON(nil))
				}
			}
			if object["type"] == "relationship" {
				relations--
			}
		}
		if relations != 0 {
			t.Errorf("%s: %d relations too many", name, relations)
		}
		again := claimsOf(t, format.Stream(name+".ndjson", &export))
		for i := range claims {
			if len(again) != len(claims) || again[i].Key() != claims[i].Key() {
				t.Fatalf("%s: %d claims, read again %d: not %s", name, len(claims), len(again), claims[i].AppendJSON(nil))
			}
		}
	}
}

// stixKept reports whether a claim holds a property of the object that it is of: as x_…, or in the property's home.
func stixKept(claim *schema.Claim, key string, value any) bool {
	if text, kept := claim.Extra["x_"+strings.TrimPrefix(key, "x_")]; kept {
		var back any
		return json.Unmarshal([]byte(text), &back) == nil && reflect.DeepEqual(back, value)
	}
	var texts []string
	if list, ok := value.([]any); ok {
		for _, item := range list {
			texts = append(texts, fmt.Sprint(item))
		}
	} else {
		texts = []string{fmt.Sprint(value)}
	}
	switch key {
	case "id":
		return claim.Subject == "stix:"+texts[0] || claim.Record == texts[0]
	case "type":
		return strings.HasPrefix(claim.Subject, "stix:"+texts[0]+"--") || strings.HasPrefix(claim.Record, texts[0]+"--")
	case "modified":
		return claim.Version == texts[0]
	case "created_by_ref":
		return claim.AttributedTo == "stix:"+texts[0]
	case "source_ref":
		return claim.Subject == "stix:"+texts[0]
	case "target_ref":
		return claim.Object == "stix:"+texts[0]
	case "relationship_type":
		return claim.Predicate == "related_to" && slices.Equal(claim.Values["label"], texts)
	case "object_marking_refs":
		marking := slices.Concat(claim.Values["marking"], []string{claim.Marking})
		return marking[0] == strings.Join(texts, "; ")
	default:
		return slices.Equal(claim.Values[key], texts)
	}
}

// The threat report yields its people and their accounts, and what ties them to its organisations.
func TestStixThreatReport(t *testing.T) {
	types, names := map[string]string{}, map[string]string{}
	tied := map[string]map[string]bool{}
	for _, claim := range stixClaims(t, realData(t, filepath.Join("stix", "apt1.json"))) {
		if claim.Predicate == schema.Describes {
			types[claim.Subject], names[claim.Subject] = claim.Type, strings.Join(claim.Values["name"], "")
			continue
		}
		for _, ends := range [][2]string{{claim.Subject, claim.Object}, {claim.Object, claim.Subject}} {
			if tied[ends[0]] == nil {
				tied[ends[0]] = map[string]bool{}
			}
			tied[ends[0]][claim.Predicate+" "+ends[1]] = true
		}
	}
	got := map[string][]string{}
	for xid, kind := range types {
		got[kind] = append(got[kind], names[xid])
		if kind != "Person" {
			continue
		}
		to := map[string]bool{}
		for end := range tied[xid] {
			_, other, _ := strings.Cut(end, " ")
			to[types[other]] = true
		}
		if !to["Account"] || !to["Organisation"] {
			t.Errorf("%s is tied to %v", names[xid], to)
		}
	}
	for kind, want := range map[string]string{
		"Person":       "JackWang|Mei Qiang|Wang Dong|dota",
		"Account":      "dota.d013@gmail.com|mei_qiang_82@sohu.com|uglygorilla@163.com",
		"Organisation": "APT1|Communist Party of China|DOTA|SuperHard|Ugly Gorilla|Unit 61398",
	} {
		slices.Sort(got[kind])
		if strings.Join(got[kind], "|") != want {
			t.Errorf("%s: %v, want %s", kind, got[kind], want)
		}
	}
}

// One release of ATT&CK replaced by the next reports what a diff of the two files by content says, worked out by a
// script that shares nothing with our reader. Loaded again, nothing changes.
func TestStixReleases(t *testing.T) {
	old, next := realData(t, filepath.Join("stix", "ics-attack-17.1.json")), realData(t, filepath.Join("stix", "ics-attack-18.1.json"))
	python := os.Getenv("ORBAT_TEST_PYTHON")
	if python == "" {
		python = "python3"
	}
	if _, err := exec.LookPath(python); err != nil && os.Getenv("CI") != "true" {
		t.Skip("skipped: ", err)
	}
	out, err := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "stix_diff.py"), old, next).Output()
	if err != nil {
		t.Fatalf("stix_diff.py: %v", err)
	}
	var want struct{ First, Created, Changed, Unchanged, Retracted int }
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	if want.Changed == 0 || want.Retracted == 0 {
		t.Fatalf("the script finds nothing to tell: %s", out)
	}

	t.Setenv("ORBAT_HOME", t.TempDir())
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	orbat := func(args ...string) loader.Counts {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(args, strings.NewReader(""), &out, &errs); code != exitOK {
			t.Fatalf("orbat %s: exit status %d\n%s%s", strings.Join(args, " "), code, out.String(), errs.String())
		}
		var report loader.Report
		if slices.Contains(args, "--json") {
			if err := json.Unmarshal(out.Bytes(), &report); err != nil {
				t.Fatalf("%v: %s", err, out.String())
			}
			if report.Disputed+report.Dangling+report.Rejected > 0 {
				t.Errorf("orbat %s: %s", strings.Join(args, " "), out.String())
			}
		}
		report.Records.Read = 0
		return report.Records
	}
	load := []string{"--dataset", "attack", "--progress", "none", "--json"}
	replace := append(slices.Clone(load), "--replace")
	wanted := loader.Counts{Created: want.Created, Changed: want.Changed, Unchanged: want.Unchanged, Retracted: want.Retracted}
	for _, step := range []struct {
		args []string
		want loader.Counts
	}{
		{append([]string{"load", old}, load...), loader.Counts{Created: want.First}},
		{append([]string{"plan", next}, replace...), wanted},
		{append([]string{"load", next}, replace...), wanted},
		{append([]string{"load", next}, replace...), loader.Counts{Unchanged: want.Created + want.Changed + want.Unchanged}},
	} {
		if got := orbat(step.args...); got != step.want {
			t.Errorf("orbat %s: %+v, want %+v", strings.Join(step.args, " "), got, step.want)
		}
	}
	orbat("check")
}
