package ftpserver

import (
	"slices"
	"strings"
)

// effects are the faults that strike one command.
type effects []*Fault

// text returns the first non-empty text that pick returns for a fault.
func (e effects) text(pick func(*Fault) string) string {
	for _, f := range e {
		if s := pick(f); s != "" {
			return s
		}
	}
	return ""
}

func (e effects) any(pick func(*Fault) bool) bool { return slices.ContainsFunc(e, pick) }

func (e effects) refuse() string { return e.text(func(f *Fault) string { return f.Refuse }) }
func (e effects) start() string  { return e.text(func(f *Fault) string { return f.Start }) }
func (e effects) reply() string  { return e.text(func(f *Fault) string { return f.Reply }) }
func (e effects) stall() bool    { return e.any(func(f *Fault) bool { return f.Stall }) }
func (e effects) lose() bool     { return e.any(func(f *Fault) bool { return f.Lose }) }
func (e effects) close() bool    { return e.any(func(f *Fault) bool { return f.Close }) }
func (e effects) hold() bool     { return e.any(func(f *Fault) bool { return f.Hold }) }

// rewrite returns the reply as the faults change it.
func (e effects) rewrite(r reply) reply {
	for _, f := range e {
		if f.Rewrite != nil {
			r = replyOf(f.Rewrite(strings.Join(r, "\n")))
		}
	}
	return r
}

func (e effects) otherCertificate() bool {
	return e.any(func(f *Fault) bool { return f.OtherCertificate })
}

func (e effects) pieces() int {
	for _, f := range e {
		if f.Pieces > 0 {
			return f.Pieces
		}
	}
	return 0
}

func (e effects) data() *Fault {
	for _, f := range e {
		if f.Data.end != nil {
			return f
		}
	}
	return nil
}

func (e effects) port() PortFault {
	for _, f := range e {
		if f.Port != (PortFault{}) {
			return f.Port
		}
	}
	return PortFault{}
}

// hooks calls the hooks of all faults but those of data.
func (e effects) hooks() {
	for _, f := range e {
		if f.Hook != nil && f.Data.end == nil {
			f.Hook()
		}
	}
}
