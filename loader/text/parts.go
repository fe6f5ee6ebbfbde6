package text

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"orbat/schema"
)

// Part is a piece of a text that has an author and a day of its own: a post of a thread, or what a post quotes of
// somebody. Nothing of it is the document's own word, and no "yesterday" in it that of the document.
type Part struct {
	Begin, End int    // code points of the text
	Author     string // what the author is called where it was posted; empty: nobody knows
	Published  string // when it was posted: 2006-01-02; empty: nobody knows
	Quote      bool   // it lies in another, and is of somebody else
}

// Posts returns the parts of a text that are its posts, as [schema.TextPosts] has them: in their order, each with what
// it quotes behind it.
func Posts(list string) ([]Part, error) {
	var posts []struct {
		Begin, End   int
		Author, Date string
		Quotes       []struct {
			Begin, End int
			Author     string
		}
	}
	if err := json.Unmarshal([]byte(list), &posts); err != nil {
		return nil, fmt.Errorf("read the posts of a document: %w", err)
	}
	var parts []Part
	for _, p := range posts {
		parts = append(parts, Part{Begin: p.Begin, End: p.End, Author: p.Author, Published: p.Date})
		for _, q := range p.Quotes {
			parts = append(parts, Part{Begin: q.Begin, End: q.End, Author: q.Author, Quote: true})
		}
	}
	return parts, nil
}

// partFinder finds the parts in which the sentences of a text lie, asked for in their order.
type partFinder struct {
	parts []Part
	next  int
	open  []*Part
}

// at returns the innermost part in which a code point lies; nil: it is in none.
func (f *partFinder) at(point int) *Part {
	for f.next < len(f.parts) && f.parts[f.next].Begin <= point {
		f.open = append(f.open, &f.parts[f.next])
		f.next++
	}
	for len(f.open) > 0 && f.open[len(f.open)-1].End <= point {
		f.open = f.open[:len(f.open)-1]
	}
	if len(f.open) == 0 {
		return nil
	}
	return f.open[len(f.open)-1]
}

// continues reports whether a sentence is of the same part as the one before it: "he" and "the troops" are none of
// somebody else's words.
func (d *doc) continues(s *sentence) bool { return s.at > 0 && d.sentences[s.at-1].part == s.part }

// attribute says of a statement of a part whose word it is: that of the part's author, unless the sentence names
// somebody whose it is, or somebody whom it does not name denies it. What is quoted of nobody knows whom is reported.
func (d *doc) attribute(s *sentence, st *Statement) {
	switch {
	case s.part == nil || st.Speaker != nil || st.Assertion == schema.Denied:
	case s.part.Author != "":
		st.Speaker = d.account(s.part.Author)
	case s.part.Quote && st.Assertion == schema.Asserted:
		st.Assertion = schema.Reported
	}
}

// account returns the account of an author: letter case tells no two of them apart.
func (d *doc) account(author string) *Entity {
	id := d.board + "/" + strings.ToLower(strings.ReplaceAll(author, ":", "."))
	if d.accounts[id] == nil {
		d.accounts[id] = &Entity{Name: author, Type: "Account", id: id, platform: d.options.Board}
	}
	return d.accounts[id]
}

// boardOf returns what the ids of the accounts of a text begin with. Where nobody knows the board they are those of
// this text alone: elsewhere somebody else may be called so.
func boardOf(board, content string) string {
	const most = 200 // bytes
	if board = strings.ReplaceAll(board, ":", "."); board == "" || len(board) > most || !utf8.ValidString(board) {
		board = "text-" + schema.TextSum(content)[:16]
	}
	return "account/" + board
}

// account describes an account.
func (e *Entity) account(from schema.Cite) *schema.Record {
	values := map[string][]schema.Value{"name": {{Text: e.Name}}, "handle": {{Text: e.Name}}}
	if e.platform != "" {
		values["platform"] = []schema.Value{{Text: e.platform}}
	}
	return &schema.Record{
		Kind: schema.EntityRecord, Subject: schema.Ref{ID: e.id, Type: "Account"}, Values: values,
		Provenance: schema.Provenance{Method: schema.ReadMethod + "author", Cites: []schema.Cite{from}},
	}
}
