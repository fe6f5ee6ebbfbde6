package input

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
)

// TestUndecodable replaces wherever the pieces that a reader gives are cut.
func TestUndecodable(t *testing.T) {
	const in, want = "a\uFFFDb\uFFFD\uFFFE\uFFFD", "a\xffb\xff\uFFFE\xff"
	for dstSize := 1; dstSize < len(in)+2; dstSize++ {
		for srcSize := 3; srcSize < len(in)+2; srcSize++ {
			var out []byte
			rest := []byte(in)
			dst := make([]byte, dstSize)
			for len(rest) > 0 {
				src := rest[:min(srcSize, len(rest))]
				nDst, nSrc, _ := undecodable{}.Transform(dst, src, len(src) == len(rest))
				if nDst == 0 && nSrc == 0 {
					t.Fatal("no progress", dstSize, srcSize)
				}
				out, rest = append(out, dst[:nDst]...), rest[nSrc:]
			}
			if string(out) != want {
				t.Fatalf("%q with %d and %d", out, dstSize, srcSize)
			}
		}
	}
}

// FuzzOpen unpacks and decodes: any bytes, and any bytes after each packing and mark. What UTF-16 can say is what comes
// out.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), "")
	f.Add([]byte("\x28\xb5\x2f\xfd\x04\x00\x09\x00\x00a\x99\xe9\xd8\x51"), "utf-16")
	f.Add([]byte("\xff\xfet\x00y\x00\x3d\xd8\x00\xde"), "shift_jis")
	f.Add([]byte("t\x00y\x00p\x00e\x00,\x00"), "")
	f.Fuzz(func(t *testing.T, content []byte, encoding string) {
		for _, mark := range []string{"", "\xff\xfe", "\xfe\xff", "\x1f\x8b", "\x28\xb5\x2f\xfd"} {
			marked := append([]byte(mark), content...)
			in, err := Open(t.Context(), Stream("in", bytes.NewReader(marked)), Options{Encoding: encoding})
			if err == nil && !in.Zip {
				err = in.Decode()
			}
			if err != nil {
				if in != nil {
					in.Close()
				}
				if known := (*ReadError)(nil); !errors.As(err, &known) || known.Reason == "" {
					t.Fatal(err)
				}
				continue
			}
			text, err := io.ReadAll(in.R)
			in.Close()
			if err == nil && len(mark) == 2 && mark != "\x1f\x8b" && !utf8.Valid(text) {
				t.Fatalf("%q becomes %q", marked, text)
			}
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		in, err := Open(t.Context(), Stream("in", &packed), Options{})
		if err != nil {
			return
		}
		defer in.Close()
		if !in.Zip && in.Decode() != nil {
			return
		}
		if text, err := io.ReadAll(in.R); err == nil && utf8.Valid(content) && len(content) > 0 && utf16Unmarked(content) == "" &&
			!bytes.Equal(text, bytes.TrimPrefix(content, []byte(byteOrderMark))) {
			t.Fatalf("%q becomes %q", content, text)
		}
	})
}
