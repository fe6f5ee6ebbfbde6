//go:build !nopdf

package document

import (
	"math"
	"regexp"
)

// A page that was printed to a PDF has all that stood around its article: menus, boxes beside it, captions, lists of
// other pages. No element tells them there; where they stand and how large they are written does. In other PDFs nothing
// is left out for that: a report has notes and tables of all sizes.

// pdfBlock is several lines below each other, of one size.
type pdfBlock struct {
	lines       []int // of the list of lines
	page        int
	left, right float64
	top, bottom float64 // base lines of the first and last
	size        float64
	text        string
}

// bodySize returns the size in which most of a text is written.
func bodySize(lines []pdfLine) float64 {
	letters := map[float64]int{}
	most, size := 0, 0.0
	for i := range lines {
		rounded := math.Round(lines[i].size*10) / 10
		letters[rounded] += len(lines[i].text)
		if n := letters[rounded]; n > most || n == most && rounded < size {
			most, size = n, rounded
		}
	}
	return size
}

// blocksOf puts lines that follow each other into blocks.
func blocksOf(lines []pdfLine) []pdfBlock {
	var blocks []pdfBlock
	for i := range lines {
		line := &lines[i]
		if n := len(blocks); n > 0 {
			b := &blocks[n-1]
			down := b.bottom - line.first
			if b.page == line.page && math.Abs(b.size-line.size) < .5 && down > 0 && down < b.size*1.5 &&
				math.Abs(line.left-b.left) < 4*b.size {
				b.lines = append(b.lines, i)
				b.left, b.right, b.bottom = min(b.left, line.left), max(b.right, line.right), line.last
				b.text += " " + collapse(line.text)
				continue
			}
		}
		blocks = append(blocks, pdfBlock{
			lines: []int{i}, page: line.page, left: line.left, right: line.right, top: line.first, bottom: line.last,
			size: line.size, text: collapse(line.text),
		})
	}
	return blocks
}

// printedLayout is what is known of a page that was printed.
type printedLayout struct {
	body        float64 // size
	left, right float64 // of the column of the article
	headline    *pdfBlock
	lastBody    int // the last block that is a paragraph of the article
}

// The bounds of what is compared with each other.
const (
	mostBlocks = 2000 // of a page
	mostBoxes  = 1000 // lines beside an article
)

var (
	// endOfArticle is the heading of what stands below an article.
	endOfArticle = regexp.MustCompile(`(?i)^(related|more (on|from|about|news|stories)|most (read|popular|viewed)|read (more|next|also)|recommended|you (may|might)|` +
		`(\d+ )?comments?\b|leave a (comment|reply)|share this|tags?\b|topics\b|about the author|sign up|newsletter|latest (news|stories))`)
	cookies = regexp.MustCompile(`(?i)\b(uses? cookies|cookie (policy|settings|consent)|your privacy choices|we value your privacy)\b`)
	imprint = regexp.MustCompile(`(?i)^(©|\(c\) ?\d{4}|copyright\b)`)
)

// printedArticle takes of the lines of a printed page those of its article; what else stands there becomes asides.
func (d *Document) printedArticle(lines []pdfLine) (article []pdfLine) {
	blocks := blocksOf(lines)
	l := layoutOf(lines, blocks)
	beside := make([]bool, len(lines))
	var boxes []pdfLine
	below := false // the article has ended
	var onPage []pdfBlock
	for n := range blocks {
		b := &blocks[n]
		if n == 0 || b.page != blocks[n-1].page {
			end := n
			for end < len(blocks) && blocks[end].page == b.page {
				end++
			}
			if onPage = blocks[n:end]; len(onPage) > mostBlocks {
				onPage = nil
			}
		}
		below = below || n > l.lastBody && len(b.text) <= shortLine && endOfArticle.MatchString(b.text)
		kind := l.kindOf(b, onPage)
		if below && len(b.lines) < 4 {
			kind = Menu
		}
		if kind == "" {
			continue
		}
		d.Asides = append(d.Asides, Aside{kind, b.text})
		for _, i := range b.lines {
			beside[i] = true
			if kind == Menu {
				boxes = append(boxes, lines[i])
			}
		}
	}
	for i := range lines {
		if !beside[i] {
			article = append(article, lines[i])
		}
	}
	if l.headline != nil {
		d.Title = l.headline.text
	}
	measureBlocks(article)
	narrowBeside(article, boxes)
	return article
}

