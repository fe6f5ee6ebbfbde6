//go:build unix

package deploy

import "golang.org/x/sys/unix"

// freeBytes returns the room left for us on the disk that holds dir.
func freeBytes(dir string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil //nolint:unconvert // its type differs between systems
}
