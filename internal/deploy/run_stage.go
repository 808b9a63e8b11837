package deploy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"ferry/manifest"
)

// perDir is how many staged files are in one directory: some servers cut longer listings.
const perDir = 1000

// A few small files are sent again after a run that was killed, and need no names for that: to
// rename the last file of each session costs round trips.
const (
	fewFiles  = 4
	smallFile = 256 << 10
)

// stage brings everything that is new to the server, where nobody sees it, and the plan.
func (r *run) stage(ctx context.Context) error {
	next := &r.plan.Release
	if r.rootMissing {
		if _, _, err := r.Server.Root(ctx, true); err != nil {
			return err
		}
	}
	reused, useless, numbers, err := r.reusable(ctx)
	if err != nil {
		return err
	}
	if err := r.makeStage(ctx, useless); err != nil {
		return err
	}
	local := make(map[manifest.Path]LocalFile, len(r.local))
	for _, f := range r.local {
		local[f.Path] = f
	}
	var uploads []Upload
	var of []int // the change of each upload
	few := len(r.plan.Stage) <= fewFiles
	for k, i := range r.plan.Stage {
		f := local[next.Changes[i].Path]
		if before := reused[f.Sum]; len(before) > 0 {
			reused[f.Sum] = before[1:]
			r.staged(i, Uploaded{Name: before[0].Name, Seen: before[0].Entry}, true)
			continue
		}
		dir := stagedDir + "/" + strconv.Itoa(k/perDir) + "/"
		u := Upload{
			Name: dir + "new-" + strconv.Itoa(k),
			Size: f.Size,
			Open: func(offset int64) (io.ReadCloser, error) { return r.openChecked(f, offset) },
		}
		if !few || f.Size > smallFile {
			u.Keep = func(seen manifest.Entry) string { return dir + StagedName(numbers+k, f.Sum, seen) }
		}
		uploads = append(uploads, u)
		of = append(of, i)
	}
	var failed []error
	files := len(uploads)
	err = r.Server.Upload(ctx, append(uploads, r.maintenanceUpload()...), func(i int, u Uploaded) {
		if i == files {
			if err := r.maintenanceStaged(u); err != nil {
				failed = append(failed, err)
			}
			return
		}
		if u.Err != nil {
			p := next.Changes[of[i]].Path
			failed = append(failed, fmt.Errorf("%q: %w", p, u.Err))
			r.Observer(Failed{p, u.Err})
			return
		}
		r.staged(of[i], u, false)
	})
	if err != nil {
		return err
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d files could not be uploaded, so nothing was deployed: %w", len(failed), len(uploads), failed[0])
	}
	return r.storePlan(ctx, next)
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

// storePlan stores the plan, which becomes the state. Where something of the release is kept,
// copies of the plan and of the state before it are kept as well.
func (r *run) storePlan(ctx context.Context, next *Release) error {
	plan, err := Encode(next, r.Key)
	if err != nil {
		return err
	}
	files := []workContent{{planName, plan}}
	if keeps(next) {
		files = append(files, workContent{releaseName, plan})
		if r.state != nil {
			before, err := Encode(r.state, r.Key)
			if err != nil {
				return err
			}
			files = append(files, workContent{beforeName, before})
		}
	}
	return r.store(ctx, files...)
}

// A workContent is the content of a small file in the work directory.
type workContent struct {
	name    string
	content []byte
}

// store stores small files in the work directory.
func (r *run) store(ctx context.Context, files ...workContent) error {
	uploads := make([]Upload, len(files))
	for i, f := range files {
		uploads[i] = Upload{Name: f.name, Size: int64(len(f.content)), Open: func(offset int64) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(f.content[offset:])), nil
		}}
	}
	var failed error
	err := r.Server.Upload(ctx, uploads, func(i int, u Uploaded) {
		if u.Err != nil {
			failed = fmt.Errorf("storing %s in the work directory: %w", files[i].name, u.Err)
		}
	})
	return errors.Join(err, failed)
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

// makeStage makes the directories of the stage, and removes staged files that are of no use.
func (r *run) makeStage(ctx context.Context, useless []WorkFile) error {
	chain := Chain{{Op: MakeDir, To: Work(stageDir)}, {Op: MakeDir, To: Work(stagedDir)}}
	for k := 0; k*perDir < len(r.plan.Stage); k++ {
		chain = append(chain, Step{Op: MakeDir, To: Work(stagedDir + "/" + strconv.Itoa(k))})
	}
	for _, dir := range r.asideDirs() {
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

// openChecked opens a local file whose content must still have its sum at the end.
func (r *run) openChecked(f LocalFile, offset int64) (io.ReadCloser, error) {
	content, err := r.Source.Open(f.Path, 0)
	if err != nil {
		return nil, err
	}
	c := &checkedFile{ReadCloser: content, file: f, hash: sha256.New()}
	if _, err := io.CopyN(io.Discard, c, offset); err != nil {
		return nil, errors.Join(err, content.Close())
	}
	return c, nil
}

// A checkedFile fails at its end where its content is not that which was planned.
type checkedFile struct {
	io.ReadCloser
	file LocalFile
	hash hash.Hash
	n    int64
}

func (c *checkedFile) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.hash.Write(p[:n])
	c.n += int64(n)
	if err == io.EOF && (c.n != c.file.Size || Sum(c.hash.Sum(nil)[:16]) != c.file.Sum) {
		return n, errors.New("the local file has changed while it was deployed")
	}
	return n, err
}
