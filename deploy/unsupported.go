//go:build !unix

package deploy

import (
	"errors"
	"os"
	"syscall"
)

// Dgraph has no release for this system either. Connecting to one elsewhere works.
var errHeld = errors.New("a local Dgraph needs Linux or macOS; run one in WSL or a container and give its URL")

func ours(os.FileInfo) bool              { return true }
func startOf(int) (string, error)        { return "", os.ErrProcessDone }
func holders(string) []int               { return nil }
func detached(bool) *syscall.SysProcAttr { return nil }
func freeBytes(string) (int64, error)    { return 0, errHeld }
func hold(string) (*os.File, error)      { return nil, errHeld }
func holdOld(string) (*os.File, error)   { return nil, errHeld }
func share(*os.File) error               { return errHeld }
func holdToo(string) (*os.File, error)   { return nil, errHeld }
