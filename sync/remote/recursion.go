package remote

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	stdsync "sync"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// A recursion is whether the server's RMD removes what is in a directory as
// well, which is found out once.
type recursion struct {
	mu    stdsync.Mutex
	known bool
	yes   bool
}

// removesEmptyOnly reports whether RMD is known to refuse directories that hold
// something.
func (d *Directory) removesEmptyOnly() (safe, known bool) {
	if d.f.Vsftpd || d.f.Proftpd || d.f.Pureftpd || d.f.Pyftpdlib {
		return true, true // the system's own rmdir
	}
	d.probe.mu.Lock()
	defer d.probe.mu.Unlock()
	return !d.probe.yes, d.probe.known
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
	d.probe.mu.Lock()
	d.probe.known, d.probe.yes = true, recursive
	d.probe.mu.Unlock()
	if !recursive && home.OK() {
		d.do(ctx, "tidying", func(ctx context.Context, s *ftp.Session) error {
			_, err := ftp.Command(ctx, s, "RMD "+own)
			return err
		})
	}
	return recursive, nil
}
