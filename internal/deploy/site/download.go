package site

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftp/wire"
)

// Download implements [deploy.Server]. The reader holds a session until it is closed. It
// ends with [io.EOF] only when the server has confirmed that this is the end.
func (srv *Server) Download(ctx context.Context, at deploy.Place) (io.ReadCloser, error) {
	abs, err := srv.path(at)
	if err != nil {
		return nil, err
	}
	d, err := srv.download(ctx, abs)
	for attempt := 0; err != nil && ftp.Retryable(err) && attempt < srv.opts.Retries && ftp.Sleep(ctx, srv.opts.Backoff(attempt)) == nil; attempt++ {
		d, err = srv.download(ctx, abs)
	}
	if err == nil {
		return d, nil
	}
	if isRefusal(err) {
		if missing, why := srv.missing(ctx, abs); why == nil && missing {
			err = fmt.Errorf("%w: %w", deploy.ErrMissing, err)
		}
	}
	return nil, giveUp(err)
}

func (srv *Server) download(ctx context.Context, abs string) (*download, error) {
	s, err := srv.pool.Borrow(ctx)
	if err != nil {
		return nil, err
	}
	in, err := s.Retrieve(ctx, abs, 0)
	if err != nil {
		srv.pool.Return(s)
		return nil, err
	}
	return &download{srv: srv, s: s, in: in}, nil
}

// missing is isMissing on any session.
func (srv *Server) missing(ctx context.Context, abs string) (missing bool, err error) {
	err = srv.do(ctx, "looking for what is missing", func(ctx context.Context, s *ftp.Session) (err error) {
		missing, err = srv.isMissing(ctx, s, abs)
		return err
	})
	return missing, err
}

// A download is a file that is being read.
type download struct {
	srv  *Server
	s    *ftp.Session // nil: returned
	in   *ftp.Download
	last error
}

// Read implements [io.Reader].
func (d *download) Read(p []byte) (int, error) {
	if d.last != nil {
		return 0, d.last
	}
	n, err := d.in.Read(p)
	if err == io.EOF {
		if _, finishErr := d.in.Finish(); finishErr != nil {
			err = finishErr
		}
	}
	d.last = err
	return n, err
}

// Close breaks off a download that was not read to its end.
func (d *download) Close() error {
	if d.s == nil {
		return nil
	}
	if d.last == nil {
		d.last = errors.New("the download is closed")
	}
	d.in.Abort()
	d.srv.pool.Return(d.s)
	d.s = nil
	return nil
}

// Hash implements [deploy.Server], by XSHA256 or HASH where the server has one of them.
func (srv *Server) Hash(ctx context.Context, at deploy.Place) (sum string, err error) {
	abs, err := srv.path(at)
	if err != nil {
		return "", err
	}
	lines := ftp.SHA256Commands(srv.features, abs)
	if len(lines) == 0 {
		return "", fmt.Errorf("hash of %s: %w", abs, deploy.ErrUnsupported)
	}
	err = srv.do(ctx, "hashing", func(ctx context.Context, s *ftp.Session) error {
		var told ftp.Reply
		var b ftp.Batch
		for _, line := range lines {
			b.Expect(line, &told) // the last one tells
		}
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		if told.OK() {
			sum = wire.ParseSHA256(told.Text)
		}
		if sum == "" {
			return fmt.Errorf("%w: %w", deploy.ErrUnsupported, ftp.ReplyError("hashing", abs, told))
		}
		return nil
	})
	return sum, err
}
