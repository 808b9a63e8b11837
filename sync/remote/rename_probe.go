package remote

import (
	"context"
	"crypto/rand"
	"strings"

	"ferry/internal/ftp"
)

// probeRenamesFrom is the number of renamings from which it pays to find out whether
// a server takes several in a batch.
const probeRenamesFrom = 3

// forgetsRNFR reports whether the server forgets RNFR with the RNTO that follows,
// even when it refuses that. Where that is not known and n renamings are worth it, a
// probe in a directory of ferry's own tells: a RNTO that must be refused, a RNFR that
// must be refused, and then a RNTO that only a kept RNFR can make succeed.
func (r *renamer) forgetsRNFR(ctx context.Context, s *ftp.Session, n int) (bool, error) {
	if forgets, known := r.features.Known(ftp.ForgetsRNFR); known || n < probeRenamesFrom {
		return forgets, nil
	}
	outer := r.own(probeName())
	other := outer + "-moved"
	var made, from, inside, moved ftp.Reply
	var b ftp.Batch
	b.Add("MKD "+r.own(""), nil)
	b.Expect("MKD "+outer, &made)
	b.Expect("RNFR "+outer, &from)
	b.Expect("RNTO "+outer+"/not/there", &inside)
	b.Add("RNFR "+outer+"-missing", nil)
	b.Expect("RNTO "+other, &moved)
	for _, dir := range []string{outer + "/not/there", outer + "/not", outer, other} {
		b.Add("RMD "+dir, nil)
	}
	if err := b.Run(ctx, s); err != nil {
		return false, err
	}
	if !made.OK() || from.Code != 350 || !inside.Refused() {
		return false, nil // the probe tells nothing
	}
	r.features.Observe(ftp.ForgetsRNFR, moved.Refused())
	return moved.Refused(), nil
}

// probeName returns a new name for a directory that a probe makes.
func probeName() string { return "probe-" + strings.ToLower(rand.Text()[:8]) }
