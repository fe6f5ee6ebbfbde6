package brat

import (
	"context"
	"errors"
	"io"
	"strings"

	"orbat/loader/format/input"
	"orbat/schema"
)

// configuration is what annotation.conf says of the types, as far as it tells what annotations mean.
type configuration struct {
	parents map[string]string // the type that one is a kind of, of mentions, relations and events
	equal   map[string]bool   // relations by which several are one
	events  map[string]bool
}

// readConfiguration reads annotation.conf: sections of types, one a line, those that are a kind of another indented by
// tabs below it.
func readConfiguration(ctx context.Context, in *input.Input) (*configuration, error) {
	c := &configuration{parents: map[string]string{}, equal: map[string]bool{}, events: map[string]bool{}}
	lines := input.LineReader{R: in.R}
	section := ""
	var above []string
	size := 0
	for {
		raw, tooLong, err := lines.Next(maxLine)
		pos := schema.Position{File: in.Name, Line: lines.Line}
		size += len(raw)
		switch {
		case errors.Is(err, io.EOF):
			return c, nil
		case err != nil:
			return nil, input.ErrorAt(ctx, pos, err)
		case tooLong || size > maxBeside:
			return nil, input.Fail(schema.Fault{Pos: pos, Reason: "too long for a configuration", Hint: "is it BRAT's annotation.conf?"})
		}
		text := strings.TrimRight(string(raw), " \t\r\n")
		name := strings.TrimLeft(text, "\t ")
		depth := len(text) - len(name)
		name, arguments, _ := strings.Cut(name, "\t")
		name = strings.TrimPrefix(strings.TrimSpace(name), "!")
		switch {
		case name == "" || strings.HasPrefix(name, "#"):
			continue
		case strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]"):
			section, above = strings.ToLower(name[1:len(name)-1]), nil
			continue
		case strings.HasPrefix(name, "<"), strings.Trim(name, "-") == "": // a macro, a line between types in a menu
			continue
		}
		if first, _, several := strings.Cut(name, " "); several {
			name = first
		}
		switch section {
		case "entities", "spans", "events":
			above = append(above[:min(depth, len(above))], name)
			if n := len(above); n > 1 && c.parents[name] == "" {
				c.parents[name] = above[n-2]
			}
			if section == "events" {
				c.events[name] = true
			}
		case "relations":
			if strings.Contains(arguments, "symmetric-transitive") {
				c.equal[name] = true
			}
		}
	}
}
