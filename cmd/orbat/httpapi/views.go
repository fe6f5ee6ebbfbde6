package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"orbat/queries"
	"orbat/queries/canned"
	"orbat/schema"
)

// savedView is what somebody has laid out: which entities, where, by which filters, with which notes. What else it
// shows is fetched by who looks at it, under their own sight.
type savedView struct {
	kept
	viewContent
}

// viewContent is what is in a view.
type viewContent struct {
	XIDs      []string              `json:"xids"`
	Positions map[string][2]float64 `json:"positions"` // by xid
	Filters   map[string]string     `json:"filters"`
	Notes     []note                `json:"notes"`
}

// note is a text on a view, never mixed with claims.
type note struct {
	Text    string      `json:"text"`
	On      string      `json:"on,omitempty"` // xid; empty: it stands on the canvas
	At      *[2]float64 `json:"at,omitempty"`
	Marking string      `json:"marking,omitempty"`
}

// viewChange is what is sent to keep or change a view.
type viewChange struct {
	Title   string `json:"title"`
	Marking string `json:"marking,omitempty"`
	Version int    `json:"version,omitempty"` // the one that was read; 0: whatever it is
	viewContent
}

// viewList is the views that a caller may see, without what is in them.
type viewList struct {
	Views []kept `json:"views"`
}

func (c *viewChange) check() error {
	if err := checkKept(c.Title, c.Marking); err != nil {
		return err
	}
	switch {
	case len(c.XIDs) > maxEntities || len(c.Positions) > maxEntities:
		return badField("xids", "too many entities", fmt.Sprintf("at most %d", maxEntities))
	case len(c.Notes) > maxNotes:
		return badField("notes", "too many notes", fmt.Sprintf("at most %d", maxNotes))
	case len(c.Filters) > maxFilters:
		return badField("filters", "too many filters", fmt.Sprintf("at most %d", maxFilters))
	}
	for _, xid := range c.entities() {
		if _, err := schema.CheckXID(xid); err != nil {
			return badField("xids", err.Error(), "an xid, as search gives them")
		}
	}
	for name, value := range c.Filters {
		if len(name)+len(value) > maxFilter {
			return badField("filters", "a filter is too long", fmt.Sprintf("at most %d bytes", maxFilter))
		}
	}
	for _, n := range c.Notes {
		if len(n.Text) > maxNote {
			return badField("notes", "a note is too long", fmt.Sprintf("at most %d bytes", maxNote))
		}
		if err := checkMarking("notes", n.Marking); err != nil {
			return err
		}
	}
	return nil
}

