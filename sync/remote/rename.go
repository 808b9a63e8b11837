package remote

import (
	"context"
	"crypto/rand"
	"ferry/internal/ftp"
	"strings"
)

// renames carries out renamings behind the commands in b. A pair that was not
// sent, or not answered, stays zero.
//
// In a batch the RNTO of a pair goes out before it is known whether its RNFR was
// taken. That is safe where nothing is left of earlier pairs: a refused RNFR
// then leaves RNTO nothing to rename. Some servers keep a RNFR whose RNTO they
// refused, and would give that file the name of another one; they, and those of
// which it cannot be told, get one pair at a time, and no more on a session in
// which one was refused.
func (d *Directory) renames(ctx context.Context, s *ftp.Session, b *ftp.Batch, from, to []place, pairs []ftp.Renaming) error {
	if len(from) > 1 {
		clean, err := d.clearsRenames(ctx, s, len(from))
		if err != nil {
			return err
		}
		if !clean {
			return s.RenameEach(ctx, b, texts(from), texts(to), pairs)
		}
	}
	return s.RenameAll(ctx, b, texts(from), texts(to), pairs)
}

// tryRenamesFrom is the number of renamings from which on it pays to find out
// how the server takes several in a batch.
const tryRenamesFrom = 3

// clearsRenames reports whether the server forgets a RNFR with the RNTO that
// follows, also when it refuses that. Of a server that is not known it is found
// out, where n renamings are worth it, by a RNTO that must be refused, and then a
// RNFR that must be, on a directory of its own below .ferry; what then becomes
// of the next RNTO tells.
func (d *Directory) clearsRenames(ctx context.Context, s *ftp.Session, n int) (bool, error) {
	if clean, known := d.f.Known(ftp.ForgetsRNFR); known || n < tryRenamesFrom {
		return clean, nil
	}
	outer := d.lockDir("probe-" + strings.ToLower(rand.Text()[:8]))
	other := outer + "-moved"
	var made, from, inside, missing, moved ftp.Reply
	var b ftp.Batch
	b.Add("MKD "+d.lockDir(""), nil)
	b.Expect("MKD "+outer, &made)
	b.Expect("RNFR "+outer, &from)
	b.Expect("RNTO "+outer+"/not/there", &inside)
	b.Expect("RNFR "+outer+"-missing", &missing)
	b.Expect("RNTO "+other, &moved)
	for _, dir := range []string{outer + "/not/there", outer + "/not", outer, other} {
		b.Add("RMD "+dir, nil)
	}
	if err := b.Run(ctx, s); err != nil {
		return false, err
	}
	if !made.OK() || from.Code != 350 || !inside.Refused() {
		return false, nil // it tells nothing
	}
	d.f.Observe(ftp.ForgetsRNFR, moved.Refused())
	return moved.Refused(), nil
}
