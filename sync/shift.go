package sync

import (
	"context"
	"fmt"
	"iter"
	"time"

	"ferry/manifest"
)

const (
	// minShifted is the number of files that must have shifted for a shift to be
	// considered, and shiftSamples is how many of them are read to confirm it.
	minShifted   = 5
	shiftSamples = 3
	// zoneStep is the smallest difference between two time zones, and maxShift the
	// largest.
	zoneStep = 15 * time.Minute
	maxShift = 26 * time.Hour
)

// timeShift returns by how much the times of a whole side have shifted since the
// base was written, as when a server changes its time zone: nearly every file has
// kept its size, and its time differs by the same multiple of 15 minutes. It also
// returns the paths that shifted.
func timeShift(base iter.Seq2[manifest.Path, manifest.Pair], now *manifest.Tree, s Side) (time.Duration, []manifest.Path) {
	var paths []manifest.Path
	var shift time.Duration
	files := 0
	for p, pair := range base {
		was, is := entryOn(pair, s), now.At(p)
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
	if len(paths) < minShifted || len(paths)*10 < files*9 {
		return 0, nil
	}
	return shift, paths
}

// renumbered returns the files of a side whose identity changed and whose stamp did
// not, if these are nearly all files, as on a server that was moved to another
// disk.
func renumbered(base iter.Seq2[manifest.Path, manifest.Pair], now *manifest.Tree, s Side) []manifest.Path {
	var paths []manifest.Path
	files := 0
	for p, pair := range base {
		was, is := entryOn(pair, s), now.At(p)
		if !was.IsFile() || !is.IsFile() || was.ID == 0 || is.ID == 0 {
			continue
		}
		files++
		if was.ID != is.ID && manifest.Unchanged(was, is) {
			paths = append(paths, p)
		}
	}
	if len(paths) < minShifted || len(paths)*10 < files*9 {
		return nil
	}
	return paths
}

// acceptShift looks for a shift of the server's times or identities. If samples
// still have their content, the shifted files count as touched: their new stamps
// are recorded and nothing is transferred.
func (p *pass) acceptShift(ctx context.Context) error {
	if p.roots[Remote].Kind == manifest.None || p.record.Len() < minShifted {
		return nil
	}
	if paths := renumbered(p.record.All(), p.trees[Remote], Remote); len(paths) > 0 {
		return p.acceptIfUnchanged(ctx, paths, "identities of %s on the server have all changed, as after a move to another disk")
	}
	shift, paths := timeShift(p.record.All(), p.trees[Remote], Remote)
	if len(paths) == 0 {
		return nil
	}
	return p.acceptIfUnchanged(ctx, paths, "times of %s on the server have moved by "+shift.String()+", as after a change of the time zone")
}

// acceptIfUnchanged compares the contents of samples with the base, and if they are
// the same, takes the content of all paths from the base.
func (p *pass) acceptIfUnchanged(ctx context.Context, paths []manifest.Path, what string) error {
	for i := range shiftSamples {
		path := paths[i*(len(paths)-1)/(shiftSamples-1)]
		pair, _ := p.record.At(path)
		found, err := p.contents(ctx, []Question{{Path: path, Side: Remote}})
		if err != nil {
			return err
		}
		if found[0].err != nil || pair.Sum == "" || found[0].sum != pair.Sum {
			return nil
		}
	}
	for _, path := range paths {
		pair, _ := p.record.At(path)
		entry := p.trees[Remote].At(path)
		entry.Sum = pair.Sum
		p.trees[Remote].Put(path, entry)
	}
	p.tell(Noticed{Text: fmt.Sprintf("the "+what+"; samples are unchanged, so the new ones are recorded and nothing is transferred", plural(len(paths), "file"))})
	return nil
}
