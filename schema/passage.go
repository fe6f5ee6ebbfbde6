package schema

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Found says how the passage that a citation means was found in a text.
type Found string

// The ways.
const (
	FoundExact      Found = "exact"      // where the citation says, letter by letter; anywhere, where it gives no span
	FoundNormalised Found = "normalised" // there, in another spelling: of space, quotes, dashes, letter case
	FoundMoved      Found = "moved"      // elsewhere than it says
	FoundMissing    Found = "missing"    // nowhere
)

// Better reports whether a passage found so is nearer to what a citation says.
func (f Found) Better(than Found) bool {
	order := []Found{FoundExact, FoundNormalised, FoundMoved, FoundMissing}
	return slices.Index(order, f) < slices.Index(order, than)
}

// Passage is where a text has what a citation means.
type Passage struct {
	Found      Found
	Begin, End int // code points; NoSpan where it is missing
}

// Passages finds the passages that citations mean in one text. Beside the text it holds, once a quote was looked for
// that is not in it as it is, the text in one spelling, and little else: 10 MB of text are 20 MB.
type Passages struct {
	text   string
	points []int       // the byte at which every pointsApart-th code point stands
	places []textPlace // what a reader has counted up to there
	length int         // code points
	paged  bool

	folded string
	marks  []foldMark
}

const (
	pointsApart = 1024
	foldedApart = 4096
)

// foldMark is a place at which folding can be taken up again.
type foldMark struct{ folded, at, points int }

// NewPassages takes a text.
func NewPassages(text string) *Passages {
	p := &Passages{text: text}
	place := textPlace{lineEmpty: true, between: true}
	for at, c := range text {
		if p.length%pointsApart == 0 {
			p.points = append(p.points, at)
			p.places = append(p.places, place)
		}
		place.pass(c)
		p.length++
	}
	p.paged = place.turned > 0
	return p
}

// textPlace is what a reader has counted up to a place in a text.
type textPlace struct {
	turned     int // pages
	paragraphs int
	lineEmpty  bool // so far
	between    bool // an empty line stands before what comes
}

// pass goes past a character.
func (t *textPlace) pass(c rune) {
	switch {
	case c == '\f':
		t.turned++
	case c == '\n':
		t.between = t.between || t.lineEmpty
		t.lineEmpty = true
	case unicode.IsSpace(c):
	default:
		if t.between {
			t.paragraphs++
		}
		t.lineEmpty, t.between = false, false
	}
}

// Place returns the page and the paragraph in which a code point stands, both counted from 1. Form feeds end pages, and
// a text without one has none: 0. Empty lines stand between paragraphs.
func (p *Passages) Place(point int) (page, paragraph int) {
	if p.length == 0 {
		return 0, 1
	}
	point = min(max(point, 0), p.length-1)
	place := p.places[point/pointsApart]
	left := point % pointsApart
	for _, c := range p.text[p.points[point/pointsApart]:] {
		if left < 0 {
			break
		}
		if left > 0 || c != '\f' { // it is the last of its page
			place.pass(c)
		}
		left--
	}
	if p.paged {
		page = place.turned + 1
	}
	return page, max(place.paragraphs, 1)
}

// Text returns the text.
func (p *Passages) Text() string { return p.text }

// Length returns the length of the text in code points.
func (p *Passages) Length() int { return p.length }

// Slice returns what stands between two code points; false where the text is shorter.
func (p *Passages) Slice(begin, end int) (string, bool) {
	if begin < 0 || end < begin || end > p.length {
		return "", false
	}
	return p.text[p.byteOf(begin):p.byteOf(end)], true
}

// byteOf returns where a code point begins.
func (p *Passages) byteOf(point int) int {
	if point >= p.length {
		return len(p.text)
	}
	from := p.points[point/pointsApart]
	left := point % pointsApart
	for at := range p.text[from:] {
		if left == 0 {
			return from + at
		}
		left--
	}
	return len(p.text)
}

// pointOf returns how many code points stand before a byte.
func (p *Passages) pointOf(at int) int {
	i, found := slices.BinarySearch(p.points, at)
	if found {
		return i * pointsApart
	}
	if i == 0 {
		return 0
	}
	return (i-1)*pointsApart + utf8.RuneCountInString(p.text[p.points[i-1]:at])
}

