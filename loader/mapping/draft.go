package mapping

import (
	"context"
	"slices"
	"strings"

	"orbat/schema"
)

// draftRows is how many rows a draft looks at.
const draftRows = 1000

// Draft writes a first mapping of a table: what its header names as the ontology does, and whose first rows the
// ontology takes, is mapped, everything else is kept as x_ properties. What the rows show of how people keep sheets is
// proposed with it: titles above the header, names over two rows, empty cells that mean the one above, hierarchies, how
// numbers and dates are written, positions, sightings day after day, years as columns, lists side by side. It loads as
// it is, and says in comments what to read through and what it leaves out.
func Draft(ctx context.Context, in Input, reading Reading, o *schema.Ontology) ([]byte, error) {
	reading = findHeader(ctx, in, reading)
	var header []string
	var columns []columnSample
	var rows [][]string
	var typed schema.Row
	for row, err := range in.Rows(ctx, reading) {
		switch {
		case err != nil && isBad(err):
			continue
		case err != nil:
			return nil, err
		case header == nil:
			header = slices.Clone(row.Cells)
			columns = make([]columnSample, len(header))
			continue
		}
		typed.Fractions = append(typed.Fractions, row.Fractions...)
		cells := append(slices.Clone(row.Cells), make([]string, max(0, len(header)-len(row.Cells)))...)
		if rows = append(rows, cells); len(rows) == draftRows {
			break
		}
	}
	if header == nil {
		return nil, &MappingError{Fault: schema.Fault{
			Pos: schema.Position{File: in.Name}, Reason: "the file is empty", Hint: "the first row names the columns",
		}}
	}
	if separator := uncut(header, rows); separator != "" {
		return nil, &MappingError{Fault: schema.Fault{
			Pos:    schema.Position{File: in.Name},
			Reason: "the columns have " + separator + " between them; found: " + schema.Shorten(header[0]),
			Hint:   "say what stands between the cells", Option: schema.Option{Name: "delimiter", Value: separator},
		}}
	}
	blank := blanks(rows)
	for _, row := range rows {
		for i, cell := range row[:len(header)] {
			if text := strings.TrimSpace(cell); !slices.Contains(blank, text) {
				columns[i].take(text)
			}
		}
	}
	d := drafter{
		ontology: o, header: header, columns: columns, rows: rows, typed: &typed, kind: likelyType(header, o), blank: blank,
		taken: map[string]bool{}, used: map[int]bool{},
	}
	return d.write(in.Name, reading)
}

// uncut returns what stands between the cells of a table that was read as one column; empty: it has one.
func uncut(header []string, rows [][]string) string {
	if len(header) != 1 {
		return ""
	}
	for _, separator := range []string{"|", "^", "~"} {
		n := strings.Count(header[0], separator)
		if n > 0 && !slices.ContainsFunc(rows, func(row []string) bool { return strings.Count(row[0], separator) != n }) {
			return separator
		}
	}
	return ""
}

// columnSample is what the first rows of a column hold.
type columnSample struct {
	filled   int
	distinct map[string]bool
	split    bool // some cells hold several texts
}

func (c *columnSample) take(cell string) {
	if cell == "" {
		return
	}
	c.filled++
	if c.distinct == nil {
		c.distinct = map[string]bool{}
	}
	c.distinct[cell] = true
	c.split = c.split || strings.Contains(cell, ";")
}

// likelyType is the type that has most of the columns as properties; of several the one first declared.
func likelyType(header []string, o *schema.Ontology) *schema.EntityType {
	best, most := o.Types[0], -1
	for _, t := range o.Types {
		n := 0
		for i, name := range header {
			if p := propertyOf(t, name); p != nil {
				n++
			}
			words := strings.Fields(columnKey(name)) // a column named for the type itself: unit, unit name, unit_id
			if slices.ContainsFunc(words, func(word string) bool { return typeWords[word] == t.Name }) {
				n++
			}
			if len(words) > 0 && strings.EqualFold(words[0], t.Name) && (len(words) > 1 || i == 0) {
				n++ // the first one more than another's, of whom the sheet may tell too
			}
		}
		if n > most {
			best, most = t, n
		}
	}
	return best
}

// typeWords are words of headers that tell what a table is about.
var typeWords = map[string]string{
	"formation": "Unit", "corps": "Unit", "division": "Unit", "brigade": "Unit", "regiment": "Unit", "battalion": "Unit",
	"garrison": "Unit", "echelon": "Unit", "einheit": "Unit", "site": "Location", "officer": "Person",
	"incident": "Event", "engagement": "Event", "killed": "Event", "wounded": "Event", "casualties": "Event",
}

// columnKey folds a header: "Date of Birth" and "date_of_birth" are one.
func columnKey(name string) string {
	return schema.SearchKey(strings.ReplaceAll(name, "_", " "))
}

// usualNames are headers that people write for what the ontology names otherwise.
var usualNames = map[string]string{
	"full name": "name", "alias": "aliases", "other names": "aliases", "aka": "aliases", "dob": "birth_date", "born": "birth_date",
	"date of birth": "birth_date", "died": "death_date", "date of death": "death_date", "first name": "given_name",
	"last name": "family_name", "surname": "family_name", "sex": "gender", "notes": "description",
	"remarks": "description", "comments": "description", "also known as": "aliases", "rank title": "rank",
	"year of birth": "birth_date", "biography": "description",
	"country code": "country", "link": "url", "source url": "url", "published on": "published", "publication": "publisher",
}

// usualNamesOf are such headers by the type that the table is about.
var usualNamesOf = map[string]map[string]string{
	"Unit":     {"formation": "name", "men": "strength", "personnel": "strength"},
	"Location": {"site": "name"},
}

// propertyOf returns the property of a type that a header names, nil if none.
func propertyOf(t *schema.EntityType, header string) *schema.Property {
	key := columnKey(header)
	if strings.EqualFold(key, t.Name) && t.Name != schema.SourceType { // of a document it is who says so
		return t.Property(nameProperty)
	}
	key = strings.TrimPrefix(key, strings.ToLower(t.Name)+" ")
	if usual, ok := usualNames[key]; ok {
		key = columnKey(usual)
	} else if usual, ok := usualNamesOf[t.Name][key]; ok {
		key = columnKey(usual)
	}
	for _, p := range t.Properties {
		if columnKey(p.Name) == key || columnKey(p.Label) == key {
			return p
		}
	}
	return nil
}
