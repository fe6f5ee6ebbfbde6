package loader

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
	"orbat/schema/externalsort"
)

// Evidence says how the passages that standing statements cite were found in the texts that their own data sets keep.
type Evidence struct {
	Passages   int `json:"passages"` // quotes, and spans without one
	Exact      int `json:"exact"`
	Normalised int `json:"normalised"`
	Moved      int `json:"moved"`
	Missing    int `json:"missing"` // each is a finding, too
	Unkept     int `json:"unkept"`  // of documents of which the data set keeps no text: nobody can tell
	// Elsewhere names those that were found, but not as they are cited: the first of them in the order of texts.
	Elsewhere []FoundPassage `json:"elsewhere,omitempty"`
}

// FoundPassage is a passage that was found in another spelling than its citation has, or in another place.
type FoundPassage struct {
	Statement string       `json:"statement"`
	Claim     string       `json:"claim"` // its key
	Dataset   string       `json:"dataset"`
	Source    string       `json:"source"`
	Found     schema.Found `json:"found"`
	Quote     string       `json:"quote,omitempty"`
	Begin     int          `json:"begin"` // where it stands, in code points
	End       int          `json:"end"`
}

// String returns the passage in a line.
func (p FoundPassage) String() string {
	return fmt.Sprintf("%s: %s, in %s of %s at %d-%d: %q", p.Found, p.Statement, schema.Shorten(p.Source), p.Dataset, p.Begin, p.End,
		schema.Shorten(p.Quote))
}

// maxElsewhere bounds how many passages found otherwise are named.
const maxElsewhere = 1000

// passagesShown is after how many passages progress is told.
const passagesShown = 1000

// evidenceCheck gathers what is cited and which texts are kept, each sorted on disk: one text is in memory at a time,
// and a few citations.
type evidenceCheck struct {
	cited  *externalsort.Sorter[citedPassage]
	kept   *externalsort.Sorter[string]       // a document with its data set, and the text's hash
	looked *externalsort.Sorter[citedPassage] // by text
	found  *externalsort.Sorter[citedPassage] // of documents with several texts: each passage as each text has it
}

// citedPassage is a citation on its way to the texts that it may mean.
type citedPassage struct {
	At        string // the document and the data set
	Text      string // the data set and the hash
	Of        int    // how many texts it is looked for in
	Key       string
	Statement string
	Cite      schema.Citation
	Passage   schema.Passage // as found; nowhere to be looked for: Found is empty
}

func newEvidenceCheck(ctx context.Context, most int) *evidenceCheck {
	passages := func(by func(*citedPassage) string) *externalsort.Sorter[citedPassage] {
		return externalsort.New(ctx, "", func(b []byte, p *citedPassage) []byte { return append(b, by(p)...) }).Hold(most)
	}
	return &evidenceCheck{
		cited:  passages(func(p *citedPassage) string { return fields(p.At, p.Key, p.Cite.Source) }),
		kept:   externalsort.Texts(ctx, "").Hold(most),
		looked: passages(func(p *citedPassage) string { return fields(p.Text, p.Key, p.Cite.Source) }),
		found:  passages(func(p *citedPassage) string { return fields(p.At, p.Key, p.Cite.Source, p.Text) }),
	}
}

