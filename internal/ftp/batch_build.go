package ftp

import (
	"context"
	"ferry/internal/ftp/wire"
	"slices"
)

// A Batch is a list of commands, each with a function that receives its reply. No
// command of a batch may open a data connection. The zero value is an empty batch.
// One goroutine uses a batch at a time.
type Batch struct {
	lines   []string
	deliver []func(Reply)
}

// Add appends a command. deliver is called with its reply, if one comes; nil ignores
// the reply.
func (b *Batch) Add(line string, deliver func(Reply)) {
	b.lines = append(b.lines, line)
	b.deliver = append(b.deliver, deliver)
}

// Expect appends a command whose reply is stored in r. Without one r keeps its
// value.
func (b *Batch) Expect(line string, r *Reply) { b.Add(line, func(got Reply) { *r = got }) }

// Run sends the commands on s and delivers the replies in order. With an error the
// replies that came before it have been delivered, and whether the other commands
// were carried out is unknown. A 421 is an error too: with it the server ends the
// session and replies to no command.
func (b *Batch) Run(ctx context.Context, s *Session) error {
	if len(b.lines) == 0 {
		return nil
	}
	replies, err := s.batch(ctx, b.lines)
	for i, r := range replies {
		if r.Code == 421 {
			return s.Require(wire.Verb(b.lines[i]), "", r)
		}
		if b.deliver[i] != nil {
			b.deliver[i](r)
		}
	}
	return err
}

// Command sends one command that opens no data connection and returns its reply,
// positive or not. The error is one of the session, a 421 included.
func (s *Session) Command(ctx context.Context, line string) (Reply, error) {
	var r Reply
	var b Batch
	b.Expect(line, &r)
	err := b.Run(ctx, s)
	return r, err
}

// Bytes returns the length of all commands with their line ends.
func (b *Batch) Bytes() int {
	n := 0
	for _, line := range b.lines {
		n += len(line) + len("\r\n")
	}
	return n
}

// Len returns the number of commands.
func (b *Batch) Len() int { return len(b.lines) }

// Has reports whether there is a command that begins with verb.
func (b *Batch) Has(verb string) bool {
	return slices.ContainsFunc(b.lines, func(line string) bool { return wire.Verb(line) == verb })
}
