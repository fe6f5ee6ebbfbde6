package loader

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"orbat/schema"
)

// article is a text of numbered sentences, and where each stands.
type article struct {
	text string
	at   map[int]int    // code points
	said map[int]string // the sentences
}

// sentence returns the sentence of a number as an article has it.
func sentence(n int, how string) string {
	s := fmt.Sprintf("“Person %02d” of Syria commands unit %02d today.", n, n)
	switch how {
	case "changed":
		return strings.Replace(s, "today", "no more", 1)
	case "respelt":
		return strings.NewReplacer("“", `"`, "”", `"`, "commands", " Commands").Replace(s)
	}
	return s
}

// newArticle returns the article of sentences, each in its way.
func newArticle(numbers []int, how map[int]string) *article {
	a := &article{at: map[int]int{}, said: map[int]string{}}
	for i, n := range numbers {
		if i > 0 {
			a.text += []string{"\n\n", " ", "\r\n"}[n%3]
		}
		a.at[n], a.said[n] = utf8.RuneCountInString(a.text), sentence(n, how[n])
		a.text += a.said[n]
	}
	return a
}

// passageKind is a way to cite what a sentence says.
type passageKind struct {
	part  string // of the sentence
	quote bool
	span  bool
}

// passageKinds are the ways, for the sentence of a number.
func passageKinds(n int) []passageKind {
	whole := sentence(n, "")
	return []passageKind{
		{whole, true, true},
		{whole, true, false},
		{"Syria", true, true},
		{fmt.Sprintf("unit %02d", n), false, true},
		{fmt.Sprintf("“Person %02d”", n), true, true},
	}
}

// citing returns a statement that cites a part of a sentence as a version of the article has it; false: it has it no
// more. What is found in another spelling keeps its quote.
func (a *article) citing(dataset string, n, kind int, also ...schema.Cite) (*schema.Record, bool) {
	k := passageKinds(n)[kind]
	cite := schema.Cite{Source: schema.Ref{XID: "doc:a"}}
	if k.quote {
		cite.Quote = k.part
	}
	found := false
	for _, how := range []string{"", "respelt"} {
		part := k.part
		if how != "" {
			part = strings.NewReplacer("“", `"`, "”", `"`, "commands", " Commands").Replace(part)
		}
		if at := strings.Index(a.said[n], part); at >= 0 && part != "" && !found {
			found = true
			if begin := a.at[n] + utf8.RuneCountInString(a.said[n][:at]); k.span {
				cite.Begin, cite.End = fmt.Sprint(begin), fmt.Sprint(begin+utf8.RuneCountInString(part))
			}
		}
	}
	record := says(dataset, fmt.Sprint("Person ", n), fmt.Sprint("Unit ", n), append([]schema.Cite{cite}, also...)...)
	record.Values = map[string][]schema.Value{"role": {{Text: fmt.Sprint("role ", kind)}}}
	return record, found
}