// entities returns all that are named in a view.
func (c *viewContent) entities() []string {
	all := slices.Clone(c.XIDs)
	for xid := range c.Positions {
		all = append(all, xid)
	}
	for _, n := range c.Notes {
		if n.On != "" {
			all = append(all, n.On)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// entityFilters are the filters that are xids, with semicolons between.
func entityFilters() []string { return []string{"pinned", "hidden", "source"} }

// put writes what is in a view to its node.
func (c *viewContent) put(s *stored) error {
	for _, part := range []struct {
		to *string
		of any
	}{
		{&s.XIDs, append([]string{}, c.XIDs...)},
		{&s.Positions, orEmpty(c.Positions)},
		{&s.Filters, orEmpty(c.Filters)},
		{&s.Notes, append([]note{}, c.Notes...)},
	} {
		text, err := json.Marshal(part.of)
		if err != nil {
			return badField("positions", "a position is no number", "")
		}
		*part.to = string(text)
	}
	return nil
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

// contentOf reads what is in a view.
func contentOf(s *stored) (c viewContent, err error) {
	for _, part := range []struct {
		text string
		into any
	}{{s.XIDs, &c.XIDs}, {s.Positions, &c.Positions}, {s.Filters, &c.Filters}, {s.Notes, &c.Notes}} {
		if part.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return c, fmt.Errorf("read a view: %w", err)
		}
	}
	return c, nil
}

// split parts what is in a view into what the caller may see and what not.
func (x *Exchange) split(g *Graph, c viewContent) (seen, hidden viewContent, err error) {
	all := c.entities()
	for _, name := range entityFilters() {
		all = append(all, strings.FieldsFunc(c.Filters[name], func(r rune) bool { return r == ';' })...)
	}
	visible, err := g.Runner(x.Caller).Visible(x.Context(), all)
	if err != nil {
		return seen, hidden, x.explain("look at a view", err)
	}
	seen = viewContent{XIDs: []string{}, Positions: map[string][2]float64{}, Filters: map[string]string{}, Notes: []note{}}
	hidden = viewContent{Positions: map[string][2]float64{}, Filters: map[string]string{}}
	for _, xid := range c.XIDs {
		if visible[xid] {
			seen.XIDs = append(seen.XIDs, xid)
		} else {
			hidden.XIDs = append(hidden.XIDs, xid)
		}
	}
	for xid, at := range c.Positions {
		if visible[xid] {
			seen.Positions[xid] = at
		} else {
			hidden.Positions[xid] = at
		}
	}
	for name, value := range c.Filters {
		if !slices.Contains(entityFilters(), name) {
			seen.Filters[name] = value
			continue
		}
		for xid := range strings.SplitSeq(value, ";") {
			to := seen.Filters
			if !visible[xid] {
				to = hidden.Filters
			}
			to[name] = strings.TrimPrefix(to[name]+";"+xid, ";")
		}
	}
	limit := x.Caller.MaxMarking
	for _, n := range c.Notes {
		if n.On != "" && !visible[n.On] || n.Marking != "" && limit != nil && limit.Judge(n.Marking) != canned.Allowed {
			hidden.Notes = append(hidden.Notes, n)
		} else {
			seen.Notes = append(seen.Notes, n)
		}
	}
	return seen, hidden, nil
}

// answerView answers with a view, as its reader may see it.
func (x *Exchange) answerView(g *Graph, s *stored, code int) error {
	content, err := contentOf(s)
	if err != nil {
		return err
	}
	seen, _, err := x.split(g, content)
	if err != nil {
		return err
	}
	x.Rows = len(seen.XIDs)
	return x.JSON(code, savedView{s.kept(), seen})
}

// viewOperations are those about views.
func viewOperations() []*Operation {
	return []*Operation{
		{
			ID: "listViews", Method: http.MethodGet, Path: "/views", Tag: "kept", Summary: "List the views that the team keeps",
			Answer: Answer{Schema: viewList{}},
			Handle: func(x *Exchange) error {
				list, err := x.listKept(viewKind)
				out := viewList{Views: []kept{}}
				for _, s := range list {
					out.Views = append(out.Views, s.kept())
				}
				if err != nil {
					return err
				}
				return x.JSON(http.StatusOK, out)
			},
		},
		{
			ID: "keepView", Method: http.MethodPost, Path: "/views", Tag: "kept", Writes: true, Summary: "Keep a view",
			Body: &Body{MIME: jsonMIME, Schema: viewChange{}, Doc: "the view"}, Answer: Answer{
				Status: http.StatusCreated,
				Schema: savedView{},
			},
			Handle: func(x *Exchange) error {
				g, change, err := x.viewSent()
				if err != nil {
					return err
				}
				s := &stored{Kind: viewKind, Title: change.Title, Owner: x.Caller.Name, Marking: change.Marking, Sight: x.Caller.Sight()}
				if err := change.put(s); err != nil {
					return err
				}
				if err := x.server.keeper.add(x.Context(), g, s, x.Caller); err != nil {
					return x.explain("keep the view", err)
				}
				x.w.Header().Set("Location", base+"/views/"+s.ID)
				return x.answerView(g, s, http.StatusCreated)
			},
		},
		{
			ID: "showView", Method: http.MethodGet, Path: "/views/{id}", Tag: "kept", Summary: "Show a view, as you may see it",
			Answer: Answer{Schema: savedView{}},
			Handle: func(x *Exchange) error {
				g, s, err := x.findKept(viewKind)
				if err != nil {
					return err
				}
				return x.answerView(g, s, http.StatusOK)
			},
		},
		{
			ID: "changeView", Method: http.MethodPut, Path: "/views/{id}", Tag: "kept", Writes: true, Summary: "Change a view of yours",
			Body: &Body{MIME: jsonMIME, Schema: viewChange{}, Doc: "the view"}, Answer: Answer{Schema: savedView{}},
			Handle: func(x *Exchange) error {
				g, change, err := x.viewSent()
				if err != nil {
					return err
				}
				s, err := x.server.keeper.change(x.Context(), g, viewKind, x.PathValue("id"), change.Version, x.Caller,
					func(s *stored) error {
						before, err := contentOf(s)
						if err != nil {
							return err
						}
						_, hidden, err := x.split(g, before) // what the caller does not see, and so has not sent, stays
						if err != nil {
							return err
						}
						// Nor is what is sent of that kind kept: it would be added anew each time.
						content, _, err := x.split(g, change.viewContent)
						if err != nil {
							return err
						}
						content.XIDs = append(content.XIDs, hidden.XIDs...)
						content.Notes = append(content.Notes, hidden.Notes...)
						for xid, at := range hidden.Positions {
							content.Positions[xid] = at
						}
						for name, xids := range hidden.Filters {
							content.Filters[name] = strings.TrimPrefix(content.Filters[name]+";"+xids, ";")
						}
						s.Title, s.Marking = change.Title, change.Marking
						return content.put(s)
					})
				if err != nil {
					return x.explain("change the view", err)
				}
				return x.answerView(g, s, http.StatusOK)
			},
		},
		{
			ID: "forgetView", Method: http.MethodDelete, Path: "/views/{id}", Tag: "kept", Writes: true, Summary: "Forget a view of yours",
			Answer: Answer{Status: http.StatusNoContent, Doc: "it is forgotten"},
			Handle: func(x *Exchange) error { return x.forgetKept(viewKind) },
		},
	}
}

// viewSent reads a view that was sent.
func (x *Exchange) viewSent() (*Graph, *viewChange, error) {
	var change viewChange
	if err := x.ReadJSON(&change); err != nil {
		return nil, nil, err
	}
	if err := change.check(); err != nil {
		return nil, nil, err
	}
	g, err := x.Graph()
	return g, &change, err
}

// listKept returns what the caller may see of a kind.
func (x *Exchange) listKept(kind string) ([]*stored, error) {
	g, err := x.Graph()
	if err != nil {
		return nil, err
	}
	list, err := x.server.keeper.list(x.Context(), g, kind)
	if err != nil {
		return nil, x.explain("list what is kept", err)
	}
	list = slices.DeleteFunc(list, func(s *stored) bool { return !shows(x.Caller, s) })
	x.Rows = len(list)
	return list, nil
}

// findKept returns what the path names.
func (x *Exchange) findKept(kind string) (*Graph, *stored, error) {
	g, err := x.Graph()
	if err != nil {
		return nil, nil, err
	}
	s, err := x.server.keeper.find(x.Context(), g, g.Conn.NewReadOnlyTxn(), kind, x.PathValue("id"), x.Caller)
	return g, s, x.explain("find what is kept", err)
}

func (x *Exchange) forgetKept(kind string) error {
	g, err := x.Graph()
	if err != nil {
		return err
	}
	if err := x.server.keeper.remove(x.Context(), g, kind, x.PathValue("id"), x.Caller); err != nil {
		return x.explain("forget what is kept", err)
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// savedQuestion is a question with its values, for the team to ask again.
type savedQuestion struct {
	kept
	Question string            `json:"question"`
	Values   map[string]string `json:"values"`
}

type savedQuestionChange struct {
	Title    string            `json:"title"`
	Marking  string            `json:"marking,omitempty"`
	Version  int               `json:"version,omitempty"` // the one that was read; 0: whatever it is
	Question string            `json:"question"`
	Values   map[string]string `json:"values"`
}

type savedQuestionList struct {
	Questions []savedQuestion `json:"questions"`
}

func savedOf(s *stored) (savedQuestion, error) {
	q := savedQuestion{kept: s.kept(), Question: s.Name, Values: map[string]string{}}
	if s.Values != "" {
		if err := json.Unmarshal([]byte(s.Values), &q.Values); err != nil {
			return q, fmt.Errorf("read a saved question: %w", err)
		}
	}
	return q, nil
}

// put checks a question and its values, and writes them to its node. A .dql file is never taken from a caller: the name
// must be one of the library's.
func (c *savedQuestionChange) put(g *Graph, s *stored) error {
	if err := checkKept(c.Title, c.Marking); err != nil {
		return err
	}
	q, err := g.Library.Find(c.Question)
	if err != nil {
		return err
	}
	if _, err := q.Read(c.Values); err != nil {
		return withQuestion(err, q)
	}
	text, err := json.Marshal(orEmpty(c.Values))
	if err != nil {
		return err
	}
	s.Title, s.Marking, s.Name, s.Values = c.Title, c.Marking, c.Question, string(text)
	return nil
}

// savedQuestionOperations are those about saved questions.
func savedQuestionOperations() []*Operation {
	answer := func(x *Exchange, s *stored, code int) error {
		q, err := savedOf(s)
		if err != nil {
			return err
		}
		return x.JSON(code, q)
	}
	body := &Body{MIME: jsonMIME, Schema: savedQuestionChange{}, Doc: "the question and its values"}
	return []*Operation{
		{
			ID: "listSavedQuestions", Method: http.MethodGet, Path: "/saved-questions", Tag: "kept",
			Summary: "List the questions that the team keeps, with their values", Answer: Answer{Schema: savedQuestionList{}},
			Handle: func(x *Exchange) error {
				list, err := x.listKept(questionKind)
				if err != nil {
					return err
				}
				out := savedQuestionList{Questions: []savedQuestion{}}
				for _, s := range list {
					q, err := savedOf(s)
					if err != nil {
						return err
					}
					out.Questions = append(out.Questions, q)
				}
				return x.JSON(http.StatusOK, out)
			},
		},
		{
			ID: "saveQuestion", Method: http.MethodPost, Path: "/saved-questions", Tag: "kept", Writes: true,
			Summary: "Keep a question with its values", Body: body, Answer: Answer{Status: http.StatusCreated, Schema: savedQuestion{}},
			Handle: func(x *Exchange) error {
				var change savedQuestionChange
				if err := x.ReadJSON(&change); err != nil {
					return err
				}
				g, err := x.Graph()
				if err != nil {
					return err
				}
				s := &stored{Kind: questionKind, Owner: x.Caller.Name, Sight: x.Caller.Sight()}
				if err := change.put(g, s); err != nil {
					return err
				}
				if err := x.server.keeper.add(x.Context(), g, s, x.Caller); err != nil {
					return x.explain("keep the question", err)
				}
				x.w.Header().Set("Location", base+"/saved-questions/"+s.ID)
				return answer(x, s, http.StatusCreated)
			},
		},
		{
			ID: "showSavedQuestion", Method: http.MethodGet, Path: "/saved-questions/{id}", Tag: "kept",
			Summary: "Show a saved question", Answer: Answer{Schema: savedQuestion{}},
			Handle: func(x *Exchange) error {
				_, s, err := x.findKept(questionKind)
				if err != nil {
					return err
				}
				return answer(x, s, http.StatusOK)
			},
		},
		{
			ID: "changeSavedQuestion", Method: http.MethodPut, Path: "/saved-questions/{id}", Tag: "kept", Writes: true,
			Summary: "Change a saved question of yours", Body: body, Answer: Answer{Schema: savedQuestion{}},
			Handle: func(x *Exchange) error {
				var change savedQuestionChange
				if err := x.ReadJSON(&change); err != nil {
					return err
				}
				g, err := x.Graph()
				if err != nil {
					return err
				}
				s, err := x.server.keeper.change(x.Context(), g, questionKind, x.PathValue("id"), change.Version, x.Caller,
					func(s *stored) error { return change.put(g, s) })
				if err != nil {
					return x.explain("change the question", err)
				}
				return answer(x, s, http.StatusOK)
			},
		},
		{
			ID: "forgetSavedQuestion", Method: http.MethodDelete, Path: "/saved-questions/{id}", Tag: "kept", Writes: true,
			Summary: "Forget a saved question of yours", Answer: Answer{Status: http.StatusNoContent, Doc: "it is forgotten"},
			Handle: func(x *Exchange) error { return x.forgetKept(questionKind) },
		},
		{
			ID: "askSavedQuestion", Method: http.MethodGet, Path: "/saved-questions/{id}/answer", Tag: "kept",
			Summary: "Ask a saved question, under your own sight", Params: controls(),
			Answer: Answer{Schema: queries.Result{}, Also: formatMIMEs()},
			Handle: func(x *Exchange) error {
				g, s, err := x.findKept(questionKind)
				if err != nil {
					return err
				}
				saved, err := savedOf(s)
				if err != nil {
					return err
				}
				q, err := g.Library.Find(saved.Question)
				if err != nil {
					return err
				}
				return x.answerQuestion(q, saved.Values, how{
					x.Yes("evidence"), x.Yes("exact"), x.Yes("markings"), x.Text("format"),
				})
			},
		},
	}
}
