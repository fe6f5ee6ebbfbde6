package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/schema"
)

// realData finds test data beside the project; where it is absent the test skips, except under CI.
func realData(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("test data is absent under CI: %v", err)
		}
		t.Skipf("test data is absent: %v", err)
	}
	return path
}

// TestSecurityForceMonitor loads the sheets of a country by one command and compares what stands in the graph then, all
// of it, with what a script in another language (testdata/sfm_facts.py), which knows nothing of the mapping, finds in
// the sheets.
func TestSecurityForceMonitor(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads 25,000 records")
	}
	sheets := realData(t, "sfm-nigeria")
	facts := sfmFacts(t, sheets)
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	notices := filepath.Join(t.TempDir(), "notices.ndjson")
	load := []string{"load", sheets, "--mapping", "sfm-2019", "--dataset", "nigeria", "--notices", notices, "--json", "--progress", "none"}

	first := orbatJSON(t, load...)
	if first["rejected"] != 0.0 || first["dangling"] != 0.0 || first["disputed"] != 0.0 {
		t.Errorf("rejected %v, dangling %v, disputed %v", first["rejected"], first["dangling"], first["disputed"])
	}
	again := orbatJSON(t, append(load, "--replace")...)
	if again["nquads"] != 0.0 {
		t.Errorf("the re-load wrote %v N-Quads: %v", again["nquads"], again["records"])
	}
	if code := run([]string{"check"}, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != exitOK {
		t.Errorf("check exits %d", code)
	}
	facts.inGraph(t, sfmGraph(t))
	facts.noticed(t, notices)
}

