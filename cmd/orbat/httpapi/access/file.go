package access

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"orbat/queries"
	"orbat/schema"
)

// tokenPrefix tells a token of orbat's where one is found: in a log, by a scanner for secrets.
const tokenPrefix = "orbat_"

// tokenBytes is how many random bytes a token holds: far more than can be guessed, so that a plain hash keeps it.
const tokenBytes = 32

// entry is a caller as the file has it.
type entry struct {
	Name       string   `yaml:"name"`
	SHA256     string   `yaml:"sha256"` // of the token, in hex; empty: known by a proxy's header alone
	Role       string   `yaml:"role"`
	MaxMarking *string  `yaml:"max_marking"`
	Datasets   []string `yaml:"datasets"`
	Expires    string   `yaml:"expires"` // 2027-01-31 (its end, UTC) or RFC 3339
}

// Callers are those who are known.
type Callers struct {
	byToken map[[sha256.Size]byte]*Caller
	byName  map[string]*Caller
}

// ReadFile reads a file of callers.
func ReadFile(path string) (*Callers, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read who may call: %w", err)
	}
	callers, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return callers, nil
}

func parse(text []byte) (*Callers, error) {
	var file struct {
		Callers []yaml.Node `yaml:"callers"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	callers := &Callers{byToken: map[[sha256.Size]byte]*Caller{}, byName: map[string]*Caller{}}
	for _, node := range file.Callers {
		if err := callers.add(&node); err != nil {
			return nil, fmt.Errorf("line %d: %w", node.Line, err)
		}
	}
	return callers, nil
}

func (c *Callers) add(node *yaml.Node) error {
	for i := 0; i+1 < len(node.Content); i += 2 { // a mistyped max_marking must not open everything
		known := []string{"name", "sha256", "role", "max_marking", "datasets", "expires"}
		if key := node.Content[i].Value; !slices.Contains(known, key) {
			return fmt.Errorf("unknown key %q: a caller has %s", key, strings.Join(known, ", "))
		} else if node.Content[i+1].Tag == "!!null" { // nor one that nothing stands behind
			return fmt.Errorf("%s is empty: leave it out, or say what it is", key)
		}
	}
	var e entry
	if err := node.Decode(&e); err != nil {
		return err
	}
	caller := &Caller{Name: strings.TrimSpace(e.Name)}
	var err error
	switch {
	case caller.Name == "":
		return errors.New("a caller without a name")
	case c.byName[caller.Name] != nil:
		return fmt.Errorf("%q stands there twice", caller.Name)
	}
	if caller.Role, err = ParseRole(e.Role); err != nil {
		return err
	}
	if e.MaxMarking != nil {
		if caller.MaxMarking, err = queries.ParseMaxMarking(*e.MaxMarking); err != nil {
			return fmt.Errorf("max_marking: %w", err)
		}
	}
	if e.Datasets != nil {
		caller.Datasets = []string{}
		for _, name := range e.Datasets {
			if err := schema.CheckDataset(name); err != nil {
				return err
			}
			caller.Datasets = append(caller.Datasets, name)
		}
	}
	if caller.Expires, err = parseExpiry(e.Expires); err != nil {
		return err
	}
	if e.SHA256 != "" {
		hash, err := hex.DecodeString(e.SHA256)
		if err != nil || len(hash) != sha256.Size {
			return errors.New("sha256 is not the hash of a token, in hex")
		}
		if c.byToken[[sha256.Size]byte(hash)] != nil {
			return errors.New("the token of another caller")
		}
		c.byToken[[sha256.Size]byte(hash)] = caller
		caller.token = strings.ToLower(e.SHA256)
	}
	c.byName[caller.Name] = caller
	return nil
}

func parseExpiry(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("expires: %q is no date", schema.Shorten(text))
	}
	return at, nil
}

// ByToken returns the caller of a token; nil: nobody's. What is looked up is its hash, so that how long it takes tells
// nothing of the tokens.
func (c *Callers) ByToken(token string) *Caller {
	return c.byToken[sha256.Sum256([]byte(token))]
}

// ByName returns the caller of a name; nil: there is none.
func (c *Callers) ByName(name string) *Caller { return c.byName[name] }

// Len returns how many callers there are.
func (c *Callers) Len() int { return len(c.byName) }

// NewToken returns a token, and the hash that the file holds of it.
func NewToken() (token, hash string) {
	token = newSecret(tokenPrefix, tokenBytes)
	sum := sha256.Sum256([]byte(token))
	return token, hex.EncodeToString(sum[:])
}

// newSecret returns so many random bytes as text, behind a prefix by which it is told where it is found.
func newSecret(prefix string, size int) string {
	secret := make([]byte, size)
	_, _ = rand.Read(secret) // it never fails
	return prefix + base64.RawURLEncoding.EncodeToString(secret)
}

// File is a file of callers, read again whenever it has changed.
type File struct{ watched[Callers] }

// Watch reads a file of callers and returns it. Where a changed file cannot be read onFail is told, and what was read
// before holds on: a slip in an edit locks nobody out, nor does it let anybody in.
func Watch(path string, onFail func(error)) (*File, error) {
	f := &File{}
	err := f.watch(path, ReadFile, onFail)
	return f, err
}

// Callers returns those who are known now.
func (f *File) Callers() *Callers { return f.now() }

// KeyFile is a file of keys, read again whenever it has changed.
type KeyFile struct{ watched[Keys] }

// WatchKeys reads a file of keys and returns it, as [Watch] does one of callers.
func WatchKeys(path string, onFail func(error)) (*KeyFile, error) {
	f := &KeyFile{}
	err := f.watch(path, ReadKeys, onFail)
	return f, err
}

// Keys returns the keys that sign now.
func (f *KeyFile) Keys() *Keys { return f.now() }

// watched is what a file holds.
type watched[T any] struct {
	path   string
	read   func(path string) (*T, error)
	onFail func(error) // told of a file that cannot be read; what was read before holds on

	mu      sync.Mutex
	held    *T
	checked time.Time
	stamp   string // of what was read
}

// checkEvery is how long a change of the file may go unseen.
const checkEvery = time.Second

func (w *watched[T]) watch(path string, read func(path string) (*T, error), onFail func(error)) (err error) {
	w.path, w.read, w.onFail = path, read, onFail
	w.stamp, w.checked = stampOf(path), time.Now()
	w.held, err = read(path)
	return err
}

func (w *watched[T]) now() *T {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.checked) < checkEvery {
		return w.held
	}
	w.checked = time.Now()
	if stamp := stampOf(w.path); stamp != w.stamp {
		w.stamp = stamp
		held, err := w.read(w.path)
		if err != nil {
			w.onFail(err)
			return w.held
		}
		w.held = held
	}
	return w.held
}

// stampOf tells one state of a file from another.
func stampOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}
