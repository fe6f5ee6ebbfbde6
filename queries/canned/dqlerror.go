package canned

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"orbat/schema"
)

// DQLError is what Dgraph finds wrong with a query's text. Its position is one in the text as it was sent; without a
// line Dgraph does not say, nor can it be told.
type DQLError struct {
	schema.Fault
	cause error
}

// Error returns the place in the text and what is wrong there.
func (e *DQLError) Error() string {
	if e.Pos.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("%d:%d: %s", e.Pos.Line, e.Pos.Column, e.Reason)
}

// Unwrap returns Dgraph's own error.
func (e *DQLError) Unwrap() error { return e.cause }

// ExplainDQL makes a DQLError of Dgraph's complaint about a query; any other error, such as that of a lost connection,
// stays as it is.
func ExplainDQL(dql string, err error) error {
	answer, fromServer := status.FromError(err)
	if err == nil || !fromServer || answer.Code() != codes.Unknown { // Dgraph gives its complaints no code
		return err
	}
	reason := strings.TrimSpace(strings.TrimLeft(answer.Message(), ": "))
	e := &DQLError{Fault: schema.Fault{Reason: reason, Hint: "DQL is explained at https://docs.dgraph.io/dql"}, cause: err}
	lexing := regexp.MustCompile(`(?s)^while lexing .* at line (\d+) column (\d+): (.*)$`)
	parsing := regexp.MustCompile(`(?s)^line (\d+) column (\d+): (.*)$`)
	m := lexing.FindStringSubmatch(reason)
	if m == nil {
		m = parsing.FindStringSubmatch(reason)
	}
	switch {
	case m != nil:
		e.Reason = m[3]
		line, _ := strconv.Atoi(m[1]) // digits by the pattern
		column, _ := strconv.Atoi(m[2])
		e.Pos.Line, e.Pos.Column = characters(dql, line, column)
	default:
		e.Reason = regexp.MustCompile(`\s+`).ReplaceAllString(strings.TrimPrefix(reason, "while converting to subgraph: "), " ")
		if at := suspect(dql, e.Reason); at >= 0 {
			e.Pos.Line, e.Pos.Column = lineAndColumn(dql, at)
		}
	}
	for _, known := range dqlHints() {
		if strings.Contains(e.Reason, known.says) {
			e.Hint, e.See = known.hint, known.see
			break
		}
	}
	e.Hint = schema.DidYouMean(misspelt(e.Reason), e.Hint)
	return e
}

// misspelt returns the word of DQL that one which Dgraph does not know comes nearest to; "" where it complains of no
// word.
func misspelt(reason string) string {
	for _, c := range []struct{ pattern, words string }{
		{`^(?:Function|Invalid function) name: (\w+)`, "eq le lt ge gt between has uid uid_in type allofterms anyofterms alloftext " +
			"anyoftext regexp match near within contains intersects"},
		{`invalid keyword: (\w+) at root`, "func first offset after orderasc orderdesc depth from to numpaths minweight maxweight"},
		{`^Unknown directive \[(\w+)\]`, "filter facets cascade normalize recurse groupby ignorereflex"},
	} {
		if m := regexp.MustCompile(c.pattern).FindStringSubmatch(reason); m != nil {
			return schema.Nearest(m[1], strings.Fields(c.words))
		}
	}
	return ""
}

// characters turns Dgraph's position, whose columns are bytes from 0, into one in characters from 1.
func characters(dql string, line, bytes int) (int, int) {
	lines := strings.Split(dql, "\n")
	if line < 1 || line > len(lines) {
		return len(lines), 1
	}
	text := lines[line-1]
	_, column := lineAndColumn(text, min(bytes, len(text)))
	return line, column
}

// suspect finds the word that a complaint without a position is about; -1: it names none that the query has.
func suspect(dql, reason string) int {
	for _, pattern := range []string{
		`Invalid function name: (\w+)`, `Predicate (\S+) is not indexed`, `Predicate (\S+) doesn't have reverse edge`,
		`(?:Attribute|attribute:?) (\S+) `, `Variable not defined (\$\w+)`,
		`[Vv]ariable (\$\w+) `, `Used:\[(\w+)`, `Defined:\[(\w+)`, `(\S+) not allowed multiple times`,
		`Duplicate aliases not allowed: (\S+)`,
		`Type "(\w+)" not supported`,
	} {
		m := regexp.MustCompile(pattern).FindStringSubmatch(reason)
		if m == nil {
			continue
		}
		if strings.Contains(reason, "reverse edge") {
			m[1] = "~" + m[1]
		}
		word := regexp.MustCompile(`(^|[^\w.$])` + regexp.QuoteMeta(m[1]) + `($|[^\w.])`)
		all := word.FindAllStringSubmatchIndex(dql, -1)
		if len(all) == 0 {
			continue
		}
		if strings.Contains(reason, "multiple times") || strings.Contains(reason, "Duplicate") {
			return all[len(all)-1][3] // the last is the one too many
		}
		return all[0][3]
	}
	return -1
}