// Find looks for what a citation means: its quote, or its span where it has no quote. near is where the quote is to be
// expected if it is not where the citation says; NoSpan: there. Of several places the nearest one is found.
func (p *Passages) Find(c Citation, near int) Passage {
	if c.Quote == "" {
		end := c.End
		if end == NoSpan {
			end = c.Begin
		}
		if c.Begin == NoSpan || end > p.length {
			return Passage{FoundMissing, NoSpan, NoSpan}
		}
		return Passage{FoundExact, c.Begin, end}
	}
	if c.Begin != NoSpan {
		end := c.End
		if end == NoSpan {
			end = c.Begin + utf8.RuneCountInString(c.Quote)
		}
		// A span far longer than its quote is not looked into: a thousand as long as the text would take minutes.
		most := 8*utf8.RuneCountInString(c.Quote) + 1024
		if slice, ok := p.Slice(c.Begin, min(end, c.Begin+most+1)); ok && end-c.Begin <= most {
			switch {
			case CanonicalText(slice) == c.Quote:
				return Passage{FoundExact, c.Begin, end}
			case foldText(slice) == foldText(c.Quote):
				return Passage{FoundNormalised, c.Begin, end}
			}
		}
	}
	if near == NoSpan {
		near = max(c.Begin, 0)
	}
	found := p.search(c.Quote, min(near, p.length))
	if found.Found != FoundMissing && c.Begin != NoSpan && (c.End != NoSpan || found.Begin != c.Begin) {
		found.Found = FoundMoved
	}
	return found
}

// Once returns the place of a quote that the text has once; missing: it has it nowhere, or in several places.
func (p *Passages) Once(quote string) Passage {
	first, last := p.search(quote, 0), p.search(quote, p.length)
	if first != last {
		return Passage{FoundMissing, NoSpan, NoSpan}
	}
	return first
}

// search returns the place of a quote that is nearest to a code point.
func (p *Passages) search(quote string, near int) Passage {
	at := p.byteOf(near)
	if begin := nearest(p.text, quote, at); begin >= 0 {
		from := p.pointOf(begin)
		return Passage{FoundExact, from, from + utf8.RuneCountInString(quote)}
	}
	p.fold()
	folded := foldText(quote)
	if folded == "" {
		return Passage{FoundMissing, NoSpan, NoSpan}
	}
	begin := nearest(p.folded, folded, p.foldedOf(at))
	if begin < 0 {
		return Passage{FoundMissing, NoSpan, NoSpan}
	}
	from, to := p.unfold(begin, begin+len(folded))
	return Passage{FoundNormalised, from, to}
}

// nearest returns the place of a text in another that is nearest to a byte; -1: there is none.
func nearest(text, part string, at int) int {
	at = min(at, len(text))
	after := strings.Index(text[at:], part)
	if after == 0 {
		return at
	}
	if after > 0 {
		after += at
	}
	// No further back than what comes after is away.
	from := 0
	if after > 0 {
		from = max(0, at-(after-at))
	}
	before := strings.LastIndex(text[from:min(len(text), at+len(part)-1)], part)
	switch {
	case before >= 0:
		return from + before
	default:
		return after
	}
}

// fold brings the text into one spelling, once.
func (p *Passages) fold() {
	if p.marks != nil {
		return
	}
	var b strings.Builder
	p.marks = []foldMark{{}}
	f := folding{text: p.text}
	for f.next() {
		b.WriteString(f.said)
		if f.held == nil && b.Len() >= p.marks[len(p.marks)-1].folded+foldedApart {
			p.marks = append(p.marks, foldMark{b.Len(), f.at, f.points})
		}
	}
	p.folded = b.String()
}

// foldedOf returns about where the folded text has what stands at a byte of the text.
func (p *Passages) foldedOf(at int) int {
	i, _ := slices.BinarySearchFunc(p.marks, at, func(m foldMark, at int) int { return m.at - at })
	if i == len(p.marks) || i > 0 && p.marks[i].at > at {
		i--
	}
	return p.marks[i].folded + max(0, at-p.marks[i].at)
}

