// Package schema says what can be said: the ontology, the records that files hold, the claims they make, and how both
// stand in Dgraph.
//
// Start with [Default], the [Ontology] that orbat comes with: the entity types, their properties and the relations
// between them, all of it data under ontology/, with what entities are called by and how they are drawn. A reader of
// files yields a [Record] for each statement in its file; the loader makes a [Claim] of it, the unit of truth, whose
// key is a hash of all that it says; an entity shows the [Facts] that [DeriveFacts] makes of the claims about it. The
// example of this package goes that way once. [Period] is the one type for time, and [Range] for a date within it;
// [Ref] and [NormalName] hold the rules of identity. Whatever is wrong with an input is a [Fault].
//
// What loading, checking and asking must agree on is here once, pure: [Decide] (which entities are one, law 10),
// [Target] (what a claim shows on, and the groups of claims behind it), [DeriveFacts] and [DeriveLink] (what stands
// there, law 4), and [ClaimPages] (how all claims are read). The physical layout is in stored.go (a claim's DQL fields
// and how they are read back) and dgraph.go (the Dgraph schema).
//
// Where a comment, here or in any other package, says "law 4", it means the fourth of the laws in schema/README.md:
// what holds always, whatever else changes.
//
// The package is pure: it opens no connection and imports none of orbat's other packages.
package schema
