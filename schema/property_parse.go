package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// MaxValue is the longest value in bytes, before and after it is made canonical.
const MaxValue = 1 << 20

// MaxIndexed is the longest value in bytes of an indexed property. Dgraph fails the transaction at 64 KiB ("too large
// for the index"); nobody looks up by so much.
const MaxIndexed = 4 << 10

var (
	intText   = regexp.MustCompile(`^[+-]?[0-9]+$`)
	floatText = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
	// 2525C: coding scheme (warfighting, tactical graphics, weather, intelligence, stability, emergency), then
	// affiliation and the rest, with - and * where nothing is said.
	letterSIDC = regexp.MustCompile(`^[SGWIOE][A-Z*-]{9,14}$`)
	digitSIDC  = regexp.MustCompile(`^([0-9]{20}|[0-9]{30})$`)
)

// refusal is what is wrong with a text; Parse adds the property and the text.
type refusal struct{ reason, hint string }

func refuse(reason, hint string) (string, *refusal) { return "", &refusal{reason, hint} }

func (p *Property) parse(text string) (string, *refusal) {
	s, bad := cleanText(text, p.Kind == KindText)
	if bad != nil {
		return "", bad
	}
	if p.Indexed && len(s) > MaxIndexed {
		return refuse(fmt.Sprintf("has %d bytes; at most %d are allowed in what is looked up", len(s), MaxIndexed), "")
	}
	switch p.Kind {
	case KindString:
		return p.parseString(s)
	case KindInt:
		return p.parseInt(s)
	case KindFloat:
		return p.parseFloat(s)
	case KindBool:
		return parseBool(s)
	case KindDate:
		r, err := ParseDate(s)
		return dateResult(r.String(), err)
	case KindPeriod:
		period, err := ParsePeriod(s)
		return dateResult(period.String(), err)
	case KindEnum:
		return p.parseEnum(s)
	case KindCountry:
		return parseCountry(s)
	case KindLanguage:
		return parseLanguage(s)
	case KindURL:
		return parseURL(s)
	case KindGeo:
		return parseGeo(s)
	case KindSIDC:
		return parseSIDC(s)
	case KindExternalID:
		return parseExternalID(s)
	default: // text
		return s, nil
	}
}

