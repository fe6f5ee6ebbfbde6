package deploy

import (
	"fmt"
	"log/slog"
)

const redacted = "xxxxx"

// Secret is a password or a token that no print, log or encoding shows. The zero value is no secret.
type Secret struct {
	// A pointer, because fmt does not call the methods of a value it reaches through an unexported field: there it
	// prints what it finds, and of a pointer below the top it prints the address.
	text *string
}

// NewSecret hides text; an empty text is no secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text, to be sent to the server and nowhere else.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports that there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// String returns "" or "xxxxx".
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// GoString serves %#v.
func (s Secret) GoString() string { return fmt.Sprintf("deploy.Secret(%q)", s.String()) }

// Format serves every verb, %x and the wrong ones included.
func (s Secret) Format(f fmt.State, verb rune) { fmt.Fprint(f, s.String()) }

// LogValue serves log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText serves JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
