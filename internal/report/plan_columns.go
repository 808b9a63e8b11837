package report

import "ferry/sync"

// The words for what an action does where that does not follow from the change on the
// side that it comes from.
const (
	doesDelete  = "delete"
	doesRestore = "restore" // what was deleted there
	doesReplace = "replace"
)

// columns returns what a plan line says of each side. The side that a change comes from
// says what happened there. The side where the action happens says what is done, if it is
// not just the same: an extra file that an exact push deletes is not "new" there, and a
// file that is sent again is not "deleted". note says then what is overridden.
func columns(a *sync.Action) (local, remote, note string) {
	source, target := changeOn(a, a.Side.Other()), changeOn(a, a.Side)
	does := target
	if word := doesThere(a, source, target); word != "" {
		does, note = sync.Change(word), overridden(a.Side, target)
	}
	if a.Side == sync.Local {
		return string(does), string(source), note
	}
	return string(source), string(does), note
}

func changeOn(a *sync.Action, side sync.Side) sync.Change {
	if side == sync.Local {
		return a.LocalChange
	}
	return a.RemoteChange
}

// doesThere returns the word for what an action does on its side, "" where the changes of
// both sides say it.
func doesThere(a *sync.Action, source, target sync.Change) string {
	there := a.Remote
	if a.Side == sync.Local {
		there = a.Local
	}
	switch a.Op {
	case sync.Delete, sync.Rmdir:
		if source != sync.Deleted || target != sync.NoChange {
			return doesDelete
		}
	case sync.Upload, sync.Download, sync.Mkdir:
		switch {
		case target == sync.NoChange && source != sync.NoChange, a.Kept:
		case target == sync.Deleted, target == sync.NoChange && !there.Exists():
			return doesRestore
		default:
			return doesReplace
		}
	}
	return ""
}

// overridden says what a side did that an action does not keep.
func overridden(side sync.Side, change sync.Change) string {
	where := " on the server"
	if side == sync.Local {
		where = " here"
	}
	switch change {
	case sync.Created, sync.Changed, sync.Deleted, sync.Renamed:
		return string(change) + where
	}
	return ""
}
