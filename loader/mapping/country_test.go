package mapping

import "testing"

// Names as sheets write them: modern and former ones, those of ISO, with and without article, diacritics and points.
func TestCountries(t *testing.T) {
	known := countryNames()
	for code, names := range map[string][]string{
		"TR": {"Turkey", "Turkiye", "Türkiye", "TÜRKİYE", "Republic of Türkiye", "tr"},
		"CZ": {"Czechia", "Czech Republic", "The Czech Republic"},
		"SZ": {"Eswatini", "Swaziland"},
		"MK": {"North Macedonia", "Macedonia", "Former Yugoslav Republic of Macedonia"},
		"CV": {"Cabo Verde", "Cape Verde"},
		"TL": {"Timor-Leste", "Timor Leste", "East Timor"},
		"CI": {"Ivory Coast", "Côte d’Ivoire", "Cote d'Ivoire"},
		"MM": {"Burma", "Myanmar", "Myanmar (Burma)"},
		"CD": {
			"DRC", "DR Congo", "D.R. Congo", "Congo-Kinshasa", "Congo (Kinshasa)", "Democratic Republic of the Congo",
			"Congo, Democratic Republic of the", "Zaire",
		},
		"CG": {"Congo-Brazzaville", "Republic of the Congo", "Republic of Congo"},
		"KR": {"South Korea", "Republic of Korea", "Korea, Republic of", "ROK"},
		"KP": {"North Korea", "DPRK", "Korea (Democratic People's Republic of)"},
		"SY": {"Syria", "Syrian Arab Republic"},
		"RU": {"Russia", "Russian Federation", "RU"},
		"PS": {"Palestine", "State of Palestine", "Palestinian Territories"},
		"XK": {"Kosovo"},
		"TW": {"Taiwan", "Taiwan, Province of China"},
		"GB": {"UK", "U.K.", "United Kingdom", "the United Kingdom", "Great Britain"},
		"US": {"USA", "U.S.A.", "US", "U.S.", "United States", "The United States of America"},
		"AE": {"UAE", "United Arab Emirates"},
		"NL": {"Netherlands", "The Netherlands"},
		"GM": {"Gambia", "The Gambia"},
		"IR": {"Iran", "Iran (Islamic Republic of)", "Iran, Islamic Republic of"},
		"KN": {"Saint Kitts and Nevis", "St. Kitts & Nevis"},
		"":   {"Congo", "Korea", "Europe", "Atlantis", "Soviet Union", "the", ""},
	} {
		for _, name := range names {
			if got, ok := known.code(name); got != code || ok != (code != "") {
				t.Errorf("%q is %q, want %q", name, got, code)
			}
		}
	}
}
