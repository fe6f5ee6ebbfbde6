package loader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"orbat/schema"
	"orbat/schema/externalsort"
)

// textCheck follows the pieces of one text, in their order.
type textCheck struct {
	name string // the data set's part of the key, and the hash of the text
	sum  hash.Hash
	next int // the piece that comes next
	of   int
}

// compareTexts looks for texts that are not what their keys say: pieces that are absent, twice there or changed, and
// texts of no data set, which nothing would remove.
func (c *graphCheck) compareTexts(ctx context.Context) error {
	named := map[string]string{} // by the data set's part of a key
	for _, load := range c.loads {
		from, _ := schema.TextRange(load.dataset, "")
		named[from] = load.dataset
	}
	pieces := externalsort.Texts(ctx, "") // key and uid
	const page = 2000
	for after := "0x0"; ; {
		var found struct {
			Q []struct {
				UID string `json:"uid"`
				Key string `json:"text.key"`
			}
		}
		err := c.Ask(ctx, "read the keys of texts", `query q($first: int, $after: string) {
			q(func: has(text.key), first: $first, after: $after) { uid text.key } }`,
			map[string]string{"$first": strconv.Itoa(page), "$after": after}, &found)
		if err != nil {
			return err
		}
		if len(found.Q) == 0 {
			break
		}
		for _, node := range found.Q {
			after = node.UID
			if err := pieces.Add(node.Key + " " + node.UID); err != nil {
				return err
			}
		}
	}
	text := &textCheck{}
	for line, err := range pieces.Sorted() {
		if err != nil {
			return err
		}
		key, uid, _ := strings.Cut(line, " ")
		piece, content, ok := schema.PieceOf(key)
		if !ok {
			c.found(WrongText, key, "", "")
			continue
		}
		set, _, _ := strings.Cut(key, ".")
		if name := set + "." + piece.SHA256; name != text.name {
			c.endText(text)
			*text = textCheck{name: name, sum: sha256.New(), next: 1, of: piece.Of}
			if named[set+"."] == "" {
				c.found(WrongText, piece.SHA256+" of no data set", "", "")
			}
		}
		var found struct {
			Q []struct {
				Piece string `json:"text.piece"`
				Words string `json:"text.words"`
			}
		}
		if err := c.Ask(ctx, "read a text", `query q($uid: string) { q(func: uid($uid)) { text.piece text.words } }`,
			map[string]string{"$uid": uid}, &found); err != nil {
			return err
		}
		if len(found.Q) > 0 {
			piece.Content = found.Q[0].Piece
		}
		if is := piece.ContentHash(); is != content {
			c.found(WrongText, fmt.Sprintf("%s, piece %d", piece.SHA256, piece.Number), is, content)
		} else if len(found.Q) > 0 && found.Q[0].Words != piece.WordStarts() && (found.Q[0].Words != "" || !c.older) {
			c.found(WrongText, piece.SHA256+", of whose words the index says others", "", "")
		}
		if piece.Number != text.next || piece.Of != text.of {
			text.of = 0 // told at its end
		}
		text.next++
		text.sum.Write([]byte(piece.Content)) // never fails
	}
	c.endText(text)
	return nil
}

// endText tells whether a text was whole.
func (c *graphCheck) endText(text *textCheck) {
	if text.name == "" {
		return
	}
	_, want, _ := strings.Cut(text.name, ".")
	switch is := hex.EncodeToString(text.sum.Sum(nil)); {
	case text.next-1 != text.of:
		c.found(WrongText, want+" lacks pieces, or has some twice; load its document again", "", "")
	case is != want:
		c.found(WrongText, "its SHA-256", is, want)
	}
}
