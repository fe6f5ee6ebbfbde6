package smalldisk

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func mount(dir string, mib int) error {
	return unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", mib))
}

func unmount(dir string) error { return unix.Unmount(dir, unix.MNT_DETACH) }
