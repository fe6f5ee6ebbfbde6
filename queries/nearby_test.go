package queries_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"orbat/loader"
	"orbat/queries"
)

// nearbyCase is a small war around an event of 15 June 2014.
const nearbyCase = `
{"type":"Event","id":"e","name":"Treaty","date":"2014-06-15"}
{"type":"Event","id":"undated","name":"Rumour"}
{"type":"Event","id":"long","name":"Siege","date":"2014-06-01/2014-07-31"}
{"type":"Unit","id":"bde","name":"Brigade","country":"FR"}
{"type":"Unit","id":"north","name":"North","country":"FR"}
{"type":"Unit","id":"south","name":"South","country":"FR"}
{"type":"Unit","id":"west","name":"West","country":"FR"}
{"type":"Unit","id":"guest","name":"Guest","country":"NL"}
{"type":"Location","id":"camp","name":"Camp"}
{"type":"Person","id":"a","name":"Ada"}
{"type":"Person","id":"b","name":"Ben"}
{"type":"Person","id":"c","name":"Cid"}
{"type":"Person","id":"d","name":"Dot"}
{"type":"Person","id":"x","name":"Xan"}
{"relation":"subordinate_to","from":"north","to":"bde","period":"2000-01-01/.."}
{"relation":"subordinate_to","from":"south","to":"bde","period":"2000-01-01/2014-06-30"}
{"relation":"posted_to","from":"a","to":"north","role":"adjutant","period":"2012-01-01/2014-06-30","confidence":90}
{"relation":"posted_to","from":"a","to":"south","role":"adjutant","period":"2014-07-01/..","confidence":90}
{"relation":"posted_to","from":"b","to":"north","role":"surgeon","period":"2013-01-01/2014-06-20"}
{"relation":"posted_to","from":"b","to":"north","role":"adjutant","period":"2014-06-21/.."}
{"relation":"posted_to","from":"c","to":"south","role":"surgeon","period":"2014-07/2015-05-01"}
{"relation":"posted_to","from":"d","to":"west","role":"surgeon","period":"/2016-01-01"}
{"relation":"commands","from":"x","to":"north","role":"commander","period":"2011-01-01/..","confidence":80}
{"relation":"commands","from":"x","to":"south","role":"commander","period":"2011-01-01/..","marking":"TLP:RED"}
{"relation":"commands","from":"d","to":"west","role":"deputy commander","period":"2011-01-01/.."}
{"relation":"commands","from":"c","to":"guest","role":"commander","period":"2011-01-01/.."}
{"relation":"based_at","from":"south","to":"camp","period":"2014/2016","confidence":40}
{"relation":"based_at","from":"west","to":"camp","period":"2010-01-01/..","marking":"TLP:RED"}
{"relation":"based_at","from":"guest","to":"camp","period":"2010-01-01/2013-12-31"}`

const (
	nearbyQuestion = `# name: nearby
# purpose: statements near an event
# shape: table
# step: around
# relations: [commands, posted_to]
# reach: [~subordinate_to]
# columns: [change, from, to, days, possible]
# params:
#   - {name: event, type: entity, of: [Event], required: true, help: the event}
#   - {name: unit, type: entity, of: [Unit], help: only of this unit and those below it}
#   - {name: days, type: int, default: "30", help: so near}
#   - {name: which, type: text, default: changed, help: what}
#   - {name: depth, type: int, default: "3", help: levels}
#   - {name: relations, type: relations, help: only these}
#   - {name: certain, type: bool, help: only what is sure}
`
	lackingQuestion = `# name: lacking
# purpose: units with a commander and no base then
# shape: table
# step: without
# with: [~commands]
# without: [based_at]
# columns: [entity, with, unless, possible]
# params:
#   - {name: country, type: text, help: of this country}
#   - {name: type, type: type, default: Unit, help: of this type}
#   - {name: in_charge, type: bool, help: no deputies}
`
	homelessQuestion = `# name: homeless
# purpose: whoever below a unit has no base
# shape: table
# step: without
# without: [based_at]
# reach: [~subordinate_to]
# columns: [entity, unless, possible]
# params:
#   - {name: unit, type: entity, of: [Unit], help: the unit and those below it}
#   - {name: depth, type: int, default: "3", help: levels}
#   - {name: type, type: type, default: Unit, help: of this type}
`
	postsQuestion = `# name: posts
# purpose: statements without DQL
# shape: table
# step: statements
# relations: [posted_to, commands]
# columns: [from, relation, to, role, period]
# params:
#   - {name: who, type: entity, required: true, help: a person or a unit}
`
	bothQuestion = `# name: both
# purpose: who leads the one and served in the other
# shape: table
# step: common
# first: [~commands]
# second: [~posted_to]
# columns: [entity, first, second, possible]
# params:
#   - {name: one, type: entity, required: true, help: led}
#   - {name: other, type: entity, required: true, help: served in}
`
	twoLinksQuestion = `# name: two-links
# purpose: what is exactly so many links from both
# shape: table
# step: common
# relations: [all]
# columns: [entity, type, first, second, possible]
# params:
#   - {name: one, type: entity, required: true, help: the one}
#   - {name: other, type: entity, required: true, help: the other}
#   - {name: links, type: int, default: "2", help: how many links from each}
#   - {name: type, type: type, help: of which type}
#   - {name: relations, type: relations, help: only these}
`
	togetherQuestion = `# name: together
# purpose: who served together, by the step's own relations
# shape: table
# step: served
# columns: [person, unit, days]
# params:
#   - {name: person, type: entity, of: [Person], required: true, help: the person}
`
)

