package access

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// keyPrefix tells a key of orbat's where one is found.
const keyPrefix = "orbat_key_"

// keyBytes is how many random bytes a key holds: AES-256.
const keyBytes = 32

// Keys sign requests. What is signed is sealed by them: neither who signed it nor until when it holds can be read from
// a signature, and comparing one takes as long whatever is wrong with it.
type Keys struct{ sealers []cipher.AEAD } // the first signs; what any has signed is let in

// NewKey returns a key as a file of keys has it.
func NewKey() string { return newSecret(keyPrefix, keyBytes) }

// NewKeys returns a key of its own: what it signs holds where it was signed, until that ends.
func NewKeys() *Keys {
	keys, err := parseKeys([]byte(NewKey()))
	if err != nil {
		panic(err) // it was just made
	}
	return keys
}

// ReadKeys reads a file of keys, one on a line; lines that begin with # are passed over.
func ReadKeys(path string) (*Keys, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the keys that sign: %w", err)
	}
	keys, err := parseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

func parseKeys(text []byte) (*Keys, error) {
	keys := &Keys{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		encoded, is := strings.CutPrefix(line, keyPrefix)
		secret, err := base64.RawURLEncoding.DecodeString(encoded)
		if !is || err != nil || len(secret) != keyBytes {
			return nil, fmt.Errorf("line %d is no key", n) // what stands there may be one, mistyped: it is not shown
		}
		block, err := aes.NewCipher(secret)
		if err != nil {
			return nil, err
		}
		sealer, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		keys.sealers = append(keys.sealers, sealer)
	}
	if len(keys.sealers) == 0 {
		return nil, errors.New("no key stands there")
	}
	return keys, nil
}

// grant is what a signature lets its bearer ask: the request that is bound to it, as its signer could at that time.
type grant struct {
	Name    string `json:"n"`
	Token   string `json:"t,omitempty"` // the token's hash, of a caller who has one
	Nobody  bool   `json:"a,omitempty"` // whoever comes without a token signed it
	Sight   string `json:"s,omitempty"` // the signer's limits
	Expires int64  `json:"e"`           // Unix seconds
}

// signed is what is bound to a signature: an operation, the path that it is asked for by, and its parameters in their
// order by name, however a client writes them.
func signed(operation string, r *http.Request) []byte {
	return []byte(operation + "\x00" + r.URL.Path + "\x00" + r.URL.Query().Encode())
}

// Sign returns the signature of a request of an operation for who asks, who has been admitted: whoever has it may ask
// the same until that time, which is no later than the caller's own. Who was let in by a signature signs nothing.
func (g *Gate) Sign(caller *Caller, operation string, r *http.Request, life time.Duration) (
	signature string, expires time.Time, err error,
) {
	if caller.Signed || g.Keys == nil {
		return "", time.Time{}, &Refusal{
			Status: http.StatusForbidden, Reason: "nothing is signed here", Hint: "ask with a token",
		}
	}
	expires = g.now().Add(life).Truncate(time.Second)
	if !caller.Expires.IsZero() && caller.Expires.Before(expires) {
		expires = caller.Expires.Truncate(time.Second)
	}
	text, err := json.Marshal(grant{
		Name: caller.Name, Token: caller.token, Nobody: caller == g.Anonymous, Sight: caller.Sight(), Expires: expires.Unix(),
	})
	if err != nil {
		return "", time.Time{}, err
	}
	sealed := g.Keys().sealers[0].Seal(nil, nil, text, signed(operation, r))
	return base64.RawURLEncoding.EncodeToString(sealed), expires, nil
}

// AdmitSigned returns who has signed a request, as a reader with the limits of that time, or a *Refusal. A signature
// falls with what it was given by: with its signer's token, and with any change of the signer's limits.
func (g *Gate) AdmitSigned(operation string, r *http.Request, signature string) (*Caller, error) {
	refuse := func(reason string) (*Caller, error) {
		return nil, &Refusal{Status: http.StatusUnauthorized, Reason: reason, Hint: "have the URL signed anew"}
	}
	given, err := g.open(operation, r, signature)
	if err != nil {
		return refuse("the URL is not as it was signed")
	}
	if !g.now().Before(time.Unix(given.Expires, 0)) {
		return refuse("the signed URL has expired")
	}
	signer, err := g.signer(r, given)
	if err != nil {
		return nil, err
	}
	if signer == nil || signer.token != given.Token || signer.expired(g.now()) || signer.Sight() != given.Sight {
		return refuse("the signed URL has been withdrawn")
	}
	return &Caller{
		Name: signer.Name, Role: Reader, MaxMarking: signer.MaxMarking, Datasets: signer.Datasets, Expires: time.Unix(given.Expires, 0),
		Signed: true,
	}, nil
}

// open reads what a signature grants the request that it is bound to.
func (g *Gate) open(operation string, r *http.Request, signature string) (*grant, error) {
	if g.Keys == nil {
		return nil, errors.New("nothing is signed here")
	}
	sealed, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		return nil, err
	}
	for _, sealer := range g.Keys().sealers {
		text, err := sealer.Open(nil, nil, sealed, signed(operation, r))
		if err != nil {
			continue
		}
		given := &grant{}
		return given, json.Unmarshal(text, given)
	}
	return nil, errors.New("no key has signed this")
}

// signer returns who has signed, as they are known now; nil: nobody is.
func (g *Gate) signer(r *http.Request, given *grant) (*Caller, error) {
	if given.Nobody {
		return g.Anonymous, nil
	}
	if given.Token == "" { // only a proxy knows the signer
		if g.UserHeader == "" {
			return nil, nil
		}
		if err := g.throughProxy(r); err != nil {
			return nil, err
		}
	}
	if g.Callers != nil {
		if caller := g.Callers().ByName(given.Name); caller != nil {
			return caller, nil
		}
	}
	if given.Token == "" && g.ProxyRole != "" {
		return &Caller{Name: given.Name, Role: g.ProxyRole}, nil
	}
	return nil, nil
}
