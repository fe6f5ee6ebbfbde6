package text

import (
	"slices"
	"testing"
)

// TestTenures holds which posts are read of what is past, and when they were held.
func TestTenures(t *testing.T) {
	for text, want := range map[string][]string{
		"Colonel Ravi Okello commanded the 31st Brigade from 2019 to 2021.":                    {"2019/2021"},
		"Colonel Jan Okello commanded the 31st Brigade from 2019 to 2021.":                     {"2019/2021"},
		"General April Okello commands the 31st Brigade.":                                      {""},
		"The general in April Okello commands the 31st Brigade.":                               nil,
		"Colonel Ravi Okello commanded the 31st Brigade between 2019 and 2021.":                {"2019/2021"},
		"Colonel Ravi Okello commanded the 31st Brigade until May 2020.":                       {"/2020-05"},
		"Colonel Ravi Okello, who led the 31st Brigade until May 2020, was arrested.":          {"/2020-05"},
		"Colonel Ravi Okello led the 31st Brigade in 2019.":                                    {"~2019/2019-01-01~2023-07-09"},
		"In 2019, Colonel Ravi Okello commanded the 31st Brigade.":                             {"~2019/2019-01-01~2023-07-09"},
		"Colonel Ravi Okello commanded the 31st Brigade in Kano from 2019 to 2021.":            {"2019/2021"},
		"Colonel Ravi Okello, who had commanded the 31st Brigade since 2019, was killed.":      {"2019/~2023-07-09"},
		"Colonel Ravi Okello commands the 31st Brigade since 10 March 2022.":                   {"2022-03-10/"},
		"Colonel Ravi Okello has commanded the 31st Brigade since 10 March 2022.":              {"2022-03-10/"},
		"The 31st Brigade is commanded by Colonel Ravi Okello since March 2022.":               {"2022-03/"},
		"The 31st Brigade was led by Colonel Ravi Okello from March 2019 to 2021.":             {"2019-03/2021"},
		"The 31st Brigade, commanded by Colonel Ravi Okello since 2019, left Kano.":            {"2019/"},
		"Colonel Ravi Okello was the commander of the 31st Brigade between 2015 and 2017.":     {"2015/2017"},
		"Colonel Ravi Okello served as commander of the 31st Brigade from 2015 to 2017.":       {"2015/2017"},
		"Colonel Ravi Okello was commander of the 31st Brigade in 2015.":                       {"~2015/2015-01-01~2023-07-09"},
		"Colonel Ravi Okello was commander of the 31st Brigade.":                               {"/~2023-07-09"},
		"Colonel Ravi Okello, former commander of the 31st Brigade (2015-2017), spoke.":        {"2015/2017"},
		"Colonel Ravi Okello, commander of the 31st Brigade from 2015 to 2017, spoke.":         {"2015/2017"},
		"Colonel Ravi Okello, commander of the 31st Brigade since May 2022, spoke.":            {"2022-05/"},
		"Colonel Ravi Okello, commander of the 31st Brigade, spoke.":                           {""},
		"Colonel Ravi Okello commanded the 31st Brigade.":                                      nil,
		"Colonel Ravi Okello, who commanded the 31st Brigade, was killed in May 2020.":         nil,
		"The 31st Brigade was commanded by Colonel Ravi Okello.":                               nil,
		"Colonel Ravi Okello commanded the 31st Brigade to withdraw in 2019.":                  nil,
		"Colonel Ravi Okello led the 31st Brigade into Kano in 2019.":                          nil,
		"Colonel Ravi Okello led the 31st Brigade on 4 May 2019.":                              nil,
		"Colonel Ravi Okello commanded the 31st Brigade before 2019.":                          nil,
		"Colonel Ravi Okello commanded the 31st Brigade in 2031.":                              nil,
		"Colonel Ravi Okello commanded the 31st Brigade when it took Kano in 2019.":            nil,
		"Colonel Ravi Okello commanded the 31st Brigade during the 2019 war.":                  nil,
		"Colonel Ravi Okello did not command the 31st Brigade in 2019.":                        nil,
		"Colonel Ravi Okello would have commanded the 31st Brigade from 2019 to 2021.":         nil,
		"The 31st Brigade, commanded by Colonel Ravi Okello, would be sent to Kano next week.": {""},
		"The 31st Brigade, led by Colonel Ravi Okello, will be sent to Kano next week.":        {""},
		"The 31st Brigade, to be commanded by Colonel Ravi Okello, will go to Kano next week.": nil,
		"The 31st Brigade, reportedly led by Colonel Ravi Okello, will go to Kano next week.":  nil,
		"Colonel Ravi Okello reportedly commanded the 31st Brigade from 2019 to 2021.":         {"2019/2021 (reported)"},
	} {
		var got []string
		for _, s := range readText(t, text, Options{Published: "2023-07-09"}).Statements {
			if s.Relation != "commands" {
				continue
			}
			how := ""
			if s.Assertion != "asserted" {
				how = " (" + string(s.Assertion) + ")"
			}
			got = append(got, s.Period+how)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}
