package queries_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// textLines are the records of a document with its text.
func textLines(t *testing.T, dataset, xid, title, text string) (lines []string) {
	t.Helper()
	whole := schema.NewText(text)
	for _, p := range whole.Pieces() {
		lines = append(lines, string(p.AppendJSON(nil, dataset)))
	}
	source, err := json.Marshal(map[string]any{
		"dataset": dataset, "type": "Source", "xid": xid, "title": title, "text_sha256": whole.SHA256,
		"text_length": utf8.RuneCountInString(text),
	})
	if err != nil {
		t.Fatal(err)
	}
	return append(lines, string(source))
}

// text-in-evidence finds sentences in kept texts, too: wherever they were cut into pieces, with the claims that quote
// them, and none that what is above a limit cites.
func TestTextInEvidence(t *testing.T) {
	s := newSession(t)
	const first = "The 5th Brigade moved to Bama. It had harassed traders of Bama before.\n\nMüller stayed."
	filler := strings.Repeat("Nothing else was said. ", schema.MaxPiece/23)
	filler += strings.Repeat("x", schema.MaxPiece-len(filler)-4-2) + "\n\n" // "Brig" ends the first piece
	long := filler + "Brigade crossed the river é."
	if pieces := schema.NewText(long).Pieces(); len(pieces) != 2 || !strings.HasSuffix(pieces[0].Content, "\n\nBrig") {
		t.Fatal("the word is not cut")
	}
	lines := slices.Concat(textLines(t, "press", "t:first", "First", first), textLines(t, "books", "t:long", "Long", long))
	s.load(loader.Options{}, lines...)
	s.load(loader.Options{NoText: true}, textLines(t, "thin", "t:thin", "Thin", "A brigade that nobody keeps.")...)
	s.load(loader.Options{Dataset: "press"},
		`{"type":"Unit","xid":"t:u","name":"U"}`, `{"type":"Person","xid":"t:p","name":"P"}`, `{"type":"Person","xid":"t:q","name":"Q"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","sources":[{"source":"t:first","quote":"harassed traders of Bama"}]}`,
		`{"relation":"posted_to","from":"t:p","to":"t:u","sources":[{"source":"t:first","quote":"traders were harassed"}]}`,
	)
	rows := func(r *queries.Result) string {
		var list []string
		for i := range r.Rows {
			cells := map[string]string{}
			for c, name := range r.Columns {
				cells[name] = r.Rows[i][c]
			}
			list = append(list, strings.TrimRight(strings.Join([]string{
				cells["quote"], cells["sentence"], cells["source"], cells["what"], cells["document"], cells["span"], cells["possible"],
			}, "|"), "|"))
		}
		return strings.Join(list, "\n")
	}
	at := utf8.RuneCountInString(filler)
	crossed := fmt.Sprintf("|“Brigade crossed the river é.”|Long||t:long|%d-%d", at, at+28)
	moved := "|“The 5th Brigade moved to Bama.”|First||t:first|0-30"
	harassed := "“harassed traders of Bama”|“It had harassed traders of Bama before.”|First|commands|t:first|31-70"
	for _, c := range []struct {
		asked []string
		want  string
	}{
		{[]string{"text=brigade cross"}, crossed},
		{[]string{"text=river brig"}, crossed},
		{[]string{`text="brigade crossed"`}, crossed},
		{[]string{"text=brig moved"}, moved},
		{[]string{"text=muller"}, "|“Müller stayed.”|First||t:first|72-86"},
		{[]string{"text=harass bama"}, harassed},
		{[]string{"text=harass trader"}, harassed + "\n“traders were harassed”||First|posted_to|t:first"},
		{[]string{"text=brigade", "dataset=press"}, moved},
		{[]string{"text=brigade", "dataset=thin"}, ""},
		{[]string{"text=brigade", "min_confidence=10"}, ""},
		{[]string{"text=brig moved", "as_of=2015"}, moved + "|possibly"},
		{[]string{"text=brig moved", "as_of=2015", "certain=true"}, ""},
	} {
		r := s.ask("text-in-evidence", c.asked...)
		got := strings.Split(rows(r), "\n")
		slices.Sort(got)
		want := strings.Split(c.want, "\n")
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%v:\n%s\nwant\n%s", c.asked, strings.Join(got, "\n"), c.want)
		}
		named := slices.Contains(r.Notes, "Not searched, since their texts are not kept: Thin.")
		if limited := slices.Contains(c.asked, "dataset=press") || slices.Contains(c.asked, "min_confidence=10"); named == limited {
			t.Errorf("%v: %v", c.asked, r.Notes)
		}
	}
	if r := s.ask("text-in-evidence", "text=brigade", "limit=1"); len(r.Rows) != 1 || !r.Truncated {
		t.Errorf("%d rows, %v", len(r.Rows), r.Truncated)
	}

	// Up to a limit it is asked for as if nobody kept what is cited from above it.
	limited := func(text string) string {
		r := s.ask("text-in-evidence", "text="+text, "max_marking=TLP:GREEN")
		return rows(r) + fmt.Sprint(r.Truncated, r.Notes)
	}
	if got := limited("brigade"); !strings.Contains(got, moved) || !strings.Contains(got, crossed) {
		t.Errorf("nothing is marked: %s", got)
	}
	s.load(loader.Options{Dataset: "red"},
		`{"relation":"commands","from":"t:q","to":"t:u","marking":"TLP:RED","sources":[{"source":"t:first","quote":"The 5th Brigade"}]}`)
	if got := limited("brigade"); strings.Contains(got, moved) || !strings.Contains(got, crossed) {
		t.Errorf("cited from above the limit: %s", got)
	}
	if got := limited("harass bama"); strings.Contains(got, "31-70") ||
		!strings.Contains(got, "“harassed traders of Bama”||First|commands") {
		t.Errorf("cited from above the limit: %s", got)
	}
	got := rows(s.ask("text-in-evidence", "text=5th brigade"))
	if !strings.HasPrefix(got, "“The 5th Brigade”|“The 5th Brigade moved to Bama.”") {
		t.Errorf("without a limit: %s", got)
	}
}

// Documents of one text share what is cited of it: what is above a limit and cites one of them hides the text of all,
// whatever text that document shows, though its description was rejected, and though others take it for something else.
func TestDocumentsOfOneText(t *testing.T) {
	s := newSession(t)
	const x, y, z, v = "The brigade left Bama.", "The brigade left Yola.", "The brigade left Zaria.", "The brigade left Vom."
	s.load(loader.Options{}, slices.Concat(
		textLines(t, "press", "t:x", "X", x), textLines(t, "press", "t:y", "Y", y), textLines(t, "press", "t:z", "Z", z),
		textLines(t, "press", "t:both", "Both", x), textLines(t, "press", "t:both", "Both", y), // it shows one of them
		textLines(t, "press", "t:wrong", "Wrong", z),
		textLines(t, "press", "t:v", "V", v), textLines(t, "press", "t:paper", "Paper", v), // others call that an organisation
		[]string{`{"dataset":"books","type":"Organisation","xid":"t:paper","name":"Paper","confidence":90}`},
		textLines(t, "press", "t:free", "Free", "The brigade left Jos."),
	)...)
	lines := textLines(t, "press", "t:wrong", "Wrong", z)
	s.load(loader.Options{}, `{"decision":"reject","claim":"`+s.claims(lines[len(lines)-1:])[0].Key()+`","by":"me","why":"test"}`)
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	limited := *s.Runner
	limited.MaxMarking = limit
	kept := func() string {
		var list []string
		for _, xid := range []string{"t:free", "t:v", "t:x", "t:y", "t:z"} {
			d, err := limited.Document(t.Context(), xid)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Texts) != 1 || d.Texts[0].Kept != (d.Texts[0].Text != "") {
				t.Errorf("%s: %+v", xid, d.Texts)
			}
			var out strings.Builder
			if err := limited.WriteText(t.Context(), &out, xid, "", ""); (err == nil) != d.Texts[0].Kept {
				t.Errorf("the text of %s: %v, %q", xid, err, out.String())
			}
			if d.Texts[0].Kept {
				list = append(list, xid)
			}
		}
		found, err := limited.Run(t.Context(), "text-in-evidence", params("text=brigade left"), queries.Ask{})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(list, len(found.Rows))
	}
	if got := kept(); got != "[t:free t:v t:x t:y t:z] 5" {
		t.Errorf("nothing is marked: %s", got)
	}
	s.load(loader.Options{Dataset: "red"}, `{"type":"Unit","xid":"t:u","name":"U"}`, `{"type":"Person","xid":"t:p","name":"P"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","marking":"TLP:RED","sources":[{"source":"t:both"},{"source":"t:wrong"},`+
			`{"source":"t:paper"}]}`)
	if got := kept(); got != "[t:free] 1" {
		t.Errorf("cited from above the limit: %s", got)
	}
}

