package tagger

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// sentences are some of our own: names stand in square brackets, of persons where a rank is before them.
func sentences() (list []Sentence) {
	for line := range strings.Lines(`The [P General Amina Bello] commands the [O 5th Brigade] .
The [P Colonel Tunde Okoro] left the [O 9th Brigade] .
Soldiers of the [O 3rd Brigade] met [P Major Sule Danjuma] .
The brigade met nobody .
[P Captain Ngozi Eze] was seen with soldiers of the [O 8th Division] .
`) {
		var s Sentence
		first, kind := 0, ""
		for f := range strings.FieldsSeq(line) {
			if strings.HasPrefix(f, "[") {
				first, kind = len(s.Words), f[1:]
				continue
			}
			word, end := strings.CutSuffix(f, "]")
			if end {
				s.Spans = append(s.Spans, Span{first, len(s.Words), kind})
			}
			s.Words = append(s.Words, Word{Text: word, Key: strings.ToLower(word)})
		}
		for i := range s.Words {
			s.Words[i].Head = i
		}
		list = append(list, s)
	}
	return list
}

func TestTagger(t *testing.T) {
	m := Train(sentences(), Advance{})
	words := []Word{}
	for i, w := range strings.Fields("Colonel Musa Ibrahim joined the 7th Brigade .") {
		words = append(words, Word{Text: w, Key: strings.ToLower(w), Head: i})
	}
	spans := m.Tag(words)
	if len(spans) != 2 || spans[0] != (Span{0, 2, "P"}) || spans[1] != (Span{5, 6, "O"}) {
		t.Error(spans)
	}
	if m.Tag(nil) != nil {
		t.Error("mentions of no words")
	}
}

// TestSameBytes holds that a model is the same whenever it is made, and after it was written and read.
func TestSameBytes(t *testing.T) {
	var one, other, again bytes.Buffer
	if err := errors.Join(Train(sentences(), Advance{}).Write(&one), Train(sentences(), Advance{}).Write(&other)); err != nil {
		t.Fatal(err)
	}
	m, err := Read(bytes.NewReader(one.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Write(&again); err != nil {
		t.Fatal(err)
	}
	if one.String() != other.String() || one.String() != again.String() {
		t.Errorf("%d, %d and %d bytes", one.Len(), other.Len(), again.Len())
	}
	for _, broken := range []string{"", "orbat", one.String()[:one.Len()/2], strings.Replace(one.String(), "1\n", "0\n", 1)} {
		if _, err := Read(strings.NewReader(broken)); !errors.Is(err, ErrNoModel) {
			t.Errorf("%d bytes: %v", len(broken), err)
		}
	}
}

// TestManyTypes holds that a corpus may have more types than fit a byte.
func TestManyTypes(t *testing.T) {
	var list []Sentence
	for i := range 130 {
		name := string(rune('a'+i%26)) + string(rune('a'+i/26)) // digits are all alike
		w := Word{Text: name, Key: name}
		s := Sentence{Words: []Word{w, w, w}, Spans: []Span{{0, 2, fmt.Sprintf("Type%03d", i)}}}
		list = append(list, s, s)
	}
	var b bytes.Buffer
	if err := Train(list, Advance{}).Write(&b); err != nil {
		t.Fatal(err)
	}
	m, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if spans := m.Tag(s.Words); len(spans) != 1 || spans[0] != s.Spans[0] {
			t.Fatalf("%v: %v", s.Spans, spans)
		}
	}
}
