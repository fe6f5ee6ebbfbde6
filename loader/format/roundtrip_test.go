package format

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"orbat/loader/format/input"
	"orbat/schema"
)

// TestRoundTrip reads the canonical export's lines back: a claim made of the record says what the claim said.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claim := drawClaim(t)
		line := claim.AppendJSON(nil)
		for _, name := range []string{"x.ndjson", "x.json"} {
			records, rejected, err := readAll(t.Context(), name, bytes.NewReader(line))
			if err != nil || rejected != nil || len(records) != 1 {
				t.Fatalf("%s: %d records, %v, %v", line, len(records), rejected, err)
			}
			again := claimOf(t, records[0])
			if got := again.AppendJSON(nil); !bytes.Equal(got, line) {
				t.Fatalf("%s: wrote\n%s\nread\n%s", name, line, got)
			}
		}
	})
}

func drawClaim(t *rapid.T) *schema.Claim {
	word := rapid.StringMatching(`[a-z]{1,6}`)
	anything := rapid.StringMatching(`[^\x00]{1,20}`)
	xid := rapid.StringMatching(`(sfm|https|dataset):[^\s\x00-\x1f\x7f-\x9f]{1,10}`).Filter(func(text string) bool {
		checked, err := schema.CheckXID(text) // spaces of other scripts are none of an xid
		return err == nil && checked == text
	})
	maybe := func(name string, g *rapid.Generator[string]) string {
		return rapid.OneOf(rapid.Just(""), g).Draw(t, name)
	}
	c := &schema.Claim{
		Dataset: word.Draw(t, "dataset"), Subject: xid.Draw(t, "subject"),
		Assertion:    rapid.SampledFrom(schema.Assertions()).Draw(t, "assertion"),
		AttributedTo: maybe("attributed", xid), Confidence: rapid.IntRange(schema.NoConfidence, 100).Draw(t, "confidence"),
		Credibility: maybe("credibility", word), Method: maybe("method", anything), Record: maybe("record", anything),
		Values: map[string][]string{}, Extra: map[string]string{},
	}
	if text := maybe("period", rapid.SampledFrom([]string{"2014", "2014-08/..", "../2014", "2010~/2013", "2014-08~2014-10"})); text != "" {
		c.Period, _ = schema.ParsePeriod(text)
	}
	switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); kind {
	case 0:
		c.Predicate, c.Type = schema.Describes, word.Draw(t, "type")
		if rapid.Bool().Draw(t, "extra") {
			c.Extra["x_"+word.Draw(t, "extra name")] = rapid.SampledFrom([]string{`{"a":[1.50,true,null],"b":"é"}`, `"7"`, `7`, `[]`}).Draw(t, "extra value")
		}
		if rapid.Bool().Draw(t, "marked") {
			c.Values["marking"] = []string{"TLP:RED"}
		}
	case 1:
		c.Predicate, c.Value = word.Draw(t, "property"), anything.Draw(t, "value")
	case 2:
		c.Predicate, c.Object = word.Draw(t, "relation"), xid.Draw(t, "object")
	case 3:
		c.Predicate, c.Object = schema.Same, xid.Draw(t, "object")
	case 4:
		c.Predicate, c.Subject, c.Value = schema.Reject, "", word.Draw(t, "key")+".A"
	}
	if c.Predicate != schema.Describes {
		c.Marking = maybe("marking", word)
	}
	if c.Type != "" || c.Object != "" {
		for range rapid.IntRange(0, 3).Draw(t, "values") {
			c.Values["p_"+word.Draw(t, "name")] = rapid.SliceOfN(anything, 1, 3).Draw(t, "texts")
		}
	}
	for range rapid.IntRange(1, 3).Draw(t, "cites") {
		c.Cites = append(c.Cites, schema.Citation{
			Source: xid.Draw(t, "source"), Quote: maybe("quote", anything), Locator: maybe("locator", anything),
			Begin: rapid.IntRange(schema.NoSpan, 9).Draw(t, "begin"), End: rapid.IntRange(schema.NoSpan, 9).Draw(t, "end"),
		})
	}
	if rapid.Bool().Draw(t, "implicit") {
		c.Cites = []schema.Citation{{
			Source: schema.DatasetSource(c.Dataset), Quote: maybe("quote", anything), Begin: schema.NoSpan,
			End: schema.NoSpan,
		}}
	}
	c.Normalise()
	return c
}

// claimOf makes the claim of a record whose references are absolute and whose texts are canonical.
func claimOf(t *rapid.T, r *schema.Record) *schema.Claim {
	number := func(s string) int {
		if s == "" {
			return -1
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	c := &schema.Claim{
		Dataset: r.Dataset, Subject: r.Subject.XID, Predicate: r.Predicate, Object: r.Object.XID, Type: r.Subject.Type, Value: r.Value,
		Assertion: schema.Assertion(r.Assertion), AttributedTo: r.AttributedTo.XID, Confidence: number(r.Confidence),
		Credibility: r.Credibility,
		Method:      r.Method, Marking: r.Marking, Record: r.ID, Values: map[string][]string{}, Extra: r.Extra,
	}
	if r.Kind == schema.EntityRecord {
		c.Predicate = schema.Describes
	}
	if r.Assertion == "" {
		c.Assertion = schema.Asserted
	}
	if r.Period != "" {
		var err error
		if c.Period, err = schema.ParsePeriod(r.Period); err != nil {
			t.Fatal(err)
		}
	}
	for name, values := range r.Values {
		for _, value := range values {
			c.Values[name] = append(c.Values[name], value.Text)
		}
	}
	for _, cite := range r.Cites {
		source := cite.Source.XID
		if cite.Source.IsZero() {
			source = schema.DatasetSource(r.Dataset)
		}
		c.Cites = append(c.Cites, schema.Citation{
			Source: source, Quote: cite.Quote, Locator: cite.Locator, Begin: number(cite.Begin),
			End: number(cite.End),
		})
	}
	if len(c.Cites) == 0 {
		c.Cites = []schema.Citation{{Source: schema.DatasetSource(r.Dataset), Begin: schema.NoSpan, End: schema.NoSpan}}
	}
	return c
}

func TestWriteReject(t *testing.T) {
	var out strings.Builder
	bad := schema.RecordError{
		Fault: schema.Fault{
			Pos: schema.Position{File: "a.csv", Line: 3, Column: 1}, Column: "from", Value: strings.Repeat("é", input.MaxRejectValue),
			Reason: "no <reference>", Hint: "do this",
		},
		Raw: []byte("a,\"b\nc\""),
	}
	if err := WriteReject(&out, bad); err != nil {
		t.Fatal(err)
	}
	want := `{"file":"a.csv","line":3,"column":"from","value":"` + strings.Repeat("é", input.MaxRejectValue/2) + `…","reason":"no <reference>","hint":"do this","raw":"a,\"b\nc\""}` + "\n"
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out.String(), want)
	}
	out.Reset()
	bad = schema.RecordError{Fault: schema.Fault{Reason: "r"}, Raw: []byte{0xff}}
	if err := WriteReject(&out, bad); err != nil || out.String() != `{"reason":"r","raw_base64":"/w=="}`+"\n" {
		t.Error(out.String(), err)
	}
}
