package site

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// probeName returns a new name for a directory that a probe makes.
func probeName() string { return "probe-" + strings.ToLower(rand.Text()[:8]) }

// forgetsRNFR reports whether the server forgets RNFR with the RNTO that follows, even when
// it refuses that. Where that is not known, a probe in the work directory tells: a RNTO
// that must be refused, a RNFR that must be refused, and then a RNTO that only a kept RNFR
// can make succeed.
func (srv *Server) forgetsRNFR(ctx context.Context) (forgets bool, err error) {
	if forgets, known := srv.features.Known(ftp.ForgetsRNFR); known {
		return forgets, nil
	}
	outer := srv.work(probeName())
	other := outer + "-moved"
	err = srv.do(ctx, "trying RNFR", func(ctx context.Context, s *ftp.Session) error {
		var made, from, inside, moved ftp.Reply
		var b ftp.Batch
		b.Expect("MKD "+outer, &made)
		b.Expect("RNFR "+outer, &from)
		b.Expect("RNTO "+outer+"/not/there", &inside)
		b.Add("RNFR "+outer+"-missing", nil)
		b.Expect("RNTO "+other, &moved)
		for _, dir := range []string{outer + "/not/there", outer + "/not", outer, other} {
			b.Add("RMD "+dir, nil)
		}
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		if !made.OK() || from.Code != 350 || !inside.Refused() {
			return nil // the probe tells nothing
		}
		forgets = moved.Refused()
		srv.features.Observe(ftp.ForgetsRNFR, forgets)
		return nil
	})
	return forgets, err
}

// removesTrees finds out whether RMD removes a directory that holds another one, on one in
// the work directory. Where none can be made the answer is yes.
func (srv *Server) removesTrees(ctx context.Context) (bool, error) {
	if refuses, known := srv.features.Known(ftp.RefusesNonEmptyRMD); known {
		return !refuses, nil
	}
	outer := srv.work(probeName())
	var made, removed ftp.Reply
	err := srv.do(ctx, "trying RMD", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		b.Add("MKD "+outer, nil)
		b.Expect("MKD "+outer+"/inner", &made)
		b.Expect("RMD "+outer, &removed)
		b.Add("RMD "+outer+"/inner", nil)
		b.Add("RMD "+outer, nil)
		return b.Run(ctx, s)
	})
	if err != nil {
		return true, fmt.Errorf("trying out what RMD does: %w", err)
	}
	recursive := !made.OK() || removed.OK()
	srv.features.Observe(ftp.RefusesNonEmptyRMD, !recursive)
	return recursive, nil
}

// SameFileSystem implements [deploy.Server], by renaming a directory from the work directory to
// the site and back: files would do no harm to try with, but there is a server that copies those
// in silence. Where that is refused, directories that are made in the site and renamed in the
// work directory show that nothing else is the reason.
func (srv *Server) SameFileSystem(ctx context.Context) (same bool, err error) {
	inside := srv.work(probeName())
	other := inside + "-moved"
	outside := srv.root + "/" + manifest.TempName(manifest.NewTempMark(strings.Repeat("0", 16), srv.opts.Owner), !srv.features.Has(ftp.KeepsDotDirs))
	err = srv.do(ctx, "trying a rename into the site", func(ctx context.Context, s *ftp.Session) error {
		var madeInside, madeOutside ftp.Reply
		var there, back, within ftp.Renaming
		var b ftp.Batch
		b.Expect("MKD "+inside, &madeInside)
		there.Queue(&b, inside, outside)
		back.Queue(&b, outside, inside)
		b.Expect("MKD "+outside, &madeOutside)
		within.Queue(&b, inside, other)
		for _, dir := range []string{outside, inside, other} {
			b.Add("RMD "+dir, nil)
		}
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		for _, one := range []ftp.Renaming{there, back, within} {
			s.AfterRenaming(one)
		}
		same = there.Done()
		switch {
		case same, madeOutside.OK() && within.Done():
			return nil
		case !madeInside.OK():
			return ftp.ReplyError("MKD", inside, madeInside)
		}
		return fmt.Errorf("it cannot be told whether the work directory is in the file system of the site: %w", there.Err(inside, outside))
	})
	return same, err
}
