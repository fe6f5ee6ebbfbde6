package assertion_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"orbat/loader/text/assertion"
	"orbat/loader/text/token"
)

// trigger returns the place of a trigger, given in code points, in the sentences of a text.
func trigger(t *testing.T, sentences []token.Sentence, begin, end int) (sentence, first, last int) {
	t.Helper()
	for n, s := range sentences {
		first = slices.IndexFunc(s.Tokens, func(k token.Token) bool { return k.RuneEnd > begin })
		if s.RuneEnd <= begin || first < 0 {
			continue
		}
		last = first
		for last < len(s.Tokens) && s.Tokens[last].RuneBegin < end {
			last++
		}
		return n, first, last
	}
	t.Fatalf("no token at %d-%d", begin, end)
	return 0, 0, 0
}

// speaker returns the words of a named speaker.
func speaker(text string, sentences []token.Sentence, s assertion.Speaker) string {
	if !s.Named {
		return ""
	}
	tokens := sentences[s.Sentence].Tokens
	return text[tokens[s.Begin].Begin:tokens[s.End-1].End]
}

// heldFloor is the least share of the sentences set aside that must be right.
const heldFloor = 0.78

// score counts what was right.
type score struct{ statements, right, speakers, spoken int }

func (s score) share() float64 { return float64(s.right) / float64(max(1, s.statements)) }

// judge compares the readings of a file with those of a careful reader. A file that is set aside shows its figures
// only.
func judge(t *testing.T, path string, silent bool) (total score) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var item struct {
			ID, Text   string
			Statements []struct {
				Trigger    string
				Begin, End int
				Assertion  string
				Others     []string `json:"alt_assertions"`
				Speaker    string   `json:"attributed_to"`
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			t.Fatal("a line is no JSON")
		}
		sentences := token.Split(item.Text)
		p := assertion.New(sentences...)
		for _, want := range item.Statements {
			n, begin, end := trigger(t, sentences, want.Begin, want.End)
			r := p.At(n, begin, end)
			got := string(r.Assertion)
			if got == "" {
				got = "none"
			}
			total.statements++
			if got == want.Assertion || slices.Contains(want.Others, got) {
				total.right++
			} else if !silent {
				t.Logf("%s: %q: %s, want %s %v (%s): %s", item.ID, want.Trigger, got, want.Assertion, want.Others, r.Rule, item.Text)
			}
			total.speakers++
			if who := speaker(item.Text, sentences, r.Speaker); strings.EqualFold(who, want.Speaker) {
				total.spoken++
			} else if !silent {
				t.Logf("%s: %q: said by %q, want %q: %s", item.ID, want.Trigger, who, want.Speaker, item.Text)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return total
}

func TestOpenSentences(t *testing.T) {
	total := judge(t, filepath.Join("..", "testdata", "assertion", "open.ndjson"), false)
	t.Logf("%d of %d, speakers %d of %d", total.right, total.statements, total.spoken, total.speakers)
	if total.share() < .95 {
		t.Errorf("%.3f are right", total.share())
	}
}

// Half of the sentences is set aside: what a failure shows is figures alone.
func TestHeldSentences(t *testing.T) {
	total := judge(t, filepath.Join("..", "testdata", "assertion", "held.ndjson"), true)
	t.Logf("%d of %d, speakers %d of %d", total.right, total.statements, total.spoken, total.speakers)
	if total.share() < heldFloor {
		t.Errorf("%.3f are right", total.share())
	}
}

func TestConstructions(t *testing.T) {
	for _, test := range []struct {
		file   string
		share  float64
		silent bool // what is wrong is not told: no rule is written for it
	}{{"constructions.txt", .95, false}, {"others.txt", .8, false}, {"press-open.txt", .92, false}, {"press-held.txt", .8, true}} {
		t.Run(test.file, func(t *testing.T) {
			right, all := judgeAll(t, test.file, test.silent)
			t.Logf("%d of %d", right, all)
			if float64(right) < float64(all)*test.share {
				t.Errorf("%d of %d are right", right, all)
			}
		})
	}
}

// judgeAll returns how many of the marked triggers of a file are put as it says, of how many.
func judgeAll(t *testing.T, file string, silent bool) (right, all int) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.SplitN(line, " | ", 3)
		if len(fields) != 3 {
			t.Fatalf("%q", line)
		}
		want, who, marked := strings.Split(fields[0], "/"), strings.TrimSpace(fields[1]), fields[2]
		text := strings.NewReplacer("[", "", "]", "").Replace(marked)
		before, rest, _ := strings.Cut(marked, "[")
		inside, _, _ := strings.Cut(rest, "]")
		begin := utf8.RuneCountInString(before)
		end := begin + utf8.RuneCountInString(inside)
		sentences := token.Split(text)
		n, first, last := trigger(t, sentences, begin, end)
		r := assertion.New(sentences...).At(n, first, last)
		got := string(r.Assertion)
		if got == "" {
			got = "none"
		}
		spoken := speaker(text, sentences, r.Speaker)
		if spoken == "" {
			spoken = "-"
		}
		all++
		if !slices.Contains(want, got) || got != "none" && !strings.EqualFold(spoken, who) {
			if !silent {
				t.Logf("%s by %s (%s), want %s by %s: %s", got, spoken, r.Rule, fields[0], who, marked)
			}
			continue
		}
		right++
	}
	return right, all
}

// Whatever the text, a reading is made of it, and in time that grows with its length alone.
func TestHostileTexts(t *testing.T) {
	for name, text := range map[string]string{
		"one cue":      strings.Repeat("said ", 20_000),
		"denials":      strings.Repeat("denied that it had not said ", 4_000),
		"relatives":    strings.Repeat(", who said that he, which", 4_000),
		"quotation":    strings.Repeat("\"", 40_000),
		"gaps":         strings.Repeat("accused blamed prevented ", 8_000),
		"commas":       strings.Repeat("killed, ", 20_000),
		"not UTF-8":    strings.Repeat("denied \xff\xfe killing ", 8_000),
		"no width":     strings.Repeat("de\u200bnied ", 8_000),
		"other script": strings.Repeat("отрицает «убийство» ", 8_000),
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			readAll(text)
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("%d bytes took %s", len(text), took)
			}
		})
	}
}

// readAll reads each token of a text as a trigger, sixteen sentences at a time.
func readAll(text string) {
	for chunk := range slices.Chunk(token.Split(text), 16) {
		p := assertion.New(chunk...)
		for n, s := range chunk {
			for i := range s.Tokens {
				p.At(n, i, i+1)
			}
		}
	}
}

func FuzzPassage(f *testing.F) {
	f.Add("“We killed two,” said Col. X, who denied that it was not true. The army called it fake.")
	f.Add("If, who; accused of not neither, was to have \"said\" that: which the army denied")
	f.Fuzz(func(_ *testing.T, text string) { readAll(text) })
}

func BenchmarkPassage(b *testing.B) {
	content, err := os.ReadFile(filepath.Join("testdata", "constructions.txt"))
	if err != nil {
		b.Fatal(err)
	}
	sentences := token.Split(string(content))
	tokens := 0
	for _, s := range sentences {
		tokens += len(s.Tokens)
	}
	for b.Loop() {
		for chunk := range slices.Chunk(sentences, 8) {
			p := assertion.New(chunk...)
			for n, s := range chunk {
				for i := 0; i < len(s.Tokens); i += 8 {
					p.At(n, i, i+1)
				}
			}
		}
	}
	b.ReportMetric(float64(tokens)*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}
