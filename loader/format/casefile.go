package format

import (
	"strconv"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// A case file, in YAML or JSON, is one object: what holds for all of it (dataset, source), then lists of records.
//
//	dataset: centcom-2024
//	source: {title: "…", url: "https://…", publisher: "…"}
//	entities:
//	  - {id: a, type: Person, name: "…"}
//	relations:
//	  - {relation: commands, from: a, to: b, quote: "…"}

const caseKeys = "a case file has dataset, source, sources, entities, relations, values, decisions and note; records stand in its lists"

// isCaseHeader reports whether a key holds for the whole file.
func isCaseHeader(key string) bool { return key == "dataset" || key == "source" }

func unknownKey(key string, pos schema.Position) error {
	return input.Fail(schema.Fault{Pos: pos, Reason: "unknown key " + strconv.Quote(schema.Shorten(key)), Hint: caseKeys})
}

func keyTwice(key string, first, again schema.Position) error {
	return input.Fail(schema.Fault{
		Pos:    again,
		Reason: "the key " + strconv.Quote(key) + " stands twice: at " + decode.LineColumn(first) + " and " + decode.LineColumn(again),
		Hint:   "put all into one",
	})
}
