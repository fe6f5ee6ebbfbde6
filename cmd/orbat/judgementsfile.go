package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"orbat/schema"
)

// judgementLine is a statement in a file of judgements: what a plan writes, and what somebody makes of it.
type judgementLine struct {
	Decision  string `json:"decision"` // accept, reject; empty: nobody has judged it
	Says      string `json:"says"`     // for who reads the file; the rest tells
	From      string `json:"from"`     // an end, the relation or the assertion that is changed is put right
	Relation  string `json:"relation"`
	To        string `json:"to"` // or the value
	Assertion string `json:"assertion"`
	Why       string `json:"why"`

	Quote      string            `json:"quote"`
	Rule       string            `json:"rule"`
	Confidence string            `json:"confidence,omitempty"`
	Claim      string            `json:"claim"`
	Statement  *schema.Statement `json:"statement"` // as it was read
}

// lineOf returns a statement as a line of a file.
func (j *judging) lineOf(s *readStatement) judgementLine {
	read := j.statementOf(s)
	line := judgementLine{
		Says: j.sentence(s.record), From: read.From, Relation: read.Relation, To: read.To, Assertion: string(read.Assertion),
		Quote: read.Quote, Rule: strings.TrimPrefix(s.claim.Method, schema.ReadMethod), Confidence: s.record.Confidence,
		Claim: s.claim.Key(), Statement: read,
	}
	if line.To == "" {
		line.To = read.Value
	}
	return line
}

// write writes the statements that nobody has judged to a file.
func (j *judging) write(path string) error {
	file, err := openOut(path)
	if err != nil {
		return &usageError{fmt.Errorf("write the statements to %s: %w", path, err), "--judgements names a file that can be written"}
	}
	enc := json.NewEncoder(file)
	enc.SetEscapeHTML(false)
	for _, s := range j.open() {
		if err := enc.Encode(j.lineOf(s)); err != nil {
			file.discard()
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return file.place()
}

// read takes the judgements of a file. What it says of statements that are not in the input is told.
func (j *judging) read(ctx context.Context, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return &usageError{fmt.Errorf("read the judgements: %w", err), "orbat plan FILE --judgements " + quoteArg(path) + " writes them"}
	}
	unread, judged, number := 0, 0, 0
	for raw := range bytes.Lines(text) {
		number++
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		found, wrong := j.take(ctx, raw)
		switch {
		case wrong != nil:
			return &usageError{
				fmt.Errorf("%s:%d: %w", path, number, wrong),
				"decision is accept, reject or empty; from, relation, to and assertion may be changed",
			}
		case found == nil:
			unread++
		case found.kind != "":
			judged++
		}
	}
	if unread > 0 {
		j.note("%d lines of %s are of statements that the files do not hold", unread, path)
	}
	j.note("%d statements judged by %s; %d left open, and not loaded", judged, path, len(j.open())-judged)
	return nil
}

// take judges the statement of a line; nil: the input does not hold it.
func (j *judging) take(ctx context.Context, raw []byte) (*readStatement, error) {
	var line judgementLine
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&line); err != nil {
		return nil, err
	}
	if line.Statement == nil {
		return nil, errors.New("the line has no statement")
	}
	if !slices.Contains([]string{"", schema.Accept, schema.Reject}, line.Decision) {
		return nil, fmt.Errorf("no judgement %q", line.Decision)
	}
	s := j.find(line)
	if s == nil || s.known != "" {
		return s, nil
	}
	change := changed{
		From: other(line.From, line.Statement.From), Relation: other(line.Relation, line.Statement.Relation),
		To:        other(line.To, line.Statement.To+line.Statement.Value),
		Assertion: other(line.Assertion, string(line.Statement.Assertion)),
	}
	s.kind, s.why = line.Decision, line.Why
	if change == (changed{}) || line.Decision == schema.Reject {
		return s, nil
	}
	right, err := j.put(ctx, s, change)
	if err != nil {
		return nil, err
	}
	s.kind, s.right, s.why = schema.Reject, right, cmp.Or(s.why, putRight)
	return s, nil
}

// other returns a text that is another than it was; empty where it is not.
func other(now, was string) string {
	if now == was {
		return ""
	}
	return now
}

// find returns the statement that a line is about: the one of its key, else the one that is most like what it says.
func (j *judging) find(line judgementLine) *readStatement {
	var best *readStatement
	most := schema.Unlike
	for _, s := range j.statements {
		if s.claim.Key() == line.Claim {
			return s
		}
		if how := line.Statement.Likeness(j.statementOf(s)); how > most {
			best, most = s, how
		}
	}
	return best
}
