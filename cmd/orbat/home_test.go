package main

import (
	"errors"
	"path/filepath"
	"testing"
)

// TestNoHome: where nobody says where orbat's folder is, it is not one of the root folder.
func TestNoHome(t *testing.T) {
	for _, name := range []string{"HOME", "USERPROFILE", "home", "ORBAT_HOME", "XDG_DATA_HOME"} {
		t.Setenv(name, "")
	}
	if home, err := (&app{}).homeDir(); !errors.As(err, new(*usageError)) {
		t.Errorf("it is %q, %v", home, err)
	}
	t.Setenv("ORBAT_HOME", "here")
	if home, err := (&app{}).homeDir(); err != nil || !filepath.IsAbs(home) || filepath.Base(home) != "here" {
		t.Errorf("it is %q, %v", home, err)
	}
}
