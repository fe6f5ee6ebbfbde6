package deploy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// state is what is remembered of a local engine between commands, in state.json of its folder.
type state struct {
	Format  int       `json:"format"`  // 1
	Offset  int       `json:"offset"`  // of the ports; kept over a stop, so that the address stays
	Zero    process   `json:"zero"`    // PID 0: not started
	Alpha   process   `json:"alpha"`   // PID 0: not started
	Bin     string    `json:"bin"`     // the binary that runs
	Version string    `json:"version"` // and its version
	Started time.Time `json:"started"`
}

// readState returns the zero state where there is none, and where the file is not one: it only remembers, and what
// counts (who holds the lock, whether a process is alive) is asked of the system.
func readState(file string) (state, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	} else if err != nil {
		return state{}, fmt.Errorf("read what runs: %w", err)
	}
	var s state
	if json.Unmarshal(text, &s) != nil || s.Format != 1 {
		return state{}, nil //nolint:nilerr // see above
	}
	return s, nil
}

// write replaces the file as a whole, so that a crash leaves the old or the new.
func (s state) write(file string) error {
	s.Format = 1
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("remember what runs: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return diskError("remember what runs", filepath.Dir(file), err)
	}
	_, err = temp.Write(append(text, '\n'))
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // the error before is the one that counts
		return diskError("remember what runs", filepath.Dir(file), err)
	}
	return nil
}
