package decode

import (
	"bytes"
	"iter"
)

const jsonSpace = " \t\r\n"

// maxLists is how many lists within each other FirstObject looks into.
const maxLists = 8

// FirstObject returns the first bytes of a file of JSON from its first object on, which may stand in lists; nil: there
// is none.
func FirstObject(head []byte) []byte {
	head = bytes.TrimLeft(head, jsonSpace)
	for depth := 0; depth < maxLists && bytes.HasPrefix(head, []byte("[")); depth++ {
		head = bytes.TrimLeft(head[1:], jsonSpace)
	}
	if !bytes.HasPrefix(head, []byte("{")) {
		return nil
	}
	return head
}

// FirstMembers yields the keys of an object, as far as its first bytes show them, each with what follows its colon.
func FirstMembers(head []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if len(head) == 0 {
			return
		}
		rest := head[1:]
		for {
			rest = bytes.TrimLeft(rest, " \t\r\n,")
			key := ValueStart(rest)
			if len(key) < 2 || key[0] != '"' {
				return
			}
			rest = bytes.TrimLeft(rest[len(key):], " \t\r\n:")
			if !yield(string(key[1:len(key)-1]), rest) {
				return
			}
			value := ValueStart(rest)
			if len(value) == 0 {
				return
			}
			rest = rest[len(value):]
		}
	}
}

// ValueStart returns the JSON value that some text starts with; empty: it is cut, or there is none.
func ValueStart(from []byte) []byte {
	var scan jsonScan
	if n, done := scan.over(from); done {
		return from[:n]
	}
	return nil
}
