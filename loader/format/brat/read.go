package brat

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"orbat/loader/format/annotation"
	"orbat/loader/format/input"
	"orbat/schema"
)

// The bounds of a document, in bytes.
const (
	maxText        = 64 << 20
	maxAnnotations = 64 << 20
	maxLine        = 1 << 20
	maxBeside      = 1 << 20
)

// The names of the files that stand beside a text with annotations.
const (
	ConfigurationName = "annotation.conf"
	metaEnding        = "_meta.txt"
)

// Beside returns the names of the files that are read with a file of annotations, where they are there: those of its
// own folder, and those of its folder or the nearest above.
func Beside(name string) (own, above []string) {
	stem := Stem(name)
	return []string{stem + ".txt", stem + metaEnding}, []string{ConfigurationName, annotation.FileName}
}

// Stem returns a file's name without its folder and endings.
func Stem(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	for _, ending := range []string{".gz", ".zst", ".ann"} {
		if len(name) > len(ending) && strings.EqualFold(name[len(name)-len(ending):], ending) {
			name = name[:len(name)-len(ending)]
		}
	}
	return name
}

// Read reads the annotations of one text.
func Read(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		r := &reader{ctx: ctx, in: in}
		d, err := r.read()
		if err == nil {
			err = ctx.Err()
		}
		if bad := (*schema.RecordError)(nil); errors.As(err, &bad) {
			yield(nil, bad)
			return
		}
		if err != nil {
			if known := (*input.ReadError)(nil); !errors.As(err, &known) || known.Pos.File == "" { // or it is of another file
				err = input.ErrorAt(ctx, schema.Position{File: in.Name}, err)
			}
			yield(nil, err)
			return
		}
		for _, notice := range r.notices {
			if !yield(nil, notice) {
				return
			}
		}
		for record, err := range d.Records() {
			if ended := ctx.Err(); ended != nil {
				record, err = nil, ended
			}
			if !yield(record, err) || err != nil && errors.Is(err, ctx.Err()) {
				return
			}
		}
	}
}

// reader reads one document.
type reader struct {
	ctx     context.Context
	in      *input.Input
	doc     *annotation.Document
	conf    *configuration
	notices []*schema.Notice
	size    int
}

func (r *reader) read() (*annotation.Document, error) {
	own, above := Beside(r.in.Name)
	text, file, err := r.text(own[0])
	if err != nil {
		return nil, err
	}
	mapping, err := r.mapping(above[1])
	if err != nil {
		return nil, err
	}
	if r.conf, err = r.configuration(above[0]); err != nil {
		return nil, err
	}
	mapping.Parents = r.conf.parents
	r.doc = &annotation.Document{
		Pos: schema.Position{File: r.in.Name, Line: 1}, Text: text, Mapping: mapping,
		Values: map[string]string{"sha256": file, "media_type": "text/plain", "title": annotation.FirstLine(text)},
	}
	facts, err := r.facts(own[1])
	if err != nil {
		return nil, err
	}
	if fault := r.doc.Describe(facts); fault != nil {
		fault.Pos = schema.Position{File: own[1]}
		return nil, schema.Rejected(*fault, nil)
	}
	r.doc.Begin()
	return r.doc, r.annotations()
}

// beside opens a file that stands beside the annotations; nil: there is none.
func (r *reader) beside(name string) (*input.Input, error) { return r.in.Companion(r.ctx, name) }

// text reads the text, and returns it with the hash of its file.
func (r *reader) text(name string) (text, file string, err error) {
	in, err := r.beside(name)
	if err != nil {
		return "", "", err
	}
	if in == nil {
		return "", "", input.Fail(schema.Fault{
			Pos: schema.Position{File: r.in.Name}, Reason: "no text beside the annotations: " + name,
			Hint: "load the folder that holds both, or both files at once",
		})
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in.R, maxText+1))
	here := schema.Position{File: in.Name}
	if err == nil && len(content) > maxText {
		err = input.Fail(schema.Fault{Reason: "a text of more than " + strconv.Itoa(maxText>>20) + " MiB", Hint: "split it"})
	}
	if fault := input.NotText(content); err == nil && fault.Reason != "" {
		err = input.Fail(fault)
	}
	if err != nil {
		return "", "", input.ErrorAt(r.ctx, here, err)
	}
	whole, err := input.ReadText(content, r.in.Options.Encoding, "")
	if err != nil {
		return "", "", input.ErrorAt(r.ctx, here, err)
	}
	sum := sha256.Sum256(content)
	return whole.Content, hex.EncodeToString(sum[:]), nil
}

