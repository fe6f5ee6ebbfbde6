package brat

import (
	"strings"
	"unicode/utf8"

	"orbat/schema"
)

// counting says how the offsets of a file count.
type counting struct {
	name   string // empty: code points
	points []int32
}

// point returns the code point at an offset; negative: it is within a character, or beyond the text.
func (c counting) point(at int) int {
	switch {
	case c.name == "":
		return at
	case at >= len(c.points):
		return -1
	}
	return int(c.points[at])
}

// maxCounted bounds, in bytes, the texts in which other ways of counting are looked into.
const maxCounted = 4 << 20

// maxTried bounds how many mentions are looked at to tell which way is meant.
const maxTried = 1000

// countingOf tells how the offsets of mentions count, by the words that they are to be of: code points, unless those do
// not stand there and all do where the offsets are taken otherwise.
func countingOf(passages *schema.Passages, text string, mentions []*mention) counting {
	mentions = mentions[:min(len(mentions), maxTried)]
	fits := func(c counting) bool {
		some := false
		for _, m := range mentions {
			if m.text == "" {
				continue
			}
			var words []string
			for _, s := range m.Spans {
				from, to := c.point(s.Begin), c.point(s.End)
				if from < 0 || to < from {
					return false
				}
				slice, ok := passages.Slice(from, to)
				if !ok {
					return false
				}
				words = append(words, slice)
			}
			if !sameWords(strings.Join(words, " "), m.text) {
				return false
			}
			some = true
		}
		return some
	}
	plain := counting{}
	if len(text) > maxCounted || fits(plain) {
		return plain
	}
	for _, way := range []struct {
		name string
		size func(c rune, before rune) int
	}{
		{"line ends of two characters as one", func(c, before rune) int {
			if c == '\n' && before == '\r' {
				return 0
			}
			return 1
		}},
		{"UTF-16 units", func(c, _ rune) int {
			if c > 0xFFFF {
				return 2
			}
			return 1
		}},
		{"bytes", func(c, _ rune) int { return utf8.RuneLen(c) }},
	} {
		c := counting{name: way.name}
		point := int32(0)
		before := rune(0)
		for _, r := range text {
			for i := range way.size(r, before) {
				if i == 0 {
					c.points = append(c.points, point)
				} else {
					c.points = append(c.points, -1)
				}
			}
			before = r
			point++
		}
		c.points = append(c.points, point)
		if fits(c) {
			return c
		}
	}
	return plain
}
