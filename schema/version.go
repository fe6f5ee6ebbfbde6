package schema

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Versions of one record (law 4). A record may say which version of itself it is: STIX's modified, FollowTheMoney's
// last_change, a column of a sheet. Of the claims of one data set that say the same record id, and are of one group,
// those of the latest version draw; the older ones are history, as if they had been retracted when the later came. All
// of it stands in the claims, so the order of loading has no say.

// supersededBy returns, by key, the version by which each of some claims of one or more groups is superseded: the
// latest that a claim of its lineage states. Only claims that stand take part, whatever their assertion (a later
// version that denies takes an earlier one back), and whether or not an analyst rejected them: to reject what a source
// says now does not make it say what it said before. It returns nil where nothing is superseded, as mostly.
func supersededBy(claims []*StoredClaim) map[string]string {
	if len(claims) < 2 {
		return nil
	}
	var latest map[lineage]string
	for _, c := range claims {
		if c.Version == "" || !c.versioned() {
			continue
		}
		if latest == nil {
			latest = map[lineage]string{}
		}
		of := lineageOf(c)
		// Of equal versions in different words the smallest names them.
		if have, ok := latest[of]; !ok || cmp.Or(CompareVersions(have, c.Version), strings.Compare(c.Version, have)) < 0 {
			latest[of] = c.Version
		}
	}
	if latest == nil {
		return nil
	}
	var superseded map[string]string
	for _, c := range claims {
		if !c.versioned() {
			continue
		}
		if version := latest[lineageOf(c)]; CompareVersions(c.Version, version) < 0 {
			if superseded == nil {
				superseded = map[string]string{}
			}
			superseded[c.StoredKey] = version
		}
	}
	return superseded
}

// lineage is what the versions of one record have in common.
type lineage struct{ group, dataset, record string }

func lineageOf(c *StoredClaim) lineage { return lineage{GroupOf(c.StoredKey), c.Dataset, c.Record} }

// versioned reports whether a claim takes part in the judgement of versions: decisions are undone, not superseded.
func (c *StoredClaim) versioned() bool { return c.Record != "" && c.Stands && !c.Decision() }

// Judge returns claims of whole groups with the version by which each is superseded, if any. Those of which another is
// stated already are copied: the claims given stay as they are.
func Judge(claims []*StoredClaim) []*StoredClaim {
	by := supersededBy(claims)
	var judged []*StoredClaim
	for i, c := range claims {
		version := by[c.StoredKey]
		if version == c.Superseded {
			continue
		}
		if judged == nil {
			judged = slices.Clone(claims)
		}
		now := *c
		now.Superseded = version
		judged[i] = &now
	}
	if judged == nil {
		return claims
	}
	return judged
}

// CompareVersions orders the versions of a record: negative where a is earlier than b, 0 where both are the same
// version. No version is the earliest. Then come those that are no dates: runs of digits count as numbers (v9 before
// v10, 1.9 before 1.10), everything else by its bytes. Then come dates and times (RFC 3339, with a space for the T, or
// cut short after the minute, the day or the month), as instants: one without a zone is UTC, one without a time begins
// its day or month. So any two have an order, and any three agree on it.
func CompareVersions(a, b string) int {
	if a == b {
		return 0
	}
	atA, datedA := versionInstant(a)
	atB, datedB := versionInstant(b)
	switch {
	case datedA && datedB:
		return atA.Compare(atB)
	case datedA != datedB:
		if datedA {
			return 1
		}
		return -1
	}
	return compareNatural(a, b)
}

// versionLayouts are the forms of a version that is a date, by their lengths without fraction and zone.
var versionLayouts = map[int]string{
	len("2006-01"): "2006-01", len("2006-01-02"): "2006-01-02", len("2006-01-02T15:04"): "2006-01-02T15:04",
	len("2006-01-02T15:04:05"): "2006-01-02T15:04:05",
}

// versionInstant reads a version that is a date or a time.
func versionInstant(text string) (time.Time, bool) {
	if len(text) < len("2006-01") || text[4] != '-' {
		return time.Time{}, false
	}
	body, fraction, zone := text, "", ""
	if len(text) > len("2006-01-02T15:04") {
		rest := text[len("2006-01-02"):]
		if i := strings.IndexAny(rest, "Zz+-"); i >= 0 {
			body, zone = text[:len("2006-01-02")+i], strings.ToUpper(rest[i:])
		}
		body, fraction, _ = strings.Cut(body, ".")
	}
	layout := versionLayouts[len(body)]
	if layout == "" || fraction != "" && len(body) != len("2006-01-02T15:04:05") || !onlyDigits(fraction) {
		return time.Time{}, false
	}
	if len(body) > len("2006-01-02") {
		switch body[len("2006-01-02")] {
		case 't', ' ':
			body = body[:len("2006-01-02")] + "T" + body[len("2006-01-02")+1:]
		}
	}
	if fraction != "" {
		body += "." + fraction // which Parse takes after seconds
	}
	if zone != "" {
		layout, body = layout+"Z07:00", body+zone
	}
	at, err := time.Parse(layout, body)
	return at, err == nil
}

func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// compareNatural compares texts of which runs of digits are numbers.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		x, y := digitRun(a), digitRun(b)
		if x == 0 || y == 0 {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
		if c := cmp.Or(cmp.Compare(len(m), len(n)), strings.Compare(m, n)); c != 0 {
			return c
		}
		a, b = a[x:], b[y:]
	}
	return cmp.Compare(len(a), len(b))
}
