package remote

import (
	"context"
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
func (r renaming) err(from, to string) error {
	if r.from.code == 0 || r.from.code == 350 && r.to.code == 0 {
		return nil
	}
	if r.from.code != 350 {
		e := replyError("RNFR", from, r.from)
		e.Hint = "the server does not let files be renamed"
		return e
	}
	return replyError("RNTO", to, r.to)
}

// rename gives both commands of a renaming. After a refused RNTO some servers
// keep the RNFR for a later one, so the session is given up then.
func (s *session) rename(ctx context.Context, from, to string) (renaming, error) {
	pairs := []renaming{{}}
	err := s.renames(ctx, new(script), []string{from}, []string{to}, pairs)
	return pairs[0], err
}

// renames gives the commands in b and then pairs of commands, in one batch where
// that is safe. The session is given up where a RNFR
// may be pending.
func (s *session) renames(ctx context.Context, b *script, from, to []string, pairs []renaming) error {
	for i := range from {
		b.note("RNFR "+from[i], &pairs[i].from)
		b.note("RNTO "+to[i], &pairs[i].to)
	}
	err := b.run(ctx, s)
	for _, p := range pairs {
		if !p.done() && !(p.from.refused() && p.to.refused()) {
			s.markDead()
		}
	}
	return err
}

// renameEach carries out renamings one after another, until one is not done.
func (s *session) renameEach(ctx context.Context, b *script, from, to []string, pairs []renaming) error {
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
