// Package smalldisk gives tests a disk that is soon full. Start with [Mount].
//
// It stands beside deploytest, which needs package deploy, so that the tests within deploy can have one too.
package smalldisk

import (
	"os"
	"testing"
)

// Mount mounts a disk of so many MiB on a folder until the test ends. Under CI that must work; elsewhere the test is
// skipped where it may not.
func Mount(t testing.TB, dir string, mib int) {
	t.Helper()
	if err := mount(dir, mib); err != nil {
		if os.Getenv("CI") != "" && os.Getuid() == 0 {
			t.Fatalf("mount a small disk: %v", err)
		}
		t.Skipf("mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(dir); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
}
