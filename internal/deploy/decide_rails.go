package deploy

import (
	"fmt"
	"slices"
	"strings"

	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
)

// checkLocal stops a deploy of an empty directory, and one of names that the server takes
// for one.
func (d *decision) checkLocal() error {
	if len(d.local) == 0 && !d.policy.AcceptEmpty {
		return &sync.UnsafeError{
			What: "the local directory holds no file to deploy",
			Hint: "look whether the build has run and whether local: names the right directory; if the site was meant to become empty, run again with --accept-empty",
		}
	}
	if twins := d.localTwins(); len(twins) > 0 {
		return &sync.UnsafeError{
			What: "the server does not tell upper from lower case, so these names are one there: " + list(twins),
			Hint: "rename all but one of them, or leave them out with ignore:",
		}
	}
	return nil
}

// check stops a deploy that met what it must not touch, or that deletes too much.
func (d *decision) check() error {
	for _, rail := range []struct {
		paths      []manifest.Path
		what, hint string
	}{
		{d.stops, "the site was changed by somebody else (drift: stop): ", "take these changes into the source or undo them; --drift save keeps a copy of them and deploys"},
		{d.odd, "links or special files stand where files of the release belong: ", "remove or rename them on the server, or leave these paths out with ignore:"},
		{d.full, "there are directories where files of the release belong, with files in them that no deploy put there: ", "empty or rename them on the server, or leave these paths out with ignore:"},
		{d.twins, "the server does not tell upper from lower case, and a file of the release would replace another one: ", "rename one of them"},
	} {
		if len(rail.paths) > 0 {
			return &sync.UnsafeError{What: rail.what + list(rail.paths), Hint: rail.hint}
		}
	}
	return d.checkDeletions()
}

// checkDeletions compares how many files leave the release with the limit. A file whose
// content the release brings under another name was moved.
func (d *decision) checkDeletions() error {
	if d.site.State == nil || len(d.local) == 0 {
		return nil
	}
	moved := map[Sum]int{}
	for p, l := range d.local {
		if f := d.managed[p]; f == nil || f.Sum != l.Sum {
			moved[l.Sum]++
		}
	}
	gone, all := 0, 0
	for p, f := range d.managed {
		if !f.Gone.IsZero() {
			continue // it was counted when it left the release
		}
		all++
		if d.local[p] != nil {
			continue
		}
		if moved[f.Sum] > 0 {
			moved[f.Sum]--
		} else {
			gone++
		}
	}
	most := d.policy.MostDeletions
	if most == nil {
		most = MostDeletions(sync.NewLimits())
	}
	limit := most(all)
	if limit < 0 || gone <= limit {
		return nil
	}
	return &sync.UnsafeError{
		What: fmt.Sprintf("%s of %d would be deleted from the site, which is more than %d", text.Count(gone, "file"), all, limit),
		Hint: "look at the plan with --dry-run; if it is right, run again with --allow-deletes, or raise --max-delete",
	}
}

// list returns all paths in one line.
func list(paths []manifest.Path) string {
	slices.SortFunc(paths, manifest.Path.Compare)
	paths = slices.Compact(paths)
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = text.Clean(string(p))
	}
	return strings.Join(names, ", ")
}
