package deploy

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"golang.org/x/sync/errgroup"
)

// Role is what a user of a database with access control may do.
type Role string

// The roles. Dgraph refuses a change by any user to a predicate for which no group of theirs has a rule.
const (
	RoleReader Role = "reader" // asks questions and exports; changes nothing
	// also loads, decides, removes data sets and brings the schema up to date; cannot empty the database or see its
	// users
	RoleLoader Role = "loader"
	RoleAdmin  Role = "admin" // everything, as Dgraph's own guardians
)

// Roles returns all there are, the least first.
func Roles() []Role { return []Role{RoleReader, RoleLoader, RoleAdmin} }

// The permissions of Dgraph's access control; they add up.
const (
	mayRead   = 4
	mayWrite  = 2
	mayModify = 1 // the schema
)

// group returns the role's group in Dgraph, and what it may do with any predicate. Guardians need no rule.
func (r Role) group() (name string, permission int, err error) {
	switch r {
	case RoleReader:
		return "orbat-reader", mayRead, nil
	case RoleLoader:
		return "orbat-loader", mayRead | mayWrite | mayModify, nil
	case RoleAdmin:
		return "guardians", 0, nil
	}
	return "", 0, &DatabaseError{Do: "give a role", Err: fmt.Errorf("there is no role %q", r), Fix: fmt.Sprintf("one of %v", Roles())}
}

// User is somebody who may log in.
type User struct {
	Name  string `json:"name"`
	Roles []Role `json:"roles"` // none: may log in and see nothing
}

// aclUser and aclGroup are how Dgraph keeps them: nodes like all others, which only guardians may touch.
type aclUser struct {
	UID    string     `json:"uid"`
	Name   string     `json:"dgraph.xid"`
	Groups []aclGroup `json:"dgraph.user.group"`
}

type aclGroup struct {
	UID   string `json:"uid"`
	Name  string `json:"dgraph.xid"`
	Rules []struct {
		UID        string `json:"uid"`
		Predicate  string `json:"dgraph.rule.predicate"`
		Permission int    `json:"dgraph.rule.permission"`
	} `json:"dgraph.acl.rule"`
}

const aclQuery = `query acl($user: string, $group: string) {
	user(func: eq(dgraph.xid, $user)) @filter(type(dgraph.type.User)) { uid dgraph.user.group { uid dgraph.xid } }
	group(func: eq(dgraph.xid, $group)) @filter(type(dgraph.type.Group)) {
		uid dgraph.xid dgraph.acl.rule { uid dgraph.rule.predicate dgraph.rule.permission }
	}
}`

type aclFound struct {
	User  []aclUser  `json:"user"`
	Group []aclGroup `json:"group"`
}

func (c *Conn) readACL(ctx context.Context, txn *dgo.Txn, query string, vars map[string]string) (aclFound, error) {
	var found aclFound
	answer, err := txn.QueryWithVars(ctx, query, vars)
	if err != nil {
		return found, c.Explain("read who may do what", err)
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return found, fmt.Errorf("read who may do what: %w", err)
	}
	return found, nil
}

// Grant makes a user who logs in with this password and has this role and no other, or changes one that there is. It
// needs the connection of an admin. It returns when every host of the connection honours the change; one that does not
// within minutes is named by the error.
func (c *Conn) Grant(ctx context.Context, user string, password Secret, role Role) error {
	name, permission, err := role.group()
	if err != nil {
		return err
	}
	if len(password.Reveal()) < 8 {
		return &DatabaseError{
			Do: "give " + user + " a role", Err: errors.New("the password is shorter than 8 characters"),
			Fix: "take a longer one",
		}
	}
	txn := c.NewTxn()
	defer func() { _ = txn.Discard(ctx) }()
	now, err := c.readACL(ctx, txn, aclQuery, map[string]string{"$user": user, "$group": name})
	if err != nil {
		return err
	}
	m := grant{user: "_:user", group: "_:group"}
	if len(now.Group) > 0 {
		m.group = now.Group[0].UID
	} else {
		m.set(m.group, "dgraph.xid", name)
		m.set(m.group, "dgraph.type", "dgraph.type.Group")
	}
	if role != RoleAdmin {
		m.rule(now.Group, permission)
	}
	if len(now.User) > 0 {
		m.user = now.User[0].UID
		for _, g := range now.User[0].Groups {
			if g.Name != name {
				m.Del = append(m.Del, &api.NQuad{Subject: m.user, Predicate: "dgraph.user.group", ObjectId: g.UID})
			}
		}
	} else {
		m.set(m.user, "dgraph.xid", user)
		m.set(m.user, "dgraph.type", "dgraph.type.User")
	}
	m.set(m.user, "dgraph.password", password.Reveal())
	m.link(m.user, "dgraph.user.group", m.group)
	m.CommitNow = true
	if _, err := txn.Mutate(ctx, &m.Mutation); err != nil {
		return c.Explain("give "+user+" the role "+string(role), err)
	}
	return c.everyHost(ctx, "give "+user+" the role "+string(role), func(ctx context.Context, h *host) error {
		return c.honours(ctx, h, user, password, role)
	})
}

