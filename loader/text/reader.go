package text

import (
	"context"
	"strings"

	"orbat/loader/text/assertion"
	"orbat/loader/text/token"
	"orbat/schema"
)

// Options says what is known of a text beside its words. The zero value knows nothing.
type Options struct {
	Published string    // when: 2006-01-02, 2006-01 or 2006; without it "on Friday" is no day
	Gazetteer Gazetteer // knows more names; nil: the small lists of this package alone
	Parts     []Part    // of it that have an author and a day of their own, by where they begin; nil: none has
	Board     string    // where the authors of the parts have their accounts: forum.example; empty: nobody knows
}

// sentence is a sentence with what the stages found in it.
type sentence struct {
	token.Sentence
	at     int
	quote  string
	words  []word
	dates  []dateExpr
	chunks []chunk
	events map[int]*Event // by the chunk that tells them
	unsaid []*Event       // of which the sentence says nothing plainly

	part      *Part  // in which it lies; nil: in none
	published string // when that was published
}

// doc is a document on its way through the stages.
type doc struct {
	options   Options
	gazetteer Gazetteer
	sentences []*sentence
	words     [][]word
	mentions  []*Mention
	entities  map[string]*Entity
	order     []*Entity
	events    []*Event
	befallen  map[*Entity][]*Event // by whom they befell
	said      []*Statement
	soldiers  *Entity            // whom "the troops" means
	board     string             // what the ids of accounts begin with
	accounts  map[string]*Entity // of the authors of parts, by their ids

	passage                             *assertion.Passage // of the paragraph
	paragraph, passageBegin, passageEnd int
}

// Read reads a text: the stages that the package's documentation names, in their order. The error is the context's.
func Read(ctx context.Context, text string, options Options) (*Reading, error) {
	d := &doc{
		options: options, gazetteer: options.Gazetteer, entities: map[string]*Entity{}, befallen: map[*Entity][]*Event{},
		board: boardOf(options.Board, text), accounts: map[string]*Entity{},
	}
	parts := partFinder{parts: options.Parts}
	for t := range token.Sentences(text) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := &sentence{Sentence: t, at: len(d.sentences), quote: text[t.Begin:t.End], words: wordsOf(t)}
		if s.part, s.published = parts.at(t.RuneBegin), options.Published; s.part != nil {
			s.published = s.part.Published
		}
		s.dates = datesOf(t.Tokens, s.words, publishedOn(s.published))
		d.sentences, d.words = append(d.sentences, s), append(d.words, s.words)
		if !t.Dateline {
			d.mentionsOf(s.at, s.words)
		}
	}
	d.merge()
	reading := &Reading{Mentions: d.mentions, Foreign: d.foreign()}
	if !reading.Foreign {
		for _, s := range d.sentences {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if !d.continues(s) {
				d.soldiers = nil
			}
			if s.Heading || s.Dateline {
				continue
			}
			tagWords(s.words)
			s.chunks = chunksOf(s.words)
			d.placesOf(s)
			d.unitsOf(s)
			d.ranksOf(s)
			d.postsOf(s)
			d.tiesOf(s)
			d.predicatesOf(s)
			d.belongingOf(s)
			d.membershipsOf(s)
			d.eventsOf(s)
		}
	}
	reading.Statements = d.valid()
	reading.Entities, reading.Events = d.order, d.events
	return reading, nil
}

// foreign reports whether a text is not English: of its words too few are those that hold English sentences together.
func (d *doc) foreign() bool {
	small, all := 0, 0
	for _, words := range d.words {
		for i := range words {
			if words[i].Kind != token.Word || words[i].capital {
				continue
			}
			all++
			if words[i].is(determiner | preposition | pronoun | be | have | coordinator | modal | relative) {
				small++
			}
		}
		if all > 4000 {
			break
		}
	}
	return all >= 20 && small*6 < all
}

// say keeps a statement of a sentence, unless nothing may be said of it.
func (d *doc) say(s *sentence, st Statement, how stance) {
	if how.none {
		return
	}
	st.Assertion, st.Speaker = how.assertion, how.speaker
	switch {
	case st.Relation == "carried_out" && how.agent != how.assertion:
		if how.agent == "" || how.unknown&assertion.Who != 0 {
			return
		}
		st.Assertion = how.agent
	case st.Relation == "located_at" && how.unknown&assertion.Where != 0 && !countryOrPart(st.To.Entity),
		st.Relation == "date" && how.unknown&assertion.When != 0, st.Relation == "affected_by" &&
			how.unknown&assertion.Whom != 0:
		return
	}
	d.attribute(s, &st)
	st.Begin, st.End, st.Quote = s.RuneBegin, s.RuneEnd, s.quote
	d.said = append(d.said, &st)
}

// valid returns the statements that hold together: each once, none of an entity with itself, none of an event that
// nobody and no place of a name has a part in.
func (d *doc) valid() []*Statement {
	type key struct {
		relation, value string
		from, to        End
		outcome         string
		begin           int
	}
	seen := map[key]bool{}
	var good []*Statement
	for _, s := range d.said {
		k := key{s.Relation, s.Value, s.From, s.To, s.Qualifiers["outcome"], s.Begin}
		if seen[k] || s.From == s.To || s.From.Event != nil && !s.From.Event.named {
			continue
		}
		if s.To.Event != nil && s.From.Entity != nil && s.Relation == "carried_out" &&
			s.To.Event.Kind != "engagement" &&
			s.To.Event.patients[s.From.Entity] != "" {
			continue
		}
		seen[k] = true
		good = append(good, s)
	}
	return good
}

// countryOrPart reports whether a place is as wide as one that is told where nothing finer is known.
func countryOrPart(place *Entity) bool {
	if place == nil {
		return false
	}
	name := place.Name
	if _, rest, found := strings.Cut(name, " "); found && tables().names[rest].kind == "country" {
		return true
	}
	return tables().names[name].kind == "country"
}

// plain is the stance of what a sentence says by the way: who somebody is, where a place lies.
func plain() stance { return stance{assertion: schema.Asserted, agent: schema.Asserted} }
