package httpapi

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// writeWithin is how long one write of an answer may wait for its reader: who takes nothing for so long is gone.
const writeWithin = 30 * time.Second

// leastCompressed is the size from which compressing an answer pays.
const leastCompressed = 1 << 10

// answerWriter writes an answer: compressed where its reader takes that, each write within its time.
type answerWriter struct {
	http.ResponseWriter
	request *http.Request
	control *http.ResponseController

	size  int    // of the body; -1: it comes as a stream
	tag   string // hash of the body; empty: it has none
	code  int
	begun bool
	bytes int64

	packed io.WriteCloser // nil: it is written as it is
	coding string
}

func newAnswerWriter(w http.ResponseWriter, r *http.Request) *answerWriter {
	return &answerWriter{ResponseWriter: w, request: r, control: http.NewResponseController(w), code: http.StatusOK}
}

// Unwrap lets a response controller find the writer below.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// etag returns the entity tag: one of its own for each coding, as HTTP has it.
func (w *answerWriter) etag() string {
	if w.coding == "" {
		return `"` + w.tag + `"`
	}
	return `"` + w.tag + "-" + w.coding + `"`
}

// WriteHeader begins the answer.
func (w *answerWriter) WriteHeader(code int) {
	if w.begun {
		return
	}
	w.begun, w.code = true, code
	header := w.Header()
	body := code != http.StatusNoContent && code != http.StatusNotModified && w.request.Method != http.MethodHead
	if kind := header.Get("Content-Type"); (w.size < 0 || w.size >= leastCompressed) && body && compressible(kind) {
		w.pack()
	}
	if w.tag != "" {
		header.Set("ETag", w.etag())
	}
	if w.packed == nil && w.size > 0 && body {
		header.Set("Content-Length", strconv.Itoa(w.size))
	}
	_ = w.control.SetWriteDeadline(time.Now().Add(writeWithin)) // a writer of a test has none
	w.ResponseWriter.WriteHeader(code)
}

// compressible reports whether content of a type is not compressed already.
func compressible(kind string) bool {
	switch kind {
	case "application/zip", "image/png", "font/woff2":
		return false
	}
	return !strings.HasSuffix(kind, ".sheet")
}

// pack begins the coding that the reader likes best.
func (w *answerWriter) pack() {
	w.coding = chosenCoding(w.request.Header.Values("Accept-Encoding"))
	out := timedWriter{w}
	switch w.coding {
	case "zstd":
		encoder, err := zstd.NewWriter(out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
		if err != nil { // the options are right
			w.coding = ""
			return
		}
		w.packed = encoder
	case "gzip":
		w.packed = gzip.NewWriter(out)
	default:
		return
	}
	w.Header().Set("Content-Encoding", w.coding)
	w.Header().Del("Content-Length")
}

// chosenCoding returns zstd, gzip, or nothing, by what a reader accepts.
func chosenCoding(headers []string) string {
	best, chosen := 0.0, ""
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
			name = strings.ToLower(strings.TrimSpace(name))
			if name != "zstd" && name != "gzip" {
				continue
			}
			weight := 1.0
			if text, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); found {
				var err error
				if weight, err = strconv.ParseFloat(text, 64); err != nil {
					weight = 0
				}
			}
			if weight > best || weight == best && weight > 0 && name == "zstd" {
				best, chosen = weight, name
			}
		}
	}
	return chosen
}

// Write writes a part of the body.
func (w *answerWriter) Write(p []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	if w.packed != nil {
		return w.packed.Write(p)
	}
	return timedWriter{w}.Write(p)
}

// Flush sends what was written so far.
func (w *answerWriter) Flush() {
	if flusher, can := w.packed.(interface{ Flush() error }); can {
		_ = flusher.Flush() // the next write fails too
	}
	_ = w.control.Flush() // a writer of a test may have none
}

// close ends the body.
func (w *answerWriter) close() error {
	if w.packed == nil {
		return nil
	}
	return w.packed.Close()
}

// timedWriter writes what goes over the network.
type timedWriter struct{ *answerWriter }

// Write writes a part; the reader has time for each anew.
func (w timedWriter) Write(p []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(writeWithin)) // a writer of a test has none
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}
