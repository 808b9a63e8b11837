package deploy

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"ferry/internal/deploy/release"
)

// planUploads returns the uploads of the plan, which becomes the state. Where something of the
// release is kept, copies of the plan and of the state before it are kept as well. ready says
// why the plan must not be stored. The last look before the commit shows what the server holds
// of them.
func (r *run) planUploads(next *Release, ready func() error) []Upload {
	type content struct {
		name    string
		release *Release
	}
	files := []content{{planName, next}}
	if r.keeps(next) {
		if files = append(files, content{releaseName, next}); r.state != nil {
			files = append(files, content{beforeName, r.state})
		}
	}
	var uploads []Upload
	r.unseen = nil
	for _, f := range files {
		uploads = append(uploads, Upload{Name: f.name, Dirs: []string{stageDir}, Unseen: true, Late: func() ([]byte, error) {
			if err := ready(); err != nil {
				return nil, err
			}
			encoded, err := release.Encode(f.release, r.Key)
			r.unseen = slices.DeleteFunc(r.unseen, func(w workContent) bool { return w.name == f.name })
			r.unseen = append(r.unseen, workContent{f.name, encoded})
			return encoded, err
		}})
	}
	return uploads
}

// planStored notes the result of an upload of the plan. One that the server has shown whole needs
// no other look.
func (r *run) planStored(u Uploaded) error {
	if u.Err != nil {
		return fmt.Errorf("storing %s in the work directory: %w", u.Name, u.Err)
	}
	if u.Seen.IsFile() {
		r.unseen = slices.DeleteFunc(r.unseen, func(w workContent) bool { return w.name == u.Name })
	}
	return nil
}

// storePlan stores the plan alone, and looks at what the server holds of it.
func (r *run) storePlan(ctx context.Context, next *Release) error {
	var failed error
	uploads := r.planUploads(next, func() error { return nil })
	for i := range uploads {
		uploads[i].Unseen = false
	}
	err := r.Server.Upload(ctx, uploads, func(_ int, u Uploaded) {
		failed = errors.Join(failed, r.planStored(u))
	})
	return cmp.Or(err, failed)
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
