package tagger

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A feature is a hash: the words themselves are kept nowhere.
type hash uint32

func hashOf(s string) hash {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return hash(h)
}

// mix returns the feature of a template and up to three of its values.
func mix(template uint32, a, b, c hash) uint32 {
	h := uint64(template)*0x9E3779B97F4A7C15 ^ uint64(a)*0xC2B2AE3D27D4EB4F
	h = (h ^ h>>29) * 0xBF58476D1CE4E5B9
	h ^= uint64(b) * 0x165667B19E3779F9
	h = (h ^ h>>32) * 0x94D049BB133111EB
	h ^= uint64(c) * 0xD6E8FEB86659FD93
	h = (h ^ h>>29) * 0xBF58476D1CE4E5B9
	return uint32(h >> 32)
}

// shaped is what features take of a word.
type shaped struct {
	word, shape, short hash
	ends               [5]hash // its first two and three letters, its last two, three and four
	classes            []hash
	head               int
}

// none stands before the first word and behind the last.
var none = shaped{word: 1, shape: 1, short: 1}

func shapedOf(w *Word, hashes map[string]hash) shaped {
	key := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return r
	}, w.Key)
	s := shaped{word: hashOf(key), head: w.Head}
	s.shape, s.short = shapeOf(w.Text)
	for i, n := range [5]int{2, 3, -2, -3, -4} {
		s.ends[i] = hashOf(letters(key, n))
	}
	for _, class := range w.Classes {
		h, known := hashes[class]
		if !known {
			h = hashOf(class)
			hashes[class] = h
		}
		s.classes = append(s.classes, h)
	}
	return s
}

// letters returns the first n letters of a word, or with n negative its last.
func letters(word string, n int) string {
	at := 0
	if n < 0 {
		at = len(word)
		for ; n < 0 && at > 0; n++ {
			_, size := utf8.DecodeLastRuneInString(word[:at])
			at -= size
		}
		return word[at:]
	}
	for ; n > 0 && at < len(word); n-- {
		_, size := utf8.DecodeRuneInString(word[at:])
		at += size
	}
	return word[:at]
}

// shapeOf returns how a word looks, letter by letter and by runs of what looks alike.
func shapeOf(text string) (shape, short hash) {
	h, s := uint32(2166136261), uint32(2166136261)
	before := byte(0)
	for _, r := range text {
		b := byte('-')
		switch {
		case unicode.IsUpper(r):
			b = 'X'
		case unicode.IsLetter(r):
			b = 'x'
		case unicode.IsDigit(r):
			b = '0'
		case r < utf8.RuneSelf:
			b = byte(r)
		}
		h = (h ^ uint32(b)) * 16777619
		if b != before {
			s = (s ^ uint32(b)) * 16777619
		}
		before = b
	}
	return hash(h), hash(s)
}

// features appends the features of a word of a sentence.
func features(list []uint32, words []shaped, i int) []uint32 {
	at := func(j int) *shaped {
		if j < 0 || j >= len(words) {
			return &none
		}
		return &words[j]
	}
	w, before, after, second, next := at(i), at(i-1), at(i+1), at(i-2), at(i+2)
	list = append(list,
		mix(0, 0, 0, 0),
		mix(1, w.word, 0, 0), mix(2, before.word, 0, 0), mix(3, after.word, 0, 0), mix(4, second.word, 0, 0),
		mix(5, next.word, 0, 0),
		mix(6, before.word, w.word, 0), mix(7, w.word, after.word, 0),
		mix(8, w.shape, 0, 0), mix(9, w.short, 0, 0), mix(10, before.short, w.short, 0), mix(11, w.short, after.short, 0),
		mix(12, before.short, w.short, after.short), mix(13, before.word, w.short, 0), mix(14, w.short, after.word, 0),
		mix(15, before.word, after.word, 0), mix(16, second.word, before.word, w.short),
	)
	for j, e := range w.ends {
		list = append(list, mix(20+uint32(j), e, 0, 0))
	}
	list = append(list, mix(25, after.ends[3], 0, 0), mix(26, before.ends[3], 0, 0))
	if i == 0 {
		list = append(list, mix(27, w.short, 0, 0))
	}
	for _, c := range w.classes {
		list = append(list, mix(30, c, 0, 0), mix(31, c, w.short, 0), mix(32, c, before.word, 0), mix(33, c, after.word, 0))
		for _, d := range before.classes {
			list = append(list, mix(34, d, c, 0))
		}
		for _, d := range after.classes {
			list = append(list, mix(35, c, d, 0))
		}
	}
	for _, c := range before.classes {
		list = append(list, mix(36, c, 0, 0), mix(37, c, w.short, 0))
	}
	for _, c := range after.classes {
		list = append(list, mix(38, c, 0, 0), mix(39, c, w.short, 0))
	}
	for _, c := range second.classes {
		list = append(list, mix(40, c, 0, 0))
	}
	for _, c := range next.classes {
		list = append(list, mix(41, c, 0, 0))
	}
	head, far := at(w.head), hash(min(w.head-i, 3))
	list = append(list, mix(50, head.word, 0, 0), mix(51, head.word, far, 0), mix(52, head.word, w.word, 0),
		mix(53, head.short, w.short, far), mix(54, head.ends[3], 0, 0), mix(60, at(w.head+1).word, far, 0))
	for _, c := range head.classes {
		list = append(list, mix(55, c, 0, 0), mix(56, c, far, 0), mix(57, c, w.short, far), mix(58, c, w.word, 0),
			mix(59, c, before.word, 0))
	}
	return list
}
