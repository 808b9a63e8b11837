package sync

import "ferry/manifest"

// Op is what an [Action] does, in the words of the JSON report.
type Op string

// The operations.
const (
	Upload   Op = "upload"   // local file to remote
	Download Op = "download" // remote file to local
	Delete   Op = "delete"   // a file
	Rename   Op = "move"     // a file or directory, with all that is in it
	Mkdir    Op = "mkdir"
	Rmdir    Op = "rmdir"
	Adopt    Op = "adopt"    // both sides are equal: record it
	SetAside Op = "conflict" // rename the loser of a conflict aside, on its own side
	Compare  Op = "compare"  // of a plan that is only shown: equal sizes, the contents would be compared first
	Refresh  Op = "refresh"  // equal as before, with another stamp: record that; not reported
	Forget   Op = "forget"   // gone on both sides or newly ignored: drop it from the base; not reported
)

// Change is what happened to a path on one side since the base, in the words of
// the plan's lines.
type Change string

// The changes.
const (
	NoChange Change = ""
	Created  Change = "new"
	Changed  Change = "changed"
	Deleted  Change = "deleted"
	Renamed  Change = "renamed"
	Touched  Change = "touched" // another time, the same content
	Blocked  Change = "!"       // unknown, or something that cannot be synchronized
)

// An Action is one thing to be done, on one side.
type Action struct {
	Op   Op
	Side Side // where it happens: the receiving side of a transfer
	Path manifest.Path
	From manifest.Path // of a move; of a set-aside, where the loser is now
	Size int64         // bytes to transfer
	Why  string        // for people: what made it

	// Local and Remote are what the scans saw at Path, or at From for a move or a
	// set-aside. Base is what the base held.
	Local, Remote manifest.Entry
	Base          manifest.Pair
	// LocalChange and RemoteChange are what each side did to the path.
	LocalChange, RemoteChange Change
	// Trash says that what is replaced or removed is kept.
	Trash bool
	// MakeWay says that something else needs the place of what is removed, so
	// that it goes before the transfers and not after them.
	MakeWay bool
	// forMove says that a rename needs the directory that is made here.
	forMove bool
}

// A Conflict is a path that both sides changed, and what becomes of it.
type Conflict struct {
	Path                      manifest.Path
	LocalChange, RemoteChange Change
	Local, Remote             manifest.Entry
	// Loser is the side whose version gives way, and Copy where it is kept; empty
	// where it goes to the trash or where nothing is done.
	Loser Side
	Copy  manifest.Path
	// Skipped says that both versions stay where they are and the conflict waits.
	Skipped bool
	Why     string
}

// A Skip is a path that a pass leaves alone although the sides differ.
type Skip struct {
	Path manifest.Path
	Side Side // whose entry stands in the way
	Name string
	Why  string
	// Special says that the entry is a link, device or other thing that is never
	// synchronized; such skips are counted, not warned of.
	Special bool
}

// A Question is a content that Reconcile needs to know before it can decide:
// that of the file that lies at Path now, on the side given.
type Question struct {
	Path manifest.Path
	Side Side
}

// A Plan is what a pass would do. It is a value: the same trees, base and policy
// give the same plan, in the same order.
type Plan struct {
	// Actions in the order in which they are carried out.
	Actions   []Action
	Conflicts []Conflict
	Skips     []Skip
	// Questions are the contents that must be known first; while there are any,
	// the actions for their paths are missing.
	Questions []Question
}

// Empty reports whether the plan has nothing to do that anybody would see.
func (p *Plan) Empty() bool {
	for _, a := range p.Actions {
		if a.Op != Adopt && a.Op != Refresh && a.Op != Forget {
			return false
		}
	}
	return len(p.Conflicts) == 0
}

// Acts reports whether carrying the plan out changes a side. Conflicts that wait
// do not, nor does what is only recorded.
func (p *Plan) Acts() bool {
	for i := range p.Actions {
		switch p.Actions[i].Op {
		case Adopt, Refresh, Forget, Compare:
		default:
			return true
		}
	}
	return false
}
