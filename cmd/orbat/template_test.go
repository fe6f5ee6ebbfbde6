package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"orbat/cmd/orbat/intake"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/schema"
)

// What mapping new --template writes is read by its mapping: nothing of it as it is, and its examples once they are no
// examples any more.
func TestTemplateIsRead(t *testing.T) {
	o, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	m, err := loadMapping(mapping.TemplateMapping)
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	if err := mapping.WriteTemplate(&written, o); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "orbat.xlsx")
	read := func(replace bool) (claims []string) {
		take := &intake.Intake{Mapping: m, Replace: replace}
		files, err := format.Files([]string{name}, nil)
		if err != nil {
			t.Fatal(err)
		}
		inputs, err := take.Tables(files)
		if err != nil {
			t.Fatal(err)
		}
		unused, err := m.CheckFiles(t.Context(), inputs, mapping.Options{Ontology: o})
		if err != nil || len(unused) > 0 {
			t.Fatal(unused, err)
		}
		records, err := take.Records(t.Context(), files, o)
		if err != nil {
			t.Fatal(err)
		}
		for record, err := range records {
			if err != nil {
				t.Fatal(err)
			}
			made, err := loader.Claims(o, "", record)
			if err != nil {
				t.Error(err)
			}
			for _, claim := range made {
				claims = append(claims, string(claim.AppendJSON(nil)))
			}
		}
		return claims
	}
	if err := os.WriteFile(name, written.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if claims := read(true); len(claims) > 0 {
		t.Error(claims)
	}
	book, err := excelize.OpenReader(&written)
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if text, is := strings.CutPrefix(slices.Concat(row, []string{""})[0], "# "); is {
				cell, err := excelize.CoordinatesToCellName(1, i+1)
				if err = errors.Join(err, book.SetCellStr(sheet, cell, text)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := book.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	claims := read(false)
	for _, want := range []string{
		`"xid":"orbat:default/Unit/3rd battalion","affiliation":"unknown","aliases":["3 Bn","Third Battalion"],"branch":"army","classification":"infantry","country":"NG"`,
		`"relation":"subordinate_to","from":"orbat:default/Unit/3rd battalion","to":"orbat:default/Unit/2nd brigade","period":"2014-08/.."`,
		`"relation":"based_at"`, `"xid":"orbat:default/Person/ann lee"`, `"birth_date":"1969~1971"`,
		`"relation":"commands","from":"orbat:default/Person/ann lee","to":"orbat:default/Unit/3rd battalion","title":"commander","period":"2019/2021-08-31"`,
		`"relation":"within"`, `"relation":"operates"`, `"quantity":"31"`, `"relation":"carried_out","from":"orbat:default/Organisation/red column"`,
		`"relation":"affected_by","from":"orbat:default/Unit/3rd battalion"`, `"relation":"located_at"`, `"reliability":"B"`, `"killed":"3"`,
	} {
		if !slices.ContainsFunc(claims, func(claim string) bool { return strings.Contains(claim, want) }) {
			t.Errorf("no claim has %s", want)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(claims, "\n"))
	}
}
