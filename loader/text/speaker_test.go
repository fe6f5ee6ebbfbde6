package text

import (
	"strings"
	"testing"
)

// TestSpeakers holds who vouches for what a body says: the one organisation that the document can mean, else nobody,
// and then it is reported.
func TestSpeakers(t *testing.T) {
	const (
		front = "The Red Valley Front left Kano. "
		both  = "The Ministry of Defence and the Ministry of Health met. "
	)
	for text, want := range map[string]string{
		front + "The Front said it had captured two T-72 tanks.":                                " says Red Valley Front",
		front + "A spokesman for the Front, Idris Tal, said it had captured two T-72 tanks.":    " says Red Valley Front",
		front + "The Blue Front left too. The Front said it had captured two T-72 tanks.":       " (reported)",
		"The army said it had captured two T-72 tanks.":                                         " (reported)",
		"The defence ministry said that it had captured two T-72 tanks.":                        " (reported)",
		both + "The defence ministry said that it had captured two T-72 tanks.":                 " says Ministry of Defence",
		both + "The ministry said that it had captured two T-72 tanks.":                         " (reported)",
		"The Ministry of Health met. The defence ministry said it had captured two T-72 tanks.": " (reported)",
		"The defence ministry said it had not captured two T-72 tanks.":                         " (denied)",
		"Two officials said that it had captured two T-72 tanks.":                               " (reported)",
		"Two T-72 tanks were captured.":                                                         "",
	} {
		found := false
		for _, s := range readText(t, text, Options{Published: "2023-07-09"}).Statements {
			if s.Relation != "affected_by" {
				continue
			}
			found = true
			_, got, _ := strings.Cut(s.String(), "quantity=2")
			if got != want {
				t.Errorf("%s\n got %q\nwant %q", text, got, want)
			}
		}
		if !found {
			t.Errorf("%s: nothing", text)
		}
	}
}
