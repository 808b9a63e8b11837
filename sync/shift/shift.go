// Package shift finds out whether the times or identities of all files on a server have
// changed at once. It is pure.
package shift

import (
	"iter"
	"time"

	"ferry/manifest"
)

// MinFiles is the number of files that must have shifted for a shift to be considered.
const MinFiles = 5

const (
	// zoneStep is the smallest difference between two time zones, and maxShift the
	// largest.
	zoneStep = 15 * time.Minute
	maxShift = 26 * time.Hour
)

// Times returns by how much the times of the whole server have shifted since the
// base was written, as when it changes its time zone: nearly every file has
// kept its size, and its time differs by the same multiple of 15 minutes. It also
// returns the paths that shifted.
func Times(base iter.Seq2[manifest.Path, manifest.Pair], now *manifest.Tree) (time.Duration, []manifest.Path) {
	var paths []manifest.Path
	var shift time.Duration
	files := 0
	for p, pair := range base {
		was, is := pair.Remote, now.At(p)
		if !was.IsFile() || !is.IsFile() || max(was.Precision, is.Precision) > manifest.Minute {
			continue
		}
		files++
		if was.Size != is.Size || manifest.SameTime(was, is) {
			continue
		}
		step := max(was.Precision, is.Precision).Duration()
		d := is.Time().Truncate(step).Sub(was.Time().Truncate(step))
		switch {
		case d%zoneStep != 0 || d.Abs() > maxShift:
			continue
		case len(paths) == 0:
			shift = d
		case d != shift:
			return 0, nil
		}
		paths = append(paths, p)
	}
	if len(paths) < MinFiles || len(paths)*10 < files*9 {
		return 0, nil
	}
	return shift, paths
}

// Identities returns the files of the server whose identity changed and whose stamp did
// not, if these are nearly all files, as on a server that was moved to another
// disk.
func Identities(base iter.Seq2[manifest.Path, manifest.Pair], now *manifest.Tree) []manifest.Path {
	var paths []manifest.Path
	files := 0
	for p, pair := range base {
		was, is := pair.Remote, now.At(p)
		if !was.IsFile() || !is.IsFile() || was.ID == 0 || is.ID == 0 {
			continue
		}
		files++
		if was.ID != is.ID && manifest.Unchanged(was, is) {
			paths = append(paths, p)
		}
	}
	if len(paths) < MinFiles || len(paths)*10 < files*9 {
		return nil
	}
	return paths
}
