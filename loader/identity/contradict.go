package identity

import (
	"slices"
	"time"

	"orbat/schema"
)

// contradict finds what rules a pair out, whatever the names say.
func (ev *evidence) contradict() {
	if disjoint(ev.a.born, ev.b.born) {
		ev.rule("different dates of birth or founding: " + ev.a.born[0].String() + " and " + ev.b.born[0].String())
	}
	if disjoint(ev.a.died, ev.b.died) {
		ev.rule("different dates of death or end: " + ev.a.died[0].String() + " and " + ev.b.died[0].String())
	}
	if disjoint(ev.a.happens, ev.b.happens) {
		ev.rule("at different times: " + ev.a.happens[0].String() + " and " + ev.b.happens[0].String())
	}
	for _, pair := range [][2]*entity{{ev.a, ev.b}, {ev.b, ev.a}} {
		ev.contradictDeath(pair[0], pair[1])
	}
	ev.contradictCommands()
}

func (ev *evidence) rule(says string) { ev.against = append(ev.against, says) }

// disjoint reports that both have dates and no two of them may be the same.
func disjoint(as, bs []schema.Range) bool {
	for _, x := range as {
		for _, y := range bs {
			if !apart(x, y) {
				return false
			}
		}
	}
	return len(as) > 0 && len(bs) > 0
}

func apart(x, y schema.Range) bool { return before(x.Max, y.Min) || before(y.Max, x.Min) }

// contradictDeath: who was dead took no post after.
func (ev *evidence) contradictDeath(dead, alive *entity) {
	if len(dead.died) == 0 {
		return
	}
	var last time.Time
	for _, d := range dead.died {
		if d.Max.IsZero() {
			return
		}
		if d.Max.After(last) {
			last = d.Max
		}
	}
	for i := range alive.ties {
		t := &alive.ties[i]
		if from, _, _, _ := t.period.Bounds(); before(last, from) && t.out {
			ev.rule("dead or ended by " + last.Format(time.DateOnly) + ", yet later " + ev.sayTie(t))
			return
		}
	}
}

// contradictCommands: nobody commands in two countries at once.
func (ev *evidence) contradictCommands() {
	if ev.a.kind != "Person" {
		return
	}
	for x, y := range ev.commandsAtOnce() {
		cx, cy := ev.byXID[x.other].values["country"], ev.byXID[y.other].values["country"]
		if len(cx) > 0 && len(cy) > 0 && !slices.ContainsFunc(cx, func(c int32) bool { return slices.Contains(cy, c) }) {
			ev.rule("at one time " + ev.sayTie(x) + " (" + ev.texts[cx[0]] + ") and " + ev.sayTie(y) + " (" + ev.texts[cy[0]] + ")")
			return
		}
	}
}
