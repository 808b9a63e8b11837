package ftpserver

import (
	"path"
	"slices"
	"strings"
	"sync"
)

// Fault is one way to misbehave, and when. The fields of the first group choose commands; one that is left out
// chooses all. The others say what happens; what is left out stays as it is, so that effects can be combined: data
// cut at 100 bytes and Reply "226 Transfer complete." make a truncated file that the server calls whole.
type Fault struct {
	// Command is the verb, or several separated by "|"; without it all that the effect makes sense for, but never
	// the greeting. LISTING stands for LIST, MLSD and NLST, PASSIVE for EPSV
	// and PASV, ACTIVE for EPRT and PORT, and CONNECT for the greeting of a new connection.
	Command string
	// Path is the absolute path that the command names, or a pattern of path.Match for it: "/a/*.txt". Without a
	// slash it is a pattern for the last name only: ".*". The directory itself counts for a listing without argument.
	Path string
	// Session is the number of the connection, counted from 1 since the start of the server.
	Session int
	// IfExists leaves out paths that are not there, as RNTO to a free name.
	IfExists bool
	// Skip is how many commands that fit are let through first, and Times how many then misbehave; 0: all.
	Skip, Times int

	// Hook is called in the session's goroutine, before the command is looked at; with Data, when the fault of the
	// data strikes.
	Hook func()
	// Refuse is the reply; the command is not carried out. Lines are separated by "\n".
	Refuse string
	// Reply is the reply instead of the true one, when the command has been carried out. It is the final one for
	// a transfer.
	Reply string
	// Stall leaves the command undone and unanswered until the client goes away.
	Stall bool
	// Lose carries the command out and drops the connection instead of answering.
	Lose bool
	// Close drops the connection: behind the reply, or at once with neither Refuse nor Reply.
	Close bool
	// Pieces sends the reply in pieces of so many bytes.
	Pieces int
	// Hold sends the reply in one packet with the next one: the 150 of a transfer with its 226, the reply to
	// a command with that to the next, if that one is on its way already.
	Hold bool

	// OtherCertificate has the data connection show another certificate than the control connection, as if somebody
	// else had answered there.
	OtherCertificate bool
	// Data strikes the data connection of the transfer.
	Data DataFault
	// Listing alters the lines of a listing, which come and go without their line ends.
	Listing func(lines []string) []string
	// Port alters what PASV, EPSV, PORT and EPRT lead to.
	Port PortFault
}

// DataFault is what happens to a data connection, made by CutAt and its neighbours.
type DataFault struct {
	kind dataFault
	at   int64
}

type dataFault int

const (
	noDataFault dataFault = iota
	cutData
	dropData
	resetData
	stallData
	shortenData
)

// CutAt ends the data connection in good order after n bytes. A file that is being stored keeps these n bytes. The
// final reply is 426 unless the fault has a Reply.
func CutAt(n int64) DataFault { return DataFault{cutData, n} }

// DropAt is CutAt without TLS's close_notify. Without TLS it is CutAt.
func DropAt(n int64) DataFault { return DataFault{dropData, n} }

// ResetAt is CutAt with a TCP reset.
func ResetAt(n int64) DataFault { return DataFault{resetData, n} }

// StallAt moves n bytes and then none until the client goes away.
func StallAt(n int64) DataFault { return DataFault{stallData, n} }

// ShortenTo takes the whole file but keeps n bytes of it only, or sends n bytes only; the final reply is the good one.
func ShortenTo(n int64) DataFault { return DataFault{shortenData, n} }

// PortFault is what becomes of a data port.
type PortFault struct {
	blackHole bool
	address   string
}

// BlackHole is a data port that swallows what is sent to it. In passive mode the port is announced and a connect to it
// stays without answer (where the system allows that; elsewhere it succeeds and nothing follows). In active mode PORT
// is accepted, and the server's connect gets nowhere: after the server's DataTimeout it says 425.
var BlackHole = PortFault{blackHole: true}

