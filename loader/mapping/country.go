package mapping

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"orbat/schema"
)

// countries knows the English names of countries (CLDR's, through x/text) by their ISO 3166-1 codes.
type countries map[string]string

// Country returns the ISO 3166-1 code of a country by its English name; empty: it is none.
func Country(name string) string { return countryNames()[foldCountry(name)] }

func countryNames() countries {
	names := countries{}
	for a := 'A'; a <= 'Z'; a++ {
		for z := 'A'; z <= 'Z'; z++ {
			code := string([]rune{a, z})
			region, err := language.ParseRegion(code)
			if err != nil || !region.IsCountry() || region.Canonicalize().String() != code {
				continue
			}
			if name := display.English.Regions().Name(region); name != "" { // codes that are no longer in use have none
				names[foldCountry(name)] = code
			}
		}
	}
	for name, code := range otherNames {
		names[name] = code
	}
	return names
}

// otherNames are common names that CLDR writes in another way, those of ISO 3166-1, and former ones of countries that
// go on under another name. A name that several may mean (Congo, Korea) is none of them.
var otherNames = map[string]string{
	"usa": "US", "u s a": "US", "u s": "US", "united states of america": "US", "america": "US",
	"uk": "GB", "u k": "GB", "great britain": "GB", "united kingdom of great britain and northern ireland": "GB",
	"uae": "AE", "u a e": "AE", "russian federation": "RU", "republic of belarus": "BY", "byelorussia": "BY", "belorussia": "BY",
	"turkey": "TR", "turkiye": "TR", "republic of turkey": "TR", "republic of turkiye": "TR",
	"czech republic": "CZ", "czechia": "CZ", "slovak republic": "SK", "republic of ireland": "IE", "holland": "NL",
	"republic of moldova": "MD", "moldova republic of": "MD", "bosnia": "BA", "vatican": "VA", "holy see": "VA", "vatican city state": "VA",
	"macedonia": "MK", "north macedonia": "MK", "republic of north macedonia": "MK", "fyrom": "MK",
	"former yugoslav republic of macedonia": "MK", "kosovo": "XK", "republic of kosovo": "XK",
	"ivory coast": "CI", "cote d ivoire": "CI", "cape verde": "CV", "cabo verde": "CV", "gambia": "GM",
	"swaziland": "SZ", "eswatini": "SZ", "kingdom of eswatini": "SZ", "zaire": "CD", "rhodesia": "ZW", "upper volta": "BF", "dahomey": "BJ",
	"democratic republic of the congo": "CD", "democratic republic of congo": "CD", "congo democratic republic of the": "CD",
	"congo the democratic republic of the": "CD", "dr congo": "CD", "d r congo": "CD", "drc": "CD", "congo kinshasa": "CD",
	"congo drc":             "CD",
	"republic of the congo": "CG", "republic of congo": "CG", "congo republic": "CG", "congo brazzaville": "CG",
	"united republic of tanzania": "TZ", "tanzania united republic of": "TZ", "republic of south sudan": "SS",
	"libyan arab jamahiriya": "LY", "syrian arab republic": "SY", "state of palestine": "PS", "palestine": "PS", "palestine state of": "PS",
	"occupied palestinian territory": "PS", "palestinian territory": "PS",
	"islamic republic of iran": "IR", "iran islamic republic of": "IR", "persia": "IR", "ksa": "SA", "kyrgyz republic": "KG",
	"burma": "MM", "myanmar": "MM", "siam": "TH", "ceylon": "LK", "kampuchea": "KH", "viet nam": "VN", "lao pdr": "LA",
	"lao people s democratic republic": "LA", "brunei darussalam": "BN", "east timor": "TL", "timor leste": "TL",
	"democratic republic of timor leste": "TL", "people s republic of china": "CN", "prc": "CN", "hong kong": "HK", "macau": "MO",
	"macao":                    "MO",
	"taiwan province of china": "TW", "taiwan": "TW",
	"south korea": "KR", "republic of korea": "KR", "korea republic of": "KR", "rok": "KR",
	"north korea": "KP", "democratic people s republic of korea": "KP", "korea democratic people s republic of": "KP", "dprk": "KP",
	"plurinational state of bolivia": "BO", "bolivia plurinational state of": "BO", "bolivarian republic of venezuela": "VE",
	"venezuela bolivarian republic of": "VE", "federated states of micronesia": "FM", "micronesia federated states of": "FM",
	"falklands": "FK", "netherlands kingdom of the": "NL",
}

// code returns the code of a name, or of a code itself.
func (c countries) code(text string) (string, bool) {
	for _, name := range []string{foldCountry(text), strings.TrimSuffix(foldCountry(text), " the")} { // Netherlands (the)
		if code, ok := c[name]; ok {
			return code, true
		}
	}
	if region, err := language.ParseRegion(strings.ToUpper(text)); err == nil && region.IsCountry() {
		return region.Canonicalize().String(), true
	}
	return "", false
}

// foldCountry makes spellings equal: case, diacritics, punctuation, "&", "the" before the name and "Saint".
func foldCountry(name string) string {
	name = strings.NewReplacer("&", " and ", "’", "'").Replace(name)
	key := strings.TrimPrefix(schema.SearchKey(name), "the ")
	if rest, ok := strings.CutPrefix(key, "saint "); ok {
		return "st " + rest
	}
	return key
}
