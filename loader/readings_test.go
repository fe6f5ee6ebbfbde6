package loader

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// Law 10: where a load replaces what was read of a document before, a rejection goes with its statement, wherever it is
// killed, and no other statement is rejected.
func TestReadingsKeepRejections(t *testing.T) {
	b := newBench(t)
	read := func(a *article, confidence string, numbers ...int) (records []*schema.Record) {
		for _, n := range numbers {
			record, _ := a.citing("one", n, 0)
			record.Method, record.Confidence = "text/rule", confidence
			records = append(records, record)
		}
		return records
	}
	opts := Options{Dataset: "one", Readings: &Readings{
		Sources: func() []schema.Ref { return []schema.Ref{{XID: "doc:a"}} },
	}}
	first, second := newArticle([]int{1, 2, 3, 4}, nil), newArticle([]int{9, 1, 2, 3, 4}, nil)
	before, after := page("one", "doc:a", first.text), page("one", "doc:a", second.text)
	reject := func(record *schema.Record) *schema.Record {
		d := Decision{Kind: schema.Reject, Claim: b.keyOf(record), By: "ann", At: "2026-01-01T00:00:00Z"}
		return d.Record()
	}
	hand, _ := first.citing("one", 2, 2)
	before = append(before, hand) // which is no reading
	v1 := read(first, "60", 1, 2, 3)
	decided := []*schema.Record{reject(v1[0]), reject(v1[1])}
	b.load(slices.Concat(before, v1), opts)
	b.load(decided, Options{})
	r := rand.New(rand.NewPCG(1, 22))
	load := func(records []*schema.Record) {
		t.Helper()
		b.killed(r, func(ctx context.Context, l *Loader) error {
			_, err := l.Load(ctx, sequence(records), opts)
			return err
		})
	}
	v2 := read(first, "70", 1, 3, 4) // the second statement is not read
	load(slices.Concat(before, v2))
	decided = append(decided, reject(v2[0]))
	b.holds("surer", expected(t, b.Ontology, nil, before, v2, decided))

	v3 := read(second, "80", 1, 2, 3, 4, 9) // of a later version, the second again
	load(slices.Concat(after, v3))
	decided = append(decided, reject(v3[0]), reject(v3[1]))
	b.holds("of a later version", expected(t, b.Ontology, nil, before, after, v3, decided))
}

// Law 10: a judgement holds for the same statement in every later reading, whatever day the document is said to have
// been published, after its data set was removed too; and what somebody accepted stays where it is not read again.
func TestJudgementsHoldForLaterReadings(t *testing.T) {
	b := newBench(t)
	const said = "A raid by the 7th Division killed Ann Clark and Bo Baker."
	cite := schema.Cite{Source: schema.Ref{XID: "doc:a"}, Quote: said, Begin: "0", End: "57"}
	event := func(day string) schema.Ref { return schema.Ref{XID: "orbat:press/#" + schema.EventID(said, 1, day)} }
	relation := func(day, confidence, from, predicate string) *schema.Record {
		return &schema.Record{
			Kind: schema.RelationRecord, Dataset: "press", Predicate: predicate,
			Subject: schema.Ref{XID: from}, Object: event(day),
			Provenance: schema.Provenance{Method: "text/rule", Confidence: confidence, Cites: []schema.Cite{cite}},
		}
	}
	describe := func(xid schema.Ref, kind, name, method string) *schema.Record {
		xid.Type = kind
		return &schema.Record{
			Kind: schema.EntityRecord, Dataset: "press", Subject: xid, Values: map[string][]schema.Value{"name": {{Text: name}}},
			Provenance: schema.Provenance{Method: method, Cites: []schema.Cite{cite}},
		}
	}
	const division, ann, bo = "orbat:press/Unit/7th division", "orbat:press/Person/ann clark", "orbat:press/Person/bo baker"
	read := func(day, confidence string, but ...string) []*schema.Record {
		records := page("press", "doc:a", said)
		records = append(records, describe(event(day), "Event", "Raid", "text/event"))
		for _, one := range [][4]string{
			{division, "carried_out", "Unit", "7th Division"}, {ann, "affected_by", "Person", "Ann Clark"}, {bo, "affected_by", "Person", "Bo Baker"},
		} {
			if slices.Contains(but, one[0]) {
				continue
			}
			statement := relation(day, confidence, one[0], one[1])
			if one[1] == "affected_by" {
				statement.Values = map[string][]schema.Value{"outcome": {{Text: "killed"}}}
			}
			records = append(records, describe(schema.Ref{XID: one[0]}, one[2], one[3], "text/name"), statement)
		}
		return records
	}
	opts := Options{Dataset: "press", Readings: &Readings{
		Sources: func() []schema.Ref { return []schema.Ref{{XID: "doc:a"}} },
	}}
	find := func(from string) (stands []*schema.StoredClaim) {
		t.Helper()
		for claim, err := range b.graph().Claims(t.Context(), "read the claims", schema.EveryClaim, pageSize) {
			if err != nil {
				t.Fatal(err)
			}
			if claim.Subject == from && claim.Stands && claim.IsReading() {
				stands = append(stands, claim)
			}
		}
		return stands
	}
	judge := func(kind string, claim *schema.StoredClaim) {
		t.Helper()
		d, err := b.Judgement(t.Context(), Decision{Kind: kind, Claim: claim.StoredKey, By: "ann", At: "2026-01-01T00:00:00Z"})
		if err != nil || d.Statement == nil || d.Statement.Text == "" {
			t.Fatal(d, err)
		}
		b.load([]*schema.Record{d.Record()}, Options{})
	}
	// state says of who has a part in the raid: how often that stands, and how it is judged.
	state := func(what string, want map[string]string) {
		t.Helper()
		b.clean(what)
		judged, err := b.Judgements(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		merges, err := b.graph().ReadMerges(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for who, how := range want {
			claims := find(who)
			got := ""
			if len(claims) == 1 {
				got = "unjudged"
				if kind := judged.Of(&claims[0].Claim, ""); kind != "" {
					got = kind
				}
				if (got == schema.Reject) != merges.Rejects(claims[0].StoredKey) {
					t.Errorf("%s: %s is judged %q, and rejected: %v", what, who, got, merges.Rejects(claims[0].StoredKey))
				}
			}
			if got != how {
				t.Errorf("%s: %s is %q in %d claims, want %q in one", what, who, got, len(claims), how)
			}
		}
	}
	b.load(read("2023-07-09", "60"), opts)
	judge(schema.Reject, find(division)[0])
	judge(schema.Accept, find(ann)[0])
	all := map[string]string{division: schema.Reject, ann: schema.Accept, bo: "unjudged"}
	state("as first read", all)
	b.load(read("2023-07-16", "60"), opts)
	state("of another day", all)
	b.load(read("2023-07-16", "80", bo), opts)
	state("surer, without one", map[string]string{division: schema.Reject, ann: schema.Accept, bo: ""})
	b.load(read("2023-07-16", "80", ann), opts)
	state("without what is accepted", all)
	b.remove("press")
	b.load(read("2023-07-23", "90"), opts)
	state("after the data set was removed", all)
	rereading, err := b.Reread(t.Context(), sequence(read("2023-07-30", "50", ann)), RereadOptions{
		Dataset: "press", Replaces: func(c *schema.Claim) bool { return strings.HasPrefix(c.Method, schema.ReadMethod) },
	})
	if err != nil || rereading.Carried == 0 {
		t.Fatal(rereading, err)
	}
	state("read again", all)
}
