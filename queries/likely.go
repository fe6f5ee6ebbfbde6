package queries

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// Sought is an entity that is looked for by what is known of it.
type Sought struct {
	Names  []string            // what it is called, or its xid
	Types  []string            // it is of one of these; none: of any
	Values map[string][]string // by property: canonical values that it has
	Links  []SoughtLink
}

// SoughtLink is a link of an entity that is looked for.
type SoughtLink struct {
	Relation string
	In       bool   // it leads to the entity that is looked for
	End      string // the other end: a name or an xid
}

// Likely is what an entity that is looked for may be, as far as it may be seen.
type Likely struct {
	Candidates []Candidate     // those that its names mean first, then the nearest
	Meant      int             // so many of them are what a name of it means exactly: by xid, name or alias
	Claims     []*schema.Claim // that count, about the candidates and the ends of links
	Ends       [][]Candidate   // by link: what its end may mean
}

// mostLikely is how many entities are compared with one that is looked for.
const mostLikely = 60

// fewBearers is how many may share a value that tells them from those of other names.
const fewBearers = 5

// mostEnds is how many entities the end of a link may mean, and mostLinks how many links of one entity are compared.
const (
	mostEnds  = 5
	mostLinks = 256
)

// Likely returns what entities may be, each looked for by what is known of it: by the names, as search finds them, with
// slips of the hand; without a name by values and links. All is of one snapshot.
func (r *Runner) Likely(ctx context.Context, sought ...Sought) (list []*Likely, err error) {
	err = r.look(ctx, confirmed, func(s *view.Snapshot) error {
		list = nil
		for _, one := range sought {
			likely, err := r.likely(ctx, s, one)
			if err != nil {
				return err
			}
			list = append(list, likely)
		}
		return nil
	})
	return list, err
}

// addNew adds to a list the candidates that somebody described and that are not in it.
func addNew(list, more []Candidate) []Candidate {
	for _, c := range more {
		if c.Type != "" && !slices.ContainsFunc(list, func(o Candidate) bool { return o.XID == c.XID }) {
			list = append(list, c)
		}
	}
	return list
}

// look reads from one snapshot up to the runner's limits, without filters, anew where what was read is not confirmed.
func (r *Runner) look(ctx context.Context, confirm func(context.Context, *view.Snapshot) error, read func(*view.Snapshot) error,
) error {
	return r.Anew(func() error {
		s := r.open(canned.Filter{MinConfidence: -1}, r.limits(), nil)
		if err := read(s); err != nil {
			return err
		}
		return confirm(ctx, s)
	})
}

// confirmed is [view.Snapshot.Confirm] of what is as good where others load meanwhile.
func confirmed(ctx context.Context, s *view.Snapshot) error {
	err := s.Confirm(ctx)
	if less := (*view.LessError)(nil); errors.As(err, &less) {
		return nil
	}
	return err
}

func (r *Runner) likely(ctx context.Context, s *view.Snapshot, sought Sought) (*Likely, error) {
	l := &Likely{}
	add := func(more []Candidate, err error) error {
		l.Candidates = addNew(l.Candidates, more)
		return err
	}
	for _, name := range sought.Names {
		if err := add(s.LookUp(ctx, name, sought.Types...)); err != nil {
			return nil, err
		}
	}
	l.Meant = len(l.Candidates)
	for _, name := range sought.Names {
		if err := add(s.Suggest(ctx, name, mostLikely/3, sought.Types...)); err != nil {
			return nil, err
		}
		if err := add(s.Near(ctx, name, mostLikely/2, sought.Types...)); err != nil {
			return nil, err
		}
	}
	for _, property := range slices.Sorted(maps.Keys(sought.Values)) {
		p := r.Ontology.Property("", property)
		for _, value := range sought.Values[property] {
			if p == nil {
				continue
			}
			some, err := s.WithValue(ctx, p, value, sought.Types...)
			if len(sought.Names) > 0 && len(some) > fewBearers {
				some = nil
			}
			if err := add(some, err); err != nil {
				return nil, err
			}
		}
	}
	for _, link := range sought.Links {
		ends, err := r.ends(ctx, s, link)
		if err != nil {
			return nil, err
		}
		l.Ends = append(l.Ends, ends)
		var uids []string
		for _, end := range ends {
			uids = append(uids, end.UID)
		}
		if len(uids) == 0 || len(sought.Names) > 0 {
			continue
		}
		way := "~" + link.Relation
		if link.In {
			way = link.Relation
		}
		if err := add(s.Linked(ctx, uids, way, mostLikely, sought.Types...)); err != nil {
			return nil, err
		}
	}
	l.Candidates = l.Candidates[:min(max(mostLikely, l.Meant), len(l.Candidates))]
	var err error
	if l.Claims, err = s.CountedAbout(ctx, l.Candidates, len(sought.Links) > 0, mostLinks); err != nil {
		return nil, err
	}
	ends, err := s.CountedAbout(ctx, slices.Concat(l.Ends...), false, 0)
	l.Claims = append(l.Claims, ends...)
	return l, err
}

