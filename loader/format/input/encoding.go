package input

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/transform"

	"orbat/schema"
)

const (
	byteOrderMark = "\uFEFF"
	utf16Little   = "utf-16le"
	utf16Big      = "utf-16be"
)

// Decode brings a text into UTF-8: from the encoding that its byte order mark shows, else from that of the options,
// else from UTF-16 where the bytes leave no doubt.
func (in *Input) Decode() error {
	head, err := in.Head()
	if err == nil {
		err = in.decode(head)
	}
	return ErrorAt(in.ctx, schema.Position{File: in.Name}, err)
}

func (in *Input) decode(head []byte) error {
	name, mark := markedEncoding(head)
	if mark == 0 {
		var err error
		if name, err = encodingNamed(in.Options.Encoding); err != nil {
			return err
		}
	}
	if name == "" && in.Options.Encoding == "" {
		name = utf16Unmarked(head)
	}
	_, _ = in.R.Discard(mark) // it is in the buffer
	switch name {
	case "", "utf-8":
	case utf16Little:
		in.R = bufio.NewReaderSize(&utf16Reader{r: in.R, order: binary.LittleEndian}, BufferSize)
	case utf16Big:
		in.R = bufio.NewReaderSize(&utf16Reader{r: in.R, order: binary.BigEndian}, BufferSize)
	default:
		known, err := encodingByName(name)
		if err != nil {
			return err
		}
		in.R = bufio.NewReaderSize(transform.NewReader(in.R, transform.Chain(known.NewDecoder(), undecodable{})), BufferSize)
	}
	return nil
}

// NotUTF8 returns the fault of a text that is not UTF-8.
func NotUTF8(reason string) schema.Fault {
	return schema.Fault{
		Reason: reason, Hint: "save the file as UTF-8, or name its encoding",
		Option: schema.Option{Name: "encoding", Value: "windows-1252"},
	}
}

// notUTF8 returns the fault of a text that is not UTF-8, by all its bytes: with the encoding that it may have.
func notUTF8(reason string, content []byte) schema.Fault {
	fault := NotUTF8(reason)
	fault.Option.Value = likelyEncoding(content)
	return fault
}

// likelyEncoding returns the encoding of one byte a character that a text which is not UTF-8 may have. Where a language
// is written in Latin letters few of them have accents; where in Cyrillic ones, nearly all bytes that are letters are
// beyond ASCII, and the small letters, of which most are, stand at other places in windows-1251 than in KOI8-R.
func likelyEncoding(content []byte) string {
	const letters = 0xC0 // from here on
	ascii, low, high := 0, 0, 0
	for _, b := range content {
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z':
			ascii++
		case b >= 0xE0:
			high++
		case b >= letters:
			low++
		}
	}
	switch beyond := low + high; {
	case beyond*2 < ascii || beyond < 8:
		return "windows-1252"
	case low > high:
		return "koi8-r"
	}
	return "windows-1251"
}

// markedEncoding tells the encoding by a byte order mark, and how long that is.
func markedEncoding(head []byte) (name string, mark int) {
	switch {
	case bytes.HasPrefix(head, []byte(byteOrderMark)):
		return "utf-8", len(byteOrderMark)
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16Little, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16Big, 2
	}
	return "", 0
}

// encodingNamed returns the one name of an encoding that has many.
func encodingNamed(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	known, err := encodingByName(name)
	if err != nil {
		return "", err
	}
	if one, err := htmlindex.Name(known); err == nil {
		return one, nil
	}
	return name, nil
}

// encodingByName finds an encoding by a name that browsers or IANA know.
func encodingByName(name string) (encoding.Encoding, error) {
	name = strings.TrimSpace(name)
	known, err := htmlindex.Get(name)
	if err != nil || known == encoding.Replacement {
		known, err = ianaindex.IANA.Encoding(name)
	}
	if err != nil || known == nil || known == encoding.Replacement {
		return nil, Fail(schema.Fault{
			Reason: "unknown encoding " + strconv.Quote(schema.Shorten(name)),
			Hint: "for example utf-8, utf-16le, utf-16be, windows-1250, windows-1251, windows-1252, iso-8859-1, koi8-r, " +
				"gb18030, shift_jis",
		})
	}
	return known, nil
}

