// Package brat reads BRAT standoff: a text in NAME.txt, its annotations in NAME.ann beside it, what the types are in
// annotation.conf, there or in a folder above.
//
// [Read] is the reader of the list of formats. It takes mentions (T), in pieces too, relations (R), events (E) with
// their attributes (A, M), entries of registers (N), notes (#) and what is said to be one (Equiv); package annotation
// says what becomes of them. NAME_meta.txt, where it is there, says what is known of the document, "Key: value" a line.
//
// A line that cannot be read, or speaks of what is not there, is rejected with its place. Offsets count code points;
// where the texts of the annotations show that they count otherwise (bytes, UTF-16, line ends of two characters as
// one), they are taken so, and that is said.
package brat
