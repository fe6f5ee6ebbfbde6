package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The properties of a Source that say which text is kept of it, or was when it was read: the text itself is in no claim
// (law 14).
const (
	TextHash   = "text_sha256"
	TextLength = "text_length"
)

// TextPosts is the property of a Source whose text is a thread: a JSON list of its posts with begin, end (code points
// of the text), author and date, and quotes, a list of objects with begin, end and author.
const TextPosts = "x_posts"

// MaxPiece is the size of the pieces, in bytes, that a text is kept in; MaxPieces is how many one may have.
const (
	MaxPiece  = 1 << 20
	MaxPieces = 1000
)

// Text is the text of a document, which belongs to a data set: nothing of it is shared with others.
type Text struct {
	SHA256  string // of its bytes, in hexadecimal
	Content string
}

// NewText returns a text with its hash.
func NewText(content string) Text {
	return Text{TextSum(content), content}
}

// TextSum returns the SHA-256 of a text, in hexadecimal.
func TextSum(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// TextPiece is a piece of a text: what a record of it says, and what a node of the graph holds.
type TextPiece struct {
	SHA256  string // of the whole text
	Number  int    // from 1
	Of      int    // pieces
	Content string // valid UTF-8, any characters
}

// Pieces cuts the text. One of no bytes has one piece.
func (t Text) Pieces() []*TextPiece {
	var contents []string
	rest := t.Content
	for len(rest) > MaxPiece {
		cut := MaxPiece
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		contents, rest = append(contents, rest[:cut]), rest[cut:]
	}
	contents = append(contents, rest)
	pieces := make([]*TextPiece, len(contents))
	for i, content := range contents {
		pieces[i] = &TextPiece{t.SHA256, i + 1, len(contents), content}
	}
	return pieces
}

var textHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Check returns what is wrong with a piece that somebody wrote, or nil.
func (p *TextPiece) Check() *Fault {
	switch {
	case !textHash.MatchString(p.SHA256):
		return &Fault{Column: "text", Value: p.SHA256, Reason: "not the SHA-256 of a text: 64 digits of 0-9a-f"}
	case p.Of < 1 || p.Of > MaxPieces:
		return &Fault{Column: "of", Value: strconv.Itoa(p.Of), Reason: fmt.Sprintf("a text has 1 to %d pieces", MaxPieces)}
	case p.Number < 1 || p.Number > p.Of:
		return &Fault{Column: "piece", Value: strconv.Itoa(p.Number), Reason: fmt.Sprintf("the pieces are numbered 1 to %d", p.Of)}
	case len(p.Content) > MaxPiece:
		return &Fault{Column: "content", Reason: fmt.Sprintf("a piece of %d bytes; at most %d", len(p.Content), MaxPiece), Hint: "cut it"}
	case !utf8.ValidString(p.Content):
		return &Fault{Column: "content", Reason: "not valid UTF-8"}
	case p.Of == 1 && TextSum(p.Content) != p.SHA256:
		return &Fault{
			Column: "content", Reason: "its SHA-256 is not the one that the record names",
			Hint: "the text was changed after it was read: load the document again",
		}
	}
	return nil
}

// Key is the identity of the piece in a data set. All of a text lie side by side, and all texts of a data set.
func (p *TextPiece) Key(dataset string) string {
	return fmt.Sprintf("%s.%s.%04d.%04d.%s", hash(dataset), p.SHA256, p.Number, p.Of, p.ContentHash())
}

// ContentHash returns the hash of the piece's content, as its key has it.
func (p *TextPiece) ContentHash() string { return hash(p.Content) }

// PieceOf returns what a key says of its piece, and the hash that its content has.
func PieceOf(key string) (piece *TextPiece, content string, ok bool) {
	parts := strings.Split(key, ".")
	if len(parts) != 5 {
		return nil, "", false
	}
	piece = &TextPiece{SHA256: parts[1]}
	var err error
	if piece.Number, err = strconv.Atoi(parts[2]); err != nil {
		return nil, "", false
	}
	if piece.Of, err = strconv.Atoi(parts[3]); err != nil {
		return nil, "", false
	}
	return piece, parts[4], true
}

// TextRange returns the bounds of the keys of one text of a data set; of all its texts where the hash is empty.
func TextRange(dataset, sha256 string) (from, to string) {
	prefix := hash(dataset)
	if sha256 != "" {
		prefix += "." + sha256
	}
	return KeyRange(prefix)
}

// AppendJSON appends the piece as the canonical record that makes it.
func (p *TextPiece) AppendJSON(b []byte, dataset string) []byte {
	w := objectWriter{buf: append(b, '{')}
	w.text("dataset", dataset)
	w.text("text", p.SHA256)
	w.number("piece", p.Number)
	w.number("of", p.Of)
	w.key("content")
	w.buf = AppendJSONString(w.buf, p.Content)
	return append(w.buf, '}')
}

// TextOf returns which text a claim says is kept of its subject; empty: none. Who denies it, or doubts it, says of
// none.
func TextOf(c *Claim) string {
	if c.Predicate == TextHash && (c.Assertion == Asserted || c.Assertion == "") {
		return c.Value
	}
	if hashes := c.Values[TextHash]; c.Predicate == Describes && len(hashes) > 0 {
		return hashes[0]
	}
	return ""
}
