package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"orbat/schema"
)

// threadOf writes posts one after another, each an author, a day and a text, in which «name|words» quotes somebody.
func threadOf(t *testing.T, posts ...[3]string) (content string, parts []Part) {
	t.Helper()
	var b strings.Builder
	at := func() int { return utf8.RuneCountInString(b.String()) }
	b.WriteString("Bridges on the Aske\n\n")
	for _, p := range posts {
		post := len(parts)
		parts = append(parts, Part{Begin: at(), Author: p[0], Published: p[1]})
		before, quote, quotes := strings.Cut(p[2], "«")
		b.WriteString(before)
		if quotes {
			name, rest, _ := strings.Cut(quote, "|")
			words, after, _ := strings.Cut(rest, "»")
			begin := at()
			b.WriteString(words)
			parts = append(parts, Part{Begin: begin, End: at(), Author: name, Quote: true})
			b.WriteString("\n\n" + after)
		}
		parts[post].End = at()
		b.WriteString("\n\n")
	}
	return b.String(), parts
}

// readThread returns the statements of a relation in posts, each with its period or value.
func readThread(t *testing.T, relation string, posts ...[3]string) (said []string) {
	t.Helper()
	content, parts := threadOf(t, posts...)
	for _, s := range readText(t, content, Options{Published: "2024-06-30", Parts: parts, Board: "ridge.example"}).Statements {
		if s.Relation == relation {
			said = append(said, strings.TrimSpace(s.String()+" "+s.Period))
		}
	}
	return said
}

// What a post says is its author's word, unless he names whose it is; what he quotes is the word of whom he quotes.
func TestPostsAreTheirAuthors(t *testing.T) {
	const commands = "Gen. Anna Holm commands the 7th Division."
	for name, c := range map[string]struct {
		posts [][3]string
		want  string
	}{
		"his own word":           {[][3]string{{"orla", "2024-03-05", commands}}, " says orla"},
		"nobody's":               {[][3]string{{"", "2024-03-05", commands}}, ""},
		"quoted of another":      {[][3]string{{"orla", "2024-03-05", "«hale_7|" + commands + "»I doubt that."}}, " says hale_7"},
		"quoted of nobody":       {[][3]string{{"orla", "2024-03-05", "«|" + commands + "»I doubt that."}}, " (reported)"},
		"after a quote":          {[][3]string{{"orla", "2024-03-05", "«hale_7|Who is it?»" + commands}}, " says orla"},
		"in the second post":     {[][3]string{{"orla", "2024-03-05", "Who is it?"}, {"hale_7", "2024-03-06", commands}}, " says hale_7"},
		"of somebody he names":   {[][3]string{{"orla", "2024-03-05", "The Ministry of Defence said that " + commands}}, " says Ministry of Defence"},
		"\"he\" of another post": {[][3]string{{"orla", "2024-03-05", "I met Gen. Anna Holm."}, {"x", "2024-03-06", "She commands the 7th Division."}}, "none"},
	} {
		got := "none"
		if said := readThread(t, "commands", c.posts...); len(said) > 0 {
			_, got, _ = strings.Cut(said[0], "7th Division")
			got = strings.TrimPrefix(got, " role=commander")
		}
		if got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

// "Yesterday" is the day before the post's own, and no day in a quote or in a post that has none.
func TestDaysOfPosts(t *testing.T) {
	const strike = "An airstrike by the 7th Division killed Boko Haram fighters in Bama yesterday."
	said := readThread(t, "date",
		[3]string{"orla", "2024-03-05", strike},
		[3]string{"hale_7", "2024-03-09", "An airstrike by the 8th Division killed Boko Haram fighters in Gwoza yesterday."},
		[3]string{"tamm", "", "An airstrike by the 9th Division killed Boko Haram fighters in Kano yesterday."},
		[3]string{"brandt", "2024-03-20", "«orla|An airstrike by the 10th Division killed Boko Haram fighters in Jos yesterday.»Indeed."},
	)
	all := strings.Join(said, "\n")
	for _, want := range []string{
		"2024-03-04 says orla", "2024-03-08 says hale_7", "Kano” date yesterday says tamm", "Jos” date yesterday says orla",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in\n%s", want, all)
		}
	}
	for _, wrong := range []string{"2024-06-29", "2024-03-19", "says brandt"} {
		if strings.Contains(all, wrong) {
			t.Errorf("%q is in\n%s", wrong, all)
		}
	}
}

// An author is an account of the board: the same in all its threads, and in no other board's.
func TestAccounts(t *testing.T) {
	account := func(board, content, author string) schema.Ref {
		parts := []Part{{End: utf8.RuneCountInString(content), Author: author, Published: "2024-03-05"}}
		var found []*schema.Record
		for _, r := range readText(t, content, Options{Parts: parts, Board: board}).Records(schema.Ref{ID: "page"}, "d") {
			if r.Subject.Type == "Account" {
				found = append(found, r)
			} else if r.Kind == schema.RelationRecord && r.AttributedTo.ID == "" {
				t.Errorf("%+v is nobody's", r)
			}
		}
		if len(found) != 1 || found[0].Values["handle"][0].Text != author || (board == "") != (found[0].Values["platform"] == nil) {
			t.Fatalf("%+v", found)
		}
		if _, err := found[0].Subject.Absolute("d"); err != nil {
			t.Error(err)
		}
		return found[0].Subject
	}
	const one, two = "Gen. Anna Holm commands the 7th Division.", "Gen. Bo Baker commands the 8th Division."
	if a, b := account("ridge.example", one, "Orla: 7"), account("ridge.example", two, "orla: 7"); a != b {
		t.Errorf("%v and %v", a, b)
	}
	if a, b := account("ridge.example", one, "orla"), account("vale.example", one, "orla"); a == b {
		t.Errorf("of two boards %v", a)
	}
	if a, b := account("", one, "orla"), account("", two, "orla"); a == b {
		t.Errorf("of two pages of nobody knows which board %v", a)
	}
}

// What a document says of its posts is read as it writes it; what is no such list is an error.
func TestPostsOfDocuments(t *testing.T) {
	parts, err := Posts(`[{"begin":2,"end":9,"author":"a","date":"2024-03-05","quotes":[{"begin":3,"end":5,"author":"b"}]},{"begin":9,"end":12}]`)
	want := []Part{{2, 9, "a", "2024-03-05", false}, {3, 5, "b", "", true}, {9, 12, "", "", false}}
	if err != nil || len(parts) != 3 || parts[0] != want[0] || parts[1] != want[1] || parts[2] != want[2] {
		t.Errorf("%+v %v", parts, err)
	}
	if _, err := Posts(`{"begin":2}`); err == nil {
		t.Error("no error")
	}
}
