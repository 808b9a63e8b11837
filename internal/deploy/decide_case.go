package deploy

import (
	"maps"
	"slices"

	"ferry/manifest"
)

// CaseTwins returns paths of the local files, of the state and of the lists that differ only
// in case, in groups. Where there are any, [Decide] has to know whether the server tells
// them apart.
func CaseTwins(site Site, local []LocalFile) [][]manifest.Path {
	all := map[string][]manifest.Path{}
	seen := map[manifest.Path]bool{}
	add := func(p manifest.Path) {
		for ; p != manifest.Root && !seen[p]; p = p.Parent() {
			seen[p] = true
			key := manifest.Fold(string(p))
			all[key] = append(all[key], p)
		}
	}
	for i := range local {
		add(local[i].Path)
	}
	if site.State != nil {
		for i := range site.State.Files {
			add(site.State.Files[i].Path)
		}
	}
	for dir, l := range site.Lists {
		for name := range l.Entries {
			add(dir.Join(name))
		}
	}
	var groups [][]manifest.Path
	for _, group := range all {
		if len(group) > 1 {
			slices.SortFunc(group, manifest.Path.Compare)
			groups = append(groups, group)
		}
	}
	slices.SortFunc(groups, func(a, b []manifest.Path) int { return a[0].Compare(b[0]) })
	return groups
}

// localTwins returns local paths that are one name on the site, sorted.
func (s *source) localTwins() []manifest.Path {
	if !s.folding.Folds() {
		return nil
	}
	groups := map[string][]manifest.Path{}
	for p := range s.local {
		key := s.folding.Key(string(p))
		groups[key] = append(groups[key], p)
	}
	twins := map[manifest.Path]bool{}
	for key, group := range groups {
		if len(group) > 1 || s.folded[key+"/"] {
			for _, p := range group {
				twins[p] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(twins), manifest.Path.Compare)
}

// otherCase returns what stands on the site under the name of p in another case, and what
// it is; "" where there is nothing.
func (d *decision) otherCase(p manifest.Path) (manifest.Path, manifest.Kind) {
	l := d.site.Lists[p.Parent()]
	if !d.folding.Folds() || l == nil {
		return "", manifest.None
	}
	key := d.folding.Key(p.Base())
	for name, look := range l.Entries {
		if name != p.Base() && d.folding.Key(name) == key {
			return p.Parent().Join(name), look.Entry.Kind
		}
	}
	return "", manifest.None
}