// TestNearby: what lies near an event, and who lacks something then, with right answers worked out on paper.
func TestNearby(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "nearby"}, strings.Split(strings.TrimSpace(nearbyCase), "\n")...)
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"nearby": nearbyQuestion, "lacking": lackingQuestion, "homeless": homelessQuestion, "posts": postsQuestion,
		"together": togetherQuestion, "both": bothQuestion, "two-links": twoLinksQuestion,
	} {
		files[name+".dql"] = &fstest.MapFile{Data: []byte(text)}
	}
	if errs := s.Library.Add(files, "mine"); len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, c := range []struct{ args, want, notes string }{
		// Ada leaves North on day 15 and joins South on day 16; Ben takes another post in North; Cid comes in July.
		{"nearby|event=Treaty", `
ended | Ada | North | 15 |
began | Ada | South | 16 |
began | Cid | South | 16 to 46 | possibly`, ""},
		// Nobody says when Dot was posted to West; that she was a deputy there from 2011 tells that she was there.
		{"nearby|event=Treaty|relations=posted_to|which=began", `
began | Ben | North | 6 |
began | Ada | South | 16 |
began | Cid | South | 16 to 46 | possibly
began | Dot | West | 565 or less | possibly`, ""},
		{"nearby|event=Treaty|certain=true", "\nended | Ada | North | 15 |\nbegan | Ada | South | 16 |", ""},
		{"nearby|event=Treaty|days=15|certain=true", "\nended | Ada | North | 15 |", ""},
		{"nearby|event=Treaty|days=14|certain=true", "", ""},
		{"nearby|event=Treaty|days=46|certain=true", `
ended | Ada | North | 15 |
began | Ada | South | 16 |
began | Cid | South | 16 to 46 |`, ""},
		// Each position for itself.
		{"nearby|event=Treaty|which=began|certain=true", "\nbegan | Ben | North | 6 |\nbegan | Ada | South | 16 |", ""},
		{"nearby|event=Treaty|which=ended|certain=true", "\nended | Ben | North | 5 |\nended | Ada | North | 15 |", ""},
		{"nearby|event=Treaty|days=0|which=held|relations=posted_to|certain=true", `
held | Ada | North |  |
held | Ben | North |  |`, ""},
		// The siege lasts: what ends in its midst is near it.
		{"nearby|event=Siege|days=0|which=ended|certain=true", "\nended | Ben | North | 0 |\nended | Ada | North | 0 |", ""},
		// Around the brigade: South left it on 30 June, so nobody joins it there in July.
		{"nearby|event=Treaty|unit=Brigade", "\nended | Ada | North | 15 |", ""},
		{"nearby|event=Treaty|min_confidence=85", "\nended | Ada | North | 15 |\nbegan | Ada | South | 16 |", ""},
		{"nearby|event=Rumour", "", "No date of Rumour is known"},

		// North has no base; South perhaps from some day in 2014; West has one; Guest's was until 2013.
		{"lacking|as_of=2014-06-15|country=FR", "\nNorth | Xan |  |\nSouth | Xan | based_at Camp 2014/2016 | possibly", ""},
		{"lacking|as_of=2014-06-15|certain=true", "\nGuest | Cid |  |\nNorth | Xan |  |", ""},
		{"lacking|as_of=2015-06-15", "\nGuest | Cid |  |\nNorth | Xan |  |", ""},
		{"lacking|as_of=2013-06-15", "\nNorth | Xan |  |\nSouth | Xan |  |", ""},
		{"lacking", "\nNorth | Xan |  |", ""}, // ever
		{"lacking|as_of=2014-06-15|min_confidence=50", "\nNorth | Xan |  |", ""},
		// Under a marking limit absence is judged by what is seen: West's base is not, nor South's commander.
		{"lacking|as_of=2014-06-15|country=FR|max_marking=TLP:GREEN", "\nNorth | Xan |  |\nWest | Dot |  |", ""},
		{"lacking|as_of=2014-06-15|country=FR|max_marking=TLP:GREEN|in_charge=true", "\nNorth | Xan |  |", ""},
		{"homeless|unit=Brigade|as_of=2013-06-15", "\nBrigade |  |\nNorth |  |\nSouth |  |", ""},
		{"homeless|unit=Brigade|as_of=2014-08", "\nBrigade |  |\nNorth |  |", ""},
		{"homeless|as_of=2013-06-15", "\nBrigade |  |\nNorth |  |\nSouth |  |", ""},

		{"posts|who=Ada", "\nAda | posted_to | North | adjutant | 2012-01-01/2014-06-30\nAda | posted_to | South | adjutant | 2014-07-01/..", ""},
		{"posts|who=Guest", "\nCid | commands | Guest | commander | 2011-01-01/..", ""},
		// Ada and Ben served in North, and Xan alone leads it and South.
		{"both|one=South|other=North", "", ""},
		{"both|one=Guest|other=South", "\nCid | ← commands | ← posted_to |", ""},
		{"both|one=Guest|other=South|as_of=2014-06", "", ""},
		{"both|one=Guest|other=South|as_of=2014-07-05", "\nCid | ← commands | ← posted_to | possibly", ""},
		{"both|one=Guest|other=South|as_of=2014-08", "\nCid | ← commands | ← posted_to |", ""},
		{"both|one=Guest|other=South|as_of=2014-07-05|certain=true", "", ""},
		// North is one link from the brigade, as South was; who stands in them is two from both, and so is the camp.
		{"two-links|one=Brigade|other=Guest", "", ""}, // the camp is one link from Guest, and South one from the brigade
		{"two-links|one=Brigade|other=Camp|type=Person", `
Ada | Person | ← subordinate_to North ← posted_to, ← subordinate_to South ← posted_to | ← based_at South ← posted_to |
Cid | Person | ← subordinate_to South ← posted_to | ← based_at Guest ← commands, ← based_at South ← posted_to |
Xan | Person | ← subordinate_to North ← commands, ← subordinate_to South ← commands | ← based_at South ← commands |`, ""},
		// On the first of June Cid had no post in South, whose base nobody dates so exactly.
		{"two-links|one=Brigade|other=Camp|type=Person|as_of=2014-06-01", `
Xan | Person | ← subordinate_to North ← commands, ← subordinate_to South ← commands | ← based_at South ← commands | possibly`, ""},
		{"two-links|one=Brigade|other=Camp|type=Person|max_marking=TLP:GREEN", `
Ada | Person | ← subordinate_to North ← posted_to, ← subordinate_to South ← posted_to | ← based_at South ← posted_to |
Cid | Person | ← subordinate_to South ← posted_to | ← based_at Guest ← commands, ← based_at South ← posted_to |`, ""},
		{"two-links|one=Brigade|other=Camp|links=1", "South | Unit | ← subordinate_to | ← based_at |", ""},
		{"together|person=Cid", "\nXan | South | 275 to 305\nAda | South | 275 to 305", ""},
	} {
		args := strings.Split(c.args, "|")
		result := s.ask(args[0], args[1:]...)
		if got, want := cells(result, result.Columns...), strings.TrimSpace(c.want); got != trimCells(want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.args, got, want)
		}
		if notes := strings.Join(result.Notes, "\n"); !strings.Contains(notes, c.notes) {
			t.Errorf("%s: %s", c.args, notes)
		}
	}
	if err := s.fails("nearby", "event=Treaty", "which=bagan"); !strings.Contains(err.Error(), `"bagan" is nothing that a statement does`) {
		t.Error(err)
	}
	bad := (*queries.ParamError)(nil)
	if err := s.fails("lacking", "country=Nowhereland"); !errors.As(err, &bad) || bad.Column != "country" {
		t.Error(err)
	}
}

