package encode

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"orbat/queries"
)

func stixEncoder(t *testing.T) Encoder {
	t.Helper()
	e, err := Find("stix")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSTIX(t *testing.T) {
	e := stixEncoder(t)
	t.Run("golden", func(t *testing.T) { golden(t, e) })
	t.Run("empty", func(t *testing.T) { empty(t, e) })
	t.Run("deterministic", func(t *testing.T) { deterministic(t, e) })
	t.Run("order", func(t *testing.T) { readsOnceInOrder(t, e) })
	t.Run("source error", func(t *testing.T) { sourceError(t, e) })
	t.Run("write error", func(t *testing.T) { writeError(t, e) })
	t.Run("memory", func(t *testing.T) { linksMemory(t, e) })
	t.Run("counts", func(t *testing.T) {
		got, err := readSTIX(encoded(t, e, nasty()))
		if err != nil || len(got.Nodes) != 14 || len(got.Edges) != 12 {
			t.Errorf("%d entities and %d relationships, %v; want 14 and 12", len(got.Nodes), len(got.Edges), err)
		}
		for xid, name := range map[string]string{
			"sfm:p1": arabic, "x:a b": chinese, `orbat:case/#a"b<c>&'d`: quoted,
			"x:a_x0020_b": script,
		} {
			if got.Nodes[xid]["name"] != name {
				t.Errorf("%s is called %q, want %q", xid, got.Nodes[xid]["name"], name)
			}
		}
	})
}

// allKinds is the nasty graph with what STIX has rules about.
func allKinds() *queries.Graph {
	g := world()
	node := func(xid, kind string, properties ...string) *queries.Node {
		n := &queries.Node{XID: xid, Type: kind, Name: "N " + xid, Properties: map[string][]string{}}
		for i := 0; i+1 < len(properties); i += 2 {
			n.Properties[properties[i]] = append(n.Properties[properties[i]], properties[i+1])
		}
		return n
	}
	nodes := []*queries.Node{
		node("stix:identity--733c5838-34d9-4fbf-949c-62aba761184c", "Person", "marking", "TLP:AMBER"),
		node("stix:intrusion-set--733c5838-34d9-4fbf-949c-62aba761184c", "Organisation", "aliases", "A", "marking", "TLP:CLEAR"),
		node("stix:malware--733c5838-34d9-4fbf-949c-62aba761184c", "Equipment", "equip_kind", "software", "marking", "SECRET//NOFORN"),
		node("stix:attack-pattern--733c5838-34d9-4fbf-949c-62aba761184c", "Concept", "concept_kind", "attack-pattern", "marking",
			"SECRET//NOFORN"),
		node("stix:indicator--733c5838-34d9-4fbf-949c-62aba761184c", "Concept", "concept_kind", "indicator"),
		node("stix:identity--not-a-uuid", "Organisation"),
		node("k:account", "Account", "platform", "telegram", "handle", "@a\"b<"), node("k:radio", "Account", "callsign", "RAVEN"),
		node("k:report", "Source", "published", "2014-08", "url", "https://example.org/a b", "marking", "TLP:RED"),
		node("k:note", "Source"),
		node("k:op", "Operation", "date", "2014"), node("k:op2", "Operation", "date", "../2014-08-01"),
		node("k:nowhere", "Location"), node("k:country", "Location", "country", "SY"),
		node("k:precise", "Location", "geo", `{"type":"Point","coordinates":[36.75,34.5]}`, "precision_m", "500"),
		node("stix:"+stixProducer(), "Organisation"), node("stix:"+stixLossyNote(), "Source"), // an earlier export, loaded
		node("k:same", "Account", "platform", "telegram", "handle", "@a\"b<"),
		node("k:undescribed", ""), node("k:own", "Spaceship"), node("k:unit", "Unit"),
	}
	var edges []*queries.Edge
	for i, relation := range []string{
		"posted_to", "commands", "member_of", "subordinate_to", "attached_to", "affiliated_with", "allied_with", "opposes", "associate_of",
		"communicated_with",
		"stance_towards", "succeeded_by", "based_at", "operates_in", "located_at", "within", "operates", "component_of", "variant_of",
		"supplied_to", "trained_by",
		"carried_out", "affected_by", "used_in", "part_of", "uses_account", "mentions", "related_to",
	} {
		for k, period := range []string{"", "2014", "2014-08-01T09:30:15Z", "../2014", "0001/9999"} {
			edges = append(edges, &queries.Edge{
				ID: fmt.Sprintf("K%d.%d", i, k), From: nodes[i%len(nodes)].XID, Relation: relation, To: nodes[(i+k+1)%len(nodes)].XID,
				Period: period,
				Claims: 1, Sources: 1, Confidence: number(i), Evidence: []*queries.Evidence{{
					Marking: []string{"", "TLP:GREEN", "TLP:AMBER+STRICT", "own words"}[i%4],
					Cites: []queries.Citation{
						{Source: "k:report", Title: "CVE", Published: "2014-08-02", URL: "https://example.org/a?b=c&d=%20#e"},
						{Source: "k:report", Publisher: "P", Published: "2013", URL: "javascript:alert(1)", Quote: script},
					},
				}},
			})
		}
	}
	g.Nodes, g.Edges = joinedSequence(g.Nodes, sequence(nodes)), joinedSequence(g.Edges, sequence(edges))
	return g
}

// TestSTIXIds: the same id in every export; ids that came from STIX stay; an observable's is the specification's.
func TestSTIXIds(t *testing.T) {
	got := string(encoded(t, stixEncoder(t), allKinds()))
	for _, want := range []string{
		`"id":"identity--733c5838-34d9-4fbf-949c-62aba761184c"`, `"id":"intrusion-set--733c5838-34d9-4fbf-949c-62aba761184c"`,
		`"id":"attack-pattern--733c5838-34d9-4fbf-949c-62aba761184c"`,
		`"object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not there", want)
		}
	}
	for _, other := range []string{"malware--", "indicator--"} {
		if strings.Contains(got, `"id":"`+other) {
			t.Errorf("%s…, of which we do not know what STIX wants said", other)
		}
	}
	if strings.Count(got, `"definition_type"`) != 2 {
		t.Errorf("%d definitions of markings, want 2", strings.Count(got, `"definition_type"`))
	}
}

