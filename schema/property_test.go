package schema

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func bound(f float64) *float64 { return &f }

func TestParseValue(t *testing.T) {
	const polygon = `{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]}`
	long := strings.Repeat("x", MaxIndexed+1)
	properties := map[string]*Property{
		"string":      {Kind: KindString},
		"looked up":   {Kind: KindString, Indexed: true},
		"pattern":     {Kind: KindString, Pattern: "[A-Z]{3}", pattern: regexp.MustCompile(`^(?:[A-Z]{3})$`), Examples: []string{"USD"}},
		"text":        {Kind: KindText},
		"int":         {Kind: KindInt},
		"persons":     {Kind: KindInt, Min: bound(0), Max: bound(10), Unit: "persons"},
		"float":       {Kind: KindFloat},
		"metres":      {Kind: KindFloat, Min: bound(0), Unit: "metres"},
		"bool":        {Kind: KindBool},
		"date":        {Kind: KindDate},
		"period":      {Kind: KindPeriod},
		"enum":        {Kind: KindEnum, Values: []string{"active", "assumed_friend", "OF-10"}},
		"country":     {Kind: KindCountry},
		"language":    {Kind: KindLanguage},
		"url":         {Kind: KindURL},
		"geo":         {Kind: KindGeo},
		"sidc":        {Kind: KindSIDC},
		"external_id": {Kind: KindExternalID},
	}
	for _, test := range []struct{ property, text, want, wrong string }{
		{"string", "  Abu Bakr ", "Abu Bakr", ""},
		{"string", "e\u0301", "é", ""},
		{"string", "قسد", "قسد", ""},
		{"string", "", "", "is empty"},
		{"string", " \n ", "", "is empty"},
		{"string", "a\nb", "", "line break (character 2); write it on one line"},
		{"string", "é\x00", "", "control character U+0000 (character 2)"},
		{"string", "a\u0085b", "", "control character U+0085 (character 2)"},
		{"string", "\xff", "", "not valid UTF-8; convert"},
		{"string", strings.Repeat("x", MaxValue+1), "", "has 1048577 bytes"},
		{"looked up", long, "", "has 4097 bytes; at most 4096 are allowed in what is looked up"},
		{"string", long, long, ""},
		{"pattern", "USD", "USD", ""},
		{"pattern", "USDX", "", "does not match the pattern [A-Z]{3}; for example USD"},
		{"text", "a\r\n\tb\n", "a\n\tb", ""},
		{"text", "a\rb", "", "control character U+000D (character 2)"},
		{"int", "+007", "7", ""},
		{"int", "-0", "0", ""},
		{"int", "-3", "-3", ""},
		{"int", "9223372036854775807", "9223372036854775807", ""},
		{"int", "9223372036854775808", "", "does not fit 64 bits"},
		{"int", "1,000", "", "is not a whole number; write digits only"},
		{"int", "1_000", "", "is not a whole number"},
		{"int", "1.0", "", "is not a whole number"},
		{"int", "0x10", "", "is not a whole number"},
		{"int", "٣", "", "is not a whole number"},
		{"persons", "11", "", "is above 10 persons"},
		{"persons", "-1", "", "is below 0 persons"},
		{"float", "1.50", "1.5", ""},
		{"float", "-0.0", "0", ""},
		{"float", ".5", "0.5", ""},
		{"float", "2.435e9", "2435000000", ""},
		{"float", "1e400", "", "does not fit"},
		{"float", "1,5", "", "is not a number"},
		{"float", "NaN", "", "is not a number"},
		{"float", "Inf", "", "is not a number"},
		{"float", "0x1p4", "", "is not a number"},
		{"metres", "-0.5", "", "is below 0 metres"},
		{"bool", "TRUE", "true", ""},
		{"bool", "no", "false", ""},
		{"bool", "1", "", "neither true nor false"},
		{"date", "2014-08", "2014-08", ""},
		{"date", "2014-13", "", "is no date or period: "},
		{"date", "2014/2015", "", "is no date or period: "},
		{"period", "2022-04-01/..", "2022-04-01/..", ""},
		{"period", "soon", "", "is no date or period: "},
		{"enum", "active", "active", ""},
		{"enum", "Assumed Friend", "assumed_friend", ""},
		{"enum", "of_10", "OF-10", ""},
		{"enum", "actve", "", `is not one of active, assumed_friend, OF-10; did you mean "active"?`},
		{"enum", "zzz", "", "is not one of active, assumed_friend, OF-10"},
		{"country", "sy", "SY", ""},
		{"country", "XK", "XK", ""},
		{"country", "SU", "SU", ""},
		{"country", "UK", "", `did you mean "GB"?`},
		{"country", "SYR", "", `did you mean "SY"?`},
		{"country", "Syria", "", "write two letters"},
		{"country", "ZZ", "", "write two letters"},
		{"country", "UN", "", "write two letters"},
		{"language", "ar", "ar", ""},
		{"language", "EN_us", "en-US", ""},
		{"language", "Arabic", "", "BCP 47"},
		{"language", strings.Repeat("a-", 50), "", "BCP 47"},
		{"url", "HTTPS://Example.ORG/Path?Q=سوريا", "https://example.org/Path?Q=سوريا", ""},
		{"url", "ftp://host", "ftp://host", ""},
		{"url", "www.example.org", "", "is not an absolute URL"},
		{"url", "javascript:alert(1)", "", "is not an absolute URL"},
		{"url", "http:///x", "", "is not an absolute URL"},
		{"url", "https://a b", "", "holds a space (character 10)"},
		{"url", "https://user:pw@host/", "", "user name or password"},
		{"geo", ` { "coordinates": [36.750, 34.5], "type": "Point" } `, `{"type":"Point","coordinates":[36.75,34.5]}`, ""},
		{"geo", polygon, polygon, ""},
		{
			"geo", `{"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[0,0]]]]}`,
			`{"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[0,0]]]]}`, "",
		},
		{"geo", `{"type":"Point","coordinates":[34.5,136]}`, "", "has the position [34.5,136]; longitude"},
		{"geo", `{"type":"Point","coordinates":[1,2,3]}`, "", "leave out the altitude; if there is none, write decimals with a point: 36.5, not 36,5"},
		{"geo", `{"type":"Point","coordinates":[36,5,34,25]}`, "", "write decimals with a point: 36.5, not 36,5"},
		{"geo", `{"type":"Point","coordinates":[]}`, "", "has no coordinates"},
		{"geo", `{"type":"Point"}`, "", "has no coordinates"},
		{"geo", `{"type":"Point","coordinates":null}`, "", "has no coordinates"},
		{"geo", `{"type":"Point","coordinates":["1","2"]}`, "", "is not a GeoJSON Point"},
		{"geo", `{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2]]]}`, "", "ring (number 1) that is not closed"},
		{"geo", `{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]],[]]}`, "", "ring (number 2) that is not closed"},
		{"geo", `{"type":"MultiPolygon","coordinates":[[]]}`, "", ""},
		{"geo", `{"type":"LineString","coordinates":[[0,0],[1,1]]}`, "", `is a "LineString"`},
		{"geo", `{"type":"Feature","geometry":null}`, "", "give the geometry of the feature alone"},
		{"geo", `{"type":"Point","crs":{},"coordinates":[1,2]}`, "", `the member "crs"`},
		{"geo", `{}`, "", `has no "type"`},
		{"geo", "34.5,36.7", "", "is not a GeoJSON geometry; write for example"},
		{"sidc", "10031000261100000000", "10031000261100000000", ""},
		{"sidc", "10 03 1000 26 110000 0000", "10031000261100000000", ""},
		{"sidc", "sfgpucd---e----", "SFGPUCD---E----", ""},
		{"sidc", "1003100026110000000", "", "is not a symbol code; write 20 or 30 digits"},
		{"sidc", "XFGPUCD---", "", "is not a symbol code"},
		{"external_id", "Wikidata: Q42", "wikidata:Q42", ""},
		{"external_id", "Q42", "", "is not of the form scheme:value"},
		{"external_id", "https://example.org", "", "is not of the form scheme:value"},
	} {
		p := *properties[test.property]
		p.Name = "p"
		got, err := p.Parse(test.text)
		if test.want != "" {
			if err != nil || got != test.want {
				t.Errorf("%s %q: got %q, %v; want %q", test.property, Shorten(test.text), got, err, test.want)
			}
			continue
		}
		if value := new(ValueError); !errors.As(err, &value) || !strings.Contains(err.Error(), test.wrong) ||
			!strings.HasPrefix(err.Error(), "p: ") || value.Value != test.text {
			t.Errorf("%s %q: got %q, error %v; want an error with %q", test.property, Shorten(test.text), got, err, test.wrong)
		}
		if err != nil && len(err.Error()) > 1000 {
			t.Errorf("%s: error of %d bytes", test.property, len(err.Error()))
		}
	}
}

