package text

import (
	"strings"
	"testing"

	"orbat/loader/text/token"
)

// BenchmarkRead measures the whole reader on prose of our own: 50,000 tokens a second on one core are wanted.
func BenchmarkRead(b *testing.B) {
	var paragraphs []string
	for _, c := range readConstructions(b, "constructions.txt") {
		paragraphs = append(paragraphs, c.text)
	}
	text := strings.Join(paragraphs, "\n\n")
	tokens := 0
	for s := range token.Sentences(text) {
		tokens += len(s.Tokens)
	}
	for b.Loop() {
		if _, err := Read(b.Context(), text, Options{Published: "2023-07-09"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(tokens)*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}