// orbatJSON runs orbat and returns the JSON it prints.
func orbatJSON(t *testing.T, args ...string) map[string]any {
	t.Helper()
	var out, err bytes.Buffer
	if code := run(args, nil, &out, &err); code != exitOK {
		t.Fatalf("orbat %s exits %d: %s", strings.Join(args, " "), code, err.String())
	}
	var doc map[string]any
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// facts is what the script prints.
type facts struct {
	Counts map[string]any `json:"counts"`
	Units  []struct {
		Name            string      `json:"name"`
		ID              string      `json:"o_id"`
		Placeholder     bool        `json:"placeholder"`
		Aliases         []string    `json:"aliases"`
		Classifications []string    `json:"classifications"`
		Parents         []statement `json:"parents"`
		Bases           []statement `json:"bases"`
		Areas           []statement `json:"areas"`
		Memberships     []statement `json:"memberships"`
		Dates           []statement `json:"dates"`
	} `json:"units"`
	Persons []struct {
		Name     string    `json:"name"`
		Aliases  []string  `json:"aliases"`
		Postings []posting `json:"postings"`
	} `json:"persons"`
	Typos []struct {
		File string `json:"file"`
		Row  int    `json:"row"`
	} `json:"date_typos"`
	Odd struct {
		Nan []struct {
			Row int `json:"row"`
		} `json:"nan_source_cells"`
	} `json:"odd"`
	Cited []string `json:"sources_cited"`
}

// statement is one bundle of columns of the units' sheet: texts, and lists of source ids.
type statement map[string]any

func (s statement) text(key string) string {
	text, _ := s[key].(string)
	return text
}

// sources returns the ids in the lists named, each once.
func (s statement) sources(keys ...string) []string {
	ids := map[string]bool{}
	for _, key := range keys {
		list, _ := s[key].([]any)
		for _, id := range list {
			ids[fmt.Sprint("sfm-source:", id)] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

type posting struct {
	Organization string              `json:"organization"`
	Role         string              `json:"role"`
	Title        string              `json:"title"`
	Rank         string              `json:"rank"`
	First        string              `json:"first"`
	Last         string              `json:"last"`
	Start        string              `json:"start"`
	End          string              `json:"end"`
	Sources      map[string][]string `json:"sources"`
	Confidence   map[string]string   `json:"confidence"`
}

func sfmFacts(t *testing.T, sheets string) *facts {
	t.Helper()
	python := cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "python3")
	out, err := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "sfm_facts.py"), sheets).Output()
	if err != nil {
		t.Fatalf("sfm_facts.py: %v", err)
	}
	var f facts
	if err := json.Unmarshal(out, &f); err != nil {
		t.Fatal(err)
	}
	return &f
}

// when writes a period as orbat does, worked out from the sheet's flags: cited dates bound it from inside.
func when(first, last string, startsThen, endsThen, goesOn bool) string {
	from, to := first, last
	if first != "" && !startsThen {
		from = "~" + first
	}
	if last != "" && !endsThen {
		to = last + "~"
	}
	if first != "" && last != "" && last < first && !strings.HasPrefix(first, last) { // row by row in the notices
		from, to = "~"+first, last+"~"
	}
	if goesOn {
		to = ".."
	}
	if from+to == "" {
		return ""
	}
	period, err := schema.ParsePeriod(from + "/" + to) // ~2016-10-31 and ~2016-10 are one bound
	if err != nil {
		return err.Error()
	}
	return period.String()
}

// graded returns a confidence in words on orbat's scale.
func graded(word string) string {
	return map[string]string{"Low": "30", "Medium": "60", "High": "90"}[word]
}

// said writes one fact on a line.
func said(parts ...any) string {
	var texts []string
	for _, part := range parts {
		texts = append(texts, fmt.Sprint(part))
	}
	return strings.Join(texts, " | ")
}

// wanted returns what must stand in the graph, by kind, a line each.
func (f *facts) wanted() map[string]map[string]bool {
	want := map[string]map[string]bool{}
	add := func(kind string, parts ...any) {
		if want[kind] == nil {
			want[kind] = map[string]bool{}
		}
		want[kind][said(parts...)] = true
	}
	for _, u := range f.Units {
		add("unit", u.Name, u.Placeholder, u.ID != "")
		for _, alias := range u.Aliases {
			add("unit alias", u.Name, alias)
		}
		for _, class := range u.Classifications {
			add("classification", u.Name, class)
		}
		for _, s := range u.Dates {
			if s.text("first")+s.text("last") == "" && s.text("open_ended") != "Y" {
				continue
			}
			add("active", u.Name, when(s.text("first"), s.text("last"), s.text("start_exact") == "Y", s.text("open_ended") == "E",
				s.text("open_ended") == "Y"),
				graded(s.text("first_confidence")), s.sources("first_sources", "last_sources"))
		}
		for _, s := range u.Parents {
			add("parent", u.Name, s.text("parent"), strings.ToLower(s.text("class")),
				when(s.text("first"), s.text("last"), s.text("start_exact") == "Y", s.text("open_ended") == "E",
					s.text("open_ended") == "Y"),
				graded(s.text("confidence")), s.sources("sources", "class_sources", "first_sources", "last_sources"))
		}
		for _, s := range u.Bases {
			period := when(s.text("first"), s.text("last"), s.text("start_exact") == "Y", s.text("open_ended") == "E",
				s.text("open_ended") == "Y")
			dated := []string{"headquarters_sources", "first_sources", "last_sources"}
			if s.text("place_id") != "" {
				add("base", u.Name, "sfm-place:"+s.text("place_id"), s.text("headquarters"), period, graded(s.text("place_confidence")),
					s.sources(append(dated, "place_sources", "admin_sources")...))
			} else {
				add("base", u.Name, "sfm-place:"+s.text("admin_id"), s.text("headquarters"), period, graded(s.text("admin_confidence")),
					s.sources(append(dated, "admin_sources")...))
			}
			if s.text("exact_osm_id") != "" {
				add("base", u.Name, "osm-node:"+s.text("exact_osm_id"), s.text("headquarters"), period, graded(s.text("exact_confidence")),
					s.sources(append(dated, "exact_sources")...))
			}
		}
		for _, s := range u.Areas {
			add("area", u.Name, "sfm-place:"+s.text("place_id"),
				when(s.text("first"), s.text("last"), s.text("start_exact") == "Y", s.text("open_ended") == "E",
					s.text("open_ended") == "Y"),
				graded(s.text("confidence")), s.sources("sources", "first_sources", "last_sources"))
		}
		for _, s := range u.Memberships {
			add("membership", u.Name, s.text("member_of"), when(s.text("first"), s.text("last"), s.text("start_exact") == "Y",
				s.text("end") == "Y" || s.text("end") == "E", false),
				graded(s.text("confidence")), s.sources("sources", "first_sources", "last_sources"))
		}
	}
	for _, p := range f.Persons {
		add("person", p.Name)
		for _, alias := range p.Aliases {
			add("person alias", p.Name, alias)
		}
		for _, post := range p.Postings {
			relation, role := "posted_to", post.Role
			if role == "Commander" {
				relation, role = "commands", "commander"
			}
			sources := map[string]bool{}
			for _, part := range []string{"organization", "role", "title", "rank", "first", "start_context", "last", "end_context"} {
				for _, id := range post.Sources[part] {
					sources["sfm-source:"+id] = true
				}
			}
			add("posting", p.Name, relation, post.Organization, role, post.Title, post.Rank,
				when(post.First, post.Last, post.Start == "Y", post.End == "Y",
					false), graded(post.Confidence["organization"]), slices.Sorted(maps.Keys(sources)))
		}
	}
	for _, id := range f.Cited {
		add("cited", "sfm-source:"+id)
	}
	return want
}

// sfmGraph returns the same of what the canonical export holds.
func sfmGraph(t *testing.T) map[string]map[string]bool {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run([]string{"export", "--canonical"}, nil, &out, &errs); code != exitOK {
		t.Fatalf("export exits %d: %s", code, errs.String())
	}
	var records []map[string]any
	names := map[string]string{}
	for line := range strings.Lines(out.String()) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		records = append(records, record)
		if name, ok := record["name"].(string); ok && (record["type"] == "Unit" || record["type"] == "Person") {
			names[fmt.Sprint(record["xid"])] = name
		}
	}
	got := map[string]map[string]bool{}
	for _, r := range records {
		add := func(kind string, parts ...any) {
			if got[kind] == nil {
				got[kind] = map[string]bool{}
			}
			got[kind][said(parts...)] = true
		}
		text := func(key string) string {
			if r[key] == nil {
				return ""
			}
			return fmt.Sprint(r[key])
		}
		cites := citedBy(r)
		for _, source := range cites {
			add("cited", source)
		}
		xid, of, from, to := text("xid"), names[text("of")], names[text("from")], names[text("to")]
		switch cmp.Or(text("type"), text("property"), text("relation")) {
		case "Unit":
			add("unit", text("name"), r["is_placeholder"] == "true" || r["is_placeholder"] == true, strings.HasPrefix(xid, "sfm:"))
		case "Person":
			add("person", text("name"))
		case "Source":
			add("source", xid)
		case "aliases":
			kind := "unit alias"
			if strings.HasPrefix(text("of"), "orbat:nigeria/Person/") {
				kind = "person alias"
			}
			add(kind, of, text("value"))
		case "classification":
			add("classification", of, text("value"))
		case "active":
			add("active", of, text("value"), text("confidence"), cites)
		case "subordinate_to":
			add("parent", from, to, text("authority"), text("period"), text("confidence"), cites)
		case "based_at":
			add("base", from, text("to"), text("base_name"), text("period"), text("confidence"), cites)
		case "operates_in":
			add("area", from, text("to"), text("period"), text("confidence"), cites)
		case "attached_to":
			add("membership", from, to, text("period"), text("confidence"), cites)
		case "commands", "posted_to":
			add("posting", from, text("relation"), to, text("role"), text("title"), text("rank"), text("period"), text("confidence"), cites)
		}
	}
	return got
}