// cleanText returns the text in NFC without the space around it. Control characters are refused rather than dropped:
// they come from broken files and would change what was said. Line ends become \n.
func cleanText(text string, lines bool) (string, *refusal) {
	if len(text) > MaxValue {
		return refuse(fmt.Sprintf("has %d bytes; at most %d are allowed", len(text), MaxValue), "")
	}
	if !utf8.ValidString(text) {
		return refuse("is not valid UTF-8", "convert the file to UTF-8")
	}
	s := text
	if strings.Contains(s, "\r\n") {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	s = norm.NFC.String(strings.TrimSpace(s))
	if s == "" {
		return refuse("is empty", "leave out what is not known")
	}
	if len(s) > MaxValue {
		return refuse(fmt.Sprintf("has %d bytes in NFC; at most %d are allowed", len(s), MaxValue), "")
	}
	at := 0
	for _, r := range s {
		at++
		switch {
		case lines && (r == '\n' || r == '\t'):
		case !lines && (r == '\n' || r == '\u2028' || r == '\u2029'):
			return refuse(fmt.Sprintf("holds a line break (character %d)", at), "write it on one line")
		case unicode.IsControl(r):
			return refuse(fmt.Sprintf("holds the control character %U (character %d)", r, at), "remove it")
		}
	}
	return s, nil
}

func (p *Property) parseString(s string) (string, *refusal) {
	if p.pattern != nil && !p.pattern.MatchString(s) {
		return refuse("does not match the pattern "+p.Pattern, exampleHint(p.Examples))
	}
	return s, nil
}

func exampleHint(examples []string) string {
	if len(examples) == 0 {
		return ""
	}
	return "for example " + strings.Join(examples, ", ")
}

func (p *Property) parseInt(s string) (string, *refusal) {
	const reason, hint = "is not a whole number", "write digits only, such as 1200 or -3"
	if !intText.MatchString(s) {
		return refuse(reason, hint)
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return refuse("does not fit 64 bits", "")
	}
	return p.bounded(strconv.FormatInt(n, 10), float64(n))
}

func (p *Property) parseFloat(s string) (string, *refusal) {
	if !floatText.MatchString(s) {
		return refuse("is not a number", "write digits with a point for decimals, such as 12.5")
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return refuse("does not fit 64 bits", "")
	}
	return p.bounded(formatFloat(f), f)
}

// formatFloat writes the shortest JSON number that reads back as f, and no minus before a zero.
func formatFloat(f float64) string {
	b, _ := json.Marshal(f + 0) // a finite number always encodes; -0 + 0 is 0
	return string(b)
}

func (p *Property) bounded(canonical string, f float64) (string, *refusal) {
	unit := p.Unit
	if unit != "" {
		unit = " " + unit
	}
	switch {
	case p.Min != nil && f < *p.Min:
		return refuse("is below "+formatFloat(*p.Min)+unit+", the smallest value allowed", "")
	case p.Max != nil && f > *p.Max:
		return refuse("is above "+formatFloat(*p.Max)+unit+", the largest value allowed", "")
	}
	return canonical, nil
}

// parseBool takes the words people put in spreadsheets, but not 1 and 0, which may be counts.
func parseBool(s string) (string, *refusal) {
	switch strings.ToLower(s) {
	case "true", "yes":
		return "true", nil
	case "false", "no":
		return "false", nil
	}
	return refuse("is neither true nor false", "write true or false (yes and no do too)")
}

func dateResult(canonical string, err error) (string, *refusal) {
	switch {
	case err == nil && canonical == "": // "/", whose ends are both unknown
		return refuse("says nothing", "leave out what is not known")
	case err == nil:
		return canonical, nil
	}
	if d := new(DateError); errors.As(err, &d) {
		return refuse("is no date or period: "+d.Reason, d.Hint)
	}
	return refuse("is no date or period: "+err.Error(), "")
}

func (p *Property) parseEnum(s string) (string, *refusal) {
	for _, v := range p.Values {
		if v == s {
			return v, nil
		}
	}
	folded := foldValue(s)
	for _, v := range p.Values {
		if foldValue(v) == folded {
			return v, nil
		}
	}
	return refuse("is not one of "+strings.Join(p.Values, ", "), DidYouMean(quoted(Nearest(folded, p.Values)), ""))
}

// parseCountry takes the codes of ISO 3166-1, those withdrawn without a successor of the same extent (SU, YU, CS, AN
// …), since facts reach back, and XK, which everyone uses for Kosovo.
func parseCountry(s string) (string, *refusal) {
	const reason = "is not an ISO 3166-1 alpha-2 country code"
	code := strings.ToUpper(s)
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return refuse(reason, "write two letters, such as SY")
	}
	switch code {
	case "AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "TA", "UN": // reserved on request of others, no country's
		return refuse(reason, "write two letters, such as SY")
	}
	if canonical := region.Canonicalize().String(); canonical != code { // UK; three letters, three digits
		return refuse(reason, DidYouMean(quoted(canonical), ""))
	}
	return code, nil
}

func parseLanguage(s string) (string, *refusal) {
	const reason, hint = "is not a BCP 47 language tag", "write a tag such as ar, en-US or zh-Hant"
	const longest = 64 // RFC 5646 asks for 35; parsing time grows with length
	if len(s) > longest {
		return refuse(reason, hint)
	}
	tag, err := language.Parse(s)
	if err != nil {
		return refuse(reason, hint)
	}
	return tag.String(), nil
}

// parseURL lowers scheme and host, where case means nothing, and leaves the rest as it was written.
func parseURL(s string) (string, *refusal) {
	const reason, hint = "is not an absolute URL", "write it with http://, https:// or ftp://"
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		return refuse(fmt.Sprintf("holds a space (character %d)", utf8.RuneCountInString(s[:i])+1), "write %20 for a space")
	}
	u, err := url.Parse(s)
	if err != nil {
		return refuse(reason, hint)
	}
	if (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "ftp") || u.Hostname() == "" {
		return refuse(reason, hint)
	}
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		return refuse(reason, hint)
	}
	if u.User != nil {
		return refuse("holds a user name or password", "leave out what stands before the @")
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	return strings.ToLower(scheme) + "://" + strings.ToLower(rest[:end]) + rest[end:], nil
}

// parseSIDC takes the spaces out with which digits are often grouped; a hyphen is part of a letter code.
func parseSIDC(s string) (string, *refusal) {
	code := strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	if !digitSIDC.MatchString(code) && !letterSIDC.MatchString(code) {
		return refuse("is not a symbol code",
			"write 20 or 30 digits (MIL-STD-2525D/E, APP-6D/E) or 10-15 letters, - and * (2525C, APP-6B)")
	}
	return code, nil
}

func parseExternalID(s string) (string, *refusal) {
	scheme, value, found := strings.Cut(s, ":")
	scheme, value = strings.ToLower(strings.TrimSpace(scheme)), strings.TrimSpace(value)
	if !found || !isScheme(scheme) || value == "" || strings.HasPrefix(value, "//") {
		return refuse("is not of the form scheme:value", "write for example wikidata:Q1234 or ofac:12345")
	}
	return scheme + ":" + value, nil
}
