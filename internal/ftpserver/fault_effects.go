package ftpserver

import (
	"slices"
	"strings"
)

// effects are the faults that strike one command.
type effects []*Fault

// first returns the first value other than zero that pick returns for a fault.
func first[T comparable](e effects, pick func(*Fault) T) (value T) {
	for _, f := range e {
		if one := pick(f); one != value {
			return one
		}
	}
	return value
}

func (e effects) refuse() string { return first(e, func(f *Fault) string { return f.Refuse }) }
func (e effects) start() string  { return first(e, func(f *Fault) string { return f.Start }) }
func (e effects) reply() string  { return first(e, func(f *Fault) string { return f.Reply }) }
func (e effects) stall() bool    { return first(e, func(f *Fault) bool { return f.Stall }) }
func (e effects) lose() bool     { return first(e, func(f *Fault) bool { return f.Lose }) }
func (e effects) close() bool    { return first(e, func(f *Fault) bool { return f.Close }) }
func (e effects) hold() bool     { return first(e, func(f *Fault) bool { return f.Hold }) }
func (e effects) pieces() int    { return first(e, func(f *Fault) int { return f.Pieces }) }
func (e effects) port() PortFault {
	return first(e, func(f *Fault) PortFault { return f.Port })
}

func (e effects) otherCertificate() bool {
	return first(e, func(f *Fault) bool { return f.OtherCertificate })
}

// data returns the fault that ends the data connection.
func (e effects) data() *Fault { return e.find(func(f *Fault) bool { return f.Data.end != nil }) }

// later returns the fault that has a change made later.
func (e effects) later() *Fault { return e.find(func(f *Fault) bool { return f.Later > 0 }) }

// find returns the first fault that is one of these, nil for none.
func (e effects) find(is func(*Fault) bool) *Fault {
	if i := slices.IndexFunc(e, is); i >= 0 {
		return e[i]
	}
	return nil
}

// rewrite returns the reply as the faults change it.
func (e effects) rewrite(r reply) reply {
	for _, f := range e {
		if f.Rewrite != nil {
			r = replyOf(f.Rewrite(strings.Join(r, "\n")))
		}
	}
	return r
}

// hooks calls the hooks of all faults but those of data.
func (e effects) hooks() {
	for _, f := range e {
		if f.Hook != nil && f.Data.end == nil {
			f.Hook()
		}
	}
}
