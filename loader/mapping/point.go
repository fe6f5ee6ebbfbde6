package mapping

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/tzneal/coordconv"

	"orbat/schema"
)

// point compiles a position: the GeoJSON of a point.
func (b *binder) point(p *point) getter {
	parts := p.Latitude != nil || p.Longitude != nil
	switch {
	case parts && (p.Latitude == nil || p.Longitude == nil):
		b.mistake(p.At, "a position of one number", "give latitude and longitude")
		return nothing
	case parts && (p.Text != nil || p.MGRS != nil), p.Text != nil && p.MGRS != nil:
		b.mistake(p.At, "a position given in several ways", "keep latitude and longitude, or text, or mgrs; several are a list under first")
		return nothing
	case p.Order != "" && p.Text == nil, p.Order != "" && p.Order != "latitude" && p.Order != "longitude":
		b.mistake(p.At, "order is "+strconv.Quote(p.Order), "with text: latitude or longitude, which of the two comes first")
		return nothing
	case parts:
		return b.twoCells(p)
	case p.MGRS != nil:
		return b.meter(p.MGRS).each(b.value(p.MGRS), position(b.label(p.MGRS), fromMGRS))
	case p.Text != nil:
		return b.meter(p.Text).each(b.value(p.Text), position(b.label(p.Text), func(text string) (lat, lon float64, reason string) {
			return bothOf(text, p.Order == "longitude")
		}))
	}
	b.mistake(p.At, "a position from nowhere", "give latitude and longitude, or text, or mgrs")
	return nothing
}

// position makes a step of what reads a position; it says why not.
func position(label string, read func(text string) (lat, lon float64, reason string)) func(*scope, string) (string, *rowError) {
	return func(_ *scope, text string) (string, *rowError) {
		lat, lon, reason := read(text)
		if reason != "" {
			return "", &rowError{Fault: schema.Fault{
				Column: label, Value: text, Reason: reason, Hint: "correct the cell, or choose with matches what can be read",
			}}
		}
		return geoJSON(lat, lon), nil
	}
}

func (b *binder) twoCells(p *point) getter {
	lats, lons := b.value(p.Latitude), b.value(p.Longitude)
	latLabel, lonLabel := b.label(p.Latitude), b.label(p.Longitude)
	return single(func(s *scope) (string, *rowError) {
		north, bad := one(lats, s, latLabel)
		if bad != nil {
			return "", bad
		}
		east, bad := one(lons, s, lonLabel)
		if bad != nil || north == "" && east == "" {
			return "", bad
		}
		lat, reason := degrees(north, "NS", 90)
		if reason != "" {
			return "", &rowError{Fault: schema.Fault{Column: latLabel, Value: north, Reason: reason, Hint: "correct the cell"}}
		}
		lon, reason := degrees(east, "EW", 180)
		if reason != "" {
			return "", &rowError{Fault: schema.Fault{Column: lonLabel, Value: east, Reason: reason, Hint: "correct the cell"}}
		}
		return geoJSON(lat, lon), nil
	})
}

// geoJSON writes a point; seven decimals are a centimetre.
func geoJSON(lat, lon float64) string {
	short := func(x float64) string { return strconv.FormatFloat(math.Round(x*1e7)/1e7, 'f', -1, 64) }
	return `{"type":"Point","coordinates":[` + short(lon) + "," + short(lat) + "]}"
}

// angle is one coordinate: an optional letter before or behind, degrees, and where there are, minutes and seconds.
var angle = regexp.MustCompile(`^([NSEWO]?)\s*([+\-−]?\d+(?:[.,]\d+)?)\s*(?:°|º|:)?\s*` +
	`(?:(\d+(?:[.,]\d+)?)\s*(?:'|′|’|:)?\s*(?:(\d+(?:[.,]\d+)?)\s*(?:"|″|”|''|′′)?)?)?\s*([NSEWO]?)$`)

