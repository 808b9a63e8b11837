package ftp

import (
	"context"
)

// A renaming is what became of RNFR and RNTO, which only count together (RFC
// 959, section 4.1.3). The zero code means that the answer never came.
type Renaming struct{ From, to Reply }

func (r Renaming) Done() bool { return r.From.Code == 350 && r.to.OK() }

// lost reports whether it is open what became of it, or may come about another
// time: an answer is missing, or one that speaks of the moment only.
func (r Renaming) Unsettled() bool {
	return IsTransient(r.From) || r.From.Code == 350 && IsTransient(r.to)
}

func IsTransient(r Reply) bool { return r.Code == 0 || r.Code/100 == 4 }

// err says why the renaming was refused, nil where no answer came.
func (r Renaming) Err(from, to string) error {
	if r.From.Code == 0 || r.From.Code == 350 && r.to.Code == 0 {
		return nil
	}
	if r.From.Code != 350 {
		e := ReplyError("RNFR", from, r.From)
		e.Hint = "the server does not let files be renamed"
		return e
	}
	return ReplyError("RNTO", to, r.to)
}

// rename gives both commands of a renaming. After a refused RNTO some servers
// keep the RNFR for a later one, so the session is given up then.
func (s *Session) Rename(ctx context.Context, from, to string) (Renaming, error) {
	pairs := []Renaming{{}}
	err := s.RenameAll(ctx, new(Batch), []string{from}, []string{to}, pairs)
	return pairs[0], err
}

// renames gives the commands in b and then pairs of commands, in one batch where
// that is safe. The session is given up where a RNFR
// may be pending.
func (s *Session) RenameAll(ctx context.Context, b *Batch, from, to []string, pairs []Renaming) error {
	for i := range from {
		b.Expect("RNFR "+from[i], &pairs[i].From)
		b.Expect("RNTO "+to[i], &pairs[i].to)
	}
	err := b.Run(ctx, s)
	for _, p := range pairs {
		if !p.Done() && !(p.From.Refused() && p.to.Refused()) {
			s.GiveUp()
		}
	}
	return err
}

// renameEach carries out renamings one after another, until one is not done.
func (s *Session) RenameEach(ctx context.Context, b *Batch, from, to []string, pairs []Renaming) error {
	for i := range from {
		if err := s.RenameAll(ctx, b, from[i:i+1], to[i:i+1], pairs[i:i+1]); err != nil {
			return err
		}
		if !pairs[i].Done() {
			s.GiveUp()
			return nil
		}
		b = new(Batch)
	}
	return nil
}
