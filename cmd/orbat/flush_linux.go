package main

import "golang.org/x/sys/unix"

// discardInput forgets what was typed at a terminal and not yet read.
func discardInput(fd uintptr) {
	_ = unix.IoctlSetInt(int(fd), unix.TCFLSH, unix.TCIFLUSH) //nolint:gosec // a file descriptor fits; what cannot be dropped is read
}
