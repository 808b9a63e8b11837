package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"ferry/internal/deploy/release"
	"ferry/manifest"
)

// A SavedVersion is what somebody else had made of a file, which a deploy saved before it
// put its own in place.
type SavedVersion struct {
	Path    manifest.Path
	Release int       // which saved it
	Time    time.Time // of that release
	Size    int64
	Seen    manifest.Entry // as the server showed it in the site
	At      Place
	server  Server // that it is on
	unsure  bool   // whether it is still there
}

// SavedVersions returns what deploys have saved and is still there, the newest first. Nothing
// is locked or changed.
func SavedVersions(ctx context.Context, o Options) (saved []SavedVersion, err error) {
	if o.asAWhole() {
		return savedInSlots(ctx, o)
	}
	r := newRun(o)
	if r.found, err = r.Server.Begin(ctx); err != nil {
		return nil, err
	}
	numbers, err := r.keptNumbers(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range numbers {
		release, err := r.readKept(ctx, n, "release")
		if errors.Is(err, ErrNotKept) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading what release %d has saved: %w", n, err)
		}
		of, err := r.savedBy(ctx, release)
		if err != nil {
			return nil, err
		}
		saved = append(saved, of...)
	}
	return saved, nil
}

// savedBy returns what one release has saved.
func (r *run) savedBy(ctx context.Context, of *Release) (saved []SavedVersion, err error) {
	var places []Place
	for _, c := range of.Changes {
		if c.Drift && c.Aside != "" && c.Was.IsFile() {
			at := Work(release.KeptName(of.Number, c.Aside))
			saved = append(saved, SavedVersion{Path: c.Path, Release: of.Number, Time: of.Time, Size: c.Was.Size, Seen: c.Was, At: at, server: r.Server})
			places = append(places, at)
		}
	}
	if len(places) == 0 {
		return nil, nil
	}
	looks, err := r.Server.Look(ctx, places, false)
	if err != nil {
		return nil, err
	}
	there := saved[:0]
	for i, s := range saved {
		if s.unsure = looks[i].Err != nil; s.unsure || looks[i].Entry.IsFile() {
			there = append(there, s)
		}
	}
	return there, nil
}

// FetchSaved opens what somebody else had made of the file p: the version that release n
// saved, or the newest one where n is 0. The error wraps [ErrNotKept] where there is none.
func FetchSaved(ctx context.Context, o Options, p manifest.Path, n int) (SavedVersion, io.ReadCloser, error) {
	saved, err := SavedVersions(ctx, o)
	if err != nil {
		return SavedVersion{}, nil, err
	}
	for _, s := range saved {
		if s.Path == p && (n == 0 || s.Release == n) {
			content, err := s.server.Download(ctx, s.At)
			return s, content, err
		}
	}
	return SavedVersion{}, nil, fmt.Errorf("a version of %q that somebody else made %w", p, ErrNotKept)
}
