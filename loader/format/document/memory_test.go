package document

import (
	"strings"
	"testing"

	"orbat/schema/heaptest"
)

// A document of 10 MB takes no more than so many times its size of memory, whatever stands in it.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads documents of 10 MB")
	}
	const size = 10 << 20
	prose := strings.Repeat("The brigade moved to the coast in the spring of the year, as its own paper reported.\n\n", size/87)
	for _, c := range []struct {
		format, name, content string
		most                  uint64 // times its size
	}{
		{"text", "prose", prose, 8},
		{"text", "short paragraphs", strings.Repeat("a\n\n", size/3), 60},
		{"markdown", "line ends", strings.Repeat("\n", size), 8},
		{"mail", "prose", "From: a@b\n\n" + prose, 12},
		{"html", "references", "<p>" + strings.Repeat("&amp;", size/5), 60},
	} {
		t.Run(c.format+"/"+c.name, func(t *testing.T) {
			var failed error
			took := heaptest.Most(func() { _, failed = Parse(t.Context(), []byte(c.content), c.format, "") })
			if took > c.most*size || failed != nil {
				t.Errorf("%.1f times its size, want at most %d: %v", float64(took)/size, c.most, failed)
			} else {
				t.Logf("%.1f times its size", float64(took)/size)
			}
		})
	}
}
