package server

import "ferry/internal/ftp"

// A Ladder is what one try to open a data connection went through, step by step.
type Ladder struct {
	Mode, About string
	Works       bool
	Why, Cause  string // where it does not work
	Rungs       []Rung
}

// A Rung is one step. It goes from the client to the server where Outward is set.
type Rung struct {
	Client, Server string // addresses
	Text           string
	Outward        bool
	Data           bool // it is the opening of a data connection, and no command or reply
	Failed         bool
}

// NewLadder returns the steps of a trace.
func NewLadder(t *ftp.Trace) Ladder {
	l := Ladder{Mode: t.Mode, About: outcome(t), Works: t.Works, Why: t.Why, Cause: t.Cause}
	left, right := traceEnds(t)
	for i, s := range t.Steps {
		l.Rungs = append(l.Rungs, Rung{left[i], right[i], s.Text, isOutgoing(t, s), s.Data, s.Failed})
	}
	return l
}
