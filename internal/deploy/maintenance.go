package deploy

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// A Maintenance is a file that stands in the site while a release goes live. The zero
// Maintenance is none.
type Maintenance struct {
	Path    manifest.Path // where it stands
	Content []byte
}

// maintenanceName is the maintenance file below the work directory.
const maintenanceName = "stage/maintenance"

// A maintaining is how far the maintenance file of the commit has come.
type maintaining uint8

const (
	notKnown maintaining = iota // another run has begun the commit, or a reply is missing
	notPut                      // somebody else's file stands there
	isPut
)

// checkMaintenance refuses a maintenance file that cannot be where it should.
func (r *run) checkMaintenance() error {
	p := r.Maintenance.Path
	what := ""
	if f := r.plan.Release.File(p); f != nil && f.Gone.IsZero() {
		what = "a file of the release"
	} else if p.HasOwn() {
		what = "a name of ferry's own"
	}
	if p == manifest.Root || what == "" {
		return nil
	}
	return &sync.UnsafeError{What: fmt.Sprintf("maintenance: {as: %s} names %s", p, what), Hint: "choose another name; ignore: leaves a file out of the release"}
}

// maintenanceUpload returns the upload of the maintenance file, none where nothing in the
// site changes.
func (r *run) maintenanceUpload() []Upload {
	next := &r.plan.Release
	if r.Maintenance.Path == "" || len(next.Changes) == 0 {
		return nil
	}
	next.Maintenance.Path = r.Maintenance.Path
	content := r.Maintenance.Content
	return []Upload{{Name: maintenanceName, Dirs: []string{stageDir}, Size: int64(len(content)), Open: func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content[offset:])), nil
	}}}
}

// maintenanceStaged notes the result of the upload.
func (r *run) maintenanceStaged(u Uploaded) error {
	if u.Err != nil {
		return fmt.Errorf("the maintenance file: %w", u.Err)
	}
	r.plan.Release.Maintenance.Is = u.Seen
	return nil
}

// stageMaintenance stages the maintenance file alone.
func (r *run) stageMaintenance(ctx context.Context) error {
	uploads := r.maintenanceUpload()
	if len(uploads) == 0 {
		return nil
	}
	var failed error
	err := r.Server.Upload(ctx, uploads, func(_ int, u Uploaded) { failed = r.maintenanceStaged(u) })
	return cmp.Or(err, failed)
}

// placeOf is where the file stands in the site.
func placeOf(f MaintenanceFile) Place { return Live(f.Path, manifest.Entry{}) }

// beginMaintenance returns the step that puts the maintenance file into the site. A file that
// somebody else put there stays, and the site is in maintenance anyway.
func (r *run) beginMaintenance() Chain {
	file := r.plan.Release.Maintenance
	if file.Path == "" {
		return nil
	}
	r.maintenance = isPut
	if r.inPlaceOfMaintenance.Err != nil || r.inPlaceOfMaintenance.Entry.Exists() {
		r.maintenance = notPut
		r.Observer(Noticed{Text: fmt.Sprintf("%q stands on the server already, and is left as it is", file.Path)})
		return nil
	}
	return Chain{{Op: Rename, From: Work(maintenanceName), To: placeOf(file)}}
}

// maintenanceFailed is told that the step of [run.beginMaintenance] failed with err.
func (r *run) maintenanceFailed(err error) {
	r.maintenance = notKnown
	r.Observer(Warned{Text: fmt.Sprintf("the maintenance file could not be put in place: %v", err)})
}

// endMaintenance returns the steps that take the maintenance file of a release away, and its
// staged file where that is still there. They must come before the state: whoever finds
// the mark of the commit finds the file, too.
func (r *run) endMaintenance(ctx context.Context, release *Release) (Chain, error) {
	file := release.Maintenance
	if file.Path == "" {
		return nil, nil
	}
	live, staged := Step{Op: Delete, From: placeOf(file)}, Step{Op: Delete, From: Work(maintenanceName)}
	switch r.maintenance {
	case isPut:
		return Chain{live}, nil
	case notPut:
		return Chain{staged}, nil
	}
	looks, err := r.Server.Look(ctx, []Place{live.From, staged.From}, false)
	if err != nil {
		return nil, err
	}
	switch {
	case looks[0].Err != nil || looks[1].Err != nil:
		return nil, fmt.Errorf("looking at the maintenance file: %w", cmp.Or(looks[0].Err, looks[1].Err))
	case looks[1].Entry.Exists():
		return Chain{staged}, nil
	case looks[0].Entry.Exists() && manifest.Unchanged(file.Is, looks[0].Entry):
		return Chain{live}, nil
	case looks[0].Entry.Exists() || !r.CutLines:
		return nil, nil
	}
	return r.cutMaintenance(ctx, release)
}

// cutMaintenance takes the file away where its rename was cut off in the middle of the line, and
// carried out all the same.
func (r *run) cutMaintenance(ctx context.Context, release *Release) (chain Chain, err error) {
	var places []Place
	name := string(release.Maintenance.Path)
	for n := len(name) - 1; n > 0; n-- {
		if p := name[:n]; !strings.HasSuffix(p, "/") && release.File(manifest.Path(p)) == nil {
			places = append(places, Place{Path: p})
		}
	}
	looks, err := r.Server.Look(ctx, places, false)
	if err != nil {
		return nil, err
	}
	for i, l := range looks {
		if l.Entry.IsFile() && manifest.Unchanged(release.Maintenance.Is, l.Entry) {
			chain = append(chain, Step{Op: Delete, From: places[i]})
		}
	}
	return chain, nil
}

// maintenanceEnded notes where the file could not be taken away.
func (r *run) maintenanceEnded(chain Chain, errs []error) {
	for i, step := range chain {
		if err := errs[i]; err != nil && !step.From.Work && !errors.Is(err, ErrMissing) {
			r.stuck = map[manifest.Path]error{manifest.Path(step.From.Path): fmt.Errorf("the maintenance file could not be deleted; delete it on the server, so that visitors see the site again: %w", err)}
		}
	}
}

// withStuck adds the maintenance file to what has failed, where it could not be taken away.
func (r *run) withStuck(failed map[manifest.Path]error) map[manifest.Path]error {
	if len(r.stuck) == 0 {
		return failed
	}
	all := maps.Clone(r.stuck)
	maps.Copy(all, failed)
	return all
}
