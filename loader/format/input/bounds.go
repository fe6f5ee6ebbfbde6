package input

import (
	"bytes"
	"unicode/utf8"

	"orbat/schema"
)

// The bounds hold memory within reason whatever a file contains; streaming formats have none on the whole file.
const (
	// MaxRecord is the longest line of NDJSON, row of CSV or record of JSON in bytes. A longer one is rejected.
	MaxRecord = 16 << 20
	// MaxDepth is the deepest nesting of lists and objects within a record.
	MaxDepth = 100
	// MaxValues is how many values, lists and objects a record may hold; a text counts as four, and so does a key: it
	// takes a few hundred bytes until it is written.
	MaxValues = 1 << 20
	// MaxRaw is how many bytes of a record are kept for the file of rejects.
	MaxRaw = 64 << 10
	// MaxRejectValue is how many bytes of an offending value a reject shows.
	MaxRejectValue = schema.MaxBrief
	// BufferSize is what a reader holds of a file at a time, and all that is looked at to recognise its shape.
	BufferSize = 64 << 10

	// maxWindow is the largest zstd window accepted; zstd's own command uses up to 128 MiB (--ultra --long=27).
	maxWindow = 128 << 20
	// maxSpool is the largest archive that is copied to a temporary file, where it comes from a pipe or compressed.
	maxSpool = 512 << 20
)

// CutRaw returns the first MaxRaw bytes of a raw record, not cut within a character.
func CutRaw(raw []byte) []byte {
	if len(raw) <= MaxRaw {
		return raw
	}
	cut := MaxRaw
	for cut > MaxRaw-utf8.UTFMax && !utf8.RuneStart(raw[cut]) {
		cut--
	}
	return raw[:cut]
}

// KeepRaw returns a copy of a raw record, cut to MaxRaw bytes.
func KeepRaw(raw []byte) []byte { return bytes.Clone(CutRaw(raw)) }

// CutText returns a text of at most so many bytes, with an ellipsis after them where it is cut.
func CutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
