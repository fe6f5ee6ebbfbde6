package deploy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// state is what is remembered of a local engine between commands, in state.json of its folder.
type state struct {
	Format  int       `json:"format"` // 2
	Offset  int       `json:"offset"` // of the first pair's ports; kept over a stop, so that the addresses stay
	Nodes   []node    `json:"nodes"`  // those that were started; none: it was stopped, or never ran
	Access  string    `json:"access"` // accessLocked, accessOpen; none: it was started by an orbat that knew only open ones
	Bin     string    `json:"bin"`    // the binary that runs
	Version string    `json:"version"`
	Started time.Time `json:"started"`
}

// node is a process of the engine with its place: "zero" and "alpha" for a pair, further ones are "zero2", "alpha2", …
type node struct {
	Name string `json:"name"`
	process
}

// nodeNames returns those of an engine of so many pairs, in the order in which they start.
func nodeNames(replicas int) []string {
	var names []string
	for _, kind := range []string{"zero", "alpha"} {
		for i := range replicas {
			names = append(names, nodeName(kind, i))
		}
	}
	return names
}

// NodeNames returns all that a process of the local Dgraph may be called; a pair has "zero" and "alpha".
func NodeNames() []string { return nodeNames(maxReplicas) }

const maxReplicas = 5

func nodeName(kind string, i int) string {
	if i == 0 {
		return kind
	}
	return kind + strconv.Itoa(i+1)
}

// nodeIndex returns the inverse of nodeName.
func nodeIndex(name string) (kind string, i int) {
	kind = strings.TrimRight(name, "0123456789")
	n, err := strconv.Atoi(name[len(kind):])
	if err != nil {
		return kind, 0
	}
	return kind, n - 1
}

// alive returns the names of the processes that run.
func (s state) alive() map[string]process {
	alive := map[string]process{}
	for _, n := range s.Nodes {
		if n.alive() {
			alive[n.Name] = n.process
		}
	}
	return alive
}

// with returns the state with a process in its place.
func (s state) with(name string, p process) state {
	s.Nodes = slices.DeleteFunc(slices.Clone(s.Nodes), func(n node) bool { return n.Name == name })
	s.Nodes = append(s.Nodes, node{name, p})
	return s
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
	if json.Unmarshal(text, &s) != nil || s.Format != 2 {
		return state{}, nil //nolint:nilerr // see above
	}
	return s, nil
}

// write replaces the file as a whole, so that a crash leaves the old or the new.
func (s state) write(file string) error {
	s.Format = 2
	return writeJSON(file, s)
}

// clusterFile says what a cluster is as long as its data lives, unlike state.json, without which all goes on.
const clusterFile = "cluster.json"

// cluster is what cannot change of several pairs. Their members know each other by address: moved to other ports, all
// at once, none of them finds another (tried on v25.4.0: no leader after two minutes).
type cluster struct {
	Format   int `json:"format"` // 1
	Replicas int `json:"replicas"`
	Offset   int `json:"offset"` // of the first pair's ports; 0: not chosen yet
}

// readCluster returns the zero value where there is none.
func readCluster(file string) (cluster, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return cluster{}, nil
	}
	var c cluster
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err == nil && (c.Format != 1 || c.Replicas < 3 || c.Replicas > maxReplicas || c.Offset < 0 || c.Offset > maxOffset) {
		err = errors.New("it is not what orbat wrote")
	}
	if err != nil {
		return cluster{}, &DatabaseError{
			Do: "read " + file, Err: err,
			Fix: "it says how many zeros and alphas there are, and on which ports", Remedy: RemedyFlags,
		}
	}
	return c, nil
}

func (c cluster) write(file string) error {
	c.Format = 1
	return writeJSON(file, c)
}

func writeJSON(file string, what any) error {
	text, err := json.MarshalIndent(what, "", "  ")
	if err != nil {
		return fmt.Errorf("remember what runs: %w", err)
	}
	if err := replaceFile(file, append(text, '\n')); err != nil {
		return diskError("remember what runs", filepath.Dir(file), err)
	}
	return nil
}

// replaceFile writes a file that only we can read, so that a crash leaves the old or the new.
func replaceFile(file string, text []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // the error before is the one that counts
	}
	return err
}
