//go:build unix

package deploy

import (
	"os"
	"os/exec"
	"testing"
)

// A process is the same whatever the time zone and the language of who looks.
func TestProcessIsTheSameElsewhere(t *testing.T) {
	if _, err := exec.LookPath("ps"); err != nil {
		t.Skip("needs ps")
	}
	here, err := startedByPS(os.Getpid())
	if err != nil || here == "" {
		t.Fatalf("%q, %v", here, err)
	}
	for _, zone := range []string{"Asia/Tokyo", "America/Bogota", "XYZ-5"} {
		t.Setenv("TZ", zone)
		t.Setenv("LC_ALL", "de_DE.UTF-8")
		if there, err := startedByPS(os.Getpid()); err != nil || there != here {
			t.Errorf("in %s it began at %q, %v; here at %q", zone, there, err, here)
		}
	}
	if _, err := startedByPS(1 << 30); err == nil {
		t.Error("there is a process that cannot be")
	}
}