// dqlHint is what to do about a complaint that says something.
type dqlHint struct {
	says, hint string
	see        schema.Listing
}

// dqlHints say what to do about the complaints that a hand-written query meets first.
func dqlHints() []dqlHint {
	return []dqlHint{
		{"ID can't be empty", "a variable in uid(…) was given nothing: make its parameter required", ""},
		{"Mutation block", "orbat only reads with DQL; loading writes", ""},
		{"is not indexed", "start from an indexed field, such as xid, name or entity.type, and compare this one in @filter", ""},
		{"trigram index", "start from an indexed field and use regexp in @filter, or search for names", schema.SeeSearch},
		{"reverse edge", "only links have a reverse, such as ~commands", schema.SeeTypes},
		{"defined but not used", "use the variable, or leave its “as” out", ""},
		{"used but not defined", "define it in another block: x as var(func: …)", ""},
		{"not defined", "declare variables first: query q($x: string) { … }", ""},
		{"not specified", "declare variables first: query q($x: string) { … }", ""},
		{"should be initialised", "give it a value", ""},
		{"edge limit", "narrow it with a filter or first:", ""},
		{"Unclosed", "a bracket that was opened before is not closed", ""},
		{"Too many right", "a bracket is closed that was not opened", ""},
	}
}

// Harmless fills the variables that the DQL declares: no uids, and values of the right type.
func (q *Query) Harmless() map[string]string {
	head, _, _ := strings.Cut(q.DQL, "{")
	vars := map[string]string{}
	for _, m := range regexp.MustCompile(`\$([a-z_][a-zA-Z0-9_]*)\s*:\s*(\w+)`).FindAllStringSubmatch(head, -1) {
		value := "[]"
		p := q.Param(m[1])
		switch {
		case m[2] == "int" || m[2] == "float":
			value = "1"
		case m[2] == "bool":
			value = "true"
		case p != nil && p.Type == "date":
			value = "2000-01-01"
		case q.dateOf(m[1], minSuffix) != "" || q.dateOf(m[1], maxSuffix) != "":
			value = firstMoment
		case p != nil && p.Default != "":
			value = p.Default
		case p != nil && slices.Contains([]string{"text", "enum", "dataset"}, p.Type):
			value = "x"
		}
		vars["$"+m[1]] = value
	}
	return vars
}

// Explain says where in the query's file Dgraph found a mistake.
func (q *Query) Explain(relations []string, err error) error {
	err = ExplainDQL(ExpandRelations(q.DQL, relations), err)
	var wrong *DQLError
	if !errors.As(err, &wrong) {
		return err
	}
	at := textPos{line: q.body.line}
	if wrong.Pos.Line > 0 {
		at = q.fileSpot(q.unexpanded(relations, wrong.Pos.Line, wrong.Pos.Column))
	}
	inFile := wrong.Fault
	inFile.Pos = schema.Position{File: q.File, Line: at.line, Column: at.column}
	return &HeaderError{inFile}
}

// unexpanded turns a place in the DQL as it was sent into one in the DQL as it is written: expandRelations backwards.
func (q *Query) unexpanded(relations []string, line, column int) (int, int) {
	for i, text := range strings.Split(q.DQL, "\n") {
		mark, add := "", ""
		switch {
		case strings.Contains(text, "%out"):
			mark = "%out"
		case strings.Contains(text, "%in"):
			mark, add = "%in", "~"
		}
		lines := 1
		if mark != "" {
			lines = len(relations)
		}
		if line > lines {
			line -= lines
			continue
		}
		if mark == "" {
			return i + 1, column
		}
		name := add + relations[line-1]
		// Each mark before the place stood for a name of another length.
		for at := 0; ; {
			next := strings.Index(text[at:], mark)
			_, begin := lineAndColumn(text, at+max(next, 0))
			if next < 0 || column <= begin {
				break
			}
			if column < begin+len(name) {
				column = begin // within the name
				break
			}
			column -= len(name) - len(mark)
			at += next + len(mark)
		}
		return i + 1, column
	}
	return strings.Count(q.DQL, "\n") + 1, 0
}
