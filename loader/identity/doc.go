// Package identity proposes which entities are one (law 10): it compares what claims say about them, and returns pairs
// with a score and each feature's share in it. It decides nothing and touches no database: claims go in, pairs come
// out.
//
// Make a [Corpus], give it the claims that count by [Corpus.Add], in any order, and ask it for [Corpus.Pairs]. Each
// [Pair] carries the probability that its two are one, and the [Share] of each feature: what agreed or differed, and
// how much that tells. [Options] bound what is compared and which pairs are returned.
//
// The way of a pair: claims → entities with their words, ties and dates (corpus.go, words.go) → how common each of
// these is (census.go) → pairs worth comparing (block.go) → evidence for and against (names.go, evidence.go,
// contradict.go) → [Pair]. What words mean, ranks, titles and kinds of unit among them, is data: vocabulary.yaml.
//
// The score is a probability by Fellegi and Sunter's rule (A Theory for Record Linkage, 1969) with frequencies by
// value: every feature adds log2(how often true pairs agree on it / how often two strangers do), in bits, to a prior of
// one true partner in all the entities of a kind. How often strangers agree is counted in the graph itself, so that
// Abubakar counts for little where it is a common name and for much where it is not.
package identity
