//go:build unix && !linux

package endurance_test

import "errors"

func mountDisk(string, int) error { return errors.New("needs Linux") }
func unmountDisk(string) error    { return nil }
