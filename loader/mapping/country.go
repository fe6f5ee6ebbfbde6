package mapping

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"orbat/schema"
)

// countries knows the English names of countries (CLDR's, through x/text) by their ISO 3166-1 codes.
type countries map[string]string

func countryNames() countries {
	names := countries{}
	for a := 'A'; a <= 'Z'; a++ {
		for z := 'A'; z <= 'Z'; z++ {
			code := string([]rune{a, z})
			region, err := language.ParseRegion(code)
			if err != nil || !region.IsCountry() || region.Canonicalize().String() != code {
				continue
			}
			names[foldCountry(display.English.Regions().Name(region))] = code
		}
	}
	for name, code := range otherNames {
		names[name] = code
	}
	return names
}

// otherNames are common names that CLDR writes in another way.
var otherNames = map[string]string{
	"usa": "US", "united states of america": "US", "uk": "GB", "great britain": "GB", "russian federation": "RU",
	"burma": "MM", "myanmar": "MM", "czech republic": "CZ", "turkey": "TR", "ivory coast": "CI", "cote d ivoire": "CI",
	"republic of korea": "KR", "democratic people s republic of korea": "KP", "democratic republic of the congo": "CD",
	"dr congo": "CD", "drc": "CD", "republic of the congo": "CG", "syrian arab republic": "SY", "viet nam": "VN",
	"islamic republic of iran": "IR", "people s republic of china": "CN", "palestine": "PS", "the gambia": "GM",
	"united republic of tanzania": "TZ", "plurinational state of bolivia": "BO", "bolivarian republic of venezuela": "VE",
	"republic of moldova": "MD", "macedonia": "MK", "swaziland": "SZ", "cape verde": "CV", "east timor": "TL", "kosovo": "XK",
	"hong kong": "HK", "macau": "MO", "macao": "MO", "uae": "AE", "brunei darussalam": "BN", "lao pdr": "LA",
}

// code gives the code of a name, or of a code itself.
func (c countries) code(text string) (string, bool) {
	if code, ok := c[foldCountry(text)]; ok {
		return code, true
	}
	if region, err := language.ParseRegion(strings.ToUpper(text)); err == nil && region.IsCountry() {
		return region.Canonicalize().String(), true
	}
	return "", false
}

// foldCountry makes spellings equal: case, diacritics, punctuation, "&" and "Saint".
func foldCountry(name string) string {
	name = strings.NewReplacer("&", " and ", "’", "'").Replace(name)
	key := schema.SearchKey(name)
	if rest, ok := strings.CutPrefix(key, "saint "); ok {
		return "st " + rest
	}
	return key
}
