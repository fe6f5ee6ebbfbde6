package encode

import (
	"strconv"
	"strings"

	"orbat/queries"
	"orbat/schema"
)

// evidenceText is what the claims behind an edge rest on, a line for each citation:
//
//	[denied by sfm:1] Daily News (Reuters, 2014-08-02) https://example.org/1 p. 3 [410-426]: “shelled the town”
func evidenceText(evidence []*queries.Evidence) string {
	var lines []string
	for _, claim := range evidence {
		prefix := manner(claim)
		for _, cite := range claim.Cites {
			lines = append(lines, prefix+citationText(cite))
		}
		if len(claim.Cites) == 0 {
			lines = append(lines, prefix+"data set "+claim.Dataset)
		}
	}
	return strings.Join(lines, "\n")
}

// manner says, in brackets, what a reader must know before the source; nothing of a claim that plainly stands.
func manner(claim *queries.Evidence) string {
	says := claim.Manner()
	if len(says) == 0 {
		return ""
	}
	return "[" + strings.Join(says, " ") + "] "
}

// citationText is a citation on one line.
func citationText(cite queries.Citation) string {
	text := cite.Title
	if text == "" {
		text = cite.Source
		if schema.IsDatasetSource(cite.Source) {
			_, name, _ := strings.Cut(cite.Source, ":")
			text = "data set " + name
		}
	}
	switch {
	case cite.Publisher != "" && cite.Published != "":
		text += " (" + cite.Publisher + ", " + cite.Published + ")"
	case cite.Publisher != "" || cite.Published != "":
		text += " (" + cite.Publisher + cite.Published + ")"
	}
	if cite.URL != "" {
		text += " " + cite.URL
	}
	if cite.Locator != "" {
		text += " " + cite.Locator
	}
	if cite.Begin != nil && cite.End != nil { // where in the document's text, in code points
		text += " [" + strconv.Itoa(*cite.Begin) + "-" + strconv.Itoa(*cite.End) + "]"
	}
	if cite.Quote != "" {
		text += ": “" + cite.Quote + "”"
	}
	return oneLine(text)
}
