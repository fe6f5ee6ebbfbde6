package commit

import "golang.org/x/sys/unix"

// processPlace names where a process id of ours means this process: the machine since its last start. Empty: unknown.
func processPlace() string {
	boot, err := unix.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return ""
	}
	return boot
}