// unfold returns the code points at which a part of the folded text stands in the text.
func (p *Passages) unfold(begin, end int) (from, to int) {
	i, _ := slices.BinarySearchFunc(p.marks, begin, func(m foldMark, at int) int { return m.folded - at })
	if i == len(p.marks) || p.marks[i].folded > begin {
		i--
	}
	mark := p.marks[i]
	f := folding{text: p.text, at: mark.at, points: mark.points, begun: mark.at > 0}
	from = NoSpan
	for at := mark.folded; at < end && f.next(); at += len(f.said) {
		if at+len(f.said) > begin && from == NoSpan {
			from = f.begin
		}
		to = f.end
	}
	return from, to
}

// folding brings a text into one spelling piece by piece: NFC, in lower case, runs of space as one, none at its ends,
// quotes and dashes of one kind, and without what nobody sees.
type folding struct {
	text   string
	at     int // bytes
	points int // code points before at
	begun  bool

	said       string // the piece
	begin, end int    // the code points at which it stands
	held       *folding
	space      bool // one is due, of spaceFrom up to spaceTo
	spaceFrom  int
	spaceTo    int
}

// next goes on to the next piece; false: there is none.
func (f *folding) next() bool {
	if f.held != nil {
		f.said, f.begin, f.end, f.held = f.held.said, f.held.begin, f.held.end, nil
		return true
	}
	for f.at < len(f.text) {
		from, size := f.points, pieceSize(f.text[f.at:])
		piece := f.text[f.at : f.at+size]
		f.at += size
		f.points += utf8.RuneCountInString(piece)
		if first, _ := utf8.DecodeRuneInString(piece); unicode.IsSpace(first) {
			if !f.space {
				f.space, f.spaceFrom = f.begun, from
			}
			f.spaceTo = f.points
			continue
		}
		said := foldPiece(piece)
		if said == "" {
			continue
		}
		f.begun = true
		f.said, f.begin, f.end = said, from, f.points
		if f.space {
			f.held = &folding{said: said, begin: from, end: f.points}
			f.said, f.begin, f.end, f.space = " ", f.spaceFrom, f.spaceTo, false
		}
		return true
	}
	return false
}

// pieceSize returns the size of the first character with all that combines with it.
func pieceSize(text string) int {
	if text[0] < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf) {
		return 1
	}
	if c, size := utf8.DecodeRuneInString(text); unicode.IsSpace(c) {
		return size
	}
	if n := norm.NFC.NextBoundaryInString(text[:min(len(text), 256)], true); n > 0 {
		return n
	}
	_, size := utf8.DecodeRuneInString(text)
	return size
}

