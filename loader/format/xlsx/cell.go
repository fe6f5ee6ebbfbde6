package xlsx

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"orbat/loader/format/input"
	"orbat/schema"
)

// What cells say, as text, as the sheet means them:
//   - a text as it stands: 007 typed as text stays 007;
//   - a number in full, whatever its format: 0.5 for 50 %, 7 for a 7 shown as 007; one that is not whole to the 15
//     digits that Excel keeps, since what it stores of 0.1 + 0.2 is 0.30000000000000004;
//   - a number with the format of a date as an ISO date: 2014-08-01; where the format shows no day and it is the first,
//     2014-08 or 2014; where it shows the time and there is one, 2014-08-01T09:30 or 2014-08-01T09:30:15; a time alone,
//     09:30;
//   - true and false;
//   - a formula as what it gave when the book was saved.
//
// An error (#REF!), a formula never calculated and what is no date or number cost the cell.

// cell reads a cell whose start was read, but for its column.
func (b *book) cell(part *xmlPart, start xml.StartElement) (cell sheetCell, bad *schema.Fault, err error) {
	kind, style := attribute(start, "t"), attribute(start, "s")
	var value, inline string
	hasValue, isFormula := false, false
	for {
		element, more, err := part.child("")
		if err != nil {
			return cell, nil, err
		}
		if !more {
			break
		}
		switch element.Name.Local {
		case "v":
			hasValue = true
			value, err = part.text()
		case "is":
			inline, err = part.richText()
		default:
			isFormula = isFormula || element.Name.Local == "f"
			err = part.skip()
		}
		if err != nil {
			return cell, nil, err
		}
	}
	if isFormula && !hasValue {
		return cell, &schema.Fault{Reason: "holds a formula that was never calculated", Hint: saveAgain}, nil
	}
	switch kind {
	case "inlineStr":
		cell.text = unescape(inline)
		return cell, nil, nil
	case "str":
		cell.text = unescape(value)
		return cell, nil, nil
	}
	if value = strings.TrimSpace(value); value == "" {
		return cell, nil, nil
	}
	switch kind {
	case "s":
		cell.text, bad = b.sharedText(value)
	case "b":
		cell.text = strconv.FormatBool(value != "0" && value != "false")
	case "e":
		bad = &schema.Fault{
			Value: input.CutText(value, input.MaxRejectValue), Reason: "holds the error " + input.CutText(value, 20),
			Hint: "mend the formula, or clear the cell",
		}
	case "d":
		cell.text = isoCell(value)
	default:
		if format := b.format(style); format != plainFormat {
			cell.text, bad = b.date(value, format)
			break
		}
		cell.text, bad = number(value)
		cell.fraction = strings.Contains(cell.text, ".")
	}
	return cell, bad, nil
}

// sharedText returns the text of a number.
func (b *book) sharedText(number string) (string, *schema.Fault) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(b.texts) {
		return "", &schema.Fault{
			Value: input.CutText(number, input.MaxRejectValue), Reason: "refers to a shared text that the book does not hold",
			Hint: saveAgain,
		}
	}
	return b.texts[n], nil
}

// format returns what the number format of a style shows.
func (b *book) format(style string) cellFormat {
	n, err := strconv.Atoi(style) // none is style 0
	if (err == nil || style == "") && n >= 0 && n < len(b.styles) {
		return b.styles[n]
	}
	return plainFormat
}

// number writes a number in full.
func number(value string) (string, *schema.Fault) {
	if isInteger(value) {
		return value, nil
	}
	x, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return "", &schema.Fault{
			Value: input.CutText(value, input.MaxRejectValue), Reason: "should hold a number and does not",
			Hint: saveAgain,
		}
	}
	if x, err = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 15, 64), 64); err != nil {
		return value, nil //nolint:nilerr // rounded beyond the largest number
	}
	return strconv.FormatFloat(x, 'f', -1, 64), nil
}

