package loader

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// library generates documents and statements that cite some of them.
type library struct {
	r         *rand.Rand
	dataset   string
	documents int
}

func (l library) xid(i int) string { return fmt.Sprint("doc:", i) }

// pages returns the records of the documents, by document. Some have one text.
func (l library) pages() (pages [][]*schema.Record) {
	for i := range l.documents {
		text := fmt.Sprintf("Page %d of %s.\n\nCol. Ahmed Diri commands the brigade.", i, l.dataset)
		if i%3 == 2 {
			text = "A text that several pages have. Col. Ahmed Diri commands it."
		}
		pages = append(pages, page(l.dataset, l.xid(i), text))
	}
	return pages
}

func (l library) cites() (cites []schema.Cite) {
	for _, i := range l.r.Perm(l.documents)[:pick(l.r, 0, 1, 1, 2, 3)] {
		cites = append(cites, quotes(l.xid(i), pick(l.r, "", "Col. Ahmed Diri", "Gen. Nobody")))
	}
	return cites
}

func (l library) ref(kind string) schema.Ref {
	return schema.Ref{Type: kind, Name: fmt.Sprint(kind, " ", l.r.IntN(6))}
}

// statements returns statements: of posts, of ranks, of whom documents mention, of people with a country.
func (l library) statements(n int) (said []*schema.Record) {
	for range n {
		record := &schema.Record{Kind: schema.RelationRecord, Dataset: l.dataset, Values: map[string][]schema.Value{}}
		record.Cites, record.Assertion = l.cites(), pick(l.r, "", "", "denied", "reported")
		if l.r.IntN(5) == 0 {
			record.AttributedTo = pick(l.r, l.ref("Person"), schema.Ref{XID: l.xid(0)})
		}
		switch l.r.IntN(6) {
		case 0:
			record.Kind, record.Predicate, record.Subject = schema.ValueRecord, "rank", l.ref("Person")
			record.Value = pick(l.r, "Major", "Colonel")
		case 1:
			record.Predicate, record.Subject, record.Object = "mentions", schema.Ref{XID: l.xid(l.r.IntN(l.documents))}, l.ref("Person")
		case 2:
			record.Kind, record.Subject = schema.EntityRecord, l.ref("Person")
			record.Values["country"] = []schema.Value{{Text: pick(l.r, "NG", "DE")}}
		default:
			record.Predicate, record.Subject, record.Object = "commands", l.ref("Person"), l.ref("Unit")
			record.Values["role"] = []schema.Value{{Text: pick(l.r, "commander", "deputy")}}
		}
		said = append(said, record)
	}
	return said
}

// withoutSource returns statements as they would be without a document: what rests on it alone is gone, and what others
// say, too, they say alone.
func withoutSource(records []*schema.Record, xid string) (left []*schema.Record) {
	for _, record := range records {
		copied := *record
		copied.Cites = slices.DeleteFunc(slices.Clone(record.Cites), func(cite schema.Cite) bool { return cite.Source.XID == xid })
		named := len(copied.Cites) < len(record.Cites) || record.Subject.XID == xid || record.AttributedTo.XID == xid
		if !named || len(copied.Cites) > 0 {
			left = append(left, &copied)
		}
	}
	return left
}

// rejecting returns rejections of some of the claims that records make, one in so many.
func rejecting(b *bench, r *rand.Rand, records []*schema.Record, oneIn int) (decisions []*schema.Record) {
	b.t.Helper()
	for _, record := range records {
		if r.IntN(oneIn) == 0 {
			rejected := Decision{Kind: schema.Reject, Claim: b.keyOf(record), By: "ann", At: "2026-01-01T00:00:00Z"}
			decisions = append(decisions, rejected.Record())
		}
	}
	return decisions
}

// keyOf returns the key of the claim that a record makes first.
func (b *bench) keyOf(record *schema.Record) string {
	b.t.Helper()
	claims, err := Claims(b.Ontology, "", record)
	if err != nil {
		b.t.Fatal(err)
	}
	return claims[0].Key()
}

// carried returns the rejections that statements without a document have of those with it: of what all that become
// one are rejected for.
func carried(b *bench, before []*schema.Record, xid string, decisions []*schema.Record) (copies []*schema.Record) {
	rejected := map[string]*schema.Record{}
	for _, d := range decisions {
		rejected[d.Value] = d
	}
	accepted := map[string]bool{}
	for _, record := range before {
		for _, left := range withoutSource([]*schema.Record{record}, xid) {
			if rejected[b.keyOf(record)] == nil {
				accepted[b.keyOf(left)] = true
			}
		}
	}
	for _, record := range before {
		for _, left := range withoutSource([]*schema.Record{record}, xid) {
			key := b.keyOf(left)
			if d := rejected[b.keyOf(record)]; d != nil && !accepted[key] && rejected[key] == nil {
				copied := *d
				copied.Value = key
				copies = append(copies, &copied)
			}
		}
	}
	return copies
}