// TestSTIXSchemas validates against what OASIS publishes, and checks that every reference leads somewhere.
func TestSTIXSchemas(t *testing.T) {
	python := cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "/usr/bin/python3")
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import jsonschema").CombinedOutput(); err != nil {
		missing(t, "Python's jsonschema is not installed ("+lastLine(out)+"): apt-get install python3-jsonschema")
	}
	schemas := filepath.Join(root(t), "..", "shared", "data", "schemas", "stix2.1")
	if _, err := os.Stat(schemas); err != nil {
		missing(t, "the schemas are not in "+schemas)
	}
	args := []string{filepath.Join("testdata", "check_stix.py"), schemas}
	for name, g := range map[string]*queries.Graph{"nasty": nasty(), "kinds": allKinds(), "empty": {}, "characters": everyCharacter()} {
		file := filepath.Join(t.TempDir(), name+".json")
		if err := os.WriteFile(file, encoded(t, stixEncoder(t), g), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	out, err := exec.CommandContext(t.Context(), python, args...).CombinedOutput()
	if err != nil || !strings.Contains(lastLine(out), `"faults": 0`) {
		t.Errorf("%v\n%s", err, firstLines(string(out), 50))
	}
}

// readSTIX reads a bundle by the extensions.
func readSTIX(data []byte) (reading, error) {
	var file struct {
		Type    string
		Objects []map[string]any
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return reading{}, err
	}
	r := newReader()
	if file.Type != "bundle" {
		r.err = errors.New("no bundle")
	}
	for _, o := range file.Objects {
		extensions, _ := o["extensions"].(map[string]any)
		about, _ := extensions[stixExtension()].(map[string]any)
		id := fmt.Sprint(o["id"])
		switch {
		case about == nil:
		case o["type"] == "relationship":
			r.edge(fmt.Sprint(about["edge"]), fmt.Sprint(o["source_ref"]), fmt.Sprint(o["target_ref"]), o)
		default:
			o["xid"] = about["xid"]
			r.node(id, o)
		}
	}
	return r.reading, r.err
}