// degrees reads one coordinate: letters are those that it may have, the first for positive ones.
func degrees(text, letters string, most float64) (value float64, reason string) {
	found := angle.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(text)))
	if found == nil {
		return 0, "no coordinate"
	}
	letter := found[1] + found[5]
	if letter == "O" && letters == "EW" { // oeste, ouest; in German O is east, so that it says nothing
		return 0, "O is west in some languages and east in others"
	}
	if len(letter) > 1 || letter != "" && !strings.Contains(letters, letter) {
		return 0, "a coordinate with the letter " + letter + ", not " + letters[:1] + " or " + letters[1:]
	}
	whole, negative := strings.CutPrefix(strings.NewReplacer("−", "-", ",", ".").Replace(found[2]), "-")
	if negative && letter != "" {
		return 0, "a coordinate with a sign and the letter " + letter
	}
	for i, part := range []string{whole, found[3], found[4]} {
		if part == "" {
			continue
		}
		n, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimPrefix(part, "+"), ",", "."), 64)
		switch {
		case err != nil:
			return 0, "no coordinate"
		case i > 0 && n >= 60:
			return 0, "minutes and seconds are less than 60"
		case i > 0 && strings.ContainsAny([]string{whole, found[3]}[i-1], ".,"):
			return 0, "a fraction is followed by a smaller unit"
		}
		value += n / math.Pow(60, float64(i))
	}
	if value > most {
		return 0, "beyond " + strconv.Itoa(int(most)) + " degrees"
	}
	if negative || letter == letters[1:] {
		value = -value
	}
	return value, ""
}

// bothOf reads two coordinates of one text.
func bothOf(text string, longitudeFirst bool) (lat, lon float64, reason string) {
	text = strings.Trim(strings.TrimSpace(text), "()[]")
	first, second, ok := halves(text)
	if !ok {
		return 0, 0, "no two coordinates"
	}
	lettered := func(s, letters string) bool { return strings.ContainsAny(strings.ToUpper(s), letters) }
	if lettered(first, "EW") || lettered(second, "NS") || longitudeFirst && !lettered(first, "NS") && !lettered(second, "EW") {
		first, second = second, first
	}
	if lat, reason = degrees(first, "NS", 90); reason == "" {
		lon, reason = degrees(second, "EW", 180)
	}
	return lat, lon, reason
}

// afterLetter finds where the first of two coordinates ends with its letter.
var afterLetter = regexp.MustCompile(`(?i)^(.*?\d.*?[NSEW])[\s,;]*([^\s,;].*)$`)

// beforeLetter finds where the second of two coordinates begins with its letter, as the first did.
var beforeLetter = regexp.MustCompile(`(?i)^([NSEW][^NSEW]*\d[^NSEW]*?)[\s,;/]*([NSEW].*)$`)

// halves cuts a text into its two coordinates: at a semicolon or slash, between letters, at a comma with a space, at
// the only comma, or at the only space.
func halves(text string) (first, second string, ok bool) {
	if found := beforeLetter.FindStringSubmatch(text); found != nil {
		return found[1], found[2], true
	}
	for _, separator := range []string{";", "/", ", ", ",", " "} {
		if strings.Count(text, separator) == 1 {
			first, second, _ = strings.Cut(text, separator)
			return first, second, true
		}
	}
	if found := afterLetter.FindStringSubmatch(text); found != nil {
		return found[1], found[2], true
	}
	return "", "", false
}

// fromMGRS reads a position of the Military Grid Reference System: the middle of the square that it names, as the
// library of Geotrans reads it (NGA.SIG.0012).
func fromMGRS(text string) (lat, lon float64, reason string) {
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	form := mgrs.FindStringSubmatch(text)
	if len(form) == 0 || len(form[2])%2 != 0 {
		return 0, 0, "no MGRS position"
	}
	corner, err := coordconv.DefaultMGRSConverter.ConvertToGeodetic(text)
	if err != nil {
		return 0, 0, "no MGRS position: " + err.Error()
	}
	middle := corner
	if precision := len(form[2]) / 2; precision < 5 { // the corner and the one opposite, by the finest digits
		digits := form[2]
		half := "5" + strings.Repeat("0", 4-precision)
		finest := form[1] + digits[:precision] + half + digits[precision:] + half
		if at, err := coordconv.DefaultMGRSConverter.ConvertToGeodetic(finest); err == nil {
			middle = at
		}
	}
	return middle.Lat.Degrees(), middle.Lng.Degrees(), ""
}

var mgrs = regexp.MustCompile(`^(\d{0,2}[A-HJ-NP-Z]{3})(\d{0,10})$`)
