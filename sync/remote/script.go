package remote

import "context"

// A script is a batch of commands, each with what is to happen with its reply.
// Nothing in it opens a data connection.
type script struct {
	lines  []string
	listen []func(reply)
}

// add appends a command. listen is called with its reply, if one comes; nil
// drops it.
func (b *script) add(line string, listen func(reply)) {
	b.lines = append(b.lines, line)
	b.listen = append(b.listen, listen)
}

// note appends a command whose reply goes into r.
func (b *script) note(line string, r *reply) { b.add(line, func(got reply) { *r = got }) }

// run gives the commands and hands out the replies in order. With an error the
// replies that came before it have been handed out; the others are unknown. A
// 421 is no answer to any command: the server ends the session.
func (b *script) run(ctx context.Context, s *session) error {
	if len(b.lines) == 0 {
		return nil
	}
	replies, err := s.batch(ctx, b.lines)
	for i, r := range replies {
		if r.code == 421 {
			return s.mustReply(verbOf(b.lines[i]), "", r)
		}
		if b.listen[i] != nil {
			b.listen[i](r)
		}
	}
	return err
}

// say gives one command. The error is one of the session, a 421 included.
func say(ctx context.Context, s *session, line string) (reply, error) {
	var r reply
	var b script
	b.note(line, &r)
	err := b.run(ctx, s)
	return r, err
}

// bytes returns how long the commands are.
func (b *script) bytes() int {
	n := 0
	for _, line := range b.lines {
		n += len(line) + len("\r\n")
	}
	return n
}

// len returns how many commands there are.
func (b *script) len() int { return len(b.lines) }
