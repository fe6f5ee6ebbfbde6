package main

import "syscall"

// dieWithUs has the kernel kill a child when we are killed outright: dgraph live would try for ever to reach its alpha.
func dieWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
