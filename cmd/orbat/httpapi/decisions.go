package httpapi

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/loader"
	"orbat/loader/identity"
	"orbat/queries"
	"orbat/schema"
)

// decisionOperations are those about who may be one, and who is decided to be. All show the whole graph.
func decisionOperations() []*Operation {
	return []*Operation{
		{
			ID: "listCandidates", Method: http.MethodGet, Path: "/candidates", Tag: "decisions", Role: access.Reviewer, Whole: true,
			Slow: true, Summary: "List pairs of entities that may be one, the likeliest first, with what each feature tells",
			Params: []queries.Param{
				{Name: "dataset", Type: "dataset", Help: "one of the two is of this data set"},
				{Name: "against", Type: "text", Help: "and the other of this one"},
				{Name: "type", Type: "type", Help: "only of this type (default: all but Source)"},
				{Name: "threshold", Type: "int", Default: "80", Min: 1, Max: 100, Help: "least score, in hundredths"},
				{Name: "limit", Type: "int", Default: "100", Min: 1, Max: 10_000, Help: "at most so many"},
			},
			Answer: Answer{Schema: candidateList{}}, Handle: candidates,
		},
		{
			ID: "listDecisions", Method: http.MethodGet, Path: "/decisions", Tag: "decisions", Whole: true,
			Summary: "List what was decided, by whom, when and why, in the order of time",
			Params:  []queries.Param{{Name: "undone", Type: "bool", Default: "false", Help: "those that were taken back too"}},
			Answer:  Answer{Schema: decisionList{}},
			Handle: func(x *Exchange) error {
				g, err := x.Graph()
				if err != nil {
					return err
				}
				list, err := g.Loader().Decisions(x.Context())
				if err != nil {
					return x.explain("read the decisions", err)
				}
				list = slices.DeleteFunc(list, func(d loader.Decision) bool { return d.Undone && !x.Yes("undone") })
				x.Rows = len(list)
				return x.JSON(http.StatusOK, decisionList{Decisions: append([]loader.Decision{}, list...)})
			},
		},
		{
			ID: "decide", Method: http.MethodPost, Path: "/decisions", Tag: "decisions", Role: access.Reviewer, Whole: true, Writes: true,
			Summary: "Decide: two entities are same or different, or nobody can tell yet; or a claim is rejected",
			Doc:     "A decision that contradicts those that stand is refused (409), and nothing is written.",
			Body:    &Body{MIME: jsonMIME, Schema: judgement{}, Doc: "the decision"},
			Answer:  Answer{Status: http.StatusCreated, Schema: decided{}}, Handle: decide,
		},
		{
			ID: "undo", Method: http.MethodDelete, Path: "/decisions/{key}", Tag: "decisions", Role: access.Reviewer, Whole: true,
			Writes: true, Summary: "Take a decision back: it stays as history",
			Answer: Answer{Status: http.StatusNoContent, Doc: "it is taken back"},
			Handle: func(x *Exchange) error {
				g, err := x.Graph()
				if err != nil {
					return err
				}
				x.About = x.PathValue("key")
				if _, err := g.Loader().Undo(x.Context(), []string{x.PathValue("key")}); err != nil {
					return x.explain("undo", err)
				}
				x.w.WriteHeader(http.StatusNoContent)
				return nil
			},
		},
	}
}

type candidateList struct {
	Pairs []identity.Pair `json:"pairs"`
	More  int             `json:"more"` // pairs beyond these
}

type decisionList struct {
	Decisions []loader.Decision `json:"decisions"`
}

// judgement is what is sent to decide.
type judgement struct {
	Decision string   `json:"decision"`          // same, different, unsure, reject, accept
	Between  []string `json:"between,omitempty"` // two entities, by xid, name or alias
	Claim    string   `json:"claim,omitempty"`   // of reject and accept: the claim's key
	Why      string   `json:"why,omitempty"`
	Session  string   `json:"session,omitempty"` // a name under which it is found with others
}