// kindOf says what a block is beside the article; empty: it is a part of that.
func (l *printedLayout) kindOf(b *pdfBlock, blocks []pdfBlock) AsideKind {
	small := b.size < l.body*.95
	switch {
	case l.isBox(b, blocks), len(b.text) < 400 && cookies.MatchString(b.text), small && imprint.MatchString(b.text):
		return Menu
	case l.headline == nil || b == l.headline || b.page != l.headline.page:
		return ""
	case b.bottom > l.headline.top:
		return Menu
	case small && l.isCaption(b, blocks):
		return Caption
	case small && len(b.text) < 300 && b.bottom > l.firstBody(blocks):
		return Credit
	}
	return ""
}

// layoutOf finds the column of the article, its last paragraph and its headline: what is largest on the first page.
func layoutOf(lines []pdfLine, blocks []pdfBlock) printedLayout {
	l := printedLayout{body: bodySize(lines), left: math.Inf(1)}
	for n := range blocks {
		b := &blocks[n]
		if math.Abs(b.size-l.body) < .5 && len(b.lines) > 1 {
			l.left, l.right = min(l.left, b.left), max(l.right, b.right)
			if len(b.lines) > 3 {
				l.lastBody = n
			}
		}
		if b.page == blocks[0].page && b.size > l.body*1.2 && len(b.text) > 12 && (l.headline == nil || b.size > l.headline.size) {
			l.headline = b
		}
	}
	return l
}

// isBox reports whether a block stands beside lines of the article, and is narrower and smaller.
func (l *printedLayout) isBox(b *pdfBlock, blocks []pdfBlock) bool {
	if b.size >= l.body*.95 || b.right-b.left > (l.right-l.left)/2 {
		return false
	}
	for n := range blocks {
		o := &blocks[n]
		if o.page == b.page && math.Abs(o.size-l.body) < .5 && o.top >= b.bottom && o.bottom <= b.top && len(o.lines) > 1 &&
			(b.left > l.left+(l.right-l.left)/4 || b.right < l.left) {
			return true
		}
	}
	return false
}

// isCaption reports whether a small block stands below a picture, which leaves a gap above it, or says whose it is.
func (l *printedLayout) isCaption(b *pdfBlock, blocks []pdfBlock) bool {
	if ofPicture.MatchString(b.text) && dateLine.FindString(b.text) == "" {
		return true
	}
	gap := math.Inf(1)
	for n := range blocks {
		if o := &blocks[n]; o != b && o.page == b.page && o.bottom > b.top {
			gap = min(gap, o.bottom-b.top)
		}
	}
	return gap > 4*b.size && !math.IsInf(gap, 1)
}

// firstBody returns how high on the first page the article's text begins.
func (l *printedLayout) firstBody(blocks []pdfBlock) float64 {
	for n := range blocks {
		b := &blocks[n]
		if b.page == l.headline.page && math.Abs(b.size-l.body) < .5 && b.top < l.headline.bottom && len(b.text) > shortLine {
			return b.top
		}
	}
	return math.Inf(1)
}

// narrowBeside has the lines of the article end where a box beside them begins: those on its height, and those next to
// them that end there as well.
func narrowBeside(lines, boxes []pdfLine) {
	for _, box := range boxes[:min(len(boxes), mostBoxes)] {
		for i := range lines {
			line := &lines[i]
			if line.page == box.page && line.right < box.left && box.left < line.edge &&
				math.Abs(line.first-box.first) < line.size*2 {
				line.edge = max(box.left-line.size, line.right)
			}
		}
	}
}