func isInteger(value string) bool {
	digits := strings.TrimPrefix(value, "-")
	if digits == "" || len(digits) > 1 && digits[0] == '0' {
		return false
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// cellFormat is what the number format of a cell shows.
type cellFormat uint8

const plainFormat cellFormat = 0

const (
	showsYear cellFormat = 1 << iota
	showsMonth
	showsDay
	showsTime
)

// date returns the day that a number of days stands for. Excel takes 1900 for a leap year; so do its numbers.
func (b *book) date(value string, shows cellFormat) (string, *schema.Fault) {
	const day = 24 * 60 * 60 * 1000 // milliseconds, to which Excel rounds
	x, err := strconv.ParseFloat(value, 64)
	ms := int64(math.Round(x * day))
	if err != nil || !(x >= 0 && x < 2958466) {
		return "", &schema.Fault{
			Value: input.CutText(value, input.MaxRejectValue), Reason: "is formatted as a date, and the number in it is none",
			Hint: "give the cell a number format, or mend the date",
		}
	}
	days, rest := int(ms/day), time.Duration(ms%day)*time.Millisecond
	if days == 0 && shows&showsTime != 0 {
		return clock(rest), nil
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case b.date1904:
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days == 0 || days == 60:
		return "", &schema.Fault{
			Value: value, Reason: "holds day " + strconv.Itoa(days) + " of 1900, which never was", Hint: "clear the cell, or mend the date",
		}
	case days < 60:
		first = first.AddDate(0, 0, 1)
	}
	date := first.AddDate(0, 0, days)
	switch {
	case shows&showsTime != 0 && rest > 0:
		return date.Format(time.DateOnly) + "T" + clock(rest), nil
	case shows == showsYear && date.YearDay() == 1:
		return date.Format("2006"), nil
	case shows == showsYear|showsMonth && date.Day() == 1:
		return date.Format("2006-01"), nil
	}
	return date.Format(time.DateOnly), nil
}

// clock writes a time of the day, seconds only where there are some.
func clock(since time.Duration) string {
	at := time.Time{}.Add(since)
	switch {
	case since%time.Second != 0:
		return at.Format("15:04:05.000")
	case since%time.Minute != 0:
		return at.Format(time.TimeOnly)
	}
	return at.Format("15:04")
}

// isoCell reads a cell that holds a date as text, which ISO 29500 allows.
func isoCell(value string) string {
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, strings.TrimSuffix(value, "Z")); err == nil {
			rest := at.Sub(at.Truncate(24 * time.Hour)).Round(time.Millisecond)
			if rest == 0 {
				return at.Format(time.DateOnly)
			}
			return at.Format(time.DateOnly) + "T" + clock(rest)
		}
	}
	return value // a date alone, or what the ontology may judge
}

// formatOf tells what a number format shows by its code: letters of dates outside of quotes, escapes and brackets. One
// that counts hours beyond the day ([h]:mm) is left a number.
func formatOf(code string) cellFormat {
	code, _, _ = strings.Cut(strings.ToLower(code), ";") // the part for positive numbers
	var letters []byte
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '\\', '_', '*': // the next character is shown, or as wide, or repeated
			i++
		case '"':
			if i = after(code, i, '"'); i < 0 {
				return plainFormat
			}
		case '[':
			end := after(code, i, ']')
			if end < 0 {
				return plainFormat
			}
			if inside := code[i+1 : end]; inside != "" && strings.ContainsAny(inside[:1], "hms") && strings.Trim(inside, inside[:1]) == "" {
				return plainFormat
			}
			i = end
		case 'y', 'm', 'd', 'h', 's':
			if len(letters) == 0 || letters[len(letters)-1] != c {
				letters = append(letters, c)
			}
		}
	}
	shows := plainFormat
	for i, c := range letters {
		switch {
		case c == 'y':
			shows |= showsYear
		case c == 'd':
			shows |= showsDay
		case c == 'h' || c == 's':
			shows |= showsTime
		case i > 0 && letters[i-1] == 'h' || i+1 < len(letters) && letters[i+1] == 's': // minutes
			shows |= showsTime
		default:
			shows |= showsMonth
		}
	}
	return shows
}

// after returns the place of the next such byte; -1: there is none.
func after(s string, i int, c byte) int {
	n := strings.IndexByte(s[i+1:], c)
	if n < 0 {
		return -1
	}
	return i + 1 + n
}

// builtinFormat is formatOf for the formats that have a number and no code.
func builtinFormat(id int) cellFormat {
	const date = showsYear | showsMonth | showsDay
	switch {
	case id >= 14 && id <= 16, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return date
	case id == 17:
		return showsYear | showsMonth
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return showsTime
	case id == 22:
		return date | showsTime
	}
	return plainFormat
}

// unescape reads the characters that XML cannot hold, which a workbook writes as _x000D_.
func unescape(text string) string {
	at := strings.Index(text, "_x")
	if at < 0 {
		return text
	}
	var out strings.Builder
	for ; at >= 0; at = strings.Index(text, "_x") {
		if len(text) >= at+7 && text[at+6] == '_' {
			if code, err := strconv.ParseUint(text[at+2:at+6], 16, 16); err == nil && !utf16.IsSurrogate(rune(code)) {
				out.WriteString(text[:at])
				out.WriteRune(rune(code))
				text = text[at+7:]
				continue
			}
		}
		out.WriteString(text[:at+2])
		text = text[at+2:]
	}
	out.WriteString(text)
	return out.String()
}