// decided is a decision that was written.
type decided struct {
	Decision loader.Decision `json:"decision"`
	Known    bool            `json:"known"` // it stood already
}

func candidates(x *Exchange) error {
	g, err := x.Graph()
	if err != nil {
		return err
	}
	opts := identity.Options{Threshold: float64(x.Int("threshold")) / 100}
	for name, into := range map[string]*[]string{"dataset": &opts.Left, "against": &opts.Right, "type": &opts.Types} {
		if value := x.Text(name); value != "" {
			*into = []string{value}
		}
	}
	for _, name := range opts.Types {
		if g.Ontology.Type(name) == nil {
			return badField("type", "unknown type", schema.DidYouMean(g.Ontology.Suggest("type", name), ""))
		}
	}
	// None of an unknown one looks like none to decide.
	if err := x.requireDatasets(g, slices.Concat(opts.Left, opts.Right)...); err != nil {
		return err
	}
	pairs, err := g.Loader().Candidates(x.Context(), opts)
	if err != nil {
		return x.explain("compare the entities", err)
	}
	shown := pairs[:min(x.Int("limit"), len(pairs))]
	x.Rows = len(shown)
	return x.JSON(http.StatusOK, candidateList{append([]identity.Pair{}, shown...), len(pairs) - len(shown)})
}

func decide(x *Exchange) error {
	var j judgement
	if err := x.ReadJSON(&j); err != nil {
		return err
	}
	runner, err := x.Runner()
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	d := loader.Decision{
		Kind: j.Decision, By: x.Caller.Name, At: now.Format(time.RFC3339), Why: j.Why, Session: j.Session, Claim: j.Claim,
	}
	if d.Session == "" {
		d.Session = x.Caller.Name + "-" + now.Format("20060102T150405Z") + "-" + strings.ToLower(rand.Text()[:6])
	}
	judges := schema.IsJudgement(d.Kind)
	switch {
	case judges && (len(d.Claim) != schema.KeyLength || !strings.Contains(d.Claim, ".")):
		return badField("claim", "not the key of a claim", "evidence shows the keys")
	case judges && len(j.Between) > 0, !judges && d.Claim != "":
		return badField("claim", "a claim is rejected or accepted, and entities are same, different or unsure", "")
	case judges:
	case !slices.Contains([]string{schema.Same, schema.Different, schema.Unsure}, d.Kind):
		return badField("decision", "no such decision", "same, different, unsure, reject or accept")
	case len(j.Between) != 2:
		return badField("between", strconv.Itoa(len(j.Between))+" entities are named", "name two")
	default:
		for _, name := range j.Between {
			c, err := runner.Entity(x.Context(), name)
			if err != nil {
				return x.explain("find the entity", err)
			}
			d.Between = append(d.Between, c.XID)
		}
		if d.Between[0] == d.Between[1] {
			return badField("between", "both are one entity, "+d.Between[0], "name two, or parts by their xids")
		}
	}
	x.About = d.Kind + " " + strings.Join(append(d.Between, d.Claim), " ")
	g, err := x.Graph()
	if err != nil {
		return err
	}
	if judges {
		if d, err = g.Loader().Judgement(x.Context(), d); err != nil {
			return x.explain("read the claim", err)
		}
	}
	report, err := g.Loader().Decide(x.Context(), []*schema.Record{d.Record()})
	if err != nil {
		return x.explain("decide", err)
	}
	list, err := g.Loader().Decisions(x.Context())
	if err != nil {
		return x.explain("read the decisions", err)
	}
	out := decided{Decision: d, Known: report.Claims.Created == 0}
	for _, one := range list {
		if one.Session == d.Session && one.At == d.At && one.Kind == d.Kind {
			out.Decision.Key = one.Key
		}
	}
	return x.JSON(http.StatusCreated, out)
}