// utf16Unmarked tells UTF-16 without a byte order mark: nearly every second byte is NUL, and no other. Empty: it is
// something else, or not certain.
func utf16Unmarked(head []byte) string {
	even, odd, seen := NULs(head)
	switch pairs := len(seen) / 2; {
	case pairs < 4:
		return ""
	case even == 0 && odd*10 >= pairs*9:
		return utf16Little
	case odd == 0 && even*10 >= pairs*9:
		return utf16Big
	}
	return ""
}

// NULs counts the NULs at even and at odd places of the first bytes, and returns those.
func NULs(head []byte) (even, odd int, seen []byte) {
	seen = head[:min(len(head), 512)]
	for i, b := range seen {
		switch {
		case b != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	return even, odd, seen
}

// utf16Reader decodes UTF-16. That of x/text puts U+FFFD for what is broken; here it is an error, since what follows a
// lost byte is noise.
type utf16Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	read  int64 // bytes, of the text
	rest  []byte
	err   error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	for n < len(p) && u.err == nil && len(u.rest) == 0 {
		var char rune
		if char, u.err = u.next(); u.err != nil {
			break
		}
		var encoded [utf8.UTFMax]byte
		size := utf8.EncodeRune(encoded[:], char)
		copied := copy(p[n:], encoded[:size])
		n += copied
		if copied < size {
			u.rest = append(u.rest[:0], encoded[copied:size]...)
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, u.err
}

// next reads one character.
func (u *utf16Reader) next() (rune, error) {
	first, err := u.unit()
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	second, err := u.unit()
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	if char := utf16.DecodeRune(first, second); char != utf8.RuneError {
		return char, nil
	}
	return 0, Fail(schema.Fault{
		Reason: fmt.Sprintf("broken UTF-16: half a character (%04X) at byte %d of the text", first, u.read-3),
		Hint:   "fetch the file again; if it is of another encoding, name that",
		Option: schema.Option{Name: "encoding", Value: "windows-1252"},
	})
}

func (u *utf16Reader) unit() (rune, error) {
	var pair [2]byte
	n, err := io.ReadFull(u.r, pair[:])
	u.read += int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) && n == 1 {
		return 0, Fail(schema.Fault{
			Reason: "broken UTF-16: the text has an odd number of bytes: " + strconv.FormatInt(u.read, 10),
			Hint:   "fetch the file again: it is cut short",
		})
	}
	return rune(u.order.Uint16(pair[:])), err
}

// undecodable turns U+FFFD, which decoders put for bytes that stand for nothing, into a byte that is no UTF-8: so they
// reject the one record they are in, as any such byte does.
type undecodable struct{ transform.NopResetter }

func (undecodable) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	const replacement = "\uFFFD"
	for nSrc < len(src) {
		switch rest := src[nSrc:]; {
		case bytes.HasPrefix(rest, []byte(replacement)):
			if nDst == len(dst) {
				return nDst, nSrc, transform.ErrShortDst
			}
			dst[nDst] = 0xff
			nDst++
			nSrc += len(replacement)
		case !atEOF && len(rest) < len(replacement) && strings.HasPrefix(replacement, string(rest)):
			return nDst, nSrc, transform.ErrShortSrc
		default:
			size := len(rest)
			if next := bytes.IndexByte(rest[1:], replacement[0]); next >= 0 {
				size = next + 1
			}
			n := copy(dst[nDst:], rest[:size])
			nDst += n
			nSrc += n
			if n < size {
				return nDst, nSrc, transform.ErrShortDst
			}
		}
	}
	return nDst, nSrc, nil
}
