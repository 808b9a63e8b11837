package watch

import (
	"slices"
	"time"

	"ferry/manifest"
)

// budget returns how long a poll may take.
func (p *pollPlan) budget() time.Duration { return min(maxPollTime, p.poll/4) }

// capacity returns how many directories can be listed in d.
func (p *pollPlan) capacity(d time.Duration) int {
	rate := p.rate
	if rate == 0 {
		rate = firstRate
	}
	return max(minDirs, int(rate*d.Seconds()))
}

// fits reports whether one poll can list all directories.
func (p *pollPlan) fits() bool { return len(p.dirs) <= p.capacity(p.budget()) }

// nextPart returns the directories to list now. It is called when next has come.
// skip says which directories to leave out.
func (p *pollPlan) nextPart(now time.Time, skip func(manifest.Path) bool) []manifest.Path {
	if len(p.parts) == 0 {
		p.began, p.busy = now, 0
		p.parts = p.selectParts(now, skip)
	}
	dirs := p.parts[0]
	p.parts = p.parts[1:]
	return dirs
}

// selectParts returns the parts of the poll that begins now, at least one.
func (p *pollPlan) selectParts(now time.Time, skip func(manifest.Path) bool) [][]manifest.Path {
	most := p.capacity(p.budget())
	var selected []manifest.Path
	if p.fits() {
		for _, dir := range p.dirs {
			if !skip(dir) {
				selected = append(selected, dir)
			}
		}
		p.visited = len(p.dirs)
		return [][]manifest.Path{selected}
	}
	selected = p.recentlyActive(now, most/3, skip)
	selected = append(selected, p.rotate(most-len(selected), selected, skip)...)
	slices.SortFunc(selected, manifest.Path.Compare)
	return slices.Collect(slices.Chunk(selected, p.capacity(partTime)))
}

// recentlyActive returns up to most active directories, the latest first.
func (p *pollPlan) recentlyActive(now time.Time, most int, skip func(manifest.Path) bool) []manifest.Path {
	var dirs []manifest.Path
	for dir, at := range p.active {
		if _, known := slices.BinarySearchFunc(p.dirs, dir, manifest.Path.Compare); now.Sub(at) > activeFor {
			delete(p.active, dir)
		} else if known && !skip(dir) {
			dirs = append(dirs, dir)
		}
	}
	slices.SortFunc(dirs, func(a, b manifest.Path) int {
		if d := p.active[b].Compare(p.active[a]); d != 0 {
			return d
		}
		return a.Compare(b)
	})
	return dirs[:min(most, len(dirs))]
}

// rotate returns the next n directories whose turn it is, without those that were
// selected already.
func (p *pollPlan) rotate(n int, selected []manifest.Path, skip func(manifest.Path) bool) []manifest.Path {
	had := make(map[manifest.Path]bool, len(selected))
	for _, dir := range selected {
		had[dir] = true
	}
	first, found := slices.BinarySearchFunc(p.dirs, p.rotated, manifest.Path.Compare)
	if found {
		first++
	}
	if p.rotated == manifest.Root && p.visited == 0 {
		first = 0
	}
	var dirs []manifest.Path
	for seen := 0; len(dirs) < n && seen < len(p.dirs); seen++ {
		dir := p.dirs[(first+seen)%len(p.dirs)]
		p.rotated = dir
		p.visited++
		if !had[dir] && !skip(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
