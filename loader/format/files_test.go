package format

import (
	"bytes"
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
	for _, path := range []string{
		"b.csv", "a/z.yaml", "a/Y.NDJSON.gz", "a/notes.txt", "a/README", ".git/x.json", "a/.hidden.yaml",
		"a/x.yaml~", "a/~$b.xlsx", "c.json.zst",
	} {
		write(path, "x")
	}
	write("empty/sub/.keep", "")
	write("other/a.txt", "")
	outside := filepath.Join(t.TempDir(), "secret.yaml")
	if err := os.WriteFile(outside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{
		"link": filepath.Join(root, "a"), "out.yaml": outside, "within.yaml": filepath.Join("a", "z.yaml"),
	} {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
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
		} else if f.Path != "-" && f.Size != 1 {
			t.Errorf("%s: size %d", name, f.Size)
		}
		got = append(got, name)
	}
	want := []string{
		"a/README: no extension tells its format", "a/Y.NDJSON.gz", "a/notes.txt: a text file is read as a document where it is named",
		"a/x.yaml~: no format reads .yaml~",
		"a/z.yaml", "a/~$b.xlsx: Excel's note that a workbook is open", "b.csv", "c.json.zst", "link: a link to a folder is not followed",
		"other/a.txt: a text file is read as a document where it is named", "out.yaml: a link that leaves the folder is not followed", "within.yaml", "stdin", "a/notes.txt",
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
		var known *ReadError
		if !errors.As(err, &known) || !strings.Contains(err.Error(), name) || known.Hint == "" {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// mistakes are files given by mistake, or saved in the place of the one that was to be fetched.
func mistakes() map[string]string {
	return map[string]string{
		"\xff\xfe\x00\x00t\x00\x00\x00": "UTF-32",
		"%PDF-1.7\n":                    "a PDF",
		"{\\rtf1 text}":                 "RTF",
		"PK\x03\x04....content.txt":     "a ZIP archive",
		"PK\x03\x04...mimetypeapplication/vnd.oasis.opendocument.spreadsheet": "ods",
		"\xd0\xcf\x11\xe0": "old Office file",
		"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 12\n":                               "Git LFS",
		"\n<!DOCTYPE HTML><title>404</title>":                                                               "an HTML page, perhaps an error",
		"<!-- proxy --><html><body>":                                                                        "an HTML page, perhaps an error",
		"<head><title>":                                                                                     "an HTML page",
		"\ufeff<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"x\">":                                       "an HTML page",
		"<!doctype html><form><input name=p type=\"password\"></form>":                                      "an HTML page to sign in",
		"<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>": "an error message of a server (AccessDenied)",
		"<Error><Code>NoSuchKey</Code></Error>":                                                             "(NoSuchKey)",
		"<?xml version=\"1.0\"?><gexf/>":                                                                    "XML",
		"<rss version=\"2.0\">":                                                                             "XML",
		`{"error":"not found"}`:                                                                             `(error: not found)`,
		`{"message":"API rate limit exceeded","documentation_url":"https://docs.github.com"}`:               "(message: API rate limit exceeded)",
		`{"errors":[{"code":42}]}`:                                                                          "an error message of a server",
		`{"type":"https://example.org/p","title":"Forbidden","status":403}`:                                 "(title: Forbidden)",
		"{\n  \"success\": false,\n  \"error\": {\"code\": 401}\n}\n":                                       "an error message of a server",
		"404: Not Found":                                      "an error message of a server (404: Not Found)",
		"Access Denied\n":                                     "an error message of a server",
		"\x00\x05\x16\x07\x00\x02\x00\x00Mac":                 "AppleDouble",
		"\x00\x00\x00\x01Bud1\x00":                            "DS_Store",
		"L\x00\x00\x00\x01\x14\x02\x00":                       "a shortcut",
		"[InternetShortcut]\r\nURL=https://example.org/x.csv": "a shortcut",
		"bplist00\xd1":                                        "a shortcut",
		`{"doc_id":"x","email":"y"}`:                          "a shortcut",
		"BZh91AY":                                             "bzip2",
		"SQLite format 3\x00":                                 "SQLite",
		"\x00\x01\x02\x03\x80\x81bin":                         "binary",
		"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00":         "binary",
		strings.Repeat("\x00x\x04y", 40):                      "UTF-16 text without",
	}
}

// TestUnreadable gives every format every mistake, as a file of its own name, packed, from standard input, and with the
// format named: each is an error that says what it is and what to do.
func TestUnreadable(t *testing.T) {
	for content, want := range mistakes() {
		for _, f := range All() {
			name := "x" + append(f.Extensions, ".json")[0]
			for how, read := range map[string]struct {
				file File
				opts Options
			}{
				"plain":        {Stream(name, strings.NewReader(content)), Options{}},
				"gzip":         {Stream(name+".gz", bytes.NewReader(gzipped(t, content))), Options{}},
				"zstd":         {Stream(name+".zst", bytes.NewReader(zstandard(t, content))), Options{}},
				"input":        {Stream("-", strings.NewReader(content)), Options{}},
				"packed input": {Stream("-", bytes.NewReader(gzipped(t, content))), Options{}},
				"named":        {Stream("x.dat", strings.NewReader(content)), Options{Format: f.Name}},
				"named input":  {Stream("-", strings.NewReader(content)), Options{Format: f.Name}},
			} {
				records, bad, err := collect(Read(t.Context(), read.file, read.opts))
				var known *ReadError
				isDamaged := f.Name == "xlsx" || strings.Contains(how, "input") // a cut archive is all that its reader sees
				if !errors.As(err, &known) || len(records)+len(bad) > 0 || known.Hint == "" || known.Pos.File == "" ||
					!strings.Contains(known.Reason, want) && !(isDamaged && strings.Contains(known.Reason, "workbook is damaged")) {
					t.Errorf("%s, %s, %.40q: %v", f.Name, how, content, err)
				}
			}
		}
		for _, name := range Tables() {
			_, err := readRows(t, "x", content, Options{Format: name})
			if err == nil || !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), "workbook is damaged") {
				t.Errorf("rows of %s, %.40q: %v", name, content, err)
			}
		}
	}
}

// TestNoMistakes reads what looks like a mistake and is none.
func TestNoMistakes(t *testing.T) {
	for content, name := range map[string]string{
		`{"type":"Event","name":"error","error":"x"}`:       "x.ndjson",
		`{"error":"a"}` + "\n" + `{"message":"b"}`:          "x.ndjson", // two records, each rejected
		`{"entities":[],"note":"x"}`:                        "x.json",
		"note: 404\nentities:\n- {type: Person, name: A}\n": "x.yaml",
		"type,name\nPerson,<b>A</b>\n":                      "x.csv",
		"type,name\nPerson,Not Found\n":                     "x.csv",
		"<type,name>\nx,y\n":                                "x.txt",
		"t\x00ype,name\nPerson,Ann Lee of Somewhere Else\n": "x.ndjson",
	} {
		head := []byte(content)
		if reason, _ := notText(head); reason != "" {
			t.Errorf("%s %q: %s", name, content, reason)
		}
		if fault := notRecords(head); fault.Reason != "" {
			t.Errorf("%s %q: %s", name, content, fault.Reason)
		}
	}
}

func TestUnopened(t *testing.T) {
	for _, f := range []File{
		{Path: "/nonexistent/x.csv", Name: "x.csv"},
		{Path: "x.csv", Name: "x.csv", Skipped: "not a regular file"},
		Stream("x.docx", strings.NewReader("a")),
	} {
		for _, err := range Read(t.Context(), f, Options{}) {
			var known *ReadError
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

// recognise names the format that the first bytes of a text show.
func recognise(head string) string {
	format, _ := byContent([]byte(head), false)
	return format.Name
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
		if got := recognise(test.head); got != test.want {
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
