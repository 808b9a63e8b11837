package ftp

import "context"

// A Renaming holds the replies to RNFR and RNTO, which only count together (RFC 959,
// section 4.1.3). The zero reply means that none came.
type Renaming struct{ From, to Reply }

// Done reports whether the renaming was carried out.
func (r Renaming) Done() bool { return r.From.Code == 350 && r.to.OK() }

// Unsettled reports whether it is unknown what became of the renaming, or whether it may
// work at another time: a reply is missing or transient.
func (r Renaming) Unsettled() bool {
	return IsTransient(r.From) || r.From.Code == 350 && IsTransient(r.to)
}

// IsTransient reports whether r is a transient negative reply, 4yz, or is missing.
func IsTransient(r Reply) bool { return r.Code == 0 || r.Code/100 == 4 }

// Queue adds the commands of the renaming to b. Their replies go into r.
func (r *Renaming) Queue(b *Batch, from, to string) {
	b.Expect("RNFR "+from, &r.From)
	b.Expect("RNTO "+to, &r.to)
}

// noRenaming is the hint where a server knows no renaming. ferry sends no file without it.
const noRenaming = "the server does not allow renaming files"

// Err returns why the renaming of from to to was refused; nil where a reply is missing.
// It must not be called on a renaming that is done.
func (r Renaming) Err(from, to string) error {
	if r.From.Code == 0 || r.From.Code == 350 && r.to.Code == 0 {
		return nil
	}
	if r.From.Code != 350 {
		e := ReplyError("RNFR", from, r.From)
		e.Hint = noRenaming
		return e
	}
	e := ReplyError("RNTO", to, r.to)
	if MeansUnknownCommand(r.to) {
		e.Hint = noRenaming
	}
	return e
}

// DidNothing returns the error for a renaming to to that the server says is done and that
// it did not carry out.
func (r Renaming) DidNothing(to string) error { return DidNothing("RNTO", to, r.to) }

// RenameAll runs b followed by RNFR and RNTO for each from and its to, and stores the
// replies in pairs, which has the same length. Some servers keep the RNFR of a refused
// RNTO for the next one, so the session is given up where that is possible.
func (s *Session) RenameAll(ctx context.Context, b *Batch, from, to []string, pairs []Renaming) error {
	for i := range from {
		pairs[i].Queue(b, from[i], to[i])
	}
	err := b.Run(ctx, s)
	for _, p := range pairs {
		s.AfterRenaming(p)
	}
	return err
}

// AfterRenaming gives up the session where the renaming may still be pending on it.
func (s *Session) AfterRenaming(p Renaming) {
	if !p.Done() && !(p.From.Refused() && p.to.Refused()) {
		s.GiveUp()
	}
}

// RenameEach runs b and carries out the renamings one after another, until one is not
// done. Then it gives up the session, for the reason said at [Session.RenameAll].
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
