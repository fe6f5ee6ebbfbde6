package format

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"orbat/loader/format/document"
	"orbat/loader/format/input"
	"orbat/schema"
)

// notText says what a file is that holds no text, by its first bytes, and what to do with it; empty: it may hold one.
func notText(head []byte) (reason, hint string) {
	const unpack = "unpack it and load what it holds"
	starts := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case starts("\xff\xfe\x00\x00"), starts("\x00\x00\xfe\xff"):
		return "UTF-32 text", "save it as UTF-8"
	case starts("\xd0\xcf\x11\xe0") &&
		bytes.Contains(head, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")):
		return "an encrypted workbook or document", "open it with its password and save it without one"
	case starts("\xd0\xcf\x11\xe0"):
		return "an old Office file (xls, doc), or one protected by a password", "save the sheet as xlsx without a password, or as CSV"
	case starts("BZh"):
		return "bzip2 data", "unpack it: bunzip2 FILE"
	case starts("\xfd7zXZ\x00"):
		return "xz data", "unpack it: unxz FILE"
	case starts("7z\xbc\xaf\x27\x1c"), starts("Rar!\x1a\x07"):
		return "a 7z or RAR archive", unpack
	case starts("SQLite format 3\x00"):
		return "an SQLite database", "export its tables as CSV"
	case starts("PAR1"):
		return "a Parquet file", "convert it to CSV or NDJSON"
	case starts("\x00\x05\x16\x07"), starts("\x00\x05\x16\x00"), starts("\x00\x00\x00\x01Bud1"):
		return "what macOS notes beside a file (AppleDouble, DS_Store), not the file itself", "load the file of that name without ._"
	case starts("L\x00\x00\x00\x01\x14\x02\x00"), starts("book\x00\x00\x00\x00mark"), starts("bplist00"):
		return "a shortcut, not the file itself", "load the file that it points to"
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return "a tar archive", "unpack it: tar -xf FILE"
	}
	return "", ""
}

// notRecords says what a text is that holds no records; no reason: it may hold some.
func notRecords(head []byte) schema.Fault {
	if document.IsPDF(head) {
		return otherwisePDF()
	}
	if reason, hint := notData(head); reason != "" {
		return schema.Fault{Reason: reason, Hint: hint}
	}
	return binaryData(head)
}

// otherwisePDF is the fault of a PDF that goes by another name.
func otherwisePDF() schema.Fault {
	return schema.Fault{Reason: "a PDF", Hint: "name its format", Option: schema.Option{Name: "format", Value: "pdf"}}
}

