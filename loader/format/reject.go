package format

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteReject writes a rejected record as one line of NDJSON (law 15). The raw record stands under "raw", or, where it is
// not UTF-8, as base64 under "raw_base64".
func WriteReject(w io.Writer, bad BadRecord) error {
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
		Value:  strings.ToValidUTF8(cutText(bad.Value, MaxRejectValue), "\uFFFD"),
		Reason: bad.Reason, Hint: bad.Hint,
	}
	if raw := cutRaw(bad.Raw); utf8.Valid(raw) {
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

// cutRaw cuts a raw record to MaxRaw bytes, not within a character.
func cutRaw(raw []byte) []byte {
	if len(raw) <= MaxRaw {
		return raw
	}
	cut := MaxRaw
	for cut > MaxRaw-utf8.UTFMax && !utf8.RuneStart(raw[cut]) {
		cut--
	}
	return raw[:cut]
}

// keepRaw copies a raw record, cut to MaxRaw bytes.
func keepRaw(raw []byte) []byte { return bytes.Clone(cutRaw(raw)) }

func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
