package deploy

import (
	"maps"
	"slices"

	"ferry/manifest"
)

// Steps returns the commit of changes, which are in their order, as groups of chains for
// [Server.Apply]. makeDirs are made before the new files, removeDirs are removed in the
// end. Modes of staged files are not among the steps: they are set before the commit.
func Steps(changes []Change, makeDirs, removeDirs []manifest.Path) [][]Chain {
	var groups [][]Chain
	add := func(g []Chain) {
		if len(g) > 0 {
			groups = append(groups, g)
		}
	}
	removed := map[manifest.Path]bool{}
	for i := range changes {
		removed[changes[i].Path] = changes[i].Kind == Remove
	}
	blocked := func(dir manifest.Path) bool {
		for ; dir != manifest.Root; dir = dir.Parent() {
			if removed[dir] {
				return true
			}
		}
		return false
	}
	var early []manifest.Path
	late := map[manifest.Path]bool{}
	for _, dir := range makeDirs {
		if blocked(dir) {
			late[dir] = true
		} else {
			early = append(early, dir)
		}
	}
	add(makeChains(early))
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].Class == changes[0].Class {
			n++
		}
		class := changes[:n]
		changes = changes[n:]
		cut := 0 // what stands in the way comes first
		for cut < n && class[cut].Kind == Remove {
			cut++
		}
		if cut < n && cut > 0 {
			add([]Chain{clearChain(class[:cut], late)})
			class = class[cut:]
		}
		var g []Chain
		for i := range class {
			g = append(g, changeChain(&class[i]))
		}
		add(g)
	}
	add(removeChains(removeDirs))
	return groups
}

// changeChain returns the steps of one change.
func changeChain(c *Change) Chain {
	live := Live(c.Path, c.Was)
	if c.Kind == Chmod {
		return Chain{{Op: SetMode, To: live, Mode: c.Mode}}
	}
	var steps Chain
	switch {
	case c.Aside != "" && c.Was.Exists():
		steps = append(steps, Step{Op: Rename, From: live, To: Work(c.Aside)})
	case c.Kind == Remove && c.Was.IsDir():
		steps = append(steps, Step{Op: RemoveDir, From: live})
	case c.Kind == Remove:
		steps = append(steps, Step{Op: Delete, From: live})
	}
	if c.Kind == Put {
		steps = append(steps, Step{Op: Rename, From: Work(c.From), To: live})
	}
	return steps
}

// clearChain takes away what stands in the way: files, and then the directories that held
// them. Where a file was in the way of directories, they are made.
func clearChain(removes []Change, late map[manifest.Path]bool) Chain {
	var steps Chain
	for i := range removes {
		steps = append(steps, changeChain(&removes[i])...)
	}
	for _, dir := range slices.SortedFunc(maps.Keys(late), manifest.Path.Compare) {
		if slices.ContainsFunc(removes, func(c Change) bool { return dir.Within(c.Path) }) {
			steps = append(steps, Step{Op: MakeDir, To: Place{Path: string(dir)}})
			delete(late, dir)
		}
	}
	return steps
}

// makeChains returns a chain for each tree of new directories, parents first.
func makeChains(dirs []manifest.Path) []Chain {
	var chains []Chain
	var top manifest.Path
	for _, dir := range dirs {
		if len(chains) == 0 || !dir.Within(top) {
			top = dir
			chains = append(chains, nil)
		}
		last := &chains[len(chains)-1]
		*last = append(*last, Step{Op: MakeDir, To: Place{Path: string(dir)}})
	}
	return chains
}

// removeChains returns a chain for each tree of directories to be removed, which come
// deepest first.
func removeChains(dirs []manifest.Path) []Chain {
	dirs = slices.Clone(dirs)
	slices.Reverse(dirs)
	chains := makeChains(dirs)
	for _, c := range chains {
		slices.Reverse(c)
		for i := range c {
			c[i] = Step{Op: RemoveDir, From: c[i].To}
		}
	}
	return chains
}