const (
	// honourWait is how long a host may take to honour a change of rights. It hears of a rule within a second or two;
	// one that is short of processor time, or has lost its leader, takes longer.
	honourWait = 2 * time.Minute
	// honourTry bounds one question about it.
	honourTry = 10 * time.Second
)

// everyHost repeats a check of each host until it finds no error, and names the hosts where that does not come.
func (c *Conn) everyHost(ctx context.Context, do string, check func(context.Context, *host) error) error {
	if c.target.User == "" {
		return nil // nobody logs in here: there are no rights to honour
	}
	ctx, cancel := context.WithTimeout(ctx, honourWait)
	defer cancel()
	late := make([]error, len(c.hosts))
	var group errgroup.Group
	for i, h := range c.hosts {
		group.Go(func() error {
			var last error
			err := poll(ctx, func() (bool, error) {
				once, cancel := context.WithTimeout(ctx, honourTry)
				defer cancel()
				if err := check(once, h); err != nil && (last == nil || ctx.Err() == nil) {
					last = err
				} else if err == nil {
					return true, nil
				}
				return false, nil
			})
			if err != nil {
				late[i] = fmt.Errorf("%s does not honour it yet: %w", c.target.Hosts[i], last)
			}
			return nil // kept in late: the others go on
		})
	}
	_ = group.Wait() // none returns an error
	if err := errors.Join(late...); err != nil {
		return &DatabaseError{Do: do, Kind: ErrNotReady, Err: err, Fix: "the change is written; the same once more waits for it again"}
	}
	return nil
}

// honours reports, by an error, whether a host lets a user in who has this password, and lets them do what the role
// allows and no more: a right that was taken away lasts there as long as one that was given is awaited. dgraph.type is
// a predicate that every database has, and to which the rule for all predicates applies.
func (c *Conn) honours(ctx context.Context, h *host, user string, password Secret, role Role) error {
	db, err := c.enterAt(ctx, h, user, password)
	if err != nil {
		return err
	}
	answer, err := db.NewReadOnlyTxn().Query(ctx, "schema(pred: [dgraph.type]) {type}")
	if err != nil {
		return err
	}
	if !strings.Contains(string(answer.GetJson()), "dgraph.type") {
		return errors.New("it shows nothing")
	}
	found, err := c.readACL(ctx, db.NewReadOnlyTxn(), aclQuery, map[string]string{"$user": user, "$group": ""})
	switch admin := err == nil && len(found.User) > 0; { // who is none may be refused, or shown nobody
	case role == RoleAdmin && !admin:
		return cmp.Or(err, errors.New("it does not show them the users"))
	case role != RoleAdmin && admin:
		return errors.New("it still takes them for an admin")
	case role != RoleAdmin && err != nil && !errors.Is(err, ErrDenied):
		return err
	}
	txn := db.NewTxn()
	defer func() { _ = txn.Discard(ctx) }()
	_, err = txn.Mutate(ctx, &api.Mutation{SetNquads: []byte(probeNQuad)})
	if role != RoleReader {
		return err
	}
	if err == nil {
		return errors.New("it still lets them write")
	}
	if Refused(err) != nil {
		return nil
	}
	return err
}

// enterAt logs in at one host.
func (c *Conn) enterAt(ctx context.Context, h *host, user string, password Secret) (*dgo.Dgraph, error) {
	db := dgo.NewDgraphClient(api.NewDgraphClient(h.ClientConn))
	err := db.LoginIntoNamespace(ctx, user, password.Reveal(), c.target.Namespace)
	return db, err
}

