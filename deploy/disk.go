package deploy

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// checkRoom refuses to start where the disk is about to be full: Dgraph writes to files mapped into memory, and dies of
// a bus error in mid-work when the disk cannot back them.
func checkRoom(dir string, need int64) error {
	free, err := freeBytes(existing(dir))
	if err != nil {
		return fmt.Errorf("ask how much room %s has: %w", dir, err)
	}
	if free >= need {
		return nil
	}
	return diskFull("start Dgraph", dir, fmt.Errorf("%s free, %s needed", size(free), size(need)))
}

func diskFull(do, dir string, err error) error {
	return &DatabaseError{
		Do: do, Kind: ErrDiskFull, Err: fmt.Errorf("the disk of %s is full: %w", dir, err),
		Remedy: RemedyRoom, Of: existing(dir),
	}
}

// diskError names a full disk where that is what err is about.
func diskError(do, dir string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return diskFull(do, dir, err)
	}
	return fmt.Errorf("%s: %w", do, err)
}

// existing returns dir, or the nearest folder above that exists.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// size writes bytes for people.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	default:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	}
}
