package deploy

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

// readSource reads the local directory while the server is being connected to. The caller must
// call stop, which returns when nothing is read any more.
func (r *run) readSource(ctx context.Context) (wait func() ([]LocalFile, error), stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var files []LocalFile
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		files, err = r.Source.Files(ctx)
	}()
	wait = func() ([]LocalFile, error) {
		<-done
		return files, err
	}
	return wait, func() {
		cancel()
		<-done
	}
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