// Laws 1, 9 and 10: a document that is read again is as if its later version had been loaded, with what was said of the
// former where it now stands; what is gone from it stands as it was; a rejection goes with its statement; and it is the
// same wherever it was killed.
func TestReread(t *testing.T) {
	for _, seed := range seeds(t, 1) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			r := rand.New(rand.NewPCG(seed, 22))
			var numbers []int
			for n := range 24 {
				numbers = append(numbers, n)
			}
			how := map[int]string{2: "respelt", 5: "gone", 8: "changed", 12: "respelt", 15: "gone", 18: "changed"}
			first := newArticle(numbers, nil)
			var later []int
			for _, n := range []int{90, 0, 1, 2, 3, 4, 6, 91, 92, 7, 8, 9, 21, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 22, 23} {
				if how[n] != "gone" {
					later = append(later, n)
				}
			}
			second := newArticle(later, how) // sentences are new, gone, changed, spelt otherwise and moved
			before, after := page("one", "doc:a", first.text), page("one", "doc:a", second.text)
			var v1, v2, decisions []*schema.Record
			lost := 0
			for _, n := range numbers {
				for kind := range passageKinds(n) {
					if r.IntN(3) == 0 {
						continue
					}
					var also []schema.Cite
					if r.IntN(4) == 0 {
						also = []schema.Cite{quotes("doc:b", "as well")}
					}
					was, _ := first.citing("one", n, kind, also...)
					is, found := second.citing("one", n, kind, also...)
					if !found {
						lost++
						copied := *was
						is = &copied
						if kind == 3 { // a span alone is given its quote
							is.Cites = append([]schema.Cite{was.Cites[0]}, was.Cites[1:]...)
							is.Cites[0].Quote = passageKinds(n)[kind].part
						}
					}
					v1, v2 = append(v1, was), append(v2, is)
					if r.IntN(3) == 0 {
						rejected := Decision{Kind: schema.Reject, Claim: b.keyOf(was), By: "ann", At: "2026-01-01T00:00:00Z"}
						decisions = append(decisions, rejected.Record())
						rejected.Claim = b.keyOf(is)
						decisions = append(decisions, rejected.Record())
					}
				}
			}
			others := append(page("two", "doc:a", first.text), page("one", "doc:b", "This as well.")...)
			elsewhere, _ := first.citing("two", 7, 0)
			others = append(others, elsewhere)
			onlyBefore := slices.DeleteFunc(slices.Clone(decisions), func(d *schema.Record) bool {
				return !slices.ContainsFunc(v1, func(r *schema.Record) bool { return b.keyOf(r) == d.Value })
			})
			b.load(shuffled(r, slices.Concat(before, v1, others, onlyBefore)), Options{})
			b.holds("loaded", expected(t, b.Ontology, nil, before, v1, others, onlyBefore))

			b.killed(r, func(ctx context.Context, l *Loader) error {
				_, err := l.Reread(ctx, sequence(after), RereadOptions{Dataset: "one"})
				return err
			})
			want := expected(t, b.Ontology, nil, after, v2, others, decisions)
			b.holds("read again", want)
			again, err := b.Reread(t.Context(), sequence(after), RereadOptions{Dataset: "one"})
			if err != nil || again.Claims.Created+again.Claims.Retracted+again.Anchored+again.Carried != 0 || len(again.Lost) != lost {
				t.Errorf("read again unchanged: %+v of %d, %v", again, lost, err)
			}
			b.holds("read again unchanged", want)
			checked, err := b.CheckWith(t.Context(), CheckOptions{Evidence: true})
			if err != nil || checked.Evidence.Moved+checked.Evidence.Missing != lost {
				t.Errorf("%+v, %v; %d are lost", checked.Evidence, err, lost)
			}

			back, err := b.Reread(t.Context(), sequence(before), RereadOptions{Dataset: "one"})
			if err != nil || len(back.Lost) != 0 {
				t.Errorf("the first version again: %+v, %v", back, err)
			}
			for i, n := range v2 { // what was lost as a span alone has kept its quote
				if strings.HasPrefix(n.Cites[0].Quote, "unit") {
					v1[i] = n
				}
			}
			b.holds("the first version again", expected(t, b.Ontology, nil, before, v1, others, decisions))
		})
	}
}

