package step

import (
	"strings"
	"testing"

	"orbat/queries/view"
)

// TestNewest: a date is as precise as the source that has it.
func TestNewest(t *testing.T) {
	for published, want := range map[string]string{
		"2020": "2020", "2020 2019-05-03": "2020", "2020 2020-05-03": "2020", "2020 2020-12-31": "2020-12-31", "2019-05 2019-05-03": "2019-05",
		"": "", "2020~ 2018": "2018", "2019-05-03T10:00Z 2019-05-03": "2019-05-03",
	} {
		var claims []*view.Evidence
		for _, text := range strings.Split(published, " ") {
			claims = append(claims, &view.Evidence{Cites: []view.Citation{{Published: text}}})
		}
		if got := newest(claims).String(); got != want {
			t.Errorf("%q: %q, not %q", published, got, want)
		}
	}
}
