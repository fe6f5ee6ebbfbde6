package canned

import (
	_ "embed"
	"regexp"
	"strings"
)

//go:embed starter.dql
var starter string

// Starter is a working .dql file to begin one's own from, with comments that explain it.
func Starter(name string) string { return strings.ReplaceAll(starter, "NAME", name) }

// Renamed is the text of the query's file under another name, in its example too.
func (q *Query) Renamed(name string) string {
	lines := strings.SplitAfter(q.source, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "#") {
			break
		}
		line = regexp.MustCompile(`^(#\s?name:\s*)[^\s#]+`).ReplaceAllString(line, "${1}"+name)
		lines[i] = strings.ReplaceAll(line, "orbat query "+q.Name+" ", "orbat query "+name+" ")
	}
	return strings.Join(lines, "")
}