// A document that its data set does not have is refused, as are records of several; a text without an address is named.
func TestRereadRefuses(t *testing.T) {
	b := newBench(t)
	first, second := page("one", "", "A text of the 5th Brigade."), page("one", "", "Later: a text of the 5th Brigade.")
	b.load(first, Options{})
	want := b.canonical()
	for what, c := range map[string]struct {
		records []*schema.Record
		opts    RereadOptions
	}{
		"unknown":             {page("one", "doc:c", "x"), RereadOptions{Dataset: "one"}},
		"of no address":       {second, RereadOptions{Dataset: "one"}},
		"in another data set": {slices.Clone(page("", "doc:c", "x")), RereadOptions{}},
		"no document":         {[]*schema.Record{says("one", "Ann", "1 Brigade")}, RereadOptions{Dataset: "one"}},
	} {
		if _, err := b.Reread(t.Context(), sequence(c.records), c.opts); !errors.As(err, new(*NoSourceError)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	two := append(page("one", "doc:c", "x"), page("one", "doc:d", "y")...)
	if _, err := b.Reread(t.Context(), sequence(two), RereadOptions{Dataset: "one"}); !errors.As(err, new(*ManySourcesError)) {
		t.Errorf("two documents: %v", err)
	}
	b.holds("refused", want)
	xid, err := first[len(first)-1].Subject.Absolute("one")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Reread(t.Context(), sequence(second), RereadOptions{Dataset: "one", Source: xid}); err != nil {
		t.Fatal(err)
	}
	later := *second[len(second)-1]
	later.Subject = schema.Ref{Type: "Source", XID: xid}
	b.holds("named", expected(t, b.Ontology, nil, second[:1], []*schema.Record{&later}))
}

// Law 10: what is read of a document replaces what was read of it before, and a rejection holds for the statement that
// says the same of the same passage, however sure of it the later reading is, and for one that is read again later.
func TestRereadReplaces(t *testing.T) {
	b := newBench(t)
	read := func(a *article, confidence string, numbers ...int) (records []*schema.Record) {
		for _, n := range numbers {
			record, _ := a.citing("one", n, 0)
			record.Method, record.Confidence = "reader", confidence
			records = append(records, record)
		}
		return records
	}
	byReader := func(c *schema.Claim) bool { return c.Method == "reader" }
	first := newArticle([]int{1, 2, 3, 4, 5, 6}, nil)
	second := newArticle([]int{9, 1, 2, 3, 4, 6}, map[int]string{2: "respelt"})
	third := newArticle([]int{1, 2, 3, 4, 6}, nil)
	hand, _ := first.citing("one", 4, 2)
	handLater, _ := second.citing("one", 4, 2)
	handLast, _ := third.citing("one", 4, 2)
	v1 := read(first, "60", 1, 2, 3, 5)
	v2, v3 := read(second, "70", 1, 2, 4, 9), read(third, "80", 1, 2, 3)
	before, after, last := page("one", "doc:a", first.text), page("one", "doc:a", second.text), page("one", "doc:a", third.text)
	rejects := func(records ...*schema.Record) (decisions []*schema.Record) {
		for _, record := range records {
			rejected := Decision{Kind: schema.Reject, Claim: b.keyOf(record), By: "ann", At: "2026-01-01T00:00:00Z"}
			decisions = append(decisions, rejected.Record())
		}
		return decisions
	}
	decided := rejects(v1...)
	b.load(slices.Concat(before, v1, []*schema.Record{hand}, decided), Options{})
	r := rand.New(rand.NewPCG(1, 22))
	var result *Rereading
	b.killed(r, func(ctx context.Context, l *Loader) (err error) {
		result, err = l.Reread(ctx, sequence(slices.Concat(after, v2)), RereadOptions{Dataset: "one", Replaces: byReader})
		return err
	})
	if len(result.Lost) != 1 || !result.Lost[0].Rejected || !result.Lost[0].Replaced || result.Statements != 1 {
		t.Errorf("%+v", result)
	}
	decided = append(decided, rejects(v2[:2]...)...)
	b.holds("read again", expected(t, b.Ontology, nil, after, v2, []*schema.Record{handLater}, decided))
	if _, err := b.Reread(t.Context(), sequence(slices.Concat(last, v3)), RereadOptions{Dataset: "one", Replaces: byReader}); err != nil {
		t.Fatal(err)
	}
	decided = append(decided, rejects(v3...)...) // the third statement, which the second reading did not make
	b.holds("and again", expected(t, b.Ontology, nil, last, v3, []*schema.Record{handLast}, decided))
	v4 := read(third, "90", 1, 6) // from the text that is kept
	if _, err := b.Reread(t.Context(), sequence(v4), RereadOptions{Dataset: "one", Source: "doc:a", Replaces: byReader}); err != nil {
		t.Fatal(err)
	}
	decided = append(decided, rejects(v4[0])...)
	b.holds("from what is kept", expected(t, b.Ontology, nil, last, v4, []*schema.Record{handLast}, decided))
}