// Canonical text parses to itself: the canonical export is loaded again.
func TestParseIsIdempotent(t *testing.T) {
	values := []string{"active", "assumed_friend"}
	text := rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[a-zA-Z]{2,3}([-_][a-zA-Z]{2,8}){0,3}`),
		rapid.StringMatching(`[+-]?[0-9]{0,19}\.?[0-9]{0,5}(e[+-]?[0-9]{1,3})?`),
		rapid.StringMatching(`(https?|FTP)://[A-Za-z0-9é.%\[\]:@-]{1,20}[/?#]?[ -~é]{0,20}`),
		rapid.StringMatching(`\{"type":"Point","coordinates":\[-?[0-9]{1,3}(\.[0-9]{1,20})?,-?[0-9]{1,2}(e-[0-9]{1,2})?\]\}`),
		rapid.StringMatching(`[SGW ][A-Za-z*-]{9,14}|[0-9 ]{20,30}`),
		rapid.StringMatching(`[A-Za-z. ]{1,5}:[ -~]{0,10}`),
		rapid.StringMatching(`[12][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?(/(\.\.)?)?`),
	)
	rapid.Check(t, func(t *rapid.T) {
		p := &Property{Name: "p", Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"), Values: values}
		first, err := p.Parse(text.Draw(t, "text"))
		if err != nil {
			t.Skip()
		}
		again, err := p.Parse(first)
		if err != nil || again != first {
			t.Fatalf("%s: %q parses to %q, %v", p.Kind, first, again, err)
		}
	})
}

func FuzzParseValue(f *testing.F) {
	f.Add(`{"type":"Point","coordinates":[36.75,34.5]}`)
	f.Add("https://example.org")
	f.Add("zh-Hant-TW")
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range Kinds() {
			p := &Property{Name: "p", Kind: kind, Values: []string{"a"}}
			first, err := p.Parse(text)
			if err != nil {
				continue
			}
			if again, err := p.Parse(first); err != nil || again != first {
				t.Errorf("%s: %q parses to %q, %v", kind, first, again, err)
			}
		}
	})
}
