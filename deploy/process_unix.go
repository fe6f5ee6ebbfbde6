//go:build unix && !linux

package deploy

import "syscall"

// startOf returns when a running process began, as ps says it.
func startOf(pid int) (string, error) { return startedByPS(pid) }

// holders are not looked for here: they need Linux's /proc.
func holders(string) []int { return nil }

// detached gives a child its own session, out of reach of the terminal's Ctrl-C. Only Linux can tie a child's life to
// ours; elsewhere a child that is to die with us survives if we are killed outright.
func detached(bool) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
