// Package identity proposes which entities are one (law 10): it compares what claims say about them and gives pairs with a
// score and each feature's share in it. It decides nothing and touches no database: claims go in, pairs come out.
//
// The way of a pair: claims ([Gathering.Add]) → entities with their words, ties and dates (gather.go, words.go) → how common
// each of these is (census.go) → pairs worth a look (block.go) → evidence for and against (names.go, evidence.go,
// contradict.go) → [Pair].
//
// The score is a probability by Fellegi and Sunter's rule (A Theory for Record Linkage, 1969) with frequencies by value:
// every feature adds log2(how often true pairs agree on it / how often two strangers do), in bits, to a prior of one true
// partner in all the entities of a kind. How often strangers agree is counted in the graph itself, so that Abubakar counts for
// little where it is a common name and for much where it is not.
package identity
