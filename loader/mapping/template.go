package mapping

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"orbat/schema"
)

// TemplateMapping is the shipped mapping that reads what [WriteTemplate] writes.
const TemplateMapping = "orbat-template"

// The sheets of the template that others refer to.
const (
	helpSheet   = "Help"
	listsSheet  = "Lists"
	unitsSheet  = "Units"
	peopleSheet = "People"
	placesSheet = "Places"
)

// templateSheet is one sheet of the template: a table of the mapping that reads it.
type templateSheet struct {
	name, doc string
	columns   []templateColumn
	examples  [][]string // as long as the columns, or shorter
}

// templateColumn is one column.
type templateColumn struct {
	name, doc string
	of        string   // Type.property: the words that it knows are offered
	words     []string // are offered
	sheet     string   // whose first column is offered
}

// templateSheets are the sheets that are filled in. The mapping names the same columns.
func templateSheets() []templateSheet {
	from := templateColumn{name: "From", doc: "since when: 2014-08-31, 2014-08, 2014, 31.8.2014, August 2014, ca. 2014; empty: not known"}
	to := templateColumn{name: "To", doc: "until when, as under From; now: it goes on; empty: not known"}
	sources := templateColumn{name: "Sources", doc: "who says so: names or links, semicolons between. The sheet Sources may describe them"}
	confidence := templateColumn{name: "Confidence", doc: "how sure you are of the row", words: []string{"Low", "Medium", "High"}}
	notes := templateColumn{name: "Notes", doc: "what a reader should know first"}
	quote := templateColumn{name: "Quote", doc: "the words of the source, where there is one source"}
	others := templateColumn{name: "Other names", doc: "other spellings, abbreviations, translations, semicolons between"}
	country := templateColumn{name: "Country", doc: "its English name, or two letters: NG"}
	return []templateSheet{
		{
			name: unitsSheet, doc: "A row is a unit, and under whom it stood for a time. One that moved has a row for each superior.",
			columns: []templateColumn{
				{name: "Unit", doc: "its name, always written alike"},
				others,
				{name: "Echelon", doc: "its level", of: "Unit.echelon"},
				{name: "Branch", doc: "army, navy, air force, police …"},
				{name: "Kind", doc: "infantry, armour, artillery …"},
				{name: "Affiliation", doc: "whose side it is on, seen from yours", of: "Unit.affiliation"},
				country,
				{name: "Strength", doc: "how many people serve in it"},
				{name: "Part of", doc: "the unit above it", sheet: unitsSheet},
				from, to,
				{name: "Base", doc: "where it is at home", sheet: placesSheet},
				sources, confidence, notes,
			},
			examples: [][]string{
				{
					"# 3rd Battalion", "3 Bn; Third Battalion", "battalion", "army", "infantry", "unknown", "Nigeria", "650", "2nd Brigade",
					"2014-08", "now", "Camp North", "Gazette 12", "High", "an example: rows that begin with # are not read",
				},
				{"# 2nd Brigade", "", "brigade", "army", "", "unknown", "NG"},
			},
		},
		{
			name: peopleSheet, doc: "A row is a person.",
			columns: []templateColumn{
				{name: "Person", doc: "the name, always written alike"},
				others,
				{name: "Rank", doc: "as the source writes it"},
				{name: "Status", doc: "what became of the person", of: "Person.status"},
				{name: "Nationality", doc: "English names of countries or two letters, semicolons between"},
				{name: "Born", doc: "written as under From"},
				sources, confidence, notes,
			},
			examples: [][]string{{
				"# Ann Lee", "A. Lee", "Major", "active", "NG", "ca. 1970", "Gazette 12; https://news.example/lee", "Medium",
			}},
		},
		{
			name: "Postings", doc: "A row is one person in one post for a time.",
			columns: []templateColumn{
				{name: "Person", doc: "who", sheet: peopleSheet},
				{name: "Unit", doc: "where", sheet: unitsSheet},
				{name: "Post", doc: "commander, adjutant, spokesman …"},
				{name: "In command", doc: "yes, if the post leads the unit or is a part of its command", words: []string{"yes", "no"}},
				from, to, sources, quote, confidence,
			},
			examples: [][]string{{
				"# Ann Lee", "3rd Battalion", "commander", "yes", "2019", "31 August 2021", "Gazette 12",
				"Major Lee took command in 2019.", "High",
			}},
		},
		{
			name: placesSheet, doc: "A row is a place.",
			columns: []templateColumn{
				{name: "Place", doc: "its name; where several are called so, with the district: Mill, North"},
				{name: "Kind", doc: "what it is", of: "Location.loc_kind"},
				country,
				{name: "Latitude", doc: `36.21, or 36°12'30"N`},
				{name: "Longitude", doc: `37.15, or 37°9'E`},
				{name: "MGRS", doc: "the position in the military grid, instead"},
				{name: "Lies in", doc: "the larger place around it", sheet: placesSheet},
				sources, notes,
			},
			examples: [][]string{{"# Camp North", "base", "NG", "10.5", "20.25", "", "North"}},
		},
		{
			name: "Equipment", doc: "A row is a kind of equipment that a unit has.",
			columns: []templateColumn{
				{name: "Unit", doc: "who has it", sheet: unitsSheet},
				{name: "Equipment", doc: "its name or designation: T-72B3"},
				{name: "Kind", doc: "what it is", of: "Equipment.equip_kind"},
				{name: "How many", doc: "a whole number"},
				from, to, sources, confidence,
			},
			examples: [][]string{{"# 3rd Battalion", "T-72B3", "vehicle", "31", "2020", "", "photo 4", "Medium"}},
		},
		{
			name: "Events", doc: "A row is something that happened.",
			columns: []templateColumn{
				{name: "Event", doc: "a name that no other has: Attack on the mill, 2 May 2021"},
				{name: "Kind", doc: "what happened", of: "Event.event_kind"},
				{name: "Date", doc: "when, written as under From"},
				{name: "Place", doc: "where", sheet: placesSheet},
				{name: "Units that did it", doc: "semicolons between"},
				{name: "Others that did it", doc: "organisations, semicolons between"},
				{name: "Units that suffered it", doc: "semicolons between"},
				{name: "Others that suffered it", doc: "organisations, semicolons between"},
				{name: "Killed", doc: "how many people"},
				{name: "Wounded", doc: "how many people"},
				sources, quote, confidence, notes,
			},
			examples: [][]string{{
				"# Attack on the mill, 2 May 2021", "raid", "2 May 2021", "Mill, North", "", "Red Column", "3rd Battalion", "",
				"3", "5", "Daily News",
			}},
		},
		{
			name: "Sources", doc: "A row is a document. What other sheets cite need not stand here.",
			columns: []templateColumn{
				{name: "Source", doc: "as it is written under Sources elsewhere: a name or a link"},
				{name: "Publisher", doc: "who published it"},
				{name: "Published", doc: "when, written as under From"},
				{name: "URL", doc: "where"},
				{name: "Reliability", doc: "Admiralty scale: A reliable … E unreliable, F cannot be judged", of: "Source.reliability"},
				notes,
			},
			examples: [][]string{{"# Gazette 12", "Ministry of Defence", "2019-03-02", "https://gazette.example/12", "B"}},
		},
	}
}

