//go:build !nopdf

package document

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A PDF says where each character stands on its page, and not which of them make a paragraph. Lines are joined into
// paragraphs by where they stand and how they end, words that were hyphenated at the end of a line are put together,
// and what stands at the edge of page after page is an aside. Where one page ends and the next begins stands a form
// feed, so that whoever has the text alone can tell the page of a quote.

// pdfLine is a line of a page. Lines come in the order in which the file has them, which is nearly always that of
// reading.
type pdfLine struct {
	page        int // from 1
	text        string
	left, right float64 // of its first and its last character, in points
	first, last float64 // their base lines, upwards
	size        float64 // of the font: of what, the file says, so that sizes are only compared

	edge float64 // where the lines of its block end at most
}

// brokenWord stands for a hyphen at the end of a line while lines are joined: no text has it.
const brokenWord = "\uFFFE"

// pdfParagraph is a paragraph with form feeds where it goes over pages.
type pdfParagraph struct {
	page  int // on which it begins
	parts []string
}

// pdfText writes the text of pages; isPrinted: of a page that a browser printed.
func (d *Document) pdfText(lines []pdfLine, isPrinted bool) {
	running := runningLines(lines)
	body := make([]pdfLine, 0, len(lines))
	for i, line := range lines {
		switch text := collapse(line.text); {
		case text == "":
		case running[i]:
			d.Asides = append(d.Asides, Aside{Menu, text})
		default:
			line.text = text
			body = append(body, line)
		}
	}
	if isPrinted {
		body = d.printedArticle(body)
	} else {
		measureBlocks(body)
	}
	words := newWordList(body)
	var b strings.Builder
	points, page := 0, 1
	write := func(text string) {
		b.WriteString(text)
		points += utf8.RuneCountInString(text)
	}
	for n, p := range paragraphs(body) {
		if n > 0 {
			write("\n\n")
		}
		write(strings.Repeat("\f", p.page-page))
		page = p.page
		for i, text := range strings.Split(words.join(strings.Join(p.parts, "")), "\f") {
			if i > 0 {
				write("\f")
				page++
			}
			if text != "" {
				begin := points
				write(text)
				d.Map = append(d.Map, Segment{Begin: begin, End: points, ByteBegin: -1, ByteEnd: -1, Paragraph: n + 1, Page: page})
			}
		}
	}
	d.Text = b.String()
}

// paragraphs joins lines into paragraphs.
func paragraphs(lines []pdfLine) []pdfParagraph {
	var list []pdfParagraph
	pitch, size := pitches(lines), bodySize(lines)
	for i := range lines {
		line := &lines[i]
		gap := "\n\n"
		if i > 0 {
			apart := pitch[line.page]
			if line.size > size && size > 0 { // lines of a heading are further apart
				apart *= line.size / size
			}
			gap = gapBetween(&lines[i-1], line, apart)
			if gap == "\n" && line.size > size*1.2 && !startsItem(line.text) { // a heading is set in lines of any length
				gap = " "
			}
		}
		if gap == "\n\n" {
			list = append(list, pdfParagraph{line.page, []string{line.text}})
			continue
		}
		last := &list[len(list)-1]
		if turns := line.page - lines[i-1].page; turns > 0 {
			gap = strings.TrimRight(gap, " ") + strings.Repeat("\f", turns)
		}
		end := &last.parts[len(last.parts)-1]
		if strings.TrimLeft(gap, " \f") == "" && breaksWord(*end, line.text) {
			*end, gap = strings.TrimSuffix(*end, "-"), brokenWord+strings.TrimLeft(gap, " ")
		}
		last.parts = append(last.parts, gap, line.text)
	}
	return list
}

