//go:build !linux

package deploy

import "errors"

func mountTmpfs(string, int) error { return errors.ErrUnsupported }
func unmount(string) error         { return errors.ErrUnsupported }
