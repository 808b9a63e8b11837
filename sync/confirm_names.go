package sync

import "ferry/manifest"

// pastNames knows the planned renames of one side by the new names. Until they are carried
// out, that side has everything under its old name.
type pastNames map[manifest.Path]pastName

type pastName struct {
	from  manifest.Path
	order int // the place of the rename in the plan
}

func (p *Plan) pastNames(s Side) pastNames {
	names := make(pastNames)
	for i, a := range p.Actions.All() {
		if a.Op == Rename && a.Side == s {
			names[a.Path] = pastName{a.From, i}
		}
	}
	return names
}

// now returns where the side has now what action number order has at path.
func (names pastNames) now(path manifest.Path, order int) manifest.Path {
	for {
		last := pastName{order: -1}
		at := manifest.Root
		for dir := path; dir != manifest.Root; dir = dir.Parent() {
			if name, is := names[dir]; is && name.order < order && name.order > last.order {
				at, last = dir, name
			}
		}
		if last.order < 0 {
			return path
		}
		path, order = path.Rebase(at, last.from), last.order
	}
}
