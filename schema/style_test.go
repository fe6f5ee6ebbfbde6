package schema

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestDefaultStyles: Okabe and Ito's colours, which the colour-blind can tell apart too, and the place of each in
// legends.
func TestDefaultStyles(t *testing.T) {
	o := defaultOntology(t)
	for typeName, want := range map[string]Style{
		"Person": {"#0072B2", Circle}, "Unit": {"#D55E00", Rectangle}, "Organisation": {"#CC79A7", Hexagon},
		"Equipment": {"#009E73", Diamond}, "Location": {"#56B4E9", Triangle}, "Event": {"#E69F00", Star},
		"Source": {"#6B7280", Tag}, "Account": {UnknownColor, Circle}, "Concept": {UnknownColor, Rectangle},
		"": {UnknownColor, Rectangle}, "Nothing": {UnknownColor, Rectangle},
	} {
		if got := o.Style(typeName); got != want {
			t.Errorf("%q is drawn as %v, want %v", typeName, got, want)
		}
	}
	if r, g, b := o.Style("Unit").RGB(); r != 0xD5 || g != 0x5E || b != 0 {
		t.Errorf("Unit is %d %d %d", r, g, b)
	}
	var legend []string
	for _, typ := range o.Legend() {
		legend = append(legend, typ.Name)
	}
	if got := strings.Join(legend, " "); got != "Person Unit Organisation Equipment Location Event Source" {
		t.Errorf("the legend is %s", got)
	}
	for _, typ := range o.Types {
		if len(typ.Caption) == 0 || len(typ.Featured) == 0 {
			t.Errorf("%s says not what it is called by or shows first", typ.Name)
		}
		for _, property := range typ.Caption {
			if !o.IsName(property) {
				t.Errorf("%s is called by %s, and not found by it", typ.Name, property)
			}
		}
	}
}

func TestCaption(t *testing.T) {
	o, err := defaultOntology(t).Extend("mine.yaml", []byte(`
types:
  Vessel: {caption: [imo, name], color: "#ab00cd", properties: {imo: {kind: string, names: true}}}
  Letter: {properties: {title: {kind: string}, imo: {kind: string}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	for typeName, want := range map[string]string{
		"Person": "name", "Source": "name title", "Equipment": "name designation", "Account": "name handle",
		"Vessel": "imo name",       // its own
		"Letter": "name title imo", // of all, those it has
		"":       "name handle designation codename title imo",
	} {
		if got := strings.Join(o.Caption(typeName), " "); got != want {
			t.Errorf("%q is called by %s, want %s", typeName, got, want)
		}
	}
	for property, want := range map[string]bool{
		"name": true, "aliases": true, "title": true, "designation": true, "designator": true, "nickname": true, "codename": true,
		"handle": true, "callsign": true, "imo": true, "rank": false, "publisher": false, "nothing": false,
	} {
		if o.IsName(property) != want {
			t.Errorf("%s names an entity: %t", property, !want)
		}
	}
	if legend := o.Legend(); legend[len(legend)-1].Name != "Vessel" || o.Style("Vessel").Color != "#AB00CD" {
		t.Errorf("a type of one's own is not drawn as it says: %v", o.Style("Vessel"))
	}
}

// An ontology that was written before names, captions, styles, what is timeless and what merely describes stood in it
// is completed; one that has them stays.
func TestComplete(t *testing.T) {
	base := defaultOntology(t)
	mine, err := base.Extend("mine.yaml", []byte(`types: {Vessel: {properties: {hull: {kind: string}}}, Person: {color: "#000000"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if d := DiffOntology(mine, mine.Complete(base)); len(d) > 0 {
		t.Errorf("a complete one changes:\n%s", d)
	}
	data, err := yaml.Marshal(mine)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.SplitAfter(string(data), "\n"), func(line string) bool {
		key, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		return slices.Contains([]string{"caption", "featured", "color", "shape", "legend", "names", "timeless", "describes"}, key)
	})
	stored, err := new(Ontology).Extend("stored", []byte(strings.Join(lines, "")))
	if err != nil {
		t.Fatal(err)
	}
	if stored.IsName("name") || stored.Style("Unit").Color != UnknownColor || stored.Relation("within").Timeless ||
		stored.Relation("commands").Qualifier("rank").Describes {
		t.Fatal("nothing was left out")
	}
	complete := stored.Complete(mine)
	if d := DiffOntology(mine, complete); len(d) > 0 || complete.Fingerprint() != mine.Fingerprint() {
		t.Errorf("completed, it lacks:\n%s", d)
	}
	if !slices.Equal(complete.Type("Source").Caption, []string{"name", "title"}) ||
		complete.Type("Vessel").Property("name") != complete.Common[0] {
		t.Error("completed, types have not their captions or properties")
	}
	if !complete.Relation("within").Timeless || complete.Relation("commands").Timeless {
		t.Error("completed, within is not timeless, or commands is")
	}
	if stored.IsName("name") || stored.Relation("within").Timeless {
		t.Error("completing changed the ontology it was called on")
	}
	checkRoundTrip(t, complete)
}
