package text

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// A construction is a sentence of our own with what it says.
type construction struct {
	text string
	says []*saying
}

// saying is a statement by the names of its ends; an event is "*".
type saying struct {
	from, relation, to string
	optional, found    bool
}

func readConstructions(t testing.TB, path ...string) (list []construction) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		text, rest, _ := strings.Cut(line, "=>")
		c := construction{text: strings.TrimSpace(text)}
		for part := range strings.SplitSeq(rest, " ; ") {
			part = strings.TrimSpace(part)
			if part == "" {
				continue
			}
			bare := strings.TrimSuffix(strings.TrimPrefix(part, "("), ")")
			f := strings.Split(bare, ">")
			if len(f) != 3 {
				f = strings.Split(part, ">")
			}
			c.says = append(c.says, &saying{from: f[0], relation: f[1], to: f[2], optional: part[0] == '('})
		}
		list = append(list, c)
	}
	return list
}

func (w *saying) matches(s *Statement) bool {
	is := func(name string, e End) bool {
		if name == "*" || e.Entity == nil {
			return name == "*" && e.Event != nil
		}
		for _, form := range append([]string{e.Entity.Name}, e.Entity.Forms...) {
			if strings.TrimPrefix(schema.NormalName(form), "the ") == schema.NormalName(name) {
				return true
			}
		}
		return false
	}
	if !slices.Contains(strings.Split(w.relation, "|"), s.Relation) {
		return false
	}
	if from, to, several := strings.Cut(w.to, "|"); several {
		first, second := *w, *w
		first.to, second.to = from, to
		return first.matches(s) || second.matches(s)
	}
	if s.To == (End{}) {
		return is(w.from, s.From) && (strings.Contains(strings.ToLower(s.Text), strings.ToLower(w.to)) || s.Value == w.to)
	}
	both := w.relation == "opposes" || w.relation == "allied_with" || w.relation == "communicated_with"
	return is(w.from, s.From) && is(w.to, s.To) || both && is(w.to, s.From) && is(w.from, s.To)
}

// TestConstructions holds what is read of sentences in many constructions: nearly all of what they say, and hardly
// anything else.
func TestConstructions(t *testing.T) {
	for _, test := range []struct {
		path              []string
		recall, precision float64
		silent            bool // what was missed is not told: no rule is written for it
	}{
		{path: []string{"constructions.txt"}, recall: .92, precision: .97},
		{path: []string{"prose", "open.txt"}, recall: .5, precision: .9},
		{path: []string{"prose", "held.txt"}, recall: .5, precision: .9, silent: true},
		{path: []string{"prose", "press-open.txt"}, recall: .9, precision: .95},
		{path: []string{"prose", "press-held.txt"}, recall: .8, precision: .9, silent: true},
	} {
		t.Run(strings.Join(test.path, "-"), func(t *testing.T) {
			recall, precision := readAll(t, readConstructions(t, test.path...), test.silent)
			if recall < test.recall || precision < test.precision {
				t.Errorf("recall %.3f, precision %.3f", recall, precision)
			}
		})
	}
}

// readAll reads sentences and returns which share of what they say was found, and of what was found is right.
func readAll(t *testing.T, list []construction, silent bool) (recall, precision float64) {
	want, found, said, right := 0, 0, 0, 0
	for _, c := range list {
		var wrong []string
		for _, s := range readText(t, c.text, Options{Published: "2023-07-09"}).Statements {
			if s.Assertion != schema.Asserted {
				continue
			}
			said++
			ok := false
			for _, w := range c.says {
				if w.matches(s) {
					w.found, ok = true, true
				}
			}
			if ok {
				right++
			} else {
				wrong = append(wrong, "said "+s.String()+" ["+s.Rule+"]")
			}
		}
		for _, w := range c.says {
			switch {
			case w.optional:
				continue
			case w.found:
				found++
			default:
				wrong = append(wrong, "not found "+w.from+" "+w.relation+" "+w.to)
			}
			want++
		}
		if len(wrong) > 0 && !silent {
			t.Logf("%s: %s", c.text, strings.Join(wrong, "; "))
		}
	}
	recall, precision = float64(found)/float64(want), float64(right)/float64(said)
	t.Logf("recall %.3f (%d of %d), precision %.3f (%d of %d)", recall, found, want, precision, right, said)
	return recall, precision
}
