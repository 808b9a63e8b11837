package remote

import (
	"context"
	"crypto/rand"
	"strings"
)

// A renaming is what became of RNFR and RNTO, which only count together (RFC
// 959, section 4.1.3). The zero code means that the answer never came.
type renaming struct{ from, to reply }

func (r renaming) done() bool { return r.from.code == 350 && r.to.ok() }

// lost reports whether it is open what became of it, or may come about another
// time: an answer is missing, or one that speaks of the moment only.
func (r renaming) lost() bool {
	return passing(r.from) || r.from.code == 350 && passing(r.to)
}

func passing(r reply) bool { return r.code == 0 || r.code/100 == 4 }

// err says why the renaming was refused, nil where no answer came.
func (r renaming) err(from, to place) error {
	if r.from.code == 0 || r.from.code == 350 && r.to.code == 0 {
		return nil
	}
	if r.from.code != 350 {
		e := replyError("RNFR", from.String(), r.from)
		e.Hint = "the server does not let files be renamed"
		return e
	}
	return replyError("RNTO", to.String(), r.to)
}

// rename gives both commands of a renaming. After a refused RNTO some servers
// keep the RNFR for a later one, so the session is given up then.
func (s *session) rename(ctx context.Context, from, to place) (renaming, error) {
	pairs := []renaming{{}}
	err := s.renames(ctx, new(script), []place{from}, []place{to}, pairs)
	return pairs[0], err
}

// renames gives the commands in b and then pairs of commands, in one batch where
// that is safe; see [Directory.renames]. The session is given up where a RNFR
// may be pending.
func (s *session) renames(ctx context.Context, b *script, from, to []place, pairs []renaming) error {
	for i := range from {
		b.note("RNFR "+from[i].String(), &pairs[i].from)
		b.note("RNTO "+to[i].String(), &pairs[i].to)
	}
	err := b.run(ctx, s)
	for _, p := range pairs {
		if !p.done() && !(p.from.refused() && p.to.refused()) {
			s.markDead()
		}
	}
	return err
}

// renames carries out renamings behind the commands in b. A pair that was not
// sent, or not answered, stays zero.
//
// In a batch the RNTO of a pair goes out before it is known whether its RNFR was
// taken. That is safe where nothing is left of earlier pairs: a refused RNFR
// then leaves RNTO nothing to rename. Some servers keep a RNFR whose RNTO they
// refused, and would give that file the name of another one; they, and those of
// which it cannot be told, get one pair at a time, and no more on a session in
// which one was refused.
func (d *Directory) renames(ctx context.Context, s *session, b *script, from, to []place, pairs []renaming) error {
	if len(from) > 1 {
		clean, err := d.clearsRenames(ctx, s, len(from))
		if err != nil {
			return err
		}
		if !clean {
			return s.renameEach(ctx, b, from, to, pairs)
		}
	}
	return s.renames(ctx, b, from, to, pairs)
}

// renameEach carries out renamings one after another, until one is not done.
func (s *session) renameEach(ctx context.Context, b *script, from, to []place, pairs []renaming) error {
	for i := range from {
		if err := s.renames(ctx, b, from[i:i+1], to[i:i+1], pairs[i:i+1]); err != nil {
			return err
		}
		if !pairs[i].done() {
			s.markDead()
			return nil
		}
		b = new(script)
	}
	return nil
}

// tryRenamesFrom is the number of renamings from which on it pays to find out
// how the server takes several in a batch.
const tryRenamesFrom = 3

// clearsRenames reports whether the server forgets a RNFR with the RNTO that
// follows, also when it refuses that. Of a server that is not known it is found
// out, where n renamings are worth it, by a RNTO that must be refused, and then a
// RNFR that must be, on a directory of its own below .ferry; what then becomes
// of the next RNTO tells.
func (d *Directory) clearsRenames(ctx context.Context, s *session, n int) (bool, error) {
	if d.f.vsftpd || d.f.proftpd || d.f.pureftpd || d.f.pyftpdlib {
		return true, nil // seen in their own code
	}
	if clean, known := d.f.seen(seenRenames); known || n < tryRenamesFrom {
		return clean, nil
	}
	outer := d.lockDir("probe-" + strings.ToLower(rand.Text()[:8]))
	other := outer + "-moved"
	var made, from, inside, missing, moved reply
	var b script
	b.add("MKD "+d.lockDir(""), nil)
	b.note("MKD "+outer, &made)
	b.note("RNFR "+outer, &from)
	b.note("RNTO "+outer+"/not/there", &inside)
	b.note("RNFR "+outer+"-missing", &missing)
	b.note("RNTO "+other, &moved)
	for _, dir := range []string{outer + "/not/there", outer + "/not", outer, other} {
		b.add("RMD "+dir, nil)
	}
	if err := b.run(ctx, s); err != nil {
		return false, err
	}
	if !made.ok() || from.code != 350 || !inside.refused() {
		return false, nil // it tells nothing
	}
	d.f.see(seenRenames, moved.refused())
	return moved.refused(), nil
}
