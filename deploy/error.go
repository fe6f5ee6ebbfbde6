package deploy

import "errors"

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

// Error is a failure with its remedy. The text never holds a secret.
type Error struct {
	Do   string // what was tried, a short verb phrase: "start Dgraph"
	Kind error  // one of the Err… values above, or nil
	Err  error  // the cause
	Fix  string // what to do about it, usually a command to type
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Do
	}
	return e.Do + ": " + e.Err.Error()
}

// Unwrap gives the cause and the kind to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	var all []error
	for _, err := range []error{e.Err, e.Kind} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

// Hint says what to type next; it may be empty.
func (e *Error) Hint() string { return e.Fix }