// TestNearbyIsContested: a row of what lies near an event, or of who lacks something, is contested where what it says
// is, or a link by which it belongs to what was asked around (law 9).
func TestNearbyIsContested(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "nearby"}, strings.Split(strings.TrimSpace(nearbyCase), "\n")...)
	s.load(loader.Options{Dataset: "denials"},
		`{"relation":"subordinate_to","from":"orbat:nearby/#north","to":"orbat:nearby/#bde","assertion":"denied"}`,
		`{"relation":"commands","from":"orbat:nearby/#c","to":"orbat:nearby/#guest","assertion":"denied"}`)
	files := fstest.MapFS{}
	for name, text := range map[string]string{"nearby": nearbyQuestion, "lacking": lackingQuestion, "homeless": homelessQuestion} {
		files[name+".dql"] = &fstest.MapFile{Data: []byte(text)}
	}
	if errs := s.Library.Add(files, "mine"); len(errs) > 0 {
		t.Fatal(errs)
	}
	for args, want := range map[string]string{
		"nearby|event=Treaty|certain=true":       "ended | Ada | North | 15 |\nbegan | Ada | South | 16 |",
		"nearby|event=Treaty|unit=Brigade":       "ended | Ada | North | 15 |  | contested",
		"lacking|as_of=2014-06-15|certain=true":  "Guest | Cid |  |  | contested\nNorth | Xan |  |",
		"homeless|unit=Brigade|as_of=2013-06-15": "Brigade |  |\nNorth |  |  | contested\nSouth |  |",
	} {
		words := strings.Split(args, "|")
		result := s.ask(words[0], words[1:]...)
		if got := cells(result, result.Columns...); got != trimCells(want) {
			t.Errorf("%s: %d contested\n%s\nwant\n%s", args, result.Contested, got, want)
		}
	}
}

// trimCells drops empty cells at the ends of lines, as cells does.
func trimCells(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " |")
	}
	return strings.Join(lines, "\n")
}
