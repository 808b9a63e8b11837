package ftpserver

import (
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Fault says how the server misbehaves, and when. The fields of the first group choose commands; a field that is not
// set chooses all of them. The other fields are effects, which can be combined: Data: CutAt(100) together with Reply:
// "226 Transfer complete." truncates a file that the server calls complete.
//
// To add an effect, add a field here and a method of effects that says which fault has it. New faults of data and of
// listings need no field: add a function in fault_data.go or fault_listing.go.
type Fault struct {
	// Command is a verb, or several separated by "|". LISTING stands for LIST, MLSD and NLST, PASSIVE for EPSV and
	// PASV, ACTIVE for EPRT and PORT, and CONNECT for the greeting of a new connection. If it is empty the fault
	// strikes all commands for which its effect makes sense, but never the greeting.
	Command string
	// Path is the absolute path that the command names, or a pattern for it as in path.Match: "/a/*.txt". Without a
	// slash it is a pattern for the last component: ".*". A listing without an argument names the current directory.
	Path string
	// Argument chooses commands by their argument as it was sent; nil chooses all.
	Argument func(arg string) bool
	// Session is the number of the control connection, counted from 1 since the start of the server.
	Session int
	// IfExists spares paths that do not exist, such as RNTO to a free name.
	IfExists bool
	// IfEmpty spares all but empty directories.
	IfEmpty bool
	// Skip is how many chosen commands are carried out normally before the fault strikes, and Times how often it
	// then strikes; 0 means every time.
	Skip, Times int

	// Hook is called before the command is carried out, or with Data, when the data fault strikes. It runs in the
	// goroutine of the session.
	Hook func()
	// Refuse is sent as the reply, and the command is not carried out. Lines are separated by "\n".
	Refuse string
	// Reply is sent instead of the true reply after the command was carried out. For a transfer it replaces the final
	// reply.
	Reply string
	// Rewrite changes the true reply, whose lines are separated by "\n", after the command was carried out.
	Rewrite func(reply string) string
	// Later has RNTO, DELE, RMD or MKD carried out only when this time is over; the reply comes at once, Refuse or
	// else a positive one. A file of STOR shows only then, or with Empty is there at once and empty until then.
	Later time.Duration
	Empty bool
	// Stall neither carries the command out nor answers it until the client goes away.
	Stall bool
	// Lose carries the command out and closes the connection instead of answering.
	Lose bool
	// Close closes the connection: after the reply, or at once if neither Refuse nor Reply is set.
	Close bool
	// Pieces sends the reply in pieces of this many bytes.
	Pieces int
	// Hold sends the reply in one packet with the next one: the 150 of a transfer with its 226, or the reply to a
	// command with that to the next command if the client has sent that already.
	Hold bool

	// OtherCertificate makes the data connection show another certificate than the control connection, as if another
	// machine had answered.
	OtherCertificate bool
	// Start is sent in place of the 150 of a transfer; NoStart sends nothing, and LateStart sends the 150 after the data.
	Start string
	// Data ends the data connection of a transfer.
	Data DataFault
	// Listing changes the lines of a listing. The lines have no line ends.
	Listing func(lines []string) []string
	// Port changes what PASV, EPSV, PORT and EPRT lead to.
	Port PortFault
}

// Values of [Fault.Start].
const (
	NoStart   = "-"
	LateStart = "+"
)

// Faults is the list of faults of a server. Its methods may be called from several goroutines at once.
type Faults struct {
	mu   sync.Mutex
	list []*Armed
}

// Armed is a fault in the list of a server.
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

// Add adds a fault.
func (f *Faults) Add(fault Fault) *Armed {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := &Armed{Fault: fault, faults: f}
	f.list = append(f.list, a)
	return a
}

// Clear removes all faults. Sessions that are stalled stay stalled.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// Remove removes the fault from its list.
func (a *Armed) Remove() {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.list = slices.DeleteFunc(a.faults.list, func(b *Armed) bool { return a == b })
}

// Fired returns how often the fault has struck, so that a test can check that it did.
func (a *Armed) Fired() int {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	return a.fired
}

// match returns the faults that strike one command, and counts them.
func (f *Faults) match(session int, verb, arg, name string, files *serverFS) effects {
	f.mu.Lock()
	defer f.mu.Unlock()
	var hits effects
	for _, a := range f.list {
		if !a.matches(session, verb, name) || a.Argument != nil && !a.Argument(arg) || a.IfExists && !files.exists(name) || a.IfEmpty && !files.isEmptyDir(name) {
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

func (f *Fault) matches(session int, verb, name string) bool {
	if f.Session != 0 && f.Session != session {
		return false
	}
	return f.matchesVerb(verb) && f.matchesPath(name)
}

func (f *Fault) matchesVerb(verb string) bool {
	for one := range strings.SplitSeq(f.commands(), "|") {
		if one == verb || slices.Contains(verbGroups[one], verb) {
			return true
		}
	}
	return f.commands() == "" && verb != "CONNECT"
}

// commands returns Command, or the commands for which the effect makes sense. "" means all.
func (f *Fault) commands() string {
	switch {
	case f.Command != "":
		return f.Command
	case f.Listing != nil:
		return "LISTING"
	case f.Data.end != nil, f.OtherCertificate:
		return "LISTING|RETR|STOR|APPE"
	case f.Port != PortFault{}:
		return "PASSIVE|ACTIVE"
	}
	return ""
}

func (f *Fault) matchesPath(name string) bool {
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
