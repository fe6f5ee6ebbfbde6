package main

import (
	"errors"
	"slices"
	"strings"

	"orbat/deploy"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/queries"
	"orbat/schema"
)

// hintOf returns what to type, or to mend, after an error; empty where nothing is known to help. The packages below say
// what would mend it without naming a flag or a command: this file alone turns that into what a shell takes.
func hintOf(err error) string {
	var usage *usageError
	if errors.As(err, &usage) && usage.hint != "" {
		return usage.hint
	}
	if all, _ := mistakesOf(err); all != nil {
		hint := hintOf(all[0])
		if slices.ContainsFunc(all, func(one error) bool { return hintOf(one) != hint }) {
			return ""
		}
		return hint
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		if database, is := hinted.(*deploy.DatabaseError); is {
			return remedyHint(database)
		}
		return hinted.Hint()
	}
	if hint, asked := questionHint(err); asked {
		return hint
	}
	var contradiction *loader.ContradictionError
	var rejects *loader.TooManyRejectsError
	var empty *loader.NoSchemaError
	switch {
	case errors.As(err, &contradiction):
		if len(contradiction.Chain) == 0 {
			return "orbat resolve list shows what is decided"
		}
		return contradiction.Describe().Hint + ": orbat resolve undo " + contradiction.Chain[0].Key
	case errors.As(err, &rejects):
		return "see them with --rejects FILE, or allow more with --max-rejects N"
	case errors.As(err, new(*loader.OlderFormatError)):
		return "orbat schema apply brings it up to date; orbat schema diff shows what that does"
	case errors.As(err, &empty):
		return "orbat load FILE, or orbat schema apply"
	}
	fault := schema.FaultOf(err)
	if err != nil && strings.HasSuffix(err.Error(), fault.Hint) {
		fault.Hint = "" // the text says it
	}
	return faultHint(fault)
}

// questionHint words what would mend a question, or the file of one.
func questionHint(err error) (hint string, asked bool) {
	var ambiguous *queries.AmbiguousError
	var unknown *queries.UnknownEntityError
	var query *queries.UnknownQueryError
	var param *queries.ParamError
	var header *queries.HeaderError
	var dql *queries.DQLError
	switch {
	case errors.As(err, &ambiguous):
		hint = "name it by xid:"
		for _, c := range ambiguous.Candidates[:min(5, len(ambiguous.Candidates))] {
			quoted := "'" + strings.ReplaceAll(c.XID, "'", `'\''`) + "'"
			if ambiguous.Query == "sources" { // no question: a command that takes a document
				hint += "\n  " + quoted
				continue
			}
			hint += "\n  orbat query " + ambiguous.Query + " " + ambiguous.Param + "=" + quoted
		}
		return hint, true
	case errors.As(err, &unknown) && len(unknown.Near) == 0:
		return "orbat query search-entity '" + schema.Shorten(unknown.Text) + "' looks wider", true
	case errors.As(err, &unknown):
		return unknown.Describe().Hint, true
	case errors.As(err, &query):
		return joined(query.Describe().Hint, " ", "orbat queries list shows all"), true
	case errors.As(err, &param) && param.See == schema.SeeQuestion.Of(param.Query):
		return parametersHint(param.Query, param.Hint), true
	case errors.As(err, &param):
		return listedHint(param.Fault), true
	case errors.As(err, &header):
		return listedHint(header.Fault), true
	case errors.As(err, &dql):
		return listedHint(dql.Fault), true
	}
	return "", false
}

// parametersHint says where the parameters of a question are listed, after what may have been meant.
func parametersHint(query, meant string) string {
	if meant == "" {
		return "orbat queries show " + query
	}
	return meant + " orbat queries show " + query + " lists the parameters"
}

// listedHint words a hint together with the command that lists what may stand there.
func listedHint(f schema.Fault) string {
	switch f.See {
	case schema.SeeTypes:
		switch {
		case f.Hint == "":
			return "orbat schema types"
		case strings.HasSuffix(f.Hint, "?"):
			return f.Hint + " orbat schema types shows all"
		}
		return f.Hint + "; orbat schema types lists them"
	case schema.SeeDatasets:
		return "orbat datasets list shows the loads"
	case schema.SeeHeader:
		return f.Hint + "; orbat queries --help explains them"
	case schema.SeeSearch:
		return f.Hint + ": orbat query search-entity"
	default:
		return f.Hint
	}
}

// mistakesOf returns the mistakes of a mapping that one error joins, a line each; nil: it is one, or another error.
func mistakesOf(err error) (all []error, joined error) {
	var several interface {
		error
		Unwrap() []error
	}
	isOther := func(one error) bool { return !errors.As(one, new(*mapping.MappingError)) }
	if !errors.As(err, &several) || len(several.Unwrap()) < 2 || slices.ContainsFunc(several.Unwrap(), isOther) {
		return nil, nil
	}
	return several.Unwrap(), several
}

