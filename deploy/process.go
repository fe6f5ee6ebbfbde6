package deploy

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"
)

// process names one process beyond doubt. A pid alone does not: it is given again, after a crash or a reboot, to a
// process that is none of our business. Start tells when it began, in the system's own words.
type process struct {
	PID   int    `json:"pid"`
	Start string `json:"start"`
}

func identify(pid int) (process, error) {
	start, err := startOf(pid)
	if err != nil {
		return process{}, fmt.Errorf("identify process %d: %w", pid, err)
	}
	return process{PID: pid, Start: start}, nil
}

// alive reports whether this very process, and not a later one of the same pid, runs.
func (p process) alive() bool {
	if p.PID <= 0 {
		return false
	}
	start, err := startOf(p.PID)
	return err == nil && start == p.Start
}

// signal sends sig to this very process; to a process that is gone it does nothing.
func (p process) signal(sig syscall.Signal) error {
	// The handle is taken before the check: where the system has handles (pidfd), the pid cannot change hands between.
	handle, err := os.FindProcess(p.PID)
	if err != nil || !p.alive() {
		return nil
	}
	defer func() { _ = handle.Release() }()
	if err := handle.Signal(sig); err != nil && p.alive() {
		return fmt.Errorf("signal process %d: %w", p.PID, err)
	}
	return nil
}

// stop asks the process to end, waits for grace and then kills it. It returns once the process is gone.
func (p process) stop(ctx context.Context, grace time.Duration) error {
	if err := p.signal(syscall.SIGTERM); err != nil {
		return err
	}
	if p.gone(ctx, grace) {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.kill(ctx)
}

// kill ends the process without asking.
func (p process) kill(ctx context.Context) error {
	if err := p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	if !p.gone(ctx, 10*time.Second) {
		return fmt.Errorf("process %d does not end, even when killed", p.PID)
	}
	return nil
}

// gone waits until the process has ended and reports whether it did.
func (p process) gone(ctx context.Context, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for p.alive() {
		select {
		case <-ctx.Done():
			return !p.alive()
		case <-ticker.C:
		}
	}
	return true
}
