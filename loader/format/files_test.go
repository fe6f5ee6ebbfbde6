package format

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFiles(t *testing.T) {
	root := t.TempDir()
	write := func(path, content string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"b.csv", "a/z.yaml", "a/Y.NDJSON.gz", "a/notes.txt", "a/README", ".git/x.json", "a/.hidden.yaml", "a/x.yaml~", "c.json.zst"} {
		write(path, "x")
	}
	write("empty/sub/.keep", "")
	write("other/a.txt", "")
	if err := os.Symlink(filepath.Join(root, "a"), filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}

	files, err := Files([]string{root, "-", filepath.Join(root, "a", "notes.txt")}, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		name := strings.TrimPrefix(f.Name, root+"/")
		if f.Skipped != "" {
			name += ": " + f.Skipped
		} else if f.stream == nil && f.Size != 1 {
			t.Errorf("%s: size %d", name, f.Size)
		}
		got = append(got, name)
	}
	want := []string{
		"a/README: no extension tells its format", "a/Y.NDJSON.gz", "a/notes.txt: no format reads .txt", "a/x.yaml~: no format reads .yaml~",
		"a/z.yaml", "b.csv", "c.json.zst", "link: a link to a folder is not followed", "other/a.txt: no format reads .txt", "stdin", "a/notes.txt",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	for name, args := range map[string][]string{
		"the folder is empty":           {filepath.Join(root, "empty")},
		"nothing to read (1 files":      {filepath.Join(root, "other")},
		"no such file":                  {filepath.Join(root, "absent.csv")},
		"cannot be opened":              {filepath.Join(root, "*.csv")},
		"standard input is named twice": {"-", "-"},
		"no input":                      {},
	} {
		_, err := Files(args, nil)
		var known *Error
		if !errors.As(err, &known) || !strings.Contains(err.Error(), name) || known.Hint == "" {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// TestUnreadable reads files that cannot be: each an error with position and hint.
func TestUnreadable(t *testing.T) {
	utf16 := "\xff\xfet\x00y\x00p\x00e\x00"
	for content, want := range map[string]string{
		utf16:                           "UTF-16",
		strings.Repeat("t\x00", 40):     "UTF-16 text without",
		"\xff\xfe\x00\x00t\x00\x00\x00": "UTF-32",
		"%PDF-1.7\n":                    "a PDF",
		"PK\x03\x04....":                "spreadsheet",
		"version https://git-lfs.github.com/spec/v1\noid sha256:1\n": "Git LFS",
		"\n<!DOCTYPE HTML><title>404</title>":                        "HTML",
		"<?xml version=\"1.0\"?>":                                    "XML",
		"\x00\x01\x02\x03\x80\x81binary":                             "binary",
		string(gzipped(t, "%PDF-1.7\n")):                             "a PDF",
	} {
		for _, f := range All() {
			_, _, err := readAll(t.Context(), "x"+f.Extensions[0], strings.NewReader(content))
			var known *Error
			if !errors.As(err, &known) || !strings.Contains(known.Reason, want) || known.Hint == "" || known.Pos.File == "" {
				t.Errorf("%s of %q: %v", f.Name, content[:8], err)
			}
		}
	}
	for _, f := range []File{{Path: "/nonexistent/x.csv", Name: "x.csv"}, {Path: "x.csv", Name: "x.csv", Skipped: "not a regular file"}, Stream("x.docx", strings.NewReader("a"))} {
		for _, err := range Read(t.Context(), f, Options{}) {
			var known *Error
			if !errors.As(err, &known) || known.Hint == "" {
				t.Errorf("%v: %v", f, err)
			}
		}
	}
	for _, err := range Read(t.Context(), Stream("x.csv", strings.NewReader("")), Options{Format: "docx"}) {
		if err == nil || !strings.Contains(err.Error(), "unknown format") {
			t.Error(err)
		}
	}
}

func TestRecognise(t *testing.T) {
	for _, test := range []struct{ head, want string }{
		{"", "ndjson"},
		{`{"type":"Person","name":"A"}`, "ndjson"},
		{"{\"type\":\"Person\"}\n{\"type\":\"Person\"}\n", "ndjson"},
		{"{\"a\":1}\n{\"a\":2}\n", "ndjson"},
		{"{\"type\":\"Person\",\n\"name\":\"A\"}\n", "json"},
		{`{"dataset":"d","entities":[{"type":"Person"}]}`, "json"},
		{`{"dataset":"d","type":"Person"}`, "ndjson"},
		{"[{}]", "json"},
		{"type,name\nPerson,A\n", "csv"},
		{"Relation;From;To\n", "csv"},
		{"\"type\"\tname\n", "tsv"},
		{"---\nentities: []\n", "yaml"},
		{"# case\n\ndataset: d\n", "yaml"},
		{"entities:\n- type: Person", "yaml"},
		{"- type: Person", "yaml"},
		{"Dear Sir: hello", ""},
		{"name,age\n", ""},
	} {
		if got := recognise([]byte(test.head)); got != test.want {
			t.Errorf("%q is %q, want %q", test.head, got, test.want)
		}
	}
}

// TestStandardInput reads each format without a name to tell it.
func TestStandardInput(t *testing.T) {
	each(t, func(t *testing.T, f Format, s sample, _ string) {
		for _, n := range []int{2, 5000} {
			files, err := Files([]string{"-"}, strings.NewReader(s.file(n)))
			if err != nil {
				t.Fatal(err)
			}
			seen := 0
			for _, err := range Read(t.Context(), files[0], Options{}) {
				if err != nil {
					t.Fatal(err)
				}
				seen++
			}
			if seen != n {
				t.Errorf("%d records", seen)
			}
		}
	})
}
