package sync

import (
	"fmt"
	"time"

	"ferry/manifest"
	"ferry/sync/pack"
)

// Op is what an [Action] does, in the words of the JSON report.
type Op string

// The operations.
const (
	Upload   Op = "upload"   // local file to remote
	Download Op = "download" // remote file to local
	Delete   Op = "delete"   // a file
	Rename   Op = "move"     // a file or directory, with all that is in it
	Chmod    Op = "chmod"    // give a file the permission bits that it has on the other side
	Link     Op = "link"     // make a symbolic link, as on the other side
	Mkdir    Op = "mkdir"
	Rmdir    Op = "rmdir"
	Adopt    Op = "adopt"    // both sides are equal: record it
	SetAside Op = "conflict" // rename the loser of a conflict to a copy, on its own side
	Compare  Op = "compare"  // dry run only: equal sizes, so the contents would be compared first
	Refresh  Op = "refresh"  // unchanged, with another stamp: record that; not reported
	Forget   Op = "forget"   // gone on both sides or newly ignored: remove it from the base; not reported
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
	From manifest.Path // the old name, of a Rename or SetAside
	Size int64         // bytes to transfer
	Why  string        // the reason, for people
	// Target is what a Link leads to, as the other side shows it.
	Target string
	// Kept says that a directory is made again, or left, where a user removed it, because it
	// holds something that is ignored on the other side.
	Kept bool

	// Local and Remote are what the scans saw at Path, or at From for a Rename or
	// SetAside. Base is what the base had.
	Local, Remote manifest.Entry
	Base          manifest.Pair
	// LocalChange and RemoteChange are what each side did to the path.
	LocalChange, RemoteChange Change
	// Trash says that what is replaced or removed goes to the trash.
	Trash bool
	// MakeWay says that something else takes the place of what is removed, so that it
	// is removed before the transfers and not after them.
	MakeWay bool
	// NotCompared says that an Adopt goes by the size alone.
	NotCompared bool
	// forMove says that a rename needs this new directory.
	forMove bool
	// unproven says that what was renamed may have another content now.
	unproven bool
}

// Visible reports whether the action is worth showing: what only keeps the base
// up to date is not.
func (a *Action) Visible() bool { return a.Op != Forget && a.Op != Refresh }

// A Conflict is a path that both sides changed, and how it is resolved.
type Conflict struct {
	Path                      manifest.Path
	LocalChange, RemoteChange Change
	Local, Remote             manifest.Entry
	// Loser is the side whose version loses the name, and Copy is where that version
	// is kept; empty if it goes to the trash or nothing is done.
	Loser Side
	Copy  manifest.Path
	// Skipped says that the conflict is left alone in this pass.
	Skipped bool
	Why     string
}

// Waits reports whether the conflict is left to the user: a copy is made, or both
// versions stay where they are.
func (c Conflict) Waits() bool { return c.Skipped || c.Copy != manifest.Root }

// Outcome says for people what becomes of the conflict.
func (c Conflict) Outcome() string {
	switch {
	case c.Skipped:
		return "left alone on both sides"
	case c.Copy != manifest.Root:
		return fmt.Sprintf("keep both: %s version becomes %s", c.Loser, c.Copy.Base())
	}
	return fmt.Sprintf("%s wins", c.Loser.Other())
}

// A Skip is a path that is left alone although the sides differ.
type Skip struct {
	Path manifest.Path
	Side Side // whose entry is the reason
	Name string
	Why  string
	// Special says that the entry is a link, a device or something else that is never
	// synchronized, or a file outside [Policy.Bounds]. Such skips are counted, but there is
	// no warning.
	Special bool
	// Until is when a file will be old enough for [Policy.Bounds]; zero: it does not wait.
	Until time.Time
}

// A Question asks for a content that Reconcile needs to know before it can decide:
// that of the file which is at Path now, on the given side.
type Question struct {
	Path manifest.Path
	Side Side
	// HashOnly says that the answer is not worth a transfer.
	HashOnly bool
	Why      string // the reason, for people; "" for files of equal size
}

// A Plan is what a pass would do. The same trees, base and policy give the same
// plan, in the same order.
type Plan struct {
	// Actions in the order in which they are carried out.
	Actions   pack.List[Action]
	Conflicts []Conflict
	Skips     []Skip
	// LeftOut are the paths that the scans met and [Options.LeftOut] names, in order.
	// They are ignored on both sides.
	LeftOut []manifest.Path
	// Questions are the contents that must be known first. As long as there are any,
	// the actions for their paths are missing.
	Questions pack.List[Question]
	// NotCompared counts the unchanged files of the server whose contents a dry run with
	// Checksum did not compare, because that would cost a download.
	NotCompared int
	// Waiting are the paths of the conflicts that nobody has settled yet: those of which
	// there is a copy, and those that are left alone.
	Waiting []manifest.Path
	// Extras counts the files that only the target of a push or a pull has, as far as
	// it was listed. They are left alone.
	Extras int
	// Twins are the paths of each side that are left alone because the other side cannot
	// have their names: it lacks a character, or takes names that differ only in case for
	// one. As with names that a
	// tree cannot have, looking again does not help.
	Twins [2][]manifest.Problem
	// Unlinked are the links that the other side cannot have, by the reason. They are among Skips.
	Unlinked map[string][]manifest.Path
	// AskLinks are the links of each side whose targets must be known first.
	AskLinks [2][]manifest.Path
	// AskCase says of which sides it must be known first whether names that differ
	// only in case are one there.
	AskCase [2]bool
}

// Empty reports whether the plan does nothing visible.
func (p *Plan) Empty() bool {
	return len(p.Conflicts) == 0 && p.count(func(a *Action) bool { return a.stage() != stageRecord }) == 0
}

// Acts reports whether carrying out the plan changes a side. Skipped conflicts do
// not, nor do actions that only change the base.
func (p *Plan) Acts() bool {
	return p.count(func(a *Action) bool { return a.stage() != stageRecord && a.Op != Compare }) > 0
}

// count returns how many of the actions are of a kind.
func (p *Plan) count(is func(a *Action) bool) (n int) {
	for _, a := range p.Actions.All() {
		if is(a) {
			n++
		}
	}
	return n
}

// deletes counts the files that the plan deletes on side s.
func (p *Plan) deletes(s Side) int {
	return p.count(func(a *Action) bool { return a.Op == Delete && a.Side == s })
}
