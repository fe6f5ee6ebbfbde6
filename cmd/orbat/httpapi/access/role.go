package access

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"orbat/queries"
)

// Role is what a caller may do. Each includes those before it.
type Role string

// The roles.
const (
	Reader   Role = "reader"   // asks, and keeps views and questions of its own
	Loader   Role = "loader"   // loads data sets
	Reviewer Role = "reviewer" // decides which entities are one
	Admin    Role = "admin"    // changes what others keep
)

// Roles lists the roles, the least first.
func Roles() []Role { return []Role{Reader, Loader, Reviewer, Admin} }

// ParseRole reads the name of a role.
func ParseRole(text string) (Role, error) {
	if !slices.Contains(Roles(), Role(text)) {
		return "", fmt.Errorf("unknown role %q: it is one of reader, loader, reviewer and admin", text)
	}
	return Role(text), nil
}

// Includes reports whether a role may do what another may. A loader may not decide and a reviewer may not load: only an
// admin may do both.
func (r Role) Includes(needed Role) bool {
	return r == needed || needed == Reader && r != "" || r == Admin
}

// Caller is who asks.
type Caller struct {
	Name       string              // unique
	Role       Role                //
	MaxMarking *queries.MaxMarking // nothing above is shown, and nothing tells that it is there (law 8); nil: no limit
	Datasets   []string            // the only ones that may be read and loaded; nil: all
	Expires    time.Time           // zero: never
	Signed     bool                // known by a URL that another has signed, and good for that alone

	token string // its hash, in hex; empty: the file has none
}

// Sight returns the caller's limits as a text, the same for the same limits; empty: there are none.
func (c *Caller) Sight() string {
	if c.Sees() {
		return ""
	}
	limits := struct {
		Marking  string   `json:"marking,omitempty"`
		Datasets []string `json:"datasets,omitempty"`
	}{}
	if c.MaxMarking != nil {
		limits.Marking = c.MaxMarking.String()
	}
	limits.Datasets = slices.Sorted(slices.Values(c.Datasets))
	text, _ := json.Marshal(limits) // of texts
	return string(text)
}

// Sees reports whether a caller may see all of the graph.
func (c *Caller) Sees() bool { return c.MaxMarking == nil && c.Datasets == nil }

// MayLoad reports whether a caller may load into a data set.
func (c *Caller) MayLoad(dataset string) bool {
	return c.Datasets == nil || slices.Contains(c.Datasets, dataset)
}

// expired reports whether the caller's time is over.
func (c *Caller) expired(now time.Time) bool { return !c.Expires.IsZero() && !now.Before(c.Expires) }

// String returns the caller's name and role; never a secret.
func (c *Caller) String() string { return strings.TrimSpace(c.Name + " " + string(c.Role)) }
