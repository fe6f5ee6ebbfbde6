//go:build unix && !linux

package deploy

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// startOf returns when a running process began, as ps says it.
func startOf(pid int) (string, error) {
	out, err := exec.Command("ps", "-o", "stat=", "-o", "lstart=", "-p", fmt.Sprint(pid)).Output()
	if err != nil {
		return "", os.ErrProcessDone
	}
	state, start, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if strings.HasPrefix(state, "Z") {
		return "", os.ErrProcessDone
	}
	return strings.TrimSpace(start), nil
}

// holders are not looked for here: they need Linux's /proc.
func holders(string) []int { return nil }

// detached gives a child its own session, out of reach of the terminal's Ctrl-C. Only Linux can tie a child's life to
// ours; elsewhere a child that is to die with us survives if we are killed outright.
func detached(bool) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