// templateRows is how many rows offer their words.
const templateRows = 2000

// WriteTemplate writes an Excel workbook for people who have no sheets yet: a sheet for each thing, with the words that
// the ontology knows offered in its cells, examples, and a sheet of help. The mapping [TemplateMapping] reads it.
func WriteTemplate(w io.Writer, o *schema.Ontology) error {
	t := template{file: excelize.NewFile(), ontology: o}
	defer func() { _ = t.file.Close() }() // it is in memory
	if err := t.write(); err != nil {
		return fmt.Errorf("write the template: %w", err)
	}
	if err := t.file.Write(w); err != nil {
		return fmt.Errorf("write the template: %w", err)
	}
	return nil
}

// template is a workbook on its way.
type template struct {
	file     *excelize.File
	ontology *schema.Ontology
	lists    int // columns of the sheet of lists

	bold, example, wrapped int // styles
}

func (t *template) write() (err error) {
	t.bold, err = t.file.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE6F0"}},
	})
	if err != nil {
		return err
	}
	if t.example, err = t.file.NewStyle(&excelize.Style{Font: &excelize.Font{Italic: true, Color: "808080"}}); err != nil {
		return err
	}
	if t.wrapped, err = t.file.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); err != nil {
		return err
	}
	if err := t.file.SetSheetName(t.file.GetSheetName(0), helpSheet); err != nil {
		return err
	}
	sheets := templateSheets()
	for _, sheet := range sheets {
		if _, err := t.file.NewSheet(sheet.name); err != nil {
			return err
		}
	}
	if _, err := t.file.NewSheet(listsSheet); err != nil {
		return err
	}
	for _, sheet := range sheets {
		if err := t.sheet(sheet); err != nil {
			return err
		}
	}
	if err := t.help(sheets); err != nil {
		return err
	}
	return t.file.SetSheetVisible(listsSheet, false)
}

// row writes texts into a row.
func (t *template) row(sheet string, row, style int, texts ...string) error {
	for i, text := range texts {
		cell, err := excelize.CoordinatesToCellName(i+1, row)
		if err != nil {
			return err
		}
		if err := t.file.SetCellStr(sheet, cell, text); err != nil {
			return err
		}
		if err := t.file.SetCellStyle(sheet, cell, cell, style); err != nil {
			return err
		}
	}
	return nil
}

