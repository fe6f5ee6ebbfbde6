package main

import (
	"context"
	"os"
	"os/exec"
	"runtime"
)

// browse shows a page in this machine's browser, where there is one: whoever reads the address can open it by hand.
func (a *app) browse(ctx context.Context, address string) {
	command := browserCommand(runtime.GOOS, os.Getenv)
	if command == nil {
		return
	}
	command = append(command, address)
	cmd := exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...) // the browser outlives us
	if err := cmd.Start(); err != nil {
		a.note("no browser was found: open %s in yours", address)
		return
	}
	go func() { _ = cmd.Wait() }() // what became of the browser is its user's to see
}

// browserCommand returns what opens an address on a system; nil: there is no screen to open it on. The programs that
// would open it in a terminal get in the way of what runs there.
func browserCommand(system string, environment func(string) string) []string {
	switch system {
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"}
	case "darwin":
		return []string{"open"}
	}
	if environment("DISPLAY") == "" && environment("WAYLAND_DISPLAY") == "" {
		return nil
	}
	return []string{"xdg-open"}
}
