// Command slowest runs `go test -json`, once or several times, and shows what `go test` shows: each package's closing
// line, and the output of tests that failed. At the end it names the ten slowest tests. `make test` runs it:
//
//	go run ./.ci/slowest go test -json -race ./loader -- go test -json ./loader/format/...
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// event is one of those that `go doc test2json` describes.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

type timed struct {
	test    string
	seconds float64
}

func main() {
	list := commands(os.Args[1:])
	if len(list) == 0 {
		fmt.Fprintln(os.Stderr, "slowest: nothing to run")
		os.Exit(1)
	}
	var all []timed
	failed := 0
	for _, command := range list {
		took, err := run(command)
		all = append(all, took...)
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit):
			failed = max(1, exit.ExitCode())
		case err != nil:
			fmt.Fprintln(os.Stderr, "slowest:", err)
			failed = 1
		}
	}
	printSlowest(os.Stdout, all)
	if failed > 0 {
		fmt.Println("FAIL")
		os.Exit(failed)
	}
}

// commands cuts arguments at each "--". What is empty is no command.
func commands(args []string) [][]string {
	list := [][]string{nil}
	for _, arg := range args {
		if arg == "--" {
			list = append(list, nil)
			continue
		}
		list[len(list)-1] = append(list[len(list)-1], arg)
	}
	return slices.DeleteFunc(list, func(command []string) bool { return len(command) == 0 })
}

// run runs a command, shows what it says and returns how long each test took.
func run(command []string) ([]timed, error) {
	cmd := exec.Command(command[0], command[1:]...) //nolint:gosec,noctx // what the Makefile says; the terminal's signal reaches it too
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	all := show(pipe, os.Stdout)
	return all, cmd.Wait()
}

// show prints what matters of the events as they come, and returns how long each test took.
func show(events io.Reader, out io.Writer) []timed {
	var all []timed
	running := map[string]map[string]string{} // by package, then test: what a test that has not ended has said
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			fmt.Fprint(out, line) // no event: what go itself says
		}
		said := running[e.Package]
		if said == nil {
			said = map[string]string{}
			running[e.Package] = said
		}
		switch {
		case e.Action == "build-output", e.Action == "output" && e.Test == "" && e.Output != "PASS\n":
			fmt.Fprint(out, e.Output)
		case e.Action == "output" && e.Test != "":
			if !strings.HasPrefix(e.Output, "=== ") {
				said[e.Test] += e.Output
			}
		case e.Test != "" && (e.Action == "pass" || e.Action == "skip" || e.Action == "fail"):
			if e.Action == "fail" {
				fmt.Fprint(out, said[e.Test])
			}
			delete(said, e.Test)
			all = append(all, timed{e.Package + " " + e.Test, e.Elapsed})
		case e.Action == "fail": // a package: what has not ended has been killed, or its time was up
			for _, test := range said {
				fmt.Fprint(out, test)
			}
		}
		if err != nil {
			return all
		}
	}
}

func printSlowest(out io.Writer, all []timed) {
	parents := map[string]bool{} // their time is that of their parts
	for _, t := range all {
		for i := range t.test {
			if t.test[i] == '/' {
				parents[t.test[:i]] = true
			}
		}
	}
	all = slices.DeleteFunc(all, func(t timed) bool { return parents[t.test] })
	slices.SortStableFunc(all, func(a, b timed) int { return cmp.Compare(b.seconds, a.seconds) })
	if len(all) > 0 {
		fmt.Fprintln(out, "slowest tests:")
	}
	for _, t := range all[:min(10, len(all))] {
		fmt.Fprintf(out, "%8.1f s  %s\n", t.seconds, t.test)
	}
}
