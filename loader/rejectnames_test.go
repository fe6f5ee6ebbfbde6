package loader

import (
	"strings"
	"testing"

	"orbat/loader/format"
	"orbat/loader/validate"
	"orbat/schema"
)

// What a replacement with a rejected record retracts, and what it keeps, reader and all.
func TestReplaceKeepsWhatRejectsName(t *testing.T) {
	const v1 = `{"type":"Person","id":"a","name":"Ann","birth_date":"1970"}
{"type":"Person","id":"b","name":"Bo"}
{"type":"Person","name":"Cy","birth_date":"1980"}
{"type":"Unit","id":"u","name":"Unit"}
{"type":"Unit","id":"v","name":"Other"}
{"relation":"posted_to","from":"#a","to":"#u","record":"r-1"}
{"relation":"posted_to","from":"#b","to":"#u","record":"r-2"}
{"relation":"commands","from":"#b","to":"#v","role":"commander"}
{"property":"rank","of":"#b","value":"Major"}
`
	lines := strings.SplitAfter(v1, "\n")
	b := newBench(t)
	load := func(text string) *Report {
		most := 5
		file := format.Stream("f.ndjson", strings.NewReader(text))
		report, err := b.Load(t.Context(), format.Read(t.Context(), file, format.Options{}),
			Options{Dataset: "rr", Replace: true, MaxRejects: &most})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
	refers := []int{0, 1, 2, 3, 4, 5, 6} // an end that nobody can read may describe anybody
	rest := map[string]string{           // of the records of which a value is rejected
		"a value":                          `{"type":"Person","id":"a","name":"Ann"}`,
		"a value that was not said before": `{"type":"Person","id":"a","name":"Ann"}`,
		"an unknown property":              `{"type":"Person","id":"a","name":"Ann"}`,
		"a grade":                          `{"type":"Person","id":"a","name":"Ann"}`,
		"a shape the reader finds":         `{"type":"Person","id":"a"}`,
		"by name":                          `{"type":"Person","name":"Cy"}`,
		"a qualifier that describes":       `{"relation":"posted_to","from":"#a","to":"#u"}`,
	}
	for name, c := range map[string]struct {
		says string // all that there is
		kept []int  // lines of v1
	}{
		"a value":                          {`{"type":"Person","id":"a","name":"Ann","birth_date":"1970-13"}`, []int{0}},
		"a value that was not said before": {`{"type":"Person","id":"a","name":"Ann","death_date":"1970-13"}`, nil},
		"an unknown property":              {`{"type":"Person","id":"a","name":"Ann","birth_dat":"1970"}`, []int{0}},
		"a grade":                          {`{"type":"Person","id":"a","name":"Ann","confidence":"high"}`, []int{0}},
		"a shape the reader finds":         {`{"birth_date":{"a":1},"type":"Person","id":"a"}`, []int{0}},
		"by name":                          {`{"type":"Person","name":"Cy","birth_date":"soon"}`, []int{2}},
		"a qualifier that describes":       {`{"relation":"posted_to","from":"#a","to":"#u","title":"a\nb"}`, []int{5}},
		"by name, of another type":         {`{"type":"Persn","name":"CY"}`, []int{2}},
		"a relation":                       {`{"relation":"posted_to","from":"#a","to":"#u","period":"x"}`, []int{0, 3, 5}},
		"a relation misspelt":              {`{"relation":"postedto","from":"#a","to":"#u"}`, []int{0, 3, 5, 6}},
		"an end":                           {`{"relation":"posted_to","from":{"name":"Bo"},"to":"#u"}`, refers},
		"an end the reader misses":         {`{"relation":"posted_to","from":["#a"],"to":"#u"}`, refers},
		"a record of its source":           {`{"relation":"posted_to","from":"#zz","to":"#yy","period":"x","record":"r-2"}`, []int{6}},
		"a value record":                   {`{"property":"birth_date","of":"#a","value":"x"}`, []int{0}},
		"no end":                           {`{"relation":"posted_to","from":["#a"],"to":["#u"]}`, all},
		"an id":                            {`{"type":"Person","id":["a"],"name":"Ann"}`, all},
		"a broken line":                    {`{"type":"Person","id":"a`, all},
		"no kind":                          {`{"id":"a","name":"Ann"}`, all},
		"a source":                         {`{"type":"Person","id":"a","name":"Ann","source":{"title":{"x":1}}}`, all},
		"another data set":                 {`{"dataset":"other","type":"Person","id":"a","name":"Ann"}`, all},
	} {
		load(v1)
		report := load(c.says + "\n")
		var want []string
		for _, i := range c.kept {
			want = append(want, lines[i])
		}
		have, kept := b.canonical(), len(c.kept)
		load(strings.Join(want, "") + rest[name])
		if have != b.canonical() {
			t.Errorf("%s: kept is\n%s", name, have)
		}
		if report.Kept != kept || report.Rejected != 1 || report.Claims.Retracted != len(all)-kept {
			t.Errorf("%s: %d kept, %d retracted, %d rejected", name, report.Kept, report.Claims.Retracted, report.Rejected)
		}
	}
}

// Beyond a number of rejects it is not remembered whom they name: then nothing is retracted.
func TestManyRejectsKeepAll(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	n := newRejectNames(ontology, "d")
	other := &schema.StoredClaim{Claim: schema.Claim{Subject: "t:b", Predicate: schema.Describes}}
	if n.keep(other) {
		t.Error("kept without a reject")
	}
	n.count = maxRejectNames
	if n.add(checkedReject(schema.Ref{XID: "t:a", Type: "Person"})); !n.keep(other) {
		t.Error("forgotten")
	}
}

func checkedReject(subject schema.Ref) validate.Checked {
	return validate.Checked{Record: &schema.Record{Subject: subject}, Err: &schema.RecordError{Fault: schema.Fault{Column: "rank"}}}
}
