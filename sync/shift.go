package sync

import (
	"context"
	"fmt"

	"ferry/manifest"
	"ferry/sync/compare"
	"ferry/sync/shift"
)

// shiftSamples is how many files are read to confirm a shift.
const shiftSamples = 3

// acceptShift looks for a shift of the server's times or identities. If samples
// still have their content, the shifted files count as touched: their new stamps
// are recorded and nothing is transferred.
func (p *pass) acceptShift(ctx context.Context) error {
	if p.roots[Remote].Kind == manifest.None || p.record.Len() < shift.MinFiles {
		return nil
	}
	if paths := shift.IDs(p.record.All(), p.trees[Remote]); len(paths) > 0 {
		return p.acceptIfUnchanged(ctx, paths, "identities of %s on the server have all changed, as after a move to another disk")
	}
	by, paths := shift.Times(p.record.All(), p.trees[Remote])
	if len(paths) == 0 {
		return nil
	}
	return p.acceptIfUnchanged(ctx, paths, "times of %s on the server have moved by "+by.String()+", as after a change of the time zone")
}

// acceptIfUnchanged compares the contents of samples with the base, and if they are
// the same, takes the content of all paths from the base.
func (p *pass) acceptIfUnchanged(ctx context.Context, paths []manifest.Path, what string) error {
	for i := range shiftSamples {
		path := paths[i*(len(paths)-1)/(shiftSamples-1)]
		pair, _ := p.record.At(path)
		found, err := p.contents(ctx, []Question{{Path: path, Side: Remote}}, &compare.Progress{FilesTotal: 1, BytesTotal: p.trees[Remote].At(path).Size})
		if err != nil {
			return err
		}
		if found[0].Err != nil || pair.Sum == "" || found[0].Sum != pair.Sum {
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