// mapping reads the mapping that stands in the folder, else takes ours.
func (r *reader) mapping(name string) (*annotation.Mapping, error) {
	in, err := r.beside(name)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return annotation.Builtin("brat")
	}
	defer in.Close()
	if err := in.Decode(); err != nil {
		return nil, err
	}
	return annotation.ParseFile(in)
}

// facts reads what is known of the document.
func (r *reader) facts(name string) (map[string]string, error) {
	in, err := r.beside(name)
	if in == nil || err != nil {
		return nil, err
	}
	defer in.Close()
	if err := in.Decode(); err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(in.R, maxBeside))
	if err != nil {
		return nil, input.ErrorAt(r.ctx, schema.Position{File: in.Name}, err)
	}
	facts := map[string]string{}
	for line := range strings.Lines(strings.ToValidUTF8(string(content), "\uFFFD")) {
		key, value, found := strings.Cut(strings.TrimSpace(line), ":")
		if key, value = strings.TrimSpace(key), strings.TrimSpace(value); found && key != "" && facts[key] == "" {
			facts[key] = value
		}
	}
	return facts, nil
}

// configuration reads what the types are.
func (r *reader) configuration(name string) (*configuration, error) {
	in, err := r.beside(name)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return &configuration{}, nil
	}
	defer in.Close()
	if err := in.Decode(); err != nil {
		return nil, err
	}
	return readConfiguration(r.ctx, in)
}

// line is one line of the annotations, cut at its tabs.
type line struct {
	pos   schema.Position
	raw   []byte
	id    string
	words []string // of the second column
	text  string   // the third; of a mention its words
}

// annotations reads the file of annotations.
func (r *reader) annotations() error {
	lines := input.LineReader{R: r.in.R}
	p := newParts(r.doc, r.conf)
	for {
		raw, tooLong, err := lines.Next(maxLine)
		pos := schema.Position{File: r.in.Name, Line: lines.Line}
		if ended := r.ctx.Err(); ended != nil {
			return ended
		}
		switch {
		case errors.Is(err, io.EOF):
			r.notices = append(r.notices, p.finish(pos)...)
			return nil
		case err != nil:
			pos.Line = lines.Line + 1
			return input.ErrorAt(r.ctx, pos, err)
		case tooLong:
			r.doc.Reject(schema.Fault{
				Pos: pos, Reason: "longer than " + strconv.Itoa(maxLine>>20) + " MiB", Hint: "is it a file of annotations?",
			}, input.KeepRaw(raw))
			continue
		}
		if r.size += len(raw); r.size > maxAnnotations {
			return input.Fail(schema.Fault{
				Pos: pos, Reason: "more than " + strconv.Itoa(maxAnnotations>>20) + " MiB of annotations",
				Hint: "split the text with its annotations",
			})
		}
		whole := bytes.TrimRight(raw, "\r\n")
		if len(bytes.TrimSpace(whole)) == 0 {
			continue
		}
		l := &line{pos: pos, raw: input.KeepRaw(whole)}
		if !utf8.Valid(whole) {
			fault := input.NotUTF8("not UTF-8")
			fault.Pos = pos
			r.doc.Reject(fault, l.raw)
			continue
		}
		columns := strings.SplitN(string(whole), "\t", 3)
		l.id = columns[0]
		if len(columns) > 1 {
			l.words = strings.Fields(columns[1])
		}
		if len(columns) > 2 {
			l.text = columns[2]
		}
		p.take(l)
	}
}