// add takes a claim that stands. Documents that decisions make one are one.
func (e *evidenceCheck) add(claim *schema.StoredClaim, decided *schema.Merges) error {
	if sum := schema.TextOf(&claim.Claim); sum != "" {
		if err := e.kept.Add(fields(decided.Rep(claim.Subject), claim.Dataset, sum)); err != nil {
			return err
		}
	}
	for _, cite := range claim.Cites {
		if cite.Quote == "" && cite.Begin == schema.NoSpan {
			continue
		}
		err := e.cited.Add(citedPassage{
			At: fields(decided.Rep(cite.Source), claim.Dataset), Key: claim.StoredKey, Statement: statementText(&claim.Claim), Cite: cite,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// compareEvidence looks for every passage that is cited in the texts that its data set keeps of the document: as it
// stands, else in another spelling, else elsewhere.
func (c *graphCheck) compareEvidence(ctx context.Context) error {
	if c.evidence == nil {
		return nil
	}
	c.result.Evidence = &Evidence{}
	if err := c.joinTexts(ctx); err != nil {
		return err
	}
	if err := c.lookInTexts(ctx); err != nil {
		return err
	}
	// Of what was looked for in several texts the best counts.
	var best citedPassage
	for p, err := range c.evidence.found.Sorted() {
		switch {
		case err != nil:
			return err
		case best.Key == "":
			best = p
		case best.At != p.At || best.Key != p.Key || best.Cite.Source != p.Cite.Source:
			if err := c.tellPassage(ctx, &best); err != nil {
				return err
			}
			best = p
		case best.Passage.Found == "" || p.Passage.Found != "" && p.Passage.Found.Better(best.Passage.Found):
			best = p
		}
	}
	if best.Key == "" {
		return nil
	}
	return c.tellPassage(ctx, &best)
}

// joinTexts finds which texts each passage is to be looked for in.
func (c *graphCheck) joinTexts(ctx context.Context) error {
	kept, err := readGroups(c.evidence.kept.Sorted(), func(line string) string { return line[:strings.LastIndexByte(line, 0)] })
	defer kept.stop()
	if err != nil {
		return err
	}
	at := ""
	var texts []string
	for p, err := range c.evidence.cited.Sorted() {
		if err != nil {
			return err
		}
		if p.At != at {
			at = p.At
			if texts, err = kept.take(at); err != nil {
				return err
			}
			texts = slices.Compact(texts) // several claims may say the same
		}
		_, dataset, _ := strings.Cut(p.At, "\x00")
		p.Of = len(texts)
		for _, line := range texts {
			p.Text = fields(dataset, line[strings.LastIndexByte(line, 0)+1:])
			if err := c.evidence.looked.Add(p); err != nil {
				return err
			}
		}
		if len(texts) == 0 {
			if err := c.tellPassage(ctx, &p); err != nil {
				return err
			}
		}
	}
	return nil
}

// lookInTexts looks for the passages, text by text.
func (c *graphCheck) lookInTexts(ctx context.Context) error {
	var text *schema.Passages
	in := ""
	for p, err := range c.evidence.looked.Sorted() {
		if err != nil {
			return err
		}
		if p.Text != in {
			in, text = p.Text, nil // the one before is no longer held
			dataset, sum, _ := strings.Cut(in, "\x00")
			content, whole, err := readText(ctx, c.Graph, dataset, sum)
			if err != nil {
				return err
			}
			if whole {
				text = schema.NewPassages(content)
			}
		}
		if c.result.Evidence.Passages%passagesShown == 0 {
			c.showProgress(true)
		}
		if text != nil {
			p.Passage = text.Find(p.Cite, schema.NoSpan)
		}
		if p.Of == 1 {
			err = c.tellPassage(ctx, &p)
		} else {
			err = c.evidence.found.Add(p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tellPassage counts how a passage was found, and says where it was not found as it is cited.
func (c *graphCheck) tellPassage(ctx context.Context, p *citedPassage) error {
	e := c.result.Evidence
	e.Passages++
	_, dataset, _ := strings.Cut(p.At, "\x00")
	switch p.Passage.Found {
	case schema.FoundExact:
		e.Exact++
		return nil
	case schema.FoundNormalised:
		e.Normalised++
	case schema.FoundMoved:
		e.Moved++
	case schema.FoundMissing:
		e.Missing++
		what := strconv.Quote(schema.Shorten(p.Cite.Quote))
		if p.Cite.Quote == "" {
			what = fmt.Sprintf("the passage at %d-%d", p.Cite.Begin, p.Cite.End)
		}
		c.found(MissingPassage, fmt.Sprintf("%s: %s is not in the text of %s that %s keeps (claim %s)", p.Statement, what,
			schema.Shorten(p.Cite.Source), dataset, p.Key), "", "")
		at, err := placesBetween(ctx, c.Graph, p.Key, p.Key)
		c.result.Findings[len(c.result.Findings)-1].Places = at
		return err
	default:
		e.Unkept++
		return nil
	}
	if len(e.Elsewhere) < maxElsewhere {
		e.Elsewhere = append(e.Elsewhere, FoundPassage{
			Statement: p.Statement, Claim: p.Key, Dataset: dataset, Source: p.Cite.Source, Found: p.Passage.Found,
			Quote: p.Cite.Quote, Begin: p.Passage.Begin, End: p.Passage.End,
		})
	}
	return nil
}