// foldPiece returns a character in its one spelling.
func foldPiece(piece string) string {
	if len(piece) == 1 {
		switch c := piece[0]; {
		case 'A' <= c && c <= 'Z':
			return lowerASCII[c-'A' : c-'A'+1]
		case c == '`':
			return "'"
		}
		return piece
	}
	return strings.Map(func(c rune) rune {
		switch {
		case strings.ContainsRune("“”„«»″", c):
			return '"'
		case strings.ContainsRune("‘’‚´′", c):
			return '\''
		case strings.ContainsRune("‐‑‒–—−", c):
			return '-'
		case c == '\u00ad' || c == '\u200b' || c == '\u200c' || c == '\u200d' || c == '\ufeff' || c == '\u2060':
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFC.String(piece))
}

const lowerASCII = "abcdefghijklmnopqrstuvwxyz"

// foldText returns a text in one spelling.
func foldText(text string) string {
	var b strings.Builder
	for f := (folding{text: text}); f.next(); {
		b.WriteString(f.said)
	}
	return b.String()
}

// Alignment says where what stood in a text stands in a later version of it.
type Alignment struct {
	all    []stretch // what both have, in the order of the version before
	common []stretch // those that follow each other in both
	end    int       // of the later version
}

// stretch is what both versions have once: code points.
type stretch struct{ before, after, length int }

// Align compares two versions of a text by their lines and sentences.
func Align(before, after string) *Alignment {
	a := &Alignment{end: utf8.RuneCountInString(after)}
	old, now := sentencesOf(before), sentencesOf(after)
	for text, said := range old {
		if other, ok := now[text]; ok && said.count == 1 && other.count == 1 && text != "" {
			a.all = append(a.all, stretch{said.begin, other.begin, min(said.length, other.length)})
		}
	}
	slices.SortFunc(a.all, func(x, y stretch) int { return x.before - y.before })
	a.common = longestRising(a.all)
	return a
}

// At returns where what stood at a code point is to be expected, and whether the sentence that it stood in is there;
// else it is as far from the nearest that both have as it was.
func (a *Alignment) At(point int) (at int, same bool) {
	if s, ok := holding(a.all, point); ok {
		return point - s.before + s.after, true
	}
	at = point
	least := math.MaxInt
	i, _ := slices.BinarySearchFunc(a.common, point, func(s stretch, point int) int { return s.before - point })
	for _, n := range []int{i - 1, i} {
		if n < 0 || n >= len(a.common) {
			continue
		}
		s := a.common[n]
		if away := max(s.before-point, point-s.before-s.length); away < least {
			at, least = max(0, point-s.before+s.after), away
		}
	}
	return at, false
}

// Between returns the part of the later version in which it has what stood between two code points, if it still has it:
// from the last sentence before that both have to the first behind.
func (a *Alignment) Between(begin, end int) (from, to int) {
	first, known := holding(a.all, begin)
	last, knownToo := holding(a.all, max(begin, end-1))
	if known && knownToo && first == last {
		return first.after, first.after + first.length
	}
	i, _ := slices.BinarySearchFunc(a.common, begin, func(s stretch, point int) int { return s.before + s.length - 1 - point })
	if i > 0 {
		from = a.common[i-1].after + a.common[i-1].length
	}
	j, _ := slices.BinarySearchFunc(a.common, end, func(s stretch, point int) int { return s.before - point })
	if to = a.end; j < len(a.common) {
		to = a.common[j].after
	}
	return from, max(from, to)
}

// holding returns the stretch in which a code point stood.
func holding(all []stretch, point int) (stretch, bool) {
	i, exact := slices.BinarySearchFunc(all, point, func(s stretch, point int) int { return s.before - point })
	if !exact {
		i--
	}
	if i < 0 || point >= all[i].before+all[i].length {
		return stretch{}, false
	}
	return all[i], true
}

// sentence is a line or a sentence of it, with how often a text has it: where it stands first, in code points.
type sentence struct{ begin, length, count int }

func sentencesOf(text string) map[string]sentence {
	all := map[string]sentence{}
	begin := 0
	for text != "" {
		size := sentenceSize(text)
		said := text[:size]
		length := utf8.RuneCountInString(said)
		known := all[strings.TrimSpace(said)]
		if known.count++; known.count == 1 {
			known.begin, known.length = begin, length
		}
		all[strings.TrimSpace(said)] = known
		begin, text = begin+length, text[size:]
	}
	return all
}

// sentenceSize returns the bytes of the first line, or of the first sentence where that is shorter.
func sentenceSize(text string) int {
	for at := range len(text) {
		if text[at] == '\n' || text[at] == ' ' && at > 0 && strings.IndexByte(".!?", text[at-1]) >= 0 {
			return at + 1
		}
	}
	return len(text)
}

// longestRising returns the longest list of stretches that rise in the later version, too (patience sorting).
func longestRising(all []stretch) []stretch {
	var tops []int // the last of the shortest list of each length
	back := make([]int, len(all))
	for i, s := range all {
		at, _ := slices.BinarySearchFunc(tops, s.after, func(top, after int) int { return all[top].after - after })
		back[i] = -1
		if at > 0 {
			back[i] = tops[at-1]
		}
		if at == len(tops) {
			tops = append(tops, i)
		} else {
			tops[at] = i
		}
	}
	var list []stretch
	if len(tops) > 0 {
		for i := tops[len(tops)-1]; i >= 0; i = back[i] {
			list = append(list, all[i])
		}
	}
	slices.Reverse(list)
	return list
}
