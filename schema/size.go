package schema

// MaxRecordSize is the most that one record may take, by [Record.Size]; one that takes more is rejected, whatever it is
// made of.
const MaxRecordSize = 64 << 20

// What the parts of records and claims take beside their texts, on a machine of 64 bits.
const (
	recordSize   = 512 // with its position and its maps
	claimSize    = 768 // with its key
	valueSize    = 48  // of a property, in the record and in its claim
	entrySize    = 96  // of a map
	citationSize = 224 // in the record and in its claim
	ownSize      = 208 // what a value says of its own
	faultSize    = 256
)

// Size estimates the bytes of memory that a record takes together with the claims that are made of it, without Raw,
// which records share. Whatever holds records until they are written counts them by it, so that memory is bounded
// whichever part of them somebody multiplies.
func (r *Record) Size() int {
	size := recordSize + claimSize + len(r.Dataset) + len(r.Predicate) + 2*len(r.Value) + r.Subject.size() + r.Object.size()
	if r.Piece != nil {
		size += len(r.Piece.Content)
	}
	cites := citesSize(r.Cites)
	size += r.Provenance.size() + cites
	for name, values := range r.Values {
		size += entrySize + len(name)
		for _, value := range values {
			size += valueSize + len(value.Text)
			if value.Own == nil {
				continue
			}
			size += ownSize + claimSize + value.Own.size()
			if own := citesSize(value.Own.Cites); own > 0 {
				size += own
			} else {
				size += cites // its claim cites what the record does
			}
		}
	}
	for name, text := range r.Extra {
		size += entrySize + len(name) + len(text)
	}
	for i := range r.Faulty {
		f := &r.Faulty[i]
		size += faultSize + len(f.Property) + len(f.Column) + len(f.Value) + len(f.Reason) + len(f.Hint)
	}
	return size
}

// size returns what stands in the texts, and the claim that describes what is referred to.
func (r Ref) size() int {
	size := len(r.XID) + len(r.ID) + len(r.Type) + len(r.Name)
	if r.Describes() {
		size += claimSize + citationSize
	}
	return size
}

func (s *Provenance) size() int {
	return len(s.Period) + len(s.Assertion) + s.AttributedTo.size() + len(s.Confidence) + len(s.Credibility) + len(s.Method) +
		len(s.Marking) + len(s.ID) + len(s.Version)
}

func citesSize(cites []Cite) int {
	size := 0
	for i := range cites {
		c := &cites[i]
		size += citationSize + c.Source.size() + len(c.Quote) + len(c.Locator) + len(c.Begin) + len(c.End)
	}
	return size
}

// Size estimates the bytes of memory that a claim takes, with its key.
func (c *Claim) Size() int {
	size := claimSize + len(c.Dataset) + len(c.Subject) + len(c.Object) + len(c.Value) + len(c.AttributedTo) + len(c.Method) +
		len(c.Marking) + len(c.Record) + len(c.Version)
	for name, values := range c.Values {
		size += entrySize + len(name)
		for _, value := range values {
			size += valueSize + len(value)
		}
	}
	for name, text := range c.Extra {
		size += entrySize + len(name) + len(text)
	}
	for i := range c.Cites {
		size += citationSize + len(c.Cites[i].Source) + len(c.Cites[i].Quote) + len(c.Cites[i].Locator)
	}
	return size
}
