package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// usage is what one load took.
type usage struct {
	elapsed time.Duration // from the start of the loading process to its end
	cpu     time.Duration // of the loading process, zero and alpha
	client  int64         // peak memory of the loading process in bytes
	alpha   int64         // of alpha, during this load
}

// servers are the processes of a database, by pid.
type servers struct{ zero, alpha int }

// samplePeriod is how often the loading process is asked for its peak memory: when it has ended it is too late, and
// what the kernel tells at the end counts the memory of the process that forked it.
const samplePeriod = 20 * time.Millisecond

// measure runs processes that load into a database, all at once. Without an alpha none is measured.
func measure(ctx context.Context, db servers, cmds ...*exec.Cmd) (usage, error) {
	if db.alpha != 0 {
		if err := resetPeak(db.alpha); err != nil {
			return usage{}, fmt.Errorf("reset alpha's peak memory: %w", err)
		}
	}
	before, err := db.cpu()
	if err != nil {
		return usage{}, err
	}
	// A child that is to die with us dies with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	sampling, stop := context.WithCancel(ctx)
	defer stop()
	start := time.Now()
	peak := make(chan int64, len(cmds))
	started := 0
	for _, cmd := range cmds {
		cmd.SysProcAttr = dieWithUs()
		cmd.WaitDelay = 5 * time.Second
		if err = cmd.Start(); err != nil {
			break
		}
		started++
		go func() { peak <- samplePeak(sampling, cmd.Process.Pid) }()
	}
	for _, cmd := range cmds[:started] {
		err = errors.Join(err, cmd.Wait())
	}
	u := usage{elapsed: time.Since(start)}
	stop()
	for range started {
		u.client += <-peak
	}
	if ctx.Err() != nil {
		return u, context.Cause(ctx)
	}
	if err != nil {
		return u, err
	}
	after, err := db.cpu()
	if err != nil {
		return u, err
	}
	u.cpu = after - before
	for _, cmd := range cmds {
		u.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if db.alpha != 0 {
		u.alpha, err = peakMemory(db.alpha)
	}
	return u, err
}

func samplePeak(ctx context.Context, pid int) (peak int64) {
	ticker := time.NewTicker(samplePeriod)
	defer ticker.Stop()
	for {
		if now, err := peakMemory(pid); err == nil { // it may have ended
			peak = max(peak, now)
		}
		select {
		case <-ctx.Done():
			return peak
		case <-ticker.C:
		}
	}
}

func (s servers) cpu() (total time.Duration, err error) {
	for _, pid := range []int{s.zero, s.alpha} {
		if pid == 0 {
			continue
		}
		used, err := cpuTime(pid)
		if err != nil {
			return 0, err
		}
		total += used
	}
	return total, nil
}

// settle waits until a database has done what a load left it to do: until it idles for a while, or a minute has passed.
func (s servers) settle(ctx context.Context) error {
	const look, idle = 500 * time.Millisecond, 25 * time.Millisecond
	deadline, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	before, err := s.cpu()
	for quiet := 0; quiet < 3 && err == nil; {
		select {
		case <-deadline.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		var now time.Duration
		if now, err = s.cpu(); now-before <= idle {
			quiet++
		} else {
			quiet = 0
		}
		before = now
	}
	return err
}

// tick is the unit of times in /proc: USER_HZ, which Linux shows as 100 on all architectures that Dgraph runs on.
const tick = time.Second / 100

// cpuTime is what a process has used so far, in user and kernel.
func cpuTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("read CPU time: %w", err)
	}
	// "pid (command) state ppid …": a command may hold spaces and parentheses, so count from the last one.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const user, system = 11, 12 // utime and stime, the 14th and 15th of proc_pid_stat(5)
	if len(fields) <= system {
		return 0, errors.New("read CPU time: too few fields")
	}
	var total time.Duration
	for _, field := range []string{fields[user], fields[system]} {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read CPU time: %w", err)
		}
		total += time.Duration(ticks) * tick
	}
	return total, nil
}

// peakMemory is the most that a process has held in memory, in bytes.
func peakMemory(pid int) (int64, error) {
	return kilobytes(fmt.Sprintf("/proc/%d/status", pid), "VmHWM:")
}

// kilobytes reads a line such as "MemTotal:   16384 kB".
func kilobytes(file, name string) (int64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, name); found {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("no %s in %s", name, file)
}

// resetPeak makes a process's peak memory what it holds now.
func resetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}
