package step

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"orbat/schema"
)

// part is a stretch of a text, in bytes.
type part struct{ begin, end int }

// passage is the sentences of a text in which something was found, and where in the text it was.
type passage struct {
	part

	hit part
}

// What a phrase is looked for in: sentences that follow on each other in one paragraph, so many at most, and so many
// bytes.
const (
	sentencesTogether = 3
	bytesTogether     = 2000
)

// sentences returns where a text has all of the phrase in one sentence; in a paragraph without such a one, in as few as
// follow on each other. Words are compared as those of quotes are.
func (p phrase) sentences(text string) (found []passage) {
	for paragraph := range paragraphs(text) {
		windows := p.windows(text, paragraph)
		if len(windows) == 0 {
			continue
		}
		starts := sentenceStarts(text, paragraph)
		type hit struct {
			first, last int
			at          part
		}
		var hits []hit
		fewest := sentencesTogether
		for _, w := range windows {
			h := hit{sentenceAt(starts, w.begin), sentenceAt(starts, w.end-1), w}
			if n := h.last - h.first + 1; n <= fewest && w.end-w.begin <= bytesTogether {
				fewest = n
				hits = append(hits, h)
			}
		}
		last := -1
		for _, h := range hits {
			if h.last-h.first+1 > fewest || h.first <= last {
				continue
			}
			last = h.last
			end := paragraph.end
			if h.last+1 < len(starts) {
				end = starts[h.last+1]
			}
			found = append(found, passage{trimmed(text, part{starts[h.first], end}), h.at})
		}
	}
	return found
}

// paragraphs yields those of a text: between empty lines, and pages.
func paragraphs(text string) func(yield func(part) bool) {
	return func(yield func(part) bool) {
		begin, blank := 0, false
		for at := range len(text) {
			switch c := text[at]; {
			case c == '\f', c == '\n' && blank:
				if at > begin && !yield(part{begin, at}) {
					return
				}
				begin, blank = at+1, true
			case c == '\n':
				blank = true
			case c != ' ' && c != '\t' && c != '\r':
				blank = false
			}
		}
		if begin < len(text) {
			yield(part{begin, len(text)})
		}
	}
}

// trimmed returns a part without the space around it.
func trimmed(text string, p part) part {
	in := text[p.begin:p.end]
	p.begin += len(in) - len(strings.TrimLeftFunc(in, unicode.IsSpace))
	p.end = p.begin + len(strings.TrimSpace(in))
	return p
}

// windows returns the stretches of a paragraph that have all of the phrase and none shorter within, in their order.
func (p phrase) windows(text string, paragraph part) (windows []part) {
	var runs [][]string
	longest := 1
	for _, run := range p.runs {
		words := strings.Fields(run)
		runs, longest = append(runs, words), max(longest, len(words))
	}
	last := make([]part, len(p.words)+len(runs)) // where each was seen last
	missing := len(last)
	var recent []schema.Word // as many as the longest run has
	for w := range schema.Words(text[paragraph.begin:paragraph.end]) {
		w.Begin, w.End = w.Begin+paragraph.begin, w.End+paragraph.begin
		if recent = append(recent, w); len(recent) > longest {
			recent = recent[1:]
		}
		seen := false
		see := func(i, begin int) {
			if last[i].end == 0 {
				missing--
			}
			last[i], seen = part{begin, w.End}, true
		}
		for i, wanted := range p.words {
			if strings.HasPrefix(w.Folded, wanted) {
				see(i, w.Begin)
			}
		}
		for i, run := range runs {
			n := len(recent) - len(run)
			if n >= 0 && slices.EqualFunc(recent[n:], run, func(w schema.Word, r string) bool { return w.Folded == r }) {
				see(len(p.words)+i, recent[n].Begin)
			}
		}
		if seen && missing == 0 {
			begin := slices.MinFunc(last, func(a, b part) int { return cmp.Compare(a.begin, b.begin) }).begin
			windows = append(windows, part{begin, w.End})
		}
	}
	return windows
}

// sentenceStarts returns where the sentences of a paragraph begin.
func sentenceStarts(text string, paragraph part) []int {
	starts := []int{paragraph.begin}
	in := text[paragraph.begin:paragraph.end]
	for at, c := range in {
		if !strings.ContainsRune(".!?…", c) && !strings.ContainsRune("。！？؟۔।", c) {
			continue
		}
		rest := in[at+utf8.RuneLen(c):]
		wide := c > 0x7f && c != '…'
		closed := strings.TrimLeft(rest, `"')]»”’`)
		next := strings.TrimLeftFunc(closed, unicode.IsSpace)
		first, _ := utf8.DecodeRuneInString(next)
		if next == "" || !wide && (len(next) == len(closed) || unicode.IsLower(first) || c == '.' && abbreviates(in[:at])) {
			continue
		}
		starts = append(starts, paragraph.end-len(next))
	}
	return starts
}

// abbreviates reports whether a text ends in a word after which a stop ends no sentence: an initial, a rank or a title.
func abbreviates(text string) bool {
	begin := strings.LastIndexFunc(text, func(c rune) bool { return !unicode.IsLetter(c) }) + 1
	word := text[begin:]
	if utf8.RuneCountInString(word) == 1 {
		first, _ := utf8.DecodeRuneInString(word)
		return unicode.IsUpper(first)
	}
	switch strings.ToLower(word) {
	case "adm", "brig", "capt", "cdr", "cmdr", "col", "comdr", "cpl", "cpt", "dr", "gen", "gov", "hon", "lt", "lieut", "maj", "mr",
		"mrs", "ms", "prof", "pte", "pvt", "rep", "rev", "sen", "sgt", "st", "vs":
		return true
	}
	return false
}

// sentenceAt returns which sentence has a byte.
func sentenceAt(starts []int, at int) int {
	i, found := slices.BinarySearch(starts, at)
	if found {
		return i
	}
	return i - 1
}
