package mapping

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/ar_SY"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/sv"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"

	"orbat/schema"
)

// monthLanguages are those whose months' names can be read (Unicode CLDR), by ISO 639-1. Arabic has both the names of
// Egypt and those of the Levant and Iraq.
func monthLanguages() map[string][]locales.Translator {
	return map[string][]locales.Translator{
		"ar": {ar.New(), ar_SY.New()}, "de": {de.New()}, "en": {en.New()}, "es": {es.New()}, "fa": {fa.New()}, "fr": {fr.New()},
		"he": {he.New()}, "id": {id.New()}, "it": {it.New()}, "nl": {nl.New()}, "pl": {pl.New()}, "pt": {pt.New()}, "ru": {ru.New()},
		"sv": {sv.New()}, "tr": {tr.New()}, "uk": {uk.New()},
	}
}

// nominatives are the names of months as they stand alone, where those after a day have another stem.
var nominatives = map[string]string{
	"pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
	"ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
	"uk": "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
}

// monthNames finds the number of a month, from 1, by its folded name in some languages.
type monthNames map[string]int

// months compiles the languages of the months' names. English is always among them.
func (b *binder) months(d *date) monthNames {
	if len(d.Months) == 0 {
		return nil
	}
	known := monthLanguages()
	names := monthNames{"sept": 9}
	for _, code := range append([]string{"en"}, d.Months...) {
		code = strings.ToLower(code)
		languages := known[code]
		if languages == nil {
			b.mistake(d.At, "no months in the language "+schema.Shorten(code),
				"one of "+strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
		for _, language := range languages {
			for _, list := range [][]string{language.MonthsWide(), language.MonthsAbbreviated(), strings.Fields(nominatives[code])} {
				for i, name := range list {
					names[schema.Folded(name)] = i + 1
				}
			}
		}
	}
	return names
}

// find returns a month by its name, whatever its case ending: January is "январь" alone, and "января" after a day.
func (m monthNames) find(word string) int {
	word = schema.Folded(word)
	if n, is := m[word]; is {
		return n
	}
	const stem = 3 // letters that two months do not share, but for their endings
	short := []rune(word)
	if len(short) <= stem {
		return 0
	}
	found := 0
	for name, n := range m {
		long := []rune(name)
		shared := 0
		for shared < min(len(short), len(long)) && short[shared] == long[shared] {
			shared++
		}
		if shared >= stem && shared >= max(len(short), len(long))-1 {
			if found != 0 && found != n {
				return 0 // of which one it is an ending cannot be told
			}
			found = n
		}
	}
	return found
}

// english writes the months of a text in English, in full or in three letters.
func (m monthNames) english(text string, months [13]string) string {
	var out strings.Builder
	rest := text
	for rest != "" {
		end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
		switch {
		case end < 0:
			end = len(rest)
		case end == 0:
			end = strings.IndexFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) })
			if end < 0 {
				end = len(rest)
			}
			out.WriteString(rest[:end])
			rest = rest[end:]
			continue
		}
		word := rest[:end]
		rest = rest[end:]
		if n := m.find(word); n > 0 {
			word = months[n]
			rest = strings.TrimPrefix(rest, ".") // of an abbreviation
		}
		out.WriteString(word)
	}
	return out.String()
}
