package main

import (
	"slices"
	"testing"
)

// What opens the page, on each system; on one without a screen nothing gets in the terminal's way.
func TestBrowserCommand(t *testing.T) {
	for _, c := range []struct {
		system string
		screen string
		want   []string
	}{
		{"linux", "DISPLAY", []string{"xdg-open"}},
		{"freebsd", "WAYLAND_DISPLAY", []string{"xdg-open"}},
		{"linux", "", nil},
		{"darwin", "", []string{"open"}},
		{"windows", "", []string{"rundll32", "url.dll,FileProtocolHandler"}},
	} {
		environment := func(name string) string {
			if name == c.screen {
				return ":0"
			}
			return ""
		}
		if got := browserCommand(c.system, environment); !slices.Equal(got, c.want) {
			t.Errorf("%s with %q: %q, want %q", c.system, c.screen, got, c.want)
		}
	}
}