// The index of texts narrows what a search reads, and never what it finds: answers are the same without it.
func TestTextsWithoutTheirIndex(t *testing.T) {
	s := newSession(t)
	r := rand.New(rand.NewPCG(22, 3))
	vocabulary := strings.Fields("Bama bamako BÂMA commander command commandé community É élan ﬁght fighter 5th 5 旅长在北京 旅长 бригада " +
		"Бригадный U.S. it’s x_y 12-й O’Neil Σίσυφος ΣΊΣΥΦΟΣ ab a")
	some := func(most int, between ...string) string {
		var b strings.Builder
		for range 1 + r.IntN(most) {
			b.WriteString(vocabulary[r.IntN(len(vocabulary))] + between[r.IntN(len(between))])
		}
		return b.String()
	}
	var lines []string
	for i := range 60 {
		lines = append(lines, textLines(t, []string{"press", "books"}[i%2], fmt.Sprintf("t:%d", i), fmt.Sprintf("T%d", i),
			some(30, " ", " ", " ", ". ", "\n\n", "-", ""))...)
	}
	s.load(loader.Options{}, lines...)
	var questions [][]string
	for i := range 60 {
		asked := []string{"text=" + some(2, " ", "")}
		switch i % 5 {
		case 0:
			asked[0] = `text="` + some(2, " ") + `"`
		case 1:
			words := []rune(some(1, ""))
			asked[0] = "text=" + string(words[:1+r.IntN(len(words))])
		case 2:
			asked = append(asked, "dataset=press")
		case 3:
			asked = append(asked, "limit=2")
		}
		questions = append(questions, asked)
	}
	answers := func() (list []string) {
		for _, asked := range questions {
			answer, err := json.Marshal(s.ask("text-in-evidence", asked...))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, fmt.Sprint(asked)+string(answer))
		}
		return list
	}
	with := answers()
	var found struct{ Q []struct{ UID string } }
	answer, err := s.loader.DB.NewReadOnlyTxn().Query(t.Context(), "{ q(func: has(text.words)) { uid } }")
	if err == nil {
		err = json.Unmarshal(answer.GetJson(), &found)
	}
	if err != nil || len(found.Q) < 50 {
		t.Fatalf("%d texts have an index: %v", len(found.Q), err)
	}
	m := &api.Mutation{CommitNow: true}
	for _, n := range found.Q {
		m.DelNquads = append(m.DelNquads, "<"+n.UID+"> <text.words> * .\n"...)
	}
	if _, err := s.loader.DB.NewTxn().Mutate(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	hits := 0
	for i, without := range answers() {
		if with[i] != without {
			t.Errorf("with the index %s\nwithout it %s", with[i], without)
		}
		if strings.Contains(without, "“") {
			hits++
		}
	}
	if hits < 20 {
		t.Errorf("only %d questions find anything", hits)
	}
}
