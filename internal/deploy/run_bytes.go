package deploy

import "ferry/manifest"

// stageBytes returns how many bytes the files have that are to be staged.
func (r *run) stageBytes() (bytes int64) {
	staged := make(map[manifest.Path]bool, len(r.plan.Stage))
	for _, i := range r.plan.Stage {
		staged[r.plan.Release.Changes[i].Path] = true
	}
	for _, f := range r.local {
		if staged[f.Path] {
			bytes += f.Size
		}
	}
	return bytes
}