// sheet writes one sheet: the names of its columns, examples, and what its cells offer.
func (t *template) sheet(s templateSheet) error {
	const narrow, wide, textFormat = 14, 24, 49
	text, err := t.file.NewStyle(&excelize.Style{NumFmt: textFormat}) // what is typed stays as it is: 3/4 is no date
	if err != nil {
		return err
	}
	var names []string
	for i, column := range s.columns {
		names = append(names, column.name)
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := t.file.SetColStyle(s.name, name, text); err != nil {
			return err
		}
		width := narrow
		if i == 0 || column.name == "Sources" || column.name == "Quote" || column.name == "Notes" {
			width = wide
		}
		if err := t.file.SetColWidth(s.name, name, name, float64(width)); err != nil {
			return err
		}
		if err := t.offer(s, column, name); err != nil {
			return err
		}
	}
	if err := t.row(s.name, 1, t.bold, names...); err != nil {
		return err
	}
	for i, example := range s.examples {
		if err := t.row(s.name, i+2, t.example, example...); err != nil {
			return err
		}
	}
	return t.file.SetPanes(s.name, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"})
}

// offer has the cells of a column say what belongs into them, and offer the words that are known.
func (t *template) offer(s templateSheet, column templateColumn, name string) error {
	rule := excelize.NewDataValidation(true)
	rule.Sqref = fmt.Sprintf("%s2:%s%d", name, name, templateRows)
	const longest = 255 // of what a cell says
	rule.SetInput(column.name, schema.Brief(column.doc[:min(len(column.doc), longest)]))
	words := column.words
	if kind, property, is := strings.Cut(column.of, "."); is {
		if of := t.ontology.Property(kind, property); of != nil {
			words = of.Values
		}
	}
	switch {
	case column.sheet != "":
		rule.SetSqrefDropList(fmt.Sprintf("%s!$A$2:$A$%d", column.sheet, templateRows))
		rule.SetError(excelize.DataValidationErrorStyleInformation, column.name,
			"It has no row in the sheet "+column.sheet+" yet, and needs none.")
	case len(words) > 0:
		list, err := t.list(words)
		if err != nil {
			return err
		}
		rule.SetSqrefDropList(list)
		rule.SetError(excelize.DataValidationErrorStyleStop, column.name, "One of "+schema.Shorten(strings.Join(words, ", "))+".")
	}
	return t.file.AddDataValidation(s.name, rule)
}

// list writes words into the sheet of lists and returns where they stand.
func (t *template) list(words []string) (string, error) {
	t.lists++
	name, err := excelize.ColumnNumberToName(t.lists)
	if err != nil {
		return "", err
	}
	for i, word := range words {
		if err := t.file.SetCellStr(listsSheet, fmt.Sprintf("%s%d", name, i+1), word); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%s!$%s$1:$%s$%d", listsSheet, name, name, len(words)), nil
}

// help writes the sheet of help.
func (t *template) help(sheets []templateSheet) error {
	const first, second, third = 16, 26, 90
	for name, width := range map[string]float64{"A": first, "B": second, "C": third} {
		if err := t.file.SetColWidth(helpSheet, name, name, width); err != nil {
			return err
		}
	}
	lines := [][]string{
		{"What this is", "", "A workbook for what you know about units, people, places, equipment and events. " +
			"Fill in the sheets you need, in any order."},
		{"Names", "", "The same name is the same one: write each always alike, and what others call it under Other names."},
		{"Examples", "", "Rows whose first cell begins with # are examples and remarks; they are not read."},
		{"Unknown", "", "Leave a cell empty. Do not rename or delete sheets or columns; leave those that you do not need."},
		{"Load it", "", "orbat load THIS.xlsx --mapping " + TemplateMapping + " --dataset NAME (again, when it has grown: with --replace)"},
		{"Look first", "", "orbat mapping preview " + TemplateMapping + " THIS.xlsx"},
		{},
		{"Sheet", "Column", "What belongs there"},
	}
	heading := len(lines)
	for _, sheet := range sheets {
		lines = append(lines, []string{sheet.name, "", sheet.doc})
		for _, column := range sheet.columns {
			lines = append(lines, []string{"", column.name, column.doc})
		}
	}
	for i, line := range lines {
		style := t.wrapped
		if i+1 == heading {
			style = t.bold
		}
		if err := t.row(helpSheet, i+1, style, line...); err != nil {
			return err
		}
		if i+1 != heading && len(line) > 0 && line[0] != "" {
			cell := fmt.Sprintf("A%d", i+1)
			if err := t.file.SetCellStyle(helpSheet, cell, cell, t.bold); err != nil {
				return err
			}
		}
	}
	return nil
}
