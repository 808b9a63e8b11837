// Package inverse finds the way back from a release.
package inverse

import (
	"fmt"

	"ferry/internal/deploy/order"
	"ferry/internal/deploy/release"
	"ferry/manifest"
	"ferry/sync/namecase"
)

// Of returns the changes that lead from release r back to before, the one before it, by
// what is kept of r: byte for byte, with modes. What r brought is kept in turn, under names
// of the stage. Whoever carries it out looks whether every file is as [release.Change.Was] says.
// The error says which file was not kept.
func Of(r, before *release.Release, class func(manifest.Path) int) ([]release.Change, error) {
	if class == nil {
		class = order.Parse(order.Default()).Class
	}
	var changes []release.Change
	setsAside := func(c release.Change) {
		c.Aside = fmt.Sprintf("stage/b/%07d", len(changes)+1)
		if f := r.File(c.Path); f == nil || !manifest.Unchanged(f.Seen, c.Was) {
			c.Aside, c.Drift = fmt.Sprintf("stage/drift/%07d", len(changes)+1), true // somebody else's version, which r brought back
		}
		changes = append(changes, c)
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		if c.Was.IsDir() {
			continue // it is made again for what was in it
		}
		if c.Was.Exists() && c.Aside == "" && c.Kind != release.Chmod {
			return nil, fmt.Errorf("%s: its version before release %d was not kept; set keep: to keep them", c.Path, r.Number)
		}
		switch {
		case c.Kind == release.Chmod:
			if f := before.File(c.Path); f != nil && f.Mode != 0 && f.Mode != c.Mode {
				changes = append(changes, release.Change{Kind: release.Chmod, Path: c.Path, Was: c.Is, Is: c.Is, Mode: f.Mode})
			}
		case c.Kind == release.Put && !c.Was.Exists():
			setsAside(release.Change{Kind: release.Remove, Path: c.Path, Was: c.Is})
		case c.Kind == release.Put:
			setsAside(release.Change{Kind: release.Put, Path: c.Path, From: release.KeptName(r.Number, c.Aside), Was: c.Is, Is: c.Was})
		default:
			changes = append(changes, release.Change{Kind: release.Put, Path: c.Path, From: release.KeptName(r.Number, c.Aside), Was: manifest.Entry{Name: c.Was.Name}, Is: c.Was})
		}
	}
	changes = append(changes, inWayOf(changes)...)
	order.Arrange(changes, class, namecase.NotAsked)
	return changes, nil
}

// inWayOf returns changes that remove the directories that stand where a file comes back,
// once what was in them is gone.
func inWayOf(changes []release.Change) []release.Change {
	puts := map[manifest.Path]bool{}
	for i := range changes {
		if changes[i].Kind == release.Put {
			puts[changes[i].Path] = true
		}
	}
	var more []release.Change
	seen := map[manifest.Path]bool{}
	for i := range changes {
		if changes[i].Kind != release.Remove {
			continue
		}
		var above []manifest.Path
		for dir := range changes[i].Path.Ancestors {
			above = append(above, dir)
			if !puts[dir] {
				continue
			}
			for _, d := range above {
				if !seen[d] {
					seen[d] = true
					more = append(more, release.Change{Kind: release.Remove, Path: d, Was: manifest.Entry{Kind: manifest.Dir}})
				}
			}
		}
	}
	return more
}
