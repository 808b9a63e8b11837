package deploy

import "ferry/manifest"

// drift returns what somebody else did to a managed file, or "".
func (d *decision) drift(f *File, look Look, how knowledge) string {
	switch {
	case how != shown || manifest.Unchanged(f.Seen, look.Entry):
		return ""
	case !look.Entry.Exists():
		return DriftDeleted
	}
	return DriftChanged
}

// settle records drift at p and reports whether the local version takes its place, or the
// file is deleted. wanted says that the source asks for that: what was changed on the server
// alone is left alone, except with [RestoreDrift].
func (d *decision) settle(p manifest.Path, what string, wanted bool) bool {
	switch d.policy.Drift {
	case StopAtDrift:
		d.stops = append(d.stops, p)
		return false
	case SaveDrift:
		if wanted {
			d.saved(p, what)
			return true
		}
	case RestoreDrift:
		if wanted {
			d.saved(p, what)
		}
		// A file that only the server changed comes back here, wanted, by put.
		return wanted || d.local[p] != nil
	}
	d.left(p, what)
	return false
}

func (d *decision) saved(p manifest.Path, what string) {
	d.plan.Drift = append(d.plan.Drift, Drift{Path: p, What: what, Saved: what != DriftDeleted})
}

func (d *decision) left(p manifest.Path, what string) {
	d.plan.Drift = append(d.plan.Drift, Drift{Path: p, What: what, Left: true})
}
