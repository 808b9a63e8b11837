package deploy

import (
	"fmt"
	"strings"

	"ferry/internal/deploy/order"
	"ferry/manifest"
	"ferry/sync/namecase"
)

// KeptName returns where a file of the stage of a release is, once the stage is kept.
func KeptName(release int, name string) string {
	return keptName(release) + "/" + strings.TrimPrefix(name, stageDir+"/")
}

// Inverse returns the changes that lead from release r back to before, the one before it, by
// what is kept of r: byte for byte, with modes. What r brought is kept in turn, under names
// of the stage. Whoever carries it out looks whether every file is as [Change.Was] says.
// The error says which file was not kept.
func Inverse(r, before *Release, class func(manifest.Path) int) ([]Change, error) {
	if class == nil {
		class = order.Parse(order.Default()).Class
	}
	var changes []Change
	setsAside := func(c Change) {
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
		if c.Was.Exists() && c.Aside == "" && c.Kind != Chmod {
			return nil, fmt.Errorf("%s: its version before release %d was not kept; set keep: to keep them", c.Path, r.Number)
		}
		switch {
		case c.Kind == Chmod:
			if f := before.File(c.Path); f != nil && f.Mode != 0 && f.Mode != c.Mode {
				changes = append(changes, Change{Kind: Chmod, Path: c.Path, Was: c.Is, Is: c.Is, Mode: f.Mode})
			}
		case c.Kind == Put && !c.Was.Exists():
			setsAside(Change{Kind: Remove, Path: c.Path, Was: c.Is})
		case c.Kind == Put:
			setsAside(Change{Kind: Put, Path: c.Path, From: KeptName(r.Number, c.Aside), Was: c.Is, Is: c.Was})
		default:
			changes = append(changes, Change{Kind: Put, Path: c.Path, From: KeptName(r.Number, c.Aside), Was: manifest.Entry{Name: c.Was.Name}, Is: c.Was})
		}
	}
	changes = append(changes, inWayOf(changes)...)
	order.Arrange(changes, class, namecase.NotAsked)
	return changes, nil
}

// inWayOf returns changes that remove the directories that stand where a file comes back,
// once what was in them is gone.
func inWayOf(changes []Change) []Change {
	puts := map[manifest.Path]bool{}
	for i := range changes {
		if changes[i].Kind == Put {
			puts[changes[i].Path] = true
		}
	}
	var more []Change
	seen := map[manifest.Path]bool{}
	for i := range changes {
		if changes[i].Kind != Remove {
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
					more = append(more, Change{Kind: Remove, Path: d, Was: manifest.Entry{Kind: manifest.Dir}})
				}
			}
		}
	}
	return more
}