// notDocument says what a file is that its name calls a document; no reason: it may be one. It decodes itself.
func notDocument(format Format, head []byte) (fault schema.Fault) {
	if fault.Reason, fault.Hint = notText(head); fault.Reason != "" {
		return fault
	}
	switch isPDF := document.IsPDF(head); {
	case format.Name == "pdf" && (isPDF || bytes.Contains(head, []byte("%PDF-"))):
		return fault
	case isPDF:
		return otherwisePDF()
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n\f")
	if !input.IsUTF16(head) {
		if binary := binaryData(head); binary.Reason != "" {
			return binary
		}
	}
	if format.Name == "html" && (isHTML(text) || startsElement(text)) {
		return fault
	}
	fault.Reason, fault.Hint = notData(head)
	if bytes.HasPrefix(text, []byte("<")) && isHTML(text) {
		fault.Hint, fault.Option = "if it is the document that is meant, read it as a page", schema.Option{Name: "format", Value: "html"}
	}
	return fault
}

// notData tells texts that were mostly saved in the place of the file that was to be fetched.
func notData(head []byte) (reason, hint string) {
	const fetch = "open its address in a browser, sign in where needed, then fetch the data itself"
	text := bytes.TrimLeft(head, " \t\r\n\f\uFEFF")
	starts := func(word string) bool {
		return len(text) >= len(word) && bytes.EqualFold(text[:len(word)], []byte(word))
	}
	switch {
	case starts(`{\rtf`):
		return "a text with formatting (RTF)", "save it as plain text or CSV"
	case starts("version https://git-lfs.github.com/"):
		return "a Git LFS pointer, not the file itself", "fetch the file: git lfs pull"
	case starts("[InternetShortcut]"), starts("[Desktop Entry]"), starts("{") && len(text) < 1024 &&
		bytes.Contains(text, []byte(`"doc_id"`)):
		return "a shortcut, not the file itself", "load the file that it points to"
	case starts("<") && isHTML(text):
		if regexp.MustCompile(`(?i)type=["']?password`).Match(text) {
			return "an HTML page to sign in, saved in the file's place", fetch
		}
		return "an HTML page, perhaps an error page saved in the file's place", fetch
	case starts("<?xml"), regexp.MustCompile(`^<[A-Za-z][A-Za-z0-9:_.-]*(\s[^<]*)?/?>`).Match(text):
		if code := regexp.MustCompile(`<(?:\w+:)?(?:Code|faultcode)>([^<]{1,80})<`).FindSubmatch(text); code != nil {
			return "an error message of a server (" + string(code[1]) + "), saved in the file's place", fetch
		}
		return "XML", "convert it to CSV or NDJSON"
	}
	if message, ok := errorAnswer(text); ok {
		return "an error message of a server (" + message + "), saved in the file's place", fetch
	}
	return "", ""
}

// startsElement reports whether a text starts with an element of HTML, as a part of a page does.
func startsElement(text []byte) bool {
	name := regexp.MustCompile(`^<([A-Za-z][A-Za-z0-9]*)[\s/>]`).FindSubmatch(text)
	return len(name) > 1 && atom.Lookup(bytes.ToLower(name[1])) != 0
}

func isHTML(text []byte) bool {
	return regexp.MustCompile(`(?is)^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body|title|script|meta)\b`).Match(text)
}

// errorAnswer tells what a server says in place of the data, where that is all there is: a JSON object with an error,
// or one line of an HTTP status.
func errorAnswer(text []byte) (message string, ok bool) {
	if len(text) >= input.BufferSize-8 {
		return "", false // there is more than an answer
	}
	text = bytes.TrimSpace(text)
	if regexp.MustCompile(
		`(?i)^([45]\d\d[: ]+[a-z][a-z ]{2,40}|not found|(access )?denied|accessdenied|forbidden|unauthorized|internal server error|bad gateway|service unavailable|gateway time-?out|too many requests)[.!]?$`).Match(text) {
		return string(text), true
	}
	if len(text) == 0 || text[0] != '{' {
		return "", false
	}
	var answer map[string]json.RawMessage
	if json.Unmarshal(text, &answer) != nil {
		return "", false
	}
	keys := []string{"error_description", "error", "message", "Message", "errors", "detail"}
	if answer["status"] != nil { // RFC 9457
		keys = append(keys, "title")
	}
	for _, key := range keys {
		if value := string(answer[key]); message == "" && value != "" && value != "null" && value != "false" {
			message = key + ": " + input.CutText(strings.Trim(value, `"`), 120)
		}
	}
	for key, value := range answer { // one that a server does not give makes it a record
		isAddress := key == "type" && bytes.Contains(value, []byte(":")) // RFC 9457; a record's type is a word
		if !isAddress && !slices.Contains(answerKeys, key) {
			return "", false
		}
	}
	return message, message != ""
}

// answerKeys are what servers put beside an error.
var answerKeys = []string{
	"error", "message", "Message", "errors", "detail", "details", "title", "status", "code", "statusCode", "status_code", "error_code",
	"error_description", "reason", "success", "ok", "documentation_url", "help", "instance", "path", "timestamp", "request_id", "requestId",
}

// binaryData tells binary data by the NULs that text has none of.
func binaryData(head []byte) schema.Fault {
	even, odd, seen := input.NULs(head)
	switch pairs := len(seen) / 2; {
	case even+odd == 0:
	case pairs > 1 && (even == 0 && odd > pairs/4 || odd == 0 && even > pairs/4):
		return schema.Fault{
			Reason: "binary data, or UTF-16 text without a byte order mark", Hint: "save it as UTF-8, or name its encoding",
			Option: schema.Option{Name: "encoding", Value: "utf-16le"},
		}
	case !utf8.Valid(seen) || even+odd > len(seen)/8:
		return schema.Fault{Reason: "binary data", Hint: "orbat reads text and Excel workbooks: " + extensions()}
	}
	return schema.Fault{} // a stray NUL is its record's fault
}
