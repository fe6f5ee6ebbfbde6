package schema

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// MaxXID is the longest xid in bytes. Dgraph's index keys end at 64 KiB; a limit far below leaves room for the
	// predicate and keeps references readable.
	MaxXID = 1024
	// MaxDataset is the longest name of a data set in bytes.
	MaxDataset = 64
	// DefaultDataset takes the records that name no data set.
	DefaultDataset = "default"
	// DecisionsDataset is reserved for what analysts decide about others' claims (law 10).
	DecisionsDataset = "decisions"

	localScheme  = "orbat:"
	sourceScheme = "dataset:"
)

// Ref names an entity as a record does: by xid, by an id local to the data set, or by type and name. Type and name
// beside an xid or id describe the entity as well.
type Ref struct {
	XID  string // absolute: "scheme:id"
	ID   string // local to the data set
	Type string
	Name string
}

// IsZero reports whether the reference names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// ParseRef reads the short form: "scheme:id" is an xid, "#id" or a word without a colon is a local id.
func ParseRef(text string) (Ref, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Ref{}, errors.New("empty reference")
	case strings.HasPrefix(text, "#"):
		return Ref{ID: text[1:]}, nil
	case strings.Contains(text, ":"):
		return Ref{XID: text}, nil
	default:
		return Ref{ID: text}, nil
	}
}

// Absolute returns the reference's xid in a data set (law 6): the xid itself, orbat:DATASET/#id, or
// orbat:DATASET/Type/normalised name.
func (r Ref) Absolute(dataset string) (string, error) {
	switch {
	case r.XID != "" && r.ID != "":
		return "", errors.New("both id and xid given; keep one")
	case r.XID != "":
		return CheckXID(r.XID)
	case r.ID != "":
		id := norm.NFC.String(strings.TrimSpace(strings.TrimPrefix(r.ID, "#")))
		if strings.Contains(id, ":") {
			return "", fmt.Errorf("id %q holds a colon; write it as xid if it is global, else use another character", Shorten(id))
		}
		return CheckXID(localScheme + dataset + "/#" + id)
	case r.Type != "" && r.Name != "":
		name := NormalName(r.Name)
		if name == "" {
			return "", fmt.Errorf("name %q holds no letter or digit; give an id or xid", Shorten(r.Name))
		}
		return CheckXID(localScheme + dataset + "/" + r.Type + "/" + name)
	case r.Name != "":
		return "", fmt.Errorf("name %q without a type; add type, or refer by id or xid", Shorten(r.Name))
	default:
		return "", errors.New("no id, xid, or type with name")
	}
}

// Describes reports whether the reference says something of the entity beyond its identity.
func (r Ref) Describes() bool { return r.Type != "" }

// CheckXID returns the stored form of an absolute xid (NFC, no space at its ends) or says what is wrong with it.
func CheckXID(xid string) (string, error) {
	if !utf8.ValidString(xid) {
		return "", errors.New("xid is not valid UTF-8")
	}
	xid = norm.NFC.String(strings.TrimSpace(xid))
	scheme, rest, found := strings.Cut(xid, ":")
	switch {
	case len(xid) > MaxXID:
		return "", fmt.Errorf("xid of %d bytes; at most %d", len(xid), MaxXID)
	case !found || !isScheme(scheme) || strings.TrimSpace(rest) == "":
		return "", fmt.Errorf("xid %q is not of the form scheme:id (the scheme in lower case)", Shorten(xid))
	case strings.IndexFunc(xid, func(r rune) bool { return unicode.IsControl(r) || (unicode.IsSpace(r) && r != ' ') }) >= 0:
		return "", fmt.Errorf("xid %q holds a control character or line break", Shorten(xid))
	case strings.HasPrefix(xid, localScheme) && !isLocalXID(rest):
		return "", fmt.Errorf("xid %q: the scheme orbat: is for orbat:DATASET/#id and orbat:DATASET/Type/name", Shorten(xid))
	}
	return xid, nil
}

func isScheme(s string) bool {
	if s == "" || len(s) > 32 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789+.-") == ""
}

func isLocalXID(rest string) bool {
	dataset, local, found := strings.Cut(rest, "/")
	if !found || CheckDataset(dataset) != nil {
		return false
	}
	if strings.HasPrefix(local, "#") {
		return len(local) > 1
	}
	kind, name, found := strings.Cut(local, "/")
	return found && kind != "" && name != ""
}

// IsNameXID reports whether an xid is made of a type and a name (law 6).
func IsNameXID(xid string) bool {
	rest, local := strings.CutPrefix(xid, localScheme)
	_, rest, _ = strings.Cut(rest, "/")
	return local && rest != "" && rest[0] != '#'
}

// CheckDataset says what is wrong with the name of a data set.
func CheckDataset(name string) error {
	ok := name != "" && len(name) <= MaxDataset && name[0] != '.' && name[0] != '-' &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == ""
	if !ok {
		return fmt.Errorf("data set %q: use up to %d of a-z A-Z 0-9 _ . - (not first: . -)", Shorten(name), MaxDataset)
	}
	return nil
}

// DatasetSource is the xid of the implicit Source that a record naming none cites (law 2).
func DatasetSource(dataset string) string { return sourceScheme + dataset }

// IsDatasetSource reports whether xid is the implicit Source of a data set, which is never exported.
func IsDatasetSource(xid string) bool { return strings.HasPrefix(xid, sourceScheme) }

// Shorten cuts a value for an error message: at most 80 runes.
func Shorten(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
