package remote

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	stdsync "sync"

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
	if d.f.vsftpd || d.f.proftpd || d.f.pureftpd || d.f.pyftpdlib {
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
	var home, made, removed reply
	err := d.do(ctx, "trying RMD", func(ctx context.Context, s *session) error {
		var b script
		b.note("MKD "+own, &home)
		b.add("MKD "+outer, nil)
		b.note("MKD "+inner, &made)
		b.note("RMD "+outer, &removed)
		b.add("RMD "+inner, nil)
		b.add("RMD "+outer, nil)
		return b.run(ctx, s)
	})
	if err != nil {
		return false, fmt.Errorf("trying out what RMD does: %w", err)
	}
	recursive := !made.ok() || removed.ok()
	d.probe.mu.Lock()
	d.probe.known, d.probe.yes = true, recursive
	d.probe.mu.Unlock()
	if !recursive && home.ok() {
		d.do(ctx, "tidying", func(ctx context.Context, s *session) error {
			_, err := say(ctx, s, "RMD "+own)
			return err
		})
	}
	return recursive, nil
}
