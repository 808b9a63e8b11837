package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ferry/internal/deploy/release"
	"ferry/manifest"
)

// perDir is how many staged files are in one directory: some servers cut longer listings.
const perDir = 1000

// smallFile is up to which size a file is rather sent again after a run that was killed than
// renamed at the price of a round trip.
const smallFile = 256 << 10

// stage brings everything that is new to the server, where nobody sees it, and the plan.
func (r *run) stage(ctx context.Context) error {
	next := &r.plan.Release
	if r.rootMissing {
		if _, _, err := r.Server.Root(ctx, true); err != nil {
			return err
		}
	}
	if err := r.checkNames(ctx); err != nil {
		return err
	}
	reused, useless, numbers, err := r.reusable(ctx)
	if err != nil {
		return err
	}
	var dirs []string
	if aside := r.asideDirs(); len(aside) > 0 {
		dirs = append([]string{stageDir}, aside...)
	}
	if err := r.makeStage(ctx, dirs, useless); err != nil {
		return err
	}
	local := make(map[manifest.Path]LocalFile, len(r.local))
	for _, f := range r.local {
		local[f.Path] = f
	}
	var uploads []Upload
	var of []int // the change of each upload
	for k, i := range r.plan.Stage {
		f := local[next.Changes[i].Path]
		if before := reused[f.Sum]; len(before) > 0 {
			reused[f.Sum] = before[1:]
			r.staged(i, Uploaded{Name: before[0].Name, Seen: before[0].Entry}, true)
			continue
		}
		dir := stagedDir + "/" + strconv.Itoa(k/perDir)
		uploads = append(uploads, Upload{
			Name:       dir + "/new-" + strconv.Itoa(k),
			Dirs:       []string{stageDir, stagedDir, dir},
			Size:       f.Size,
			Open:       func(offset int64) (io.ReadCloser, error) { return r.openChecked(f, offset) },
			Keep:       func(seen manifest.Entry) string { return dir + "/" + release.StagedName(numbers+k, f.Sum, seen) },
			KeepIfFree: f.Size <= smallFile,
		})
		of = append(of, i)
	}
	return r.upload(ctx, next, uploads, of)
}

// upload stores files, which are those of the changes of, and then the plan.
func (r *run) upload(ctx context.Context, next *Release, uploads []Upload, of []int) error {
	files := len(uploads)
	var failed []error
	notAll := func() error {
		if len(failed) == 0 {
			return nil
		}
		return fmt.Errorf("%d of %d files could not be uploaded, so nothing was deployed: %w", len(failed), files, failed[0])
	}
	uploads = append(uploads, r.maintenanceUpload()...)
	plans := len(uploads)
	uploads = append(uploads, r.planUploads(next, notAll)...)
	var planErr error
	err := r.Server.Upload(ctx, uploads, func(i int, u Uploaded) {
		switch {
		case i >= plans:
			planErr = errors.Join(planErr, r.planStored(u))
		case i >= files:
			if err := r.maintenanceStaged(u); err != nil {
				failed = append(failed, err)
			}
		case u.Err != nil:
			p := next.Changes[of[i]].Path
			failed = append(failed, fmt.Errorf("%q: %w", p, u.Err))
			r.Observer(Failed{p, u.Err})
		default:
			r.staged(of[i], u, false)
		}
	})
	return cmp.Or(err, notAll(), planErr)
}

// staged notes where the file of change i is, and what the server shows of it.
func (r *run) staged(i int, u Uploaded, reused bool) {
	r.plan.Staged(i, u.Name, u.Seen, u.Mode)
	if reused {
		r.result.Reused++
	} else {
		r.result.Uploaded++
		r.result.BytesUp += u.Seen.Size
	}
	r.Observer(Staged{r.plan.Release.Changes[i].Path, u.Seen.Size, reused})
}

// stagedModes returns the steps that set the modes of staged files. They come before the commit,
// so that no file is ever seen with another mode.
func (r *run) stagedModes() (chains []Chain) {
	for _, c := range r.plan.Release.Changes {
		if c.Kind == Put && c.Mode != 0 {
			chains = append(chains, Chain{{Op: SetMode, To: Work(c.From), Mode: c.Mode}})
		}
	}
	return chains
}

// reusable looks for what an earlier run has staged. Numbers from next on are in no name.
func (r *run) reusable(ctx context.Context) (usable map[Sum][]WorkFile, useless []WorkFile, next int, err error) {
	if !r.found.Stage {
		return nil, nil, 0, nil
	}
	dirs, err := r.Server.ListWork(ctx, stagedDir)
	if errors.Is(err, ErrMissing) {
		return nil, nil, 0, nil
	}
	if err != nil {
		return nil, nil, 0, err
	}
	var all []WorkFile
	for _, dir := range dirs {
		if !dir.Entry.IsDir() {
			continue
		}
		files, err := r.Server.ListWork(ctx, stagedDir+"/"+dir.Name)
		if err != nil && !errors.Is(err, ErrMissing) {
			return nil, nil, 0, err
		}
		for _, f := range files {
			number, _, _ := strings.Cut(f.Name, "-")
			if n, err := strconv.Atoi(number); err == nil {
				next = max(next, n+1)
			}
			f.Name = stagedDir + "/" + dir.Name + "/" + f.Name
			all = append(all, f)
		}
	}
	usable, useless = Reusable(all, r.local)
	return usable, useless, next, nil
}

// makeStage makes directories in the stage, and removes staged files that are of no use.
func (r *run) makeStage(ctx context.Context, dirs []string, useless []WorkFile) error {
	if len(dirs) == 0 && len(useless) == 0 {
		return nil
	}
	var chain Chain
	for _, dir := range dirs {
		chain = append(chain, Step{Op: MakeDir, To: Work(dir)})
	}
	groups := [][]Chain{{chain}}
	var old []Chain
	for _, f := range useless {
		old = append(old, Chain{{Op: Delete, From: Work(f.Name)}})
	}
	if len(old) > 0 {
		groups = append(groups, old)
	}
	errs, err := r.Server.Apply(ctx, groups)
	if err != nil {
		return err
	}
	for i, step := range chain {
		if err := errs[0][0][i]; err != nil {
			return fmt.Errorf("making %s in the work directory: %w", step.To.Path, err)
		}
	}
	return nil
}

// asideDirs are the directories to which old versions go.
func (r *run) asideDirs() (dirs []string) {
	seen := make(map[string]bool)
	for _, c := range r.plan.Release.Changes {
		for dir := parentName(c.Aside); dir != "" && dir != stageDir && !seen[dir]; dir = parentName(dir) {
			seen[dir] = true
			dirs = append([]string{dir}, dirs...)
		}
	}
	return dirs
}

// parentName returns the directory of a name, "" where it has none.
func parentName(name string) string {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)]
}