// ForeignAddress is a reply to PASV that names another host, an IPv4 address.
func ForeignAddress(ip string) PortFault { return PortFault{address: ip} }

// Faults are the faults that a server has now. The methods may be called from several goroutines.
type Faults struct {
	mu   sync.Mutex
	list []*Armed
}

// Armed is a fault that was given to a server.
type Armed struct {
	Fault
	faults *Faults
	seen   int
	fired  int
}

func newFaults(list []Fault) *Faults {
	f := &Faults{}
	for _, one := range list {
		f.Add(one)
	}
	return f
}

// Add arms a fault. It may be an effect of several.
func (f *Faults) Add(fault Fault) *Armed {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := &Armed{Fault: fault, faults: f}
	f.list = append(f.list, a)
	return a
}

// Clear removes all faults. Who is stalled already stays so.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// Remove disarms the fault.
func (a *Armed) Remove() {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.list = slices.DeleteFunc(a.faults.list, func(b *Armed) bool { return a == b })
}

// Fired is how often the fault has struck. A test that relies on a fault asks.
func (a *Armed) Fired() int {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	return a.fired
}

// strike finds the faults for one command, and counts.
func (f *Faults) strike(session int, verb, name string, exists func(string) bool) effects {
	f.mu.Lock()
	defer f.mu.Unlock()
	var hits effects
	for _, a := range f.list {
		if !a.fits(session, verb, name) || a.IfExists && !exists(name) {
			continue
		}
		a.seen++
		if a.seen > a.Skip && (a.Times == 0 || a.fired < a.Times) {
			a.fired++
			hits = append(hits, &a.Fault)
		}
	}
	return hits
}

var verbGroups = map[string][]string{
	"LISTING": {"LIST", "MLSD", "NLST"},
	"PASSIVE": {"EPSV", "PASV"},
	"ACTIVE":  {"EPRT", "PORT"},
}

func (f *Fault) fits(session int, verb, name string) bool {
	if f.Session != 0 && f.Session != session {
		return false
	}
	return f.fitsVerb(verb) && f.fitsPath(name)
}

func (f *Fault) fitsVerb(verb string) bool {
	for one := range strings.SplitSeq(f.commands(), "|") {
		if one == verb || slices.Contains(verbGroups[one], verb) {
			return true
		}
	}
	return f.commands() == "" && verb != "CONNECT"
}

// commands is Command, or else those that the effect makes sense for.
func (f *Fault) commands() string {
	switch {
	case f.Command != "":
		return f.Command
	case f.Listing != nil:
		return "LISTING"
	case f.Data.kind != noDataFault, f.OtherCertificate:
		return "LISTING|RETR|STOR|APPE"
	case f.Port != PortFault{}:
		return "PASSIVE|ACTIVE"
	}
	return ""
}

func (f *Fault) fitsPath(name string) bool {
	if f.Path == "" {
		return true
	}
	if name == "" {
		return false
	}
	if f.Path == name {
		return true
	}
	if !strings.Contains(f.Path, "/") {
		name = path.Base(name)
	}
	ok, _ := path.Match(f.Path, name)
	return ok
}

// effects are the faults that struck one command.
type effects []*Fault

// text is the first non-empty text that pick finds.
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
func (e effects) reply() string  { return e.text(func(f *Fault) string { return f.Reply }) }
func (e effects) stall() bool    { return e.any(func(f *Fault) bool { return f.Stall }) }
func (e effects) lose() bool     { return e.any(func(f *Fault) bool { return f.Lose }) }
func (e effects) close() bool    { return e.any(func(f *Fault) bool { return f.Close }) }
func (e effects) hold() bool     { return e.any(func(f *Fault) bool { return f.Hold }) }

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
		if f.Data.kind != noDataFault {
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

// hooks calls the hooks that do not wait for data.
func (e effects) hooks() {
	for _, f := range e {
		if f.Hook != nil && f.Data.kind == noDataFault {
			f.Hook()
		}
	}
}
