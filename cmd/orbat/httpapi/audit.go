package httpapi

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// audit writes who asked what, a line of JSON each. It holds the names that were asked for: that is what it is for. The
// log has none.
type audit struct {
	mu sync.Mutex
	to io.Writer // nil: nobody keeps it
}

// auditLine is one request.
type auditLine struct {
	Time      time.Time `json:"time"`
	Request   string    `json:"request"`
	Caller    string    `json:"caller"`
	Role      string    `json:"role,omitempty"`
	Signed    bool      `json:"signed,omitempty"` // by a URL that the caller has signed, whoever has it
	From      string    `json:"from"`             // address
	Operation string    `json:"operation"`
	About     string    `json:"about,omitempty"` // the question and its values, as JSON or a URL's query has them
	Status    int       `json:"status"`
	Rows      int       `json:"rows"`
	MS        int64     `json:"ms"`
}

func (a *audit) write(line auditLine) error {
	if a.to == nil {
		return nil
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, err = a.to.Write(append(text, '\n'))
	return err
}