// grant is the change that gives a role.
type grant struct {
	api.Mutation
	user, group string // their uids or blank nodes
}

func (g *grant) set(subject, predicate, value string) {
	g.Set = append(g.Set, &api.NQuad{
		Subject: subject, Predicate: predicate,
		ObjectValue: &api.Value{Val: &api.Value_StrVal{StrVal: value}},
	})
}

func (g *grant) link(subject, predicate, object string) {
	g.Set = append(g.Set, &api.NQuad{Subject: subject, Predicate: predicate, ObjectId: object})
}

// rule has the group's one rule say this for all predicates, those to come too. Any other rule it had is taken from it.
func (g *grant) rule(there []aclGroup, permission int) {
	const all = "dgraph.all"
	rule := "_:rule"
	if len(there) > 0 {
		for _, r := range there[0].Rules {
			if r.Predicate == all {
				rule = r.UID
			} else {
				g.Del = append(g.Del, &api.NQuad{Subject: g.group, Predicate: "dgraph.acl.rule", ObjectId: r.UID})
			}
		}
	}
	g.set(rule, "dgraph.rule.predicate", all)
	g.Set = append(g.Set, &api.NQuad{
		Subject: rule, Predicate: "dgraph.rule.permission",
		ObjectValue: &api.Value{Val: &api.Value_IntVal{IntVal: int64(permission)}},
	})
	g.link(g.group, "dgraph.acl.rule", rule)
}

// Revoke removes a user, and reports whether there was one. It returns when no host of the connection lets them log in
// any more; one that has not heard of it within minutes is named by the error.
func (c *Conn) Revoke(ctx context.Context, user string) (bool, error) {
	txn := c.NewTxn()
	defer func() { _ = txn.Discard(ctx) }()
	now, err := c.readACL(ctx, txn, aclQuery, map[string]string{"$user": user, "$group": ""})
	if err != nil {
		return false, err
	}
	if len(now.User) == 0 {
		return false, nil
	}
	uid := now.User[0].UID
	m := grant{user: uid}
	for _, p := range []string{"dgraph.xid", "dgraph.password", "dgraph.user.group", "dgraph.type"} {
		m.Del = append(m.Del, &api.NQuad{
			Subject: uid, Predicate: p,
			ObjectValue: &api.Value{Val: &api.Value_DefaultVal{DefaultVal: "_STAR_ALL"}},
		})
	}
	m.CommitNow = true
	if _, err := txn.Mutate(ctx, &m.Mutation); err != nil {
		return false, c.Explain("remove "+user, err)
	}
	return true, c.everyHost(ctx, "remove "+user, func(ctx context.Context, h *host) error {
		db, err := c.enterAt(ctx, h, c.target.User, c.target.Password)
		if err != nil {
			return err
		}
		found, err := c.readACL(ctx, db.NewReadOnlyTxn(), aclQuery, map[string]string{"$user": user, "$group": ""})
		if err == nil && len(found.User) > 0 {
			err = errors.New("it still knows them")
		}
		return err
	})
}

// Users returns those who may log in, by name.
func (c *Conn) Users(ctx context.Context) ([]User, error) {
	now, err := c.readACL(ctx, c.NewReadOnlyTxn(),
		`{ user(func: type(dgraph.type.User)) { dgraph.xid dgraph.user.group { dgraph.xid } } }`, nil)
	if err != nil {
		return nil, err
	}
	if len(now.User) == 0 { // there is always one: others are not shown any
		return nil, &DatabaseError{
			Do: "read who may do what", Kind: ErrDenied,
			Err: errors.New("only an admin may, and only where there is access control"), Fix: "log in as one: dgraph://groot@…",
		}
	}
	var users []User
	for _, u := range now.User {
		user := User{Name: u.Name}
		for _, role := range Roles() {
			group, _, _ := role.group() // it is one
			if slices.ContainsFunc(u.Groups, func(g aclGroup) bool { return g.Name == group }) {
				user.Roles = append(user.Roles, role)
			}
		}
		users = append(users, user)
	}
	slices.SortFunc(users, func(a, b User) int { return cmp.Compare(a.Name, b.Name) })
	return users, nil
}