// killed runs an operation that is killed again and again, each time a little later, until it is done.
func (b *bench) killed(r *rand.Rand, run func(context.Context, *Loader) error) {
	b.t.Helper()
	for n := int64(1); ; n += 1 + r.Int64N(4) {
		ctx, kill := context.WithCancel(b.t.Context())
		db := &dying{DB: b.DB, kill: kill}
		db.left.Store(n)
		err := run(ctx, &Loader{DB: db, Ontology: b.Ontology})
		killed := ctx.Err() != nil
		kill()
		if err == nil && !killed {
			b.t.Logf("done with at most %d transactions at once", n)
			return
		}
		if err != nil && !killed || n > 500 {
			b.t.Fatalf("after %d transactions: %v", n, err)
		}
	}
}

// Laws 1, 9 and 14: a document that is removed was never loaded, wherever the removal is killed; what others say stays,
// and a rejection goes with its statement.
func TestRemoveSource(t *testing.T) {
	for _, seed := range seeds(t, 1) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			r := rand.New(rand.NewPCG(seed, 22))
			mine, theirs := library{r, "one", 6}, library{r, "two", 3}
			pages, said := mine.pages(), mine.statements(60)
			others := append(slices.Concat(theirs.pages()...), theirs.statements(15)...)
			decisions := rejecting(b, r, said, 4)
			all := slices.Concat(append(slices.Clone(pages), said, others)...)
			b.load(shuffled(r, append(slices.Concat(all, decisions), mine.statements(10)...)), Options{})
			mineAlone := append(slices.Concat(pages...), said...)
			b.load(shuffled(r, mineAlone), Options{Dataset: "one", Replace: true}) // so that there is history, too
			b.holds("loaded", expected(t, b.Ontology, nil, all, decisions))

			for n, i := range r.Perm(mine.documents) {
				xid := mine.xid(i)
				decisions = append(decisions, carried(b, said, xid, decisions)...)
				said, pages[i] = withoutSource(said, xid), nil
				if n < 2 {
					b.killed(r, func(ctx context.Context, l *Loader) error {
						_, err := l.RemoveSource(ctx, "one", xid, nil)
						if errors.As(err, new(*NoSourceError)) { // it was killed behind its end
							return nil
						}
						return err
					})
				} else if _, err := b.RemoveSource(t.Context(), "one", xid, nil); err != nil {
					t.Fatal(err)
				}
				want := expected(t, b.Ontology, nil, slices.Concat(pages...), said, others, decisions)
				b.holds("without "+xid, want)
				if n == 0 {
					_, err := b.RemoveSource(t.Context(), "one", xid, nil)
					if !errors.As(err, new(*NoSourceError)) {
						t.Errorf("removed again: %v", err)
					}
				}
			}
			b.load(mineAlone, Options{})
			b.load(nil, Options{Dataset: "one", Replace: true, AllowEmpty: true})
			b.holds("loaded again, and retracted", expected(t, b.Ontology, nil, others, decisions))
		})
	}
}

// What is not one document of one data set is refused, and nothing is removed; a data set of one document goes with it.
func TestRemoveSourceRefuses(t *testing.T) {
	b := newBench(t)
	one := append(page("one", "doc:a", "A text."), says("one", "Ann", "1 Brigade", quotes("doc:b", "b")))
	two := append(page("two", "doc:a", "A text."), page("two", "doc:c", "Another.")...)
	same := &schema.Record{
		Kind: schema.DecisionRecord, Predicate: schema.Same, Subject: schema.Ref{XID: "doc:a"}, Object: schema.Ref{XID: "doc:c"},
	}
	b.load(slices.Concat(one, two, page("alone", "doc:d", "Alone."), []*schema.Record{same}), Options{})
	want := b.canonical()
	var many *ManySourcesError
	if _, err := b.RemoveSource(t.Context(), "", "doc:a", nil); !errors.As(err, &many) || strings.Join(many.Datasets, " ") != "one two" {
		t.Errorf("in two data sets: %v", err)
	}
	for _, c := range [][2]string{
		{"one", "doc:nope"}, {"", "doc:nope"}, {"three", "doc:a"}, {"one", "dataset:one"}, {"decisions", "doc:a"},
	} {
		if _, err := b.RemoveSource(t.Context(), c[0], c[1], nil); !errors.As(err, new(*NoSourceError)) {
			t.Errorf("%v: %v", c, err)
		}
	}
	b.holds("refused", want)
	if _, err := b.RemoveSource(t.Context(), "one", "doc:c", nil); err != nil { // of which this data set has the other
		t.Error(err)
	}
	if _, err := b.RemoveSource(t.Context(), "", "doc:d", nil); err != nil {
		t.Error(err)
	}
	b.holds("removed", expected(t, b.Ontology, nil, one[len(one)-1:], two, []*schema.Record{same}))
	sets, err := b.Datasets(t.Context())
	if err != nil || slices.ContainsFunc(sets, func(s Dataset) bool { return s.Name == "alone" }) {
		t.Errorf("%+v, %v", sets, err)
	}
}