// gapBetween says what stands between two lines: an empty line, a line end, a space or, between ideographs, nothing.
func gapBetween(before, line *pdfLine, pitch float64) string {
	const similar = 1.12 // sizes that are less apart are one
	ended := endsSentence(before.text)
	down := before.last - line.first
	column := before.page != line.page || down < -line.size/2 // it goes on elsewhere
	switch {
	case before.size > line.size*similar || line.size > before.size*similar:
		return "\n\n"
	case column && ended:
		return "\n\n"
	case breaksWord(before.text, line.text):
		return " "
	case !column && pitch > 0 && down > pitch*1.35:
		return "\n\n"
	case !column && math.Abs(down) < pitch/3: // cells beside each other
		return " "
	case startsItem(line.text) && (ended || startsItem(before.text)):
		return "\n"
	case before.hasRoomFor(line):
		if ended {
			return "\n\n"
		}
		return "\n"
	case ended && !column && line.left > before.left+line.size*.8 && before.first == before.last:
		return "\n\n" // it is indented
	}
	if ideographic(lastRune(before.text)) && ideographic(firstRune(line.text)) {
		return ""
	}
	return " "
}

// breaksWord reports whether a line ends within a word that goes on in the next.
func breaksWord(line, next string) bool {
	cut, hyphenated := strings.CutSuffix(line, "-")
	return hyphenated && endsInLetter(cut) && startsLower(next)
}

// hasRoomFor reports whether the first word of the next line would have stood at the end of this one, had they been one
// paragraph.
func (l *pdfLine) hasRoomFor(next *pdfLine) bool {
	if l.first != l.last || l.right <= l.left || l.edge <= l.left {
		return false
	}
	letter := (l.right - l.left) / float64(utf8.RuneCountInString(l.text))
	word, _, _ := strings.Cut(next.text, " ")
	room := l.edge - l.right - 1.5*letter
	if ideographic(firstRune(next.text)) {
		return room > letter
	}
	return room > float64(utf8.RuneCountInString(word))*letter*1.15
}

// measureBlocks finds for each line where the lines of its block end at most: those that follow each other downwards
// and begin at nearly one place.
func measureBlocks(lines []pdfLine) {
	for begin := 0; begin < len(lines); {
		end := begin + 1
		edge := lines[begin].right
		for ; end < len(lines); end++ {
			before, line := &lines[end-1], &lines[end]
			if line.page != before.page || line.first > before.last+line.size/2 || math.Abs(line.left-before.left) > 4*line.size {
				break
			}
			edge = max(edge, line.right)
		}
		for i := begin; i < end; i++ {
			lines[i].edge = edge
		}
		begin = end
	}
}

// pitches returns how far lines of a page are apart: what most of them are.
func pitches(lines []pdfLine) map[int]float64 {
	steps := map[int][]float64{}
	for i := 1; i < len(lines); i++ {
		before, line := &lines[i-1], &lines[i]
		if down := before.last - line.first; before.page == line.page && down > .5 {
			steps[line.page] = append(steps[line.page], down)
		}
	}
	pitch := map[int]float64{}
	for page, list := range steps {
		slices.Sort(list)
		// Half of all steps may be between paragraphs; hardly any line stands nearer than its paragraph has it.
		pitch[page] = list[len(list)/4]
	}
	return pitch
}

var (
	digits = regexp.MustCompile(`\d+`)
	// printed is what browsers print at the edges of a page: the time with the title, the address with the page.
	printed = regexp.MustCompile(`^(\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? \d{1,2}[:.]\d{2}( ?[AaPp]\.?[Mm]\.?)?\b.*|(https?|file|about|data):\S+ +\d+/\d+|\d+/\d+)$`)
)

// edge is a line at the top or the bottom of pages, as it reads with all numbers alike.
type edge struct {
	top  bool
	text string
}