// ends returns what the other end of a link may mean.
func (r *Runner) ends(ctx context.Context, s *view.Snapshot, link SoughtLink) ([]Candidate, error) {
	types := r.Ontology.EndTypes(link.Relation, link.In)
	list, err := s.LookUp(ctx, link.End, types...)
	if err != nil || len(list) > 0 {
		return list[:min(mostEnds, len(list))], err
	}
	if list, _, err = s.LookUpWords(ctx, link.End, types...); err != nil || len(list) > 0 {
		return list[:min(mostEnds, len(list))], err
	}
	if list, err = s.Suggest(ctx, link.End, mostEnds, types...); err != nil || len(list) > 0 {
		return list, err
	}
	return s.Near(ctx, link.End, mostEnds, types...)
}

// Meant returns the entities of some types that a text may mean as somebody types it, best first: what search-entity
// answers.
func (r *Runner) Meant(ctx context.Context, text string, most int, types ...string) (list []Candidate, err error) {
	err = r.look(ctx, confirmed, func(s *view.Snapshot) error {
		list = nil
		exact, err := s.LookUp(ctx, text, types...)
		if err != nil {
			return err
		}
		near, err := s.Suggest(ctx, text, most, types...)
		if err != nil {
			return err
		}
		list = addNew(list, slices.Concat(exact, near))
		list = list[:min(most, len(list))]
		return nil
	})
	return list, err
}

// Profile is what is shown of an entity to tell it from others, with some of its links.
type Profile struct {
	*Node
	Details []string // that tell it from others of its name
	Links   map[string][]Candidate
}

// Profiles returns what is shown of entities, by the xids that were asked for; what is not known, or may not be seen,
// is not in it. A way is a relation, with ~ before it where it is walked against its direction.
func (r *Runner) Profiles(ctx context.Context, xids []string, ways ...string) (found map[string]*Profile, err error) {
	err = r.look(ctx, confirmed, func(s *view.Snapshot) error {
		found, err = profiles(ctx, s, xids, ways)
		return err
	})
	return found, err
}

func profiles(ctx context.Context, s *view.Snapshot, xids, ways []string) (map[string]*Profile, error) {
	var list []Candidate
	byXID := map[string]string{} // what was asked for, and what stands for it
	for _, xid := range xids {
		if _, known := byXID[xid]; known {
			continue
		}
		meant, err := s.LookUp(ctx, xid)
		if err != nil {
			return nil, err
		}
		if len(meant) == 0 || meant[0].Match != "xid" {
			continue
		}
		byXID[xid] = meant[0].XID
		if !slices.ContainsFunc(list, func(c Candidate) bool { return c.XID == meant[0].XID }) {
			list = append(list, meant[0])
		}
	}
	if err := s.Describe(ctx, list); err != nil {
		return nil, err
	}
	var uids []string
	for _, c := range list {
		uids = append(uids, c.UID)
	}
	nodes, err := s.Nodes(ctx, uids, true)
	if err != nil {
		return nil, err
	}
	of := map[string]*Profile{}
	for _, n := range nodes {
		p := &Profile{Node: n, Links: map[string][]Candidate{}}
		for _, c := range list {
			if c.XID == n.XID {
				p.Details = c.Details
			}
		}
		for _, way := range ways {
			if p.Links[way], err = s.Linked(ctx, []string{n.UID}, way, mostLinks); err != nil {
				return nil, err
			}
			slices.SortFunc(p.Links[way], func(a, b Candidate) int {
				return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.XID, b.XID))
			})
		}
		of[n.XID] = p
	}
	found := map[string]*Profile{}
	for xid, rep := range byXID {
		if p := of[rep]; p != nil {
			found[xid] = p
		}
	}
	return found, nil
}

// Describe adds to candidates what tells them from others of their names, as far as it may be seen.
func (r *Runner) Describe(ctx context.Context, list []Candidate) error {
	return r.look(ctx, confirmed, func(s *view.Snapshot) error { return s.Describe(ctx, list) })
}
