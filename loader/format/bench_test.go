package format

import (
	"strings"
	"testing"
)

// BenchmarkRead reads 20,000 relations of each format.
func BenchmarkRead(b *testing.B) {
	for _, f := range All() {
		b.Run(f.Name, func(b *testing.B) {
			text := samples()[f.Name].file(20_000)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				seen := 0
				for _, err := range Read(b.Context(), Stream("x"+f.Extensions[0], strings.NewReader(text)), Options{}) {
					if err != nil {
						b.Fatal(err)
					}
					seen++
				}
				if seen != 20_000 {
					b.Fatal(seen)
				}
			}
		})
	}
}
