package format

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"orbat/schema"
)

// TestGolden reads every file of testdata/golden and compares all that is yielded, errors and hints included. Rewrite
// what is expected with: go test ./loader/format -run Golden -update
func TestGolden(t *testing.T) {
	update := flag.Lookup("update").Value.String() == "true"
	inputs, err := Files([]string{filepath.Join("testdata", "golden")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range inputs {
		if file.Skipped != "" {
			continue // what is expected
		}
		t.Run(filepath.Base(file.Path), func(t *testing.T) {
			file.Name = filepath.Base(file.Path)
			got := dump(Read(t.Context(), file, Options{}))
			want := file.Path + ".want"
			if update {
				if err := os.WriteFile(want, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			expected, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, expected) {
				t.Errorf("%s: got\n%s\nwant\n%s", file.Path, got, expected)
			}
		})
	}
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the expected files under testdata")
	flag.Parse()
	os.Exit(m.Run())
}

// dump writes everything a reader yields.
func dump(records iter.Seq2[*schema.Record, error]) []byte {
	var out bytes.Buffer
	for record, err := range records {
		var bad *schema.RecordError
		var odd *schema.Notice
		var change *schema.RecordChange
		var ended *ReadError
		switch {
		case errors.As(err, &bad):
			fmt.Fprintf(&out, "REJECTED %v\n  hint: %s\n  raw: %q\n", bad, bad.Hint, bad.Raw)
		case errors.As(err, &odd):
			fmt.Fprintf(&out, "NOTICE %v (%s)\n  hint: %s\n", odd, odd.Value, odd.Hint)
		case errors.As(err, &change):
			fmt.Fprintf(&out, "%s CHANGE %q %.4x\n", change.Pos, change.ID, change.Into)
		case errors.As(err, &ended):
			fmt.Fprintf(&out, "ENDED %v\n  hint: %s\n", ended, ended.Hint)
		case err != nil:
			fmt.Fprintf(&out, "ENDED %v\n", err)
		default:
			fmt.Fprintf(&out, "%s %s %s\n  raw: %q\n", record.Pos, [...]string{"ENTITY", "RELATION", "VALUE", "DECISION"}[record.Kind],
				said(record), record.Raw)
		}
	}
	return out.Bytes()
}

// said returns all that a record says, without where it stood.
func said(record *schema.Record) string {
	copied := *record
	copied.Pos, copied.Raw, copied.Kind = schema.Position{}, nil, 0
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(bare(reflect.ValueOf(copied))); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(out.String())
}

// bare leaves out the zero fields of structs.
func bare(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				fields[v.Type().Field(i).Name] = bare(v.Field(i))
			}
		}
		return fields
	case reflect.Pointer:
		return bare(v.Elem())
	case reflect.Slice:
		var items []any
		for i := range v.Len() {
			items = append(items, bare(v.Index(i)))
		}
		return items
	case reflect.Map:
		entries := map[string]any{}
		for _, key := range v.MapKeys() {
			entries[key.String()] = bare(v.MapIndex(key))
		}
		return entries
	}
	return v.Interface()
}

// readAll reads a text as a file of a name: the records, the rejected ones, and the error that ended it.
func readAll(ctx context.Context, name string, r io.Reader) (records []*schema.Record, rejected []*schema.RecordError, ended error) {
	return collect(Read(ctx, Stream(name, r), Options{}))
}

// collect reads everything.
func collect(all iter.Seq2[*schema.Record, error]) (records []*schema.Record, rejected []*schema.RecordError, ended error) {
	for record, err := range all {
		var bad *schema.RecordError
		switch {
		case errors.As(err, &bad):
			rejected = append(rejected, bad)
		case errors.As(err, new(*schema.Notice)): // rejects nothing
		case err != nil:
			ended = err
		default:
			records = append(records, record)
		}
	}
	return records, rejected, ended
}
