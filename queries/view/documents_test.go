package view

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"orbat/schema"
)

// Of a long text many quotes are looked for, each as it is and, where that is not in it, in other spelling.
func TestFindQuotes(t *testing.T) {
	text := strings.Repeat("some words – of a text ", 20_000) + "“the  end”"
	folded := sync.OnceValues(func() (string, []int) { return foldText(text) })
	begun := time.Now()
	for i := range 2000 {
		q := DocumentQuote{}
		if q.find(text, folded, schema.Citation{Quote: fmt.Sprintf("nothing of it %d", i), Begin: schema.NoSpan}); q.Found != "not" {
			t.Fatalf("%+v", q)
		}
	}
	for quote, want := range map[string]string{"a text some": "exact", `"The end"`: "normalised"} {
		q := DocumentQuote{}
		if q.find(text, folded, schema.Citation{Quote: quote, Begin: schema.NoSpan}); q.Found != want || q.Begin == nil {
			t.Errorf("%s: %+v", quote, q)
		}
	}
	if took := time.Since(begun); took > 15*time.Second {
		t.Errorf("took %s", took)
	}
}
