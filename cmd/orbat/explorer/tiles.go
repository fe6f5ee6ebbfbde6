package explorer

import (
	"bytes"
	"errors"
	"html"
	"net/url"
	"strings"
)

// Tiles are pictures of a map that a server of others has. Whoever opens the map asks it for those in sight, and so
// tells it where one looks.
type Tiles struct {
	url, origin, credit string
}

// NewTiles returns the tiles at an address with {z}, {x} and {y} in it, as web maps number them. credit is whom the map
// names for them; empty: the server.
func NewTiles(address, credit string) (*Tiles, error) {
	plain := strings.NewReplacer("{z}", "0", "{x}", "0", "{y}", "0").Replace(address)
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		if strings.Count(address, part) != 1 {
			return nil, errors.New("an address of tiles has {z}, {x} and {y}, each once")
		}
	}
	at, err := url.Parse(plain)
	switch {
	case err != nil || strings.ContainsAny(plain, "{} \"'<>;,*\\"):
		return nil, errors.New("this is no address of tiles")
	case at.Scheme != "https" && at.Scheme != "http" || at.Hostname() == "" || at.User != nil || at.Fragment != "":
		return nil, errors.New("an address of tiles begins with https:// or http://, and a host")
	}
	origin := at.Scheme + "://" + at.Host
	if !strings.HasPrefix(address, origin+"/") { // its host may hold no number of a tile
		return nil, errors.New("an address of tiles has the same host for all")
	}
	if credit == "" {
		credit = at.Host
	}
	return &Tiles{address, origin, credit}, nil
}

// told returns the page with what it needs to know of the tiles.
func (t *Tiles) told(index []byte) []byte {
	meta := `<meta name="orbat-tiles" content="` + html.EscapeString(t.url) + `" data-credit="` + html.EscapeString(t.credit) + `" />`
	return bytes.Replace(index, []byte("</head>"), []byte("  "+meta+"\n  </head>"), 1)
}
