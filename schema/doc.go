// Package schema says what can be said: the ontology, the records that files hold, the claims they make, and how both
// stand in Dgraph.
//
// Start with [Ontology] (the entity types, their properties and the relations, all of it data under ontology/), then
// [Record] (what a reader yields and the canonical export writes), then [Claim] (one statement, the unit of truth) and
// its key. [Period] is the one type for time. [Ref] and [NormalName] hold the rules of identity.
//
// What loading, checking and asking must agree on is here once, pure: [Decide] (which entities are one, law 10),
// [Target] (what a claim shows on, and the groups of claims behind it), [DeriveFacts] and [DeriveLink] (what stands
// there, law 4), and [ClaimPages] (how all claims are read). The physical layout is in stored.go (a claim's DQL fields
// and how they are read back) and dgraph.go (the Dgraph schema).
//
// Where a comment, here or in any other package, says "law 4", it means the fourth of the laws in schema/README.md: what
// holds always, whatever else changes.
//
// The package is pure: it opens no connection and imports none of orbat's other packages.
package schema
