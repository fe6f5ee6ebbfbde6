package tagger

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// magic begins a file with a model; the number is that of the form and of the features.
const magic = "orbat tagger 1\n"

// The bounds of a file.
const (
	maxTypes    = 10_000
	maxName     = 1000 // of a type, in bytes
	maxFeatures = 10_000_000
)

// Write writes a model: the types, the steps, then the features in the order of their hashes, each as its distance from
// the one before and the weights that are not 0, with their labels. The same model makes the same bytes.
func (m *Model) Write(w io.Writer) error {
	b := []byte(magic)
	b = binary.AppendUvarint(b, uint64(len(m.types)))
	for _, t := range m.types {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	row := func(weights []int16) {
		n := 0
		for _, x := range weights {
			if x != 0 {
				n++
			}
		}
		b = binary.AppendUvarint(b, uint64(n))
		for l, x := range weights {
			if x != 0 {
				b = binary.AppendUvarint(b, uint64(l))
				b = binary.AppendVarint(b, int64(x))
			}
		}
	}
	row(m.steps)
	b = binary.AppendUvarint(b, uint64(len(m.weights)))
	before := uint32(0)
	for _, f := range slices.Sorted(maps.Keys(m.weights)) {
		b = binary.AppendUvarint(b, uint64(f-before))
		row(m.weights[f])
		before = f
	}
	_, err := w.Write(b)
	return err
}

// ErrNoModel says that a file holds no model, or one of another version of orbat.
var ErrNoModel = errors.New("not a model of names that this orbat reads")

// Read reads a model that Write wrote.
func Read(r io.Reader) (*Model, error) {
	in := &reader{r: bufio.NewReader(r)}
	if string(in.bytes(len(magic))) != magic {
		return nil, ErrNoModel
	}
	m := &Model{weights: map[uint32][]int16{}}
	for range in.number(maxTypes) {
		m.types = append(m.types, string(in.bytes(in.number(maxName))))
	}
	labels := m.labels()
	m.steps = in.row((labels + 1) * labels)
	n := in.number(maxFeatures)
	m.weights = make(map[uint32][]int16, min(n, 1<<17))
	f := uint32(0)
	for range n {
		f += uint32(in.number(1<<32 - 1))
		m.weights[f] = in.row(labels)
		if in.err != nil {
			break
		}
	}
	if in.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoModel, in.err)
	}
	return m, nil
}

type reader struct {
	r   *bufio.Reader
	err error
}

func (r *reader) bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(r.r, b); err != nil && r.err == nil {
		r.err = err
	}
	return b
}

// number reads a number up to the most that it may be.
func (r *reader) number(most int) int {
	n, err := binary.ReadUvarint(r.r)
	if err == nil && n > uint64(most) {
		err = errors.New("a number is out of range")
	}
	if err != nil {
		if r.err == nil {
			r.err = err
		}
		return 0
	}
	return int(n)
}

func (r *reader) row(size int) []int16 {
	row := make([]int16, size)
	for range r.number(size) {
		label := r.number(size - 1)
		x, err := binary.ReadVarint(r.r)
		if err != nil && r.err == nil {
			r.err = err
		}
		row[label] = int16(x)
	}
	return row
}
