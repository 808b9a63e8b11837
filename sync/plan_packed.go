package sync

import (
	"slices"

	"ferry/manifest"
	"ferry/sync/pack"
)

// The actions and questions of a plan are kept packed: nearly all of them can be made of what the
// base and both sides have at their path.

// The operations, in the order in which packed actions count them.
var ops = [...]Op{Upload, Download, Delete, Rename, Chmod, Link, Mkdir, Rmdir, Adopt, SetAside, Compare, Refresh, Forget}

var actionForm = pack.Form[Action]{
	Path: func(a *Action) manifest.Path { return a.Path },
	Shrink: func(a Action) (why string, bits uint32) {
		bits = uint32(slices.Index(ops[:], a.Op)) | uint32(a.Side)<<4
		for i, is := range [...]bool{a.Trash, a.MakeWay, a.NotCompared, a.Kept} {
			if is {
				bits |= 1 << (5 + i)
			}
		}
		return a.Why, bits
	},
	Make: func(row pack.Row, why string, bits uint32) Action {
		is := func(i int) bool { return bits>>(5+i)&1 != 0 }
		a := Action{Op: ops[bits&15], Side: Side(bits >> 4 & 1), Path: row.Path, Why: why,
			Local: row.Now[Local], Remote: row.Now[Remote], Base: row.Base,
			Trash: is(0), MakeWay: is(1), NotCompared: is(2), Kept: is(3)}
		a.LocalChange, a.RemoteChange = changesOf(row)[Local], changesOf(row)[Remote]
		if a.Op == Upload || a.Op == Download {
			a.Size = row.Now[a.Side.Other()].Size
		}
		return a
	},
}

var questionForm = pack.Form[Question]{
	Path: func(q *Question) manifest.Path { return q.Path },
	Shrink: func(q Question) (why string, bits uint32) {
		if bits = uint32(q.Side); q.HashOnly {
			bits |= 2
		}
		return q.Why, bits
	},
	Make: func(row pack.Row, why string, bits uint32) Question {
		return Question{Path: row.Path, Side: Side(bits & 1), HashOnly: bits&2 != 0, Why: why}
	},
}

// ActionsOf returns a list of actions for the plan of a test.
func ActionsOf(actions ...Action) pack.List[Action] { return pack.ListOf(actionForm, actions...) }
