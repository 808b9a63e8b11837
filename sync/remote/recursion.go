package remote

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// removesEmptyOnly reports whether RMD is known to refuse directories that hold
// something.
func (d *Directory) removesEmptyOnly() (safe, known bool) {
	return d.f.Known(ftp.RefusesNonEmptyRMD)
}

// removesTrees finds out, on a directory of its own below .ferry, whether RMD
// removes a directory that holds another one. Where nothing can be made there
// that stays open, and the answer is yes.
func (d *Directory) removesTrees(ctx context.Context) (bool, error) {
	if safe, known := d.removesEmptyOnly(); known {
		return !safe, nil
	}
	own := d.names.root + "/" + manifest.Own
	outer := own + "/probe-" + strings.ToLower(rand.Text()[:8])
	inner := outer + "/inner"
	var home, made, removed ftp.Reply
	err := d.do(ctx, "trying RMD", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		b.Expect("MKD "+own, &home)
		b.Add("MKD "+outer, nil)
		b.Expect("MKD "+inner, &made)
		b.Expect("RMD "+outer, &removed)
		b.Add("RMD "+inner, nil)
		b.Add("RMD "+outer, nil)
		return b.Run(ctx, s)
	})
	if err != nil {
		return false, fmt.Errorf("trying out what RMD does: %w", err)
	}
	recursive := !made.OK() || removed.OK()
	d.f.Observe(ftp.RefusesNonEmptyRMD, !recursive)
	if !recursive && home.OK() {
		d.do(ctx, "tidying", func(ctx context.Context, s *ftp.Session) error {
			_, err := s.Command(ctx, "RMD "+own)
			return err
		})
	}
	return recursive, nil
}
