//go:build unix

package deploy

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// startedByPS returns when a running process began, in words that are the same in every time zone and language: they
// are compared with those of another command, perhaps under another environment.
func startedByPS(pid int) (string, error) {
	ps := exec.Command("ps", "-o", "stat=", "-o", "lstart=", "-p", fmt.Sprint(pid)) //nolint:noctx // it takes no time
	ps.Env = []string{"PATH=/bin:/usr/bin", "LC_ALL=C", "TZ=UTC0"}
	out, err := ps.Output()
	if err != nil {
		return "", os.ErrProcessDone
	}
	state, start, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if strings.HasPrefix(state, "Z") {
		return "", os.ErrProcessDone
	}
	return strings.TrimSpace(start), nil
}
