package ftp

import "context"

// A script is a batch of commands, each with what is to happen with its reply.
// Nothing in it opens a data connection.
type Batch struct {
	lines   []string
	deliver []func(Reply)
}

// add appends a command. listen is called with its reply, if one comes; nil
// drops it.
func (b *Batch) Add(line string, listen func(Reply)) {
	b.lines = append(b.lines, line)
	b.deliver = append(b.deliver, listen)
}

// note appends a command whose reply goes into r.
func (b *Batch) Expect(line string, r *Reply) { b.Add(line, func(got Reply) { *r = got }) }

// run gives the commands and hands out the replies in order. With an error the
// replies that came before it have been handed out; the others are unknown. A
// 421 is no answer to any command: the server ends the session.
func (b *Batch) Run(ctx context.Context, s *Session) error {
	if len(b.lines) == 0 {
		return nil
	}
	replies, err := s.batch(ctx, b.lines)
	for i, r := range replies {
		if r.Code == 421 {
			return s.Require(verbOf(b.lines[i]), "", r)
		}
		if b.deliver[i] != nil {
			b.deliver[i](r)
		}
	}
	return err
}

// Command gives one command that opens no data connection. The error is one of
// the session, a 421 included.
func (s *Session) Command(ctx context.Context, line string) (Reply, error) {
	var r Reply
	var b Batch
	b.Expect(line, &r)
	err := b.Run(ctx, s)
	return r, err
}

// bytes returns how long the commands are.
func (b *Batch) Bytes() int {
	n := 0
	for _, line := range b.lines {
		n += len(line) + len("\r\n")
	}
	return n
}

// len returns how many commands there are.
func (b *Batch) Len() int { return len(b.lines) }
