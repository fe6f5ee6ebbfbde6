package document

import (
	"slices"
	"strings"
	"unicode/utf8"

	"orbat/schema"
)

// Document is one document as it is kept: its text, where each piece of it stands in the original, and what the
// document says of itself. What it does not say is empty, never guessed.
type Document struct {
	Format    string // text, markdown, html, mail, pdf
	Encoding  string // of the original
	Text      string // UTF-8, NFC as the original has it; paragraphs have an empty line between them
	Map       []Segment
	ID        string // its global id, as a mail has one
	Title     string
	Date      string // of publication: 2006-01-02, 2006-01 or 2006
	Author    string
	Publisher string
	URL       string // its canonical address
	Language  string // a BCP 47 tag
	Asides    []Aside
	// Attachments are listed, never read.
	Attachments []Attachment
	// Posts are what it consists of, where that is several texts of an author and a day each.
	Posts []*Post
	// Odd is what is odd about it, and keeps it from nothing: that there is next to no text, say.
	Odd []string
}

// Segment says where a piece of the kept text stands in the original. Within it the characters follow each other in
// both; where an original character is written in several bytes (an entity), the segment ends behind it.
type Segment struct {
	Begin, End         int // code points of the kept text
	ByteBegin, ByteEnd int // bytes of the original; -1: it stands in none as it is
	Paragraph          int // counted from 1
	Page               int // of a PDF, counted from 1

	packed bool // one character that the original writes otherwise
}

// direct reports whether the characters stand in the original as they are.
func (s *Segment) direct() bool { return !s.packed }

// AsideKind says what a text beside the body is.
type AsideKind string

// The kinds of asides.
const (
	Caption AsideKind = "caption" // under a picture, a film or a table
	Credit  AsideKind = "credit"  // who made a picture, who wrote the text
	Quote   AsideKind = "quote"   // of another mail, which this one answers
	Repeat  AsideKind = "repeat"  // a quote that repeats a passage of the body
	Menu    AsideKind = "menu"    // navigation, lists of other pages, buttons, advertising, comments
)

// Aside is a text of the document that is no part of its body.
type Aside struct {
	Kind AsideKind
	Text string
}

// Attachment is a file that came with a mail.
type Attachment struct {
	Name, Type string
	Size       int // bytes, unpacked
}

// Locate returns the segment in which a code point of the kept text stands.
func (d *Document) Locate(at int) (Segment, bool) {
	low, high := 0, len(d.Map)
	for low < high {
		if middle := (low + high) / 2; d.Map[middle].End <= at {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(d.Map) && d.Map[low].Begin <= at {
		return d.Map[low], true
	}
	return Segment{}, false
}

// Original returns what says where in the file some code points of the kept text stand, in bytes: from the first to the
// last of them that stand there, with whatever is between. False: none does, as in a PDF. Of a part that a mail has
// packed it is the whole.
func (d *Document) Original() func(begin, end int) (from, to int, ok bool) {
	passages := schema.NewPassages(d.Text)
	at := func(s Segment, point, otherwise int) int {
		kept, _ := passages.Slice(s.Begin, s.End)
		switch s.ByteEnd - s.ByteBegin {
		case len(kept):
			before, _ := passages.Slice(s.Begin, point)
			return s.ByteBegin + len(before)
		case s.End - s.Begin: // an encoding of one byte a character
			return s.ByteBegin + point - s.Begin
		}
		return otherwise
	}
	return func(begin, end int) (from, to int, ok bool) {
		i, _ := slices.BinarySearchFunc(d.Map, begin, func(s Segment, point int) int { return s.End - 1 - point })
		for ; i < len(d.Map) && d.Map[i].Begin < end; i++ {
			s := d.Map[i]
			if s.ByteBegin < 0 || s.Begin == s.End {
				continue
			}
			if !ok {
				from = at(s, max(s.Begin, begin), s.ByteBegin)
			}
			to, ok = at(s, min(s.End, end), s.ByteEnd), true
		}
		return from, to, ok
	}
}

// textBuilder writes a kept text and its map. White space is collapsed as a browser does; a paragraph ends with an
// empty line.
type textBuilder struct {
	text      strings.Builder
	segments  []Segment
	points    int
	paragraph int
	space     bool // one is due before the next character
	gap       int  // line ends due before the next character
}

// char adds a character that stands at some bytes of the original.
func (b *textBuilder) char(c rune, begin, end int) {
	if b.points == 0 {
		b.space, b.gap = false, 0
	}
	switch {
	case b.gap > 0:
		b.raw(strings.Repeat("\n", b.gap))
	case b.space:
		b.raw(" ")
		if n := len(b.segments); n > 0 { // the one space that stands in the original
			last := &b.segments[n-1]
			if last.End == b.points-1 && last.ByteEnd == begin-1 && last.direct() {
				last.End, last.ByteEnd = last.End+1, begin
			}
		}
	}
	if b.gap > 1 || b.paragraph == 0 {
		b.paragraph++
	}
	b.space, b.gap = false, 0
	b.text.WriteRune(c)
	b.extend(begin, end, utf8.RuneLen(c))
}

// extend puts the character written last into the map.
func (b *textBuilder) extend(begin, end, size int) {
	at := b.points
	b.points++
	if n := len(b.segments); n > 0 {
		last := &b.segments[n-1]
		if last.End == at && last.ByteEnd == begin && last.Paragraph == b.paragraph &&
			end-begin == size && last.direct() {
			last.End, last.ByteEnd = at+1, end
			return
		}
	}
	b.segments = append(b.segments, Segment{
		Begin: at, End: at + 1, ByteBegin: begin, ByteEnd: end, Paragraph: b.paragraph, packed: end-begin != size,
	})
}

func (b *textBuilder) raw(s string) {
	b.text.WriteString(s)
	b.points += utf8.RuneCountInString(s)
}

// blank adds white space.
func (b *textBuilder) blank() { b.space = true }

// line ends the line, endOfBlock the paragraph.
func (b *textBuilder) line()       { b.gap = max(b.gap, 1) }
func (b *textBuilder) endOfBlock() { b.gap = max(b.gap, 2) }

// collapse returns a text with white space collapsed.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }
