// Command orbat loads what is known about people, units, organisations, equipment, places and events into Dgraph, with
// the source behind every statement, and answers the questions analysts ask of it.
//
// It is thin: app.go holds the command tree and what all commands share, database.go finds the database, print*.go
// shows results; each other file is one command. Everything it does is a call into the packages beside it.
package main

import "os"

// version is set by the linker.
var version = "dev"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