// runningLines finds the lines at the edges of pages that stand there page after page: titles, page numbers. Of each
// line it says whether it is one.
func runningLines(lines []pdfLine) []bool {
	const longest = 300
	running := make([]bool, len(lines))
	at := map[edge][]int{}
	pages := 0
	for begin := 0; begin < len(lines); pages++ {
		end := begin
		var order []int
		for ; end < len(lines) && lines[end].page == lines[begin].page; end++ {
			if strings.TrimSpace(lines[end].text) != "" {
				order = append(order, end)
			}
		}
		begin = end
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lines[b].first, lines[a].first) })
		for _, top := range []bool{true, false} {
			for _, i := range outermost(lines, order) {
				text := collapse(lines[i].text)
				if len(text) > longest || endsSentence(text) && len(strings.Fields(text)) > 4 {
					continue
				}
				running[i] = running[i] || printed.MatchString(text)
				e := edge{top, digits.ReplaceAllString(text, "#")}
				at[e] = append(at[e], i)
			}
			slices.Reverse(order)
		}
	}
	for _, list := range at {
		seen, page := 0, 0
		for _, i := range list {
			if lines[i].page != page {
				seen, page = seen+1, lines[i].page
			}
		}
		for _, i := range list {
			running[i] = running[i] || seen > 1 && seen*3 >= pages
		}
	}
	if !slices.Contains(running, false) { // there would be nothing left: a file of slips that are all alike
		for i := range lines {
			running[i] = printed.MatchString(collapse(lines[i].text))
		}
	}
	return running
}

// outermost returns the first two rows of lines that are in the order of their height.
func outermost(lines []pdfLine, order []int) []int {
	rows := 0
	for n, i := range order {
		if n == 0 || math.Abs(lines[i].first-lines[order[n-1]].first) > 2 {
			rows++
		}
		if rows > 2 {
			return order[:n]
		}
	}
	return order
}

// wordList knows which words with hyphens a document has where no line ends, and which without.
type wordList map[string]bool

var wordPattern = regexp.MustCompile(`[\p{L}\p{M}\p{N}’']+(-[\p{L}\p{M}\p{N}’']+)*`)

func newWordList(lines []pdfLine) wordList {
	words := wordList{}
	for _, line := range lines {
		for _, word := range wordPattern.FindAllString(line.text, -1) {
			words[strings.ToLower(word)] = true
		}
	}
	return words
}

var brokenPattern = regexp.MustCompile(`([\p{L}\p{M}\p{N}’'-]*)` + brokenWord + `(\f*)([\p{L}\p{M}\p{N}’'-]*)`)

// join puts the words together that were hyphenated at the end of a line. The hyphen stays where it belongs to the
// word: the document has it so elsewhere, or what follows is no small letter.
func (w wordList) join(text string) string {
	if !strings.Contains(text, brokenWord) {
		return text
	}
	text = brokenPattern.ReplaceAllStringFunc(text, func(found string) string {
		m := brokenPattern.FindStringSubmatch(found)
		before, turn, after := m[1], m[2], m[3]
		whole, hyphenated := strings.ToLower(before+after), strings.ToLower(before+"-"+after)
		if !endsInLetter(before) || !startsLower(after) || w[hyphenated] && !w[whole] {
			return before + "-" + after + turn
		}
		return before + after + turn
	})
	return strings.ReplaceAll(text, brokenWord, "-") // of a word that was broken twice
}

func firstRune(s string) rune {
	c, _ := utf8.DecodeRuneInString(s)
	return c
}

func lastRune(s string) rune {
	c, _ := utf8.DecodeLastRuneInString(s)
	return c
}

func startsLower(s string) bool {
	return unicode.IsLower(firstRune(s)) || unicode.Is(unicode.Lo, firstRune(s))
}
func endsInLetter(s string) bool { return unicode.IsLetter(lastRune(s)) }

// ideographic reports whether a character belongs to a script that puts no spaces between words.
func ideographic(c rune) bool {
	return unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana) || c >= 0x3000 && c <= 0x303F || c >= 0xFF00 && c <= 0xFFEF
}

// endsSentence reports whether a line may be the last of a paragraph by its last character.
func endsSentence(s string) bool {
	s = strings.TrimRight(s, `"'”’»)]`)
	return strings.ContainsRune(".!?:;…。！？：؟۔।", lastRune(s))
}

var itemPattern = regexp.MustCompile(`^([•◦▪‣●○–—*·-]|\(?(\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])\s`)

// startsItem reports whether a line begins an item of a list.
func startsItem(s string) bool { return itemPattern.MatchString(s) }
