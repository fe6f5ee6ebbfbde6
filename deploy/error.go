package deploy

import (
	"cmp"
	"errors"
)

// The kinds of failure a caller may want to tell apart with errors.Is.
var (
	// ErrUnreachable: nothing answered at any of the target's addresses. Waiting may help.
	ErrUnreachable = errors.New("database unreachable")
	// ErrNotReady: a Dgraph answered but is still starting. Waiting helps.
	ErrNotReady = errors.New("database not ready")
	// ErrDenied: the server refused who we are (certificate, password, token). Waiting does not help.
	ErrDenied = errors.New("access denied")
	// ErrDiskFull: the disk under the data folder has no room.
	ErrDiskFull = errors.New("disk full")
	// ErrNotRunning: the local Dgraph is not running.
	ErrNotRunning = errors.New("the local Dgraph is not running")
)

// DatabaseError says that a database could not be reached, run or kept, and what would mend it in words that hold for a
// shell, an API and a Go program alike. Its text never holds a secret.
type DatabaseError struct {
	Do     string // what was tried, a short verb phrase: "start Dgraph"
	Kind   error  // one of the Err… values above, or nil
	Err    error  // the cause
	Fix    string // what would mend it; empty: Remedy says it
	Remedy Remedy // the operation that would mend it; empty: none of ours would
	Of     string // what Remedy is about: a process, a folder, a file
}

func (e *DatabaseError) Error() string {
	if e.Err == nil {
		return e.Do
	}
	if e.Do == "" {
		return e.Err.Error()
	}
	return e.Do + ": " + e.Err.Error()
}

// Unwrap returns the cause and the kind.
func (e *DatabaseError) Unwrap() []error {
	var all []error
	for _, err := range []error{e.Err, e.Kind} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

// Hint returns what would mend it; it may be empty.
func (e *DatabaseError) Hint() string { return cmp.Or(e.Fix, string(e.Remedy)) }

// Remedy is what would mend a failure, for callers that know what is typed or pressed for it. Its text says it in
// words.
type Remedy string

// The remedies. Where a comment says so, Fix goes with them.
const (
	RemedyStart       Remedy = "start the local Dgraph"
	RemedyRestart     Remedy = "start it again; its log says more"
	RemedyStop        Remedy = "stop the local Dgraph, then try again"
	RemedyWait        Remedy = "wait until it answers" // Fix: that it is starting
	RemedyFind        Remedy = "is it running? wait until it answers"
	RemedyAddress     Remedy = "check host and port, or wait until it answers"
	RemedyStatus      Remedy = "check host and port"
	RemedyLog         Remedy = "its log says more" // Fix: a question that the log of the process Of answers
	RemedyRestOfLog   Remedy = "the rest of its log says more"
	RemedyBinary      Remedy = "name a Dgraph binary" // Fix ends in this
	RemedyOnline      Remedy = "load online"          // Fix ends in this
	RemedyBulk        Remedy = "make it by an offline load"
	RemedyOneGroup    Remedy = "make it for one group" // Fix: or what else
	RemedyOtherHome   Remedy = "take a new folder"
	RemedyRoom        Remedy = "make room there, or take a folder on another disk"
	RemedyRoomRestart Remedy = "make room, then start it again"
	RemedyPorts       Remedy = "see what listens there"
	RemedyReload      Remedy = "leave the number out; or load into a new folder what a canonical export of this one holds"
	RemedyAdopt       Remedy = "take the same over once more"
	RemedyHolder      Remedy = "find the process that holds its lock, and stop it"
	RemedyFlags       Remedy = "the flags in the log of the first zero tell" // Fix: what they tell
	RemedyGrant       Remedy = "an admin gives roles"                        // Fix ends in this
	RemedyRebuild     Remedy = "rebuild the lists of edges"                  // Fix: what may have happened
)
