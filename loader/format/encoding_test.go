package format

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"orbat/schema"
)

const byteOrderMark = "\uFEFF"

func asUTF16(text string, order binary.AppendByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// TestUTF16 reads every format of text as UTF-16, with its mark or named or told by its bytes: records and positions
// are those of the same text in UTF-8.
func TestUTF16(t *testing.T) {
	each(t, func(t *testing.T, f Format, s sample, name string) {
		s.text(t, "encoding of text")
		text := s.file(300, strings.Replace(s.bad, "%[1]d", "9", 2))
		text = strings.ReplaceAll(text, "é", "é 🛰 Ж")
		want := dump(Read(t.Context(), Stream(name, strings.NewReader(text)), Options{}))
		little, big := binary.LittleEndian, binary.BigEndian
		for what, read := range map[string]struct{ content, encoding string }{
			"little with mark":          {"\xff\xfe" + asUTF16(text, little), ""},
			"big with mark":             {"\xfe\xff" + asUTF16(text, big), ""},
			"mark against the name":     {"\xfe\xff" + asUTF16(text, big), "windows-1252"},
			"little named":              {asUTF16(text, little), "utf-16le"},
			"little named more vaguely": {asUTF16(text, little), "UTF-16"},
			"big named":                 {asUTF16(text, big), "utf-16be"},
			"packed":                    {string(gzipped(t, "\xff\xfe"+asUTF16(text, little))), ""},
		} {
			got := dump(Read(t.Context(), Stream(name, strings.NewReader(read.content)), Options{Encoding: read.encoding}))
			if !bytes.Equal(got, want) {
				t.Errorf("%s: got\n%.600s\nwant\n%.600s", what, got, want)
			}
		}
		plain := s.file(300)
		want = dump(Read(t.Context(), Stream(name, strings.NewReader(plain)), Options{}))
		for _, order := range []binary.AppendByteOrder{little, big} {
			got := dump(Read(t.Context(), Stream(name, strings.NewReader(asUTF16(plain, order))), Options{}))
			if !bytes.Equal(got, want) {
				t.Errorf("%v without mark: got\n%.600s\nwant\n%.600s", order, got, want)
			}
		}
		for what, read := range map[string]struct{ content, reason string }{
			"odd":        {"\xff\xfe" + asUTF16(text, little) + "x", "odd number of bytes"},
			"half":       {"\xff\xfe" + asUTF16(text, little) + "\x3d\xd8\n\x00", "half a character (D83D)"},
			"other half": {"\xff\xfe" + asUTF16(text, little) + "\x00\xdc", "half a character (DC00)"},
			"cut half":   {"\xff\xfe" + asUTF16(text, little) + "\x3d\xd8", "half a character (D83D)"},
		} {
			_, _, err := readAll(t.Context(), name, strings.NewReader(read.content))
			var known *ReadError
			if !errors.As(err, &known) || !strings.Contains(known.Reason, read.reason) || known.Hint == "" ||
				!s.whole && known.Pos.Line < 300 {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestEncodings(t *testing.T) {
	const text = "type,name,note\nPerson,Zoë Ångström,–\nUnit,Œuvre,€\n"
	western, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	chinese, err := simplifiedchinese.GBK.NewEncoder().String("type,name\nPerson,王毅\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ content, encoding, want string }{
		{western, "windows-1252", "1:type|name|note\n2:Person|Zoë Ångström|–\n3:Unit|Œuvre|€"},
		{western, "CP1252", "1:type|name|note\n2:Person|Zoë Ångström|–\n3:Unit|Œuvre|€"},
		{western, "latin1", "1:type|name|note\n2:Person|Zoë Ångström|–\n3:Unit|Œuvre|€"}, // as browsers take it
		{western, "", "1:type|name|note\n2!name: invalid UTF-8\n2!note: invalid UTF-8\n2:Person||\n3!name: invalid UTF-8\n3!note: invalid UTF-8\n3:Unit||"},
		{text, "UTF8", "1:type|name|note\n2:Person|Zoë Ångström|–\n3:Unit|Œuvre|€"},
		{chinese, "gbk", "1:type|name\n2:Person|王毅"},
		{chinese + "Person,\x81\xff,x\nPerson,A\n", "gb18030", "1:type|name\n2:Person|王毅\n3!name: invalid UTF-8\n4:Person|A"},
		{"type,name\nPerson,\xaa\nPerson,\xc1\n", "windows-1253", "1:type|name\n2!name: invalid UTF-8\n2:Person|\n3:Person|Α"},
		{"type,name\nPerson,\x81\n", "ibm850", "1:type|name\n2:Person|ü"},
	} {
		if rows, err := readRows(t, "x.csv", test.content, Options{Encoding: test.encoding}); rows != test.want || err != nil {
			t.Errorf("%s: %v\n%s\nwant\n%s", test.encoding, err, rows, test.want)
		}
	}
	for row, err := range Rows(t.Context(), Stream("x.csv", strings.NewReader(western)), Options{}) {
		for _, bad := range row.Faults {
			if bad.Fault.Option != (schema.Option{Name: "encoding", Value: "windows-1252"}) {
				t.Error(row, bad.Fault.Hint)
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"klingon", "utf-32", "replacement", "iso-2022-kr", "\xff"} {
		_, err := readRows(t, "x.csv", text, Options{Encoding: name})
		var known *ReadError
		if !errors.As(err, &known) || !strings.Contains(known.Reason, "unknown encoding") ||
			!strings.Contains(known.Hint, "windows-1252") || known.Pos != (schema.Position{File: "x.csv"}) {
			t.Error(name, err)
		}
	}
}