// citedBy returns the sources of a record.
func citedBy(record map[string]any) []string {
	cites := []string{}
	list, _ := record["sources"].([]any)
	if one := record["source"]; one != nil {
		list = append(list, record)
	}
	for _, cite := range list {
		if of, ok := cite.(map[string]any); ok {
			cites = append(cites, fmt.Sprint(of["source"]))
		} else {
			cites = append(cites, fmt.Sprint(cite))
		}
	}
	slices.Sort(cites)
	return cites
}

// inGraph compares the graph with the sheets, statement by statement.
func (f *facts) inGraph(t *testing.T, got map[string]map[string]bool) {
	t.Helper()
	want := f.wanted()
	for _, kind := range slices.Sorted(maps.Keys(want)) {
		shown := 0
		for _, line := range slices.Sorted(maps.Keys(want[kind])) {
			if !got[kind][line] && shown < 5 {
				t.Errorf("%s: in the sheet, not in the graph: %s", kind, line)
				shown++
			}
		}
		shown = 0
		for _, line := range slices.Sorted(maps.Keys(got[kind])) {
			if !want[kind][line] && shown < 5 {
				t.Errorf("%s: in the graph, not in the sheet: %s", kind, line)
				shown++
			}
		}
		t.Logf("%s: %d in the sheets, %d in the graph", kind, len(want[kind]), len(got[kind]))
	}
	for key, n := range sfmCounts(got) {
		if float64(n) != f.Counts[key] {
			t.Errorf("%d in the graph, %s in the sheets is %v", n, key, f.Counts[key])
		}
	}
}

// sfmCounts counts what the script counts, in the graph.
func sfmCounts(got map[string]map[string]bool) map[string]int {
	counts := map[string]int{
		"sources_in_sheet": len(got["source"]), "units": len(got["unit"]), "persons": len(got["person"]), "postings": len(got["posting"]),
	}
	for unit := range got["unit"] {
		if strings.HasSuffix(unit, "| false") {
			counts["units_without_any_id"]++
		}
		if strings.HasSuffix(unit, "| true | true") || strings.HasSuffix(unit, "| true | false") {
			counts["placeholder_units"]++
		}
	}
	for posting := range got["posting"] {
		if strings.Contains(posting, " | commands | ") {
			counts["postings_as_commander"]++
		}
	}
	classes := map[string]map[string]bool{}
	for parent := range got["parent"] {
		parts := strings.Split(parent, " | ")
		pair := said(parts[0], parts[1])
		if classes[pair] == nil {
			classes[pair] = map[string]bool{}
		}
		classes[pair][parts[2]] = true
	}
	counts["unit_parent_pairs"] = len(classes)
	for _, of := range classes {
		if len(of) > 1 {
			counts["pairs_with_two_classes"]++
		}
	}
	return counts
}

// noticed sees that every oddity of dates and sources that the script finds was reported with its row.
func (f *facts) noticed(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var notice struct {
			File string `json:"file"`
			Line int    `json:"line"`
		}
		if err := json.Unmarshal([]byte(line), &notice); err != nil {
			t.Fatal(err)
		}
		rows[fmt.Sprint(filepath.Base(notice.File), ":", notice.Line)] = true
	}
	for _, typo := range f.Typos {
		if !rows[fmt.Sprint(typo.File, ":", typo.Row)] {
			t.Errorf("no notice of %s row %d", typo.File, typo.Row)
		}
	}
	for _, nan := range f.Odd.Nan {
		if !rows[fmt.Sprint("units.tsv:", nan.Row)] {
			t.Errorf("no notice of the source nan in row %d", nan.Row)
		}
	}
}
