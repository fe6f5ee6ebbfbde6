package commit

import (
	"os"
	"strings"
)

// processPlace names where a process id of ours means this process: the machine since its last start, and the
// namespace of process ids. Empty: unknown.
func processPlace() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + "/" + strings.Trim(namespace, "pid:[]")
}
