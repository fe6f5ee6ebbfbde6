package mcp

import (
	"context"
	"net/url"
	"strings"
	"unicode/utf8"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"orbat/queries"
)

// documentURI is what the links to documents begin with.
const documentURI = "orbat://document/"

// documentLink returns the link to a source, whose text is perhaps kept.
func documentLink(xid string) string {
	return documentURI + strings.ReplaceAll(url.QueryEscape(xid), "+", "%20")
}

// documentReader reads a document by its link: what is known of it, its text and the statements that cite it.
func (f *Face) documentReader(source Source) sdk.ResourceHandler {
	return f.linked(source, documentURI, "document", func(ctx context.Context, graph *Graph, c *call, _ url.Values) ([]byte, error) {
		d, err := graph.Runner.Document(ctx, c.args["document"])
		if err != nil {
			return nil, err
		}
		a := documentAnswer(d)
		graph.asked("document "+d.XID, a.main)
		return a.page(c, once)
	})
}

// passageSize is how many bytes of a text are one unit of an answer, about.
const passageSize = 2000

// documentAnswer cuts a document into units: its text in passages, then the statements that cite it.
func documentAnswer(d *queries.Document) *answer {
	bare := *d
	bare.Statements, bare.Texts = nil, nil
	a := &answer{head: object{"truncated": d.More}}
	about := object{}
	remake(&bare, &about)
	texts := []any{}
	for _, t := range d.Texts {
		texts = append(texts, object{"dataset": t.Dataset, "sha256": t.SHA256, "length": t.Length, "kept": t.Kept})
	}
	about["texts"] = texts
	a.head["document"] = prose(about)
	if text := d.TextOf("", ""); text != nil {
		begin := 0
		for rest := text.Text; rest != ""; {
			cut := passageEnd(rest)
			end := begin + utf8.RuneCountInString(rest[:cut])
			a.units = append(a.units, unit{list: "text", value: object{
				"sha256": text.SHA256, "begin": begin, "end": end, "text": source(rest[:cut]),
			}})
			begin, rest = end, rest[cut:]
		}
	}
	for _, q := range d.Statements {
		evidence := *q.Evidence
		evidence.Cites, evidence.File, evidence.Row = nil, "", 0
		said := object{}
		remake(&evidence, &said)
		delete(said, "cites")
		q.Evidence = nil
		at := object{}
		remake(&q, &at)
		delete(at, "evidence")
		for name, value := range at {
			said[name] = value
		}
		if q.Quote != "" {
			said["quote"] = source(q.Quote)
		}
		a.units = append(a.units, unit{list: "statements", value: prose(said)})
	}
	a.main = len(d.Statements)
	return a
}

// passageEnd returns where the first passage of a text ends: behind a paragraph, a line or a word where there is one.
func passageEnd(text string) int {
	if len(text) <= passageSize {
		return len(text)
	}
	for _, behind := range []string{"\n\n", "\n", " "} {
		if at := strings.LastIndex(text[:passageSize], behind); at > passageSize/2 {
			return at + len(behind)
		}
	}
	end := passageSize
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return end
}
