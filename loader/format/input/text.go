package input

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"

	"orbat/schema"
)

// Text is a whole text brought into UTF-8, with what it takes to tell where its characters stood.
type Text struct {
	Content  string
	Encoding string // its name, as browsers know it
	Odd      string // why it may not be what it was read as; empty: nothing speaks against it
	mark     int    // bytes of the byte order mark
}

// ReadText brings a whole text into UTF-8: from the encoding that its byte order mark shows, else from that of the
// options, else from the one that the text itself declares, else as it is if it is UTF-8, else from UTF-16 where the
// bytes leave no doubt. A single-byte encoding that a text declares is not believed where all its bytes are UTF-8:
// other texts hardly ever are. Anything else is refused.
func ReadText(content []byte, option, declared string) (Text, error) {
	name, mark := markedEncoding(content)
	if mark == 0 {
		var err error
		if name, err = encodingNamed(option); err != nil {
			return Text{}, err
		}
	}
	valid := utf8.Valid(content[mark:])
	// What has characters beyond ASCII and is UTF-8 throughout is hardly ever anything else.
	isUTF8 := name != "" && name != "utf-8" && mark == 0 && valid && !isASCII(content)
	if name == "" {
		name = utf16Unmarked(content)
	}
	if name == "" && declared != "" {
		if known, err := encodingNamed(declared); err == nil {
			name = known
		} else if !valid {
			return Text{}, err
		}
		if name == utf16Little || name == utf16Big || valid && singleByte(name) {
			name = "" // a declaration that can be read is in no UTF-16
		}
	}
	if name == "" {
		name = "utf-8"
	}
	text := Text{Encoding: name, mark: mark}
	if isUTF8 {
		text.Odd = "the text is UTF-8, and was read as " + name + ", the encoding that was named for it"
	}
	body := content[mark:]
	switch name {
	case "utf-8":
		if !valid {
			at := strconv.Itoa(mark + firstInvalid(body))
			return Text{}, Fail(notUTF8("the text is not UTF-8, as at byte "+at+", and names no other encoding", body))
		}
		text.Content = string(body)
		return text, nil
	case utf16Little, utf16Big:
		order := binary.ByteOrder(binary.LittleEndian)
		if name == utf16Big {
			order = binary.BigEndian
		}
		decoded, err := io.ReadAll(&utf16Reader{r: bufio.NewReader(bytes.NewReader(body)), order: order})
		if err != nil {
			return Text{}, err
		}
		text.Content = string(decoded)
		return text, nil
	}
	known, err := encodingByName(name)
	if err != nil {
		return Text{}, err
	}
	decoded, err := io.ReadAll(transform.NewReader(bytes.NewReader(body), transform.Chain(known.NewDecoder(), undecodable{})))
	if ended := err != nil && !errors.Is(err, io.EOF); ended || !utf8.Valid(decoded) {
		fault := NotUTF8("the text has bytes that stand for nothing in the encoding " + name)
		if ended {
			fault.Reason = "the text is not of the encoding " + name
		}
		switch likely := likelyEncoding(body); {
		case valid:
			fault.Reason += ": it is UTF-8"
			fault.Hint, fault.Option = "name no encoding, or that one", schema.Option{Name: "encoding", Value: "utf-8"}
		case likely == name:
			fault.Hint, fault.Option = "save the file as UTF-8, or name its encoding", schema.Option{Name: "encoding"}
		default:
			fault.Option.Value = likely
		}
		return Text{}, Fail(fault)
	}
	text.Content = string(decoded)
	return text, nil
}

func isASCII(text []byte) bool {
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func firstInvalid(text []byte) int {
	at := 0
	for at < len(text) {
		c, size := utf8.DecodeRune(text[at:])
		if c == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// singleByte reports whether every character of an encoding is a byte.
func singleByte(name string) bool {
	switch name {
	case "utf-8", utf16Little, utf16Big, "gbk", "gb18030", "big5", "euc-jp", "iso-2022-jp", "shift_jis", "euc-kr":
		return false
	}
	return true
}

// Positions returns a function that tells where a byte of the content stood in the original; it is asked in ascending
// order. Where that cannot be told it returns -1.
func (t Text) Positions() func(at int) int {
	before, original := 0, t.mark
	return func(at int) int {
		if t.Encoding == "utf-8" {
			return t.mark + at
		}
		if at < before || at > len(t.Content) || original < 0 {
			return -1
		}
		piece := t.Content[before:at]
		before = at
		switch t.Encoding {
		case utf16Little, utf16Big:
			for _, c := range piece {
				original += 2
				if c > 0xFFFF {
					original += 2
				}
			}
		default:
			known, err := htmlindex.Get(t.Encoding)
			if singleByte(t.Encoding) {
				original += utf8.RuneCountInString(piece)
				break
			}
			var encoded string
			if err == nil {
				encoded, err = known.NewEncoder().String(piece)
			}
			if err != nil || t.Encoding == "iso-2022-jp" { // its characters have no bytes of their own
				original = -1
				break
			}
			original += len(encoded)
		}
		return original
	}
}

// IsUTF16 reports whether the first bytes of a text leave no doubt that it is UTF-16.
func IsUTF16(head []byte) bool {
	name, _ := markedEncoding(head)
	return name == utf16Little || name == utf16Big || name == "" && utf16Unmarked(head) != ""
}

// NotText returns why bytes hold no text; no reason: they may.
func NotText(head []byte) schema.Fault {
	if bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")) || bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")) {
		return schema.Fault{Reason: "UTF-32 text", Hint: "save it as UTF-8"}
	}
	if _, mark := markedEncoding(head); mark > 0 {
		return schema.Fault{}
	}
	even, odd, seen := NULs(head)
	if even+odd > len(seen)/8 && utf16Unmarked(head) == "" {
		return schema.Fault{Reason: "binary data", Hint: "save it as text"}
	}
	return schema.Fault{}
}
