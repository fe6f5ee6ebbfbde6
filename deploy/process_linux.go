package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// startOf returns when a running process began: the boot, and the clock ticks since.
func startOf(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	// "pid (command) state ppid …": a command may hold spaces and parentheses, so count from the last one.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 {
		return "", fmt.Errorf("read /proc/%d/stat: too few fields", pid)
	}
	if state := fields[0]; state == "Z" || state == "X" {
		return "", os.ErrProcessDone
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(boot)) + "/" + fields[19], nil
}

// holders returns the pids of the processes other than this one that have file open.
func holders(file string) []int {
	wanted, err := os.Stat(file)
	if err != nil {
		return nil
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/[0-9]*") // the pattern is good, so there is no error
	var pids []int
	seen := map[int]bool{os.Getpid(): true}
	for _, link := range links {
		pid, _ := strconv.Atoi(strings.Split(link, "/")[2])
		if seen[pid] {
			continue
		}
		// In another mount namespace a path is another file's, and the same file has another path.
		if to, err := os.Readlink(link); err != nil || filepath.Base(to) != filepath.Base(file) {
			continue
		}
		if info, err := os.Stat(link); err == nil && os.SameFile(info, wanted) {
			seen[pid] = true
			pids = append(pids, pid)
		}
	}
	return pids
}

// detached gives a child its own session, out of reach of the terminal's Ctrl-C. One that is to die with us is killed
// by the kernel when the thread that started it ends; see spawn.
func detached(dieWithUs bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if dieWithUs {
		attr.Pdeathsig = syscall.SIGKILL
	}
	return attr
}