// messageOf returns the text of an error. Of several mistakes of a mapping each has its hint behind it, where they
// differ.
func messageOf(err error) string {
	all, joined := mistakesOf(err)
	if all == nil || hintOf(err) != "" {
		return err.Error()
	}
	var lines []string
	for _, one := range all {
		line := one.Error()
		if hint := hintOf(one); hint != "" {
			line += "; " + hint
		}
		lines = append(lines, line)
	}
	return strings.Replace(err.Error(), joined.Error(), strings.Join(lines, "\n"), 1)
}

// faultHint words what would mend a fault: its hint, the flag that its option is, and the command that lists what may
// stand there.
func faultHint(f schema.Fault) string {
	hint := f.Hint
	if option := f.Option; option.Name != "" {
		if option == (schema.Option{Name: "format"}) {
			option.Value = strings.Join(format.Names(), "|")
		} else if option.Name == "delimiter" { // a shell would take | for its own
			option.Value = quoteArg(option.Value)
		}
		hint = joined(hint, ": ", "--"+joined(option.Name, " ", option.Value))
	}
	command := listingCommand(f.See)
	if hint != "" && command != "" {
		return hint + " (see " + command + ")"
	}
	return hint + command
}

// listingCommand returns the command that shows a listing.
func listingCommand(see schema.Listing) string {
	listing, of := see.Cut()
	switch listing {
	case schema.SeeTypes:
		return "orbat schema types"
	case schema.SeeSchema:
		return joined("orbat schema show", " ", of)
	case schema.SeeQuestions:
		return "orbat queries list"
	case schema.SeeQuestion:
		return joined("orbat queries show", " ", of)
	case schema.SeeDatasets:
		return "orbat datasets list"
	case schema.SeeSources:
		return "orbat sources list"
	case schema.SeeDecisions:
		return "orbat resolve list"
	case schema.SeeSearch:
		return "orbat query search-entity"
	case schema.SeeHeader:
		return "orbat queries --help"
	}
	return ""
}

// joined puts a separator between two texts, where both are there.
func joined(a, separator, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + separator + b
}

// remedyHint words what would mend a failure of the database: a remedy by what is typed for it.
func remedyHint(e *deploy.DatabaseError) string {
	typed, known := map[deploy.Remedy]string{
		deploy.RemedyStart:       "orbat up",
		deploy.RemedyRestart:     "orbat up starts it again, orbat logs shows why",
		deploy.RemedyStop:        "orbat down, then try again",
		deploy.RemedyWait:        "{fix}: orbat wait",
		deploy.RemedyFind:        "is it running? orbat status (the local one), orbat wait (until it answers)",
		deploy.RemedyAddress:     "check host and port; orbat wait waits until it answers",
		deploy.RemedyStatus:      "orbat status shows the local one; check host and port of another",
		deploy.RemedyLog:         "{fix} orbat logs {of}",
		deploy.RemedyRestOfLog:   "orbat logs {of} shows the rest",
		deploy.RemedyBinary:      "{fix} with --dgraph-bin FILE",
		deploy.RemedyOnline:      "{fix} with orbat load",
		deploy.RemedyBulk:        "orbat bulk FILE… --out {of}",
		deploy.RemedyOneGroup:    "orbat bulk without --shards; or {fix}",
		deploy.RemedyOtherHome:   "set ORBAT_HOME to a new folder",
		deploy.RemedyRoom:        "make room there (df -h {of}), or set ORBAT_HOME to a folder on another disk",
		deploy.RemedyRoomRestart: "make room (df -h {of}), then orbat up",
		deploy.RemedyPorts:       "ss -ltnp shows what it is",
		deploy.RemedyReload: "leave the number out; or set ORBAT_HOME to a new folder and load there what orbat export " +
			"--canonical wrote here",
		deploy.RemedyAdopt:  "orbat up --from DIR, the same once more",
		deploy.RemedyHolder: "find it with: lsof {of} and stop it",
		deploy.RemedyFlags:  "{fix}: orbat logs zero tells, at --port_offset and --replicas",
		deploy.RemedyGrant:  "{fix}: orbat access grant",

		deploy.RemedyRebuild: "{fix}: orbat check --rebuild-lists",
	}[e.Remedy]
	if !known {
		return e.Hint()
	}
	fix := e.Fix
	if fix == "" && e.Remedy != deploy.RemedyLog { // a bare look at the log needs no words
		fix = e.Hint()
	}
	return strings.TrimSpace(strings.NewReplacer("{fix}", fix, "{of}", e.Of).Replace(typed))
}
