package format

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"

	"orbat/loader/format/input"
	"orbat/schema"
)

// WriteReject writes a rejected record as one line of NDJSON (law 15). The raw record stands under "raw", or, where it
// is not UTF-8, as base64 under "raw_base64".
func WriteReject(w io.Writer, bad schema.RecordError) error {
	line := struct {
		File   string `json:"file,omitempty"`
		Line   int    `json:"line,omitempty"`
		Column string `json:"column,omitempty"`
		Value  string `json:"value,omitempty"`
		Reason string `json:"reason"`
		Hint   string `json:"hint,omitempty"`
		Raw    string `json:"raw,omitempty"`
		Base64 string `json:"raw_base64,omitempty"`
	}{
		File: bad.Pos.File, Line: bad.Pos.Line, Column: bad.Column,
		Value:  strings.ToValidUTF8(input.CutText(bad.Value, input.MaxRejectValue), "\uFFFD"),
		Reason: bad.Reason, Hint: bad.Hint,
	}
	if raw := input.CutRaw(bad.Raw); utf8.Valid(raw) {
		line.Raw = string(raw)
	} else {
		line.Base64 = base64.StdEncoding.EncodeToString(raw)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line); err != nil {
		return err
	}
	_, err := w.Write(buf.Bytes()) // in one write, so that lines of several writers do not mix
	return err
}
