package format

import (
	"context"
	"iter"
	"strconv"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// readJSON reads a case file, a list of records, or records one after the other. Only one record is held at a time, so
// the keys that hold for the whole file must stand before the records.
func readJSON(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return decode.ReadJSON(ctx, in, func(r *decode.JSONReader) error { return (&jsonFile{r}).read() })
}

// readNDJSON reads one JSON object a line; blank lines are skipped.
func readNDJSON(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return decode.ReadJSON(ctx, in, func(r *decode.JSONReader) error { return r.Lines((&jsonFile{r}).records(decode.AnyKind)) })
}

type jsonFile struct{ *decode.JSONReader }

func (f *jsonFile) read() error {
	c, more, err := f.More()
	switch {
	case err != nil:
		return err
	case !more:
		return f.Fail(schema.Fault{
			Reason: "the file is empty", Hint: "an orbat JSON file is one object with entities, relations …, or a list of records",
		})
	case c == '[':
		if err := f.ListOf(f.records(decode.AnyKind)); err != nil {
			return err
		}
		return f.End()
	case c != '{':
		return f.Fail(schema.Fault{
			Reason: "not JSON: unexpected " + strconv.QuoteRune(rune(c)), Option: schema.Option{Name: "format"},
			Hint: "an orbat JSON file is one object or a list of records; name another format",
		})
	}
	head, err := f.Head()
	if err != nil {
		return err
	}
	switch shapeOf(head) {
	case shapeBundle:
		return f.Fail(schema.Fault{
			Reason: "a STIX bundle, not orbat's own JSON", Hint: "read it as STIX", Option: schema.Option{Name: "format", Value: "stix"},
		})
	case shapeRecord:
		return f.All(f.records(decode.AnyKind))
	default:
		if err := f.caseFile(); err != nil {
			return err
		}
		return f.End()
	}
}

// records returns what sends the records of a value. Kind is what it must be.
func (f *jsonFile) records(kind schema.RecordKind) func(*decode.RawRecord) error {
	return func(r *decode.RawRecord) error { return f.Send(f.Records(r, kind)) }
}

// caseFile reads the object of a case file.
func (f *jsonFile) caseFile() error {
	seen := make(map[string]schema.Position)
	records := "" // the list that has begun the records
	return f.Members(func(key string, pos schema.Position) error {
		if first, again := seen[key]; again {
			return keyTwice(key, first, pos)
		}
		seen[key] = pos
		if records != "" && (isCaseHeader(key) || key == "sources") {
			return input.Fail(schema.Fault{
				Pos: pos, Reason: key + " stands after " + records, Hint: "JSON is read as it comes: move " + key + " before the records",
			})
		}
		if _, is := decode.SectionKind(key); is {
			records = key
		}
		return f.member(key, pos)
	})
}

// member reads the value of a key of a case file.
func (f *jsonFile) member(key string, pos schema.Position) error {
	c, err := f.Next()
	if err != nil {
		return err
	}
	kind, isRecords := decode.SectionKind(key)
	switch {
	case isRecords && c == '[':
		return f.ListOf(f.records(kind))
	case key == "sources" && c == '[':
		return f.ListOf(func(r *decode.RawRecord) error { return f.Send(f.Source(r)) })
	case isRecords || key == "sources" || isCaseHeader(key) || key == "note":
	case key == "objects":
		return input.Fail(schema.Fault{
			Pos: pos, Reason: "unknown key objects; is this STIX?", Hint: caseKeys + "; read STIX as such",
			Option: schema.Option{Name: "format", Value: "stix"},
		})
	default:
		return unknownKey(key, pos)
	}
	raw, at, tooLong, err := f.Value()
	if err != nil {
		return err
	}
	if tooLong {
		return input.Fail(schema.Fault{Pos: at, Reason: key + " is longer than " + strconv.Itoa(input.MaxRecord>>20) + " MiB"})
	}
	record, bad := f.Parse(raw, at)
	if bad == nil && isCaseHeader(key) {
		var records []*schema.Record
		if records, bad = f.Header(key, record); bad == nil {
			return f.Send(records, nil)
		}
	}
	if bad != nil {
		return record.Fatal(bad)
	}
	if key != "note" && !record.Node.IsAbsent() {
		return input.Fail(schema.Fault{
			Pos: at, Reason: key + " is " + record.Node.What() + "; a list is needed", Hint: "write [ … ] around its records",
		})
	}
	return nil
}
