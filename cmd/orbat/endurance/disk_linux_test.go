package endurance_test

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func mountDisk(dir string, mib int) error {
	return unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", mib))
}

func unmountDisk(dir string) error { return unix.Unmount(dir, unix.MNT_DETACH) }
