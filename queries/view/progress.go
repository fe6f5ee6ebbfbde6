package view

// Progress is how far an answer has come, for whoever waits for it.
type Progress struct {
	Doing    string // what it reads or looks for, in a few words; empty: a step of its own has not said
	Of       string // what Done counts: "entities"
	Done     int
	All      int // how many there are; 0: nobody knows
	Requests int // sent so far
}

// Tell says how far the answer has come.
func (s *Snapshot) Tell(doing, of string, done, all int) {
	s.progress = Progress{Doing: doing, Of: of, Done: done, All: all}
	s.report()
}

// report hands the progress on, where somebody waits for it.
func (s *Snapshot) report() {
	if s.OnProgress != nil {
		now := s.progress
		now.Requests = s.spent.Requests
		s.OnProgress(now)
	}
}
