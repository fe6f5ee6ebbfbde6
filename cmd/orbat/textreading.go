package main

import (
	"fmt"
	"strings"

	"orbat/cmd/orbat/intake"
	"orbat/loader/format"
	"orbat/loader/text"
	"orbat/schema"
)

// textReading is how a load reads the texts of documents, and what it read; nil: it reads none.
type textReading struct {
	intake.Reading
	below *outFile
	read  []textRead
	path  string
}

// textRead is what was read of one document.
type textRead struct {
	file    string
	content string
	reading *text.Reading
}

// newReading returns how the texts of documents among files are read; nil: there are none, or they are only kept.
// Without files it is for a text that is kept.
func (l *loading) newReading(files []format.File, o *schema.Ontology) (*textReading, error) {
	if l.published != "" {
		if r, err := schema.ParseDate(l.published); err != nil || r.Min.IsZero() {
			return nil, &usageError{fmt.Errorf("--published %s is no date", l.published), "--published 2023-07-09"}
		}
	}
	if l.confidence < 0 || l.confidence > 100 {
		return nil, &usageError{
			fmt.Errorf("--min-confidence %d is no confidence", l.confidence),
			"a whole number from 0 to 100",
		}
	}
	if l.noRead || l.mapping != "" || files != nil && !intake.HoldsDocuments(files, format.Options{Format: l.format}) {
		return nil, nil // it reads none
	}
	r := &textReading{path: l.below}
	r.Ontology, r.Published, r.MinConfidence = o, l.published, l.confidence
	if l.below != "" {
		file, err := openOut(l.below)
		if err != nil {
			return nil, &usageError{
				fmt.Errorf("write the statements to %s: %w", l.below, err),
				"--below names a file that can be written",
			}
		}
		r.below = file
		r.Below = func(claim *schema.Claim) error {
			if _, err := file.Write(append(claim.AppendJSON(nil), '\n')); err != nil {
				return fmt.Errorf("write %s: %w", l.below, err)
			}
			return nil
		}
	}
	r.Read = func(source *schema.Record, content string, reading *text.Reading) {
		if l.plan {
			r.read = append(r.read, textRead{source.Pos.File, content, reading})
		}
	}
	return r, nil
}

func (r *textReading) options() *intake.Reading {
	if r == nil {
		return nil
	}
	return &r.Reading
}

func (r *textReading) discard() {
	if r != nil && r.below != nil {
		r.below.discard()
	}
}

func (r *textReading) close() error {
	if r == nil || r.below == nil {
		return nil
	}
	return r.below.place()
}

// print shows what was read: the text with its names marked, and each statement.
func (r *textReading) print(a *app) {
	if r == nil {
		return
	}
	for _, read := range r.read {
		a.printf("%s\n\n", clean(read.file))
		for line := range strings.Lines(strings.TrimRight(markNames(read.content, read.reading.Mentions), "\r\n")) {
			a.printf("%s\n", clean(strings.TrimRight(line, "\r\n")))
		}
		a.printf("\n")
		if read.reading.Foreign {
			a.printf("not English: no statement is read of it\n\n")
		}
		for i, s := range read.reading.Statements {
			when := ""
			if s.Period != "" {
				when = ", " + s.Period
			}
			a.printf("%d  %s%s\n", i+1, clean(s.String()), clean(when))
			a.printf("   “%s” [%d–%d]\n", clean(strings.Join(strings.Fields(s.Quote), " ")), s.Begin, s.End)
			a.printf("   rule %s, confidence %d: %s\n", s.Rule, s.Confidence, r.effect(s))
		}
		a.printf("\n")
	}
}

// effect says what a load makes of a statement.
func (r *textReading) effect(s *text.Statement) string {
	switch {
	case s.Confidence < r.MinConfidence && r.path != "":
		return "not loaded, written to " + r.path
	case s.Confidence < r.MinConfidence:
		return "not loaded"
	case !s.Assertion.Draws():
		return string(s.Assertion) + ": kept, draws nothing"
	case s.To == (text.End{}) && s.Value == "":
		return "kept with the event as it is written: nobody knows which day it was"
	case s.To == (text.End{}):
		return "a value is shown"
	}
	return "a link is drawn"
}

// markNames returns a text with its names in brackets, each with its type.
func markNames(content string, mentions []*text.Mention) string {
	var b strings.Builder
	at, next := 0, 0
	for _, r := range content {
		for next < len(mentions) && mentions[next].End <= at {
			next++
		}
		if next < len(mentions) && mentions[next].Begin == at && mentions[next].Type != "" {
			b.WriteByte('[')
		}
		b.WriteRune(r)
		at++
		if next < len(mentions) && mentions[next].End == at {
			if mentions[next].Type != "" {
				b.WriteString("|" + mentions[next].Type + "]")
			}
			next++
		}
	}
	return b.String()
}
