package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// starts is how long commands take that need no database, and how large the program is.
type starts struct {
	size     int64 // bytes of the binary
	commands []string
	took     map[string]spread // by command, in milliseconds
}

// startTurns is how often each command is run.
const startTurns = 20

// measureStarts runs the commands in turn, and true beside them, which tells what a process costs that does nothing.
func measureStarts(ctx context.Context, orbat string) (*starts, error) {
	info, err := os.Stat(orbat)
	if err != nil {
		return nil, fmt.Errorf("measure how long orbat takes to start: %w", err)
	}
	s := &starts{size: info.Size(), took: map[string]spread{}}
	commands := [][]string{{"true"}, {orbat, "version"}, {orbat, "help"}}
	times := make([][]float64, len(commands))
	for range startTurns {
		for i, command := range commands {
			begun := time.Now()
			if err := exec.CommandContext(ctx, command[0], command[1:]...).Run(); err != nil {
				return nil, fmt.Errorf("%s: %w", strings.Join(command, " "), err)
			}
			times[i] = append(times[i], float64(time.Since(begun))/float64(time.Millisecond))
		}
	}
	for i, name := range []string{"`true`", "`orbat version`", "`orbat help`"} {
		s.commands = append(s.commands, name)
		s.took[name] = newSpread(times[i])
	}
	return s, nil
}

func (s *starts) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n# Starting\n\nThe program is %.1f MB. %d runs each, in milliseconds: median (least–most).\n\n| command | ms "+
		"|\n|---|---|\n", float64(s.size)/1e6, startTurns)
	for _, name := range s.commands {
		fmt.Fprintf(&b, "| %s | %s |\n", name, s.took[name].text(decimals))
	}
	return b.String()
}
