//go:build !linux

package smalldisk

import "errors"

func mount(string, int) error { return errors.New("needs Linux") }
func unmount(string) error    { return errors.New("needs Linux") }
