// Package deploy answers where the database lives: it runs a real Dgraph on this machine, and connects to that one or
// any other.
//
// Start reading at [Local], whose Up and Down run one Dgraph (a zero and an alpha) for a folder, and at [Connect],
// which turns a [Target] into a connection. A Target is what a connection URL says; [Parse] reads one:
//
//	t, err := deploy.Parse("dgraph://groot@db.example:9080?sslmode=verify-ca&passwordfile=/run/secrets/dgraph")
//	conn, err := deploy.Connect(ctx, t)
//	defer conn.Close()
//
// Several hosts are one cluster: failover.go says which of them takes a call. access.go and secrets.go give users their
// roles, backup.go keeps and restores, bulk.go makes a database offline. The profiles for containers and Kubernetes lie
// beside.
//
// The engine itself is a separate binary. [Finder] looks for one and, failing that, builds the pinned version once.
//
// Errors of this package that a person can do something about are a [*DatabaseError], whose Hint says what would mend
// it.
package deploy
