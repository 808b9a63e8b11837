package ftp

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"ferry/internal/ftp/socket"
	"ferry/internal/ftp/wire"
)

// Limits of what may be unanswered at a time: bytes of commands, and commands.
// Replies are read while commands are written, so that client and server never wait
// for each other to read.
const (
	batchBytes    = 32 << 10
	batchCommands = 500
)

// Limits for servers that may misread a line that arrives in two parts (see
// [FindsSplitLineEnds]), in bytes. No more is unanswered than such a server reads
// at a time, and it goes out in pieces that fit into one TCP segment and end with a
// line. Where the system may join the pieces, only one of them is unanswered.
const (
	shortBatchBytes = 4000
	segmentBytes    = 1200
)

// maySplitLines reports whether the server may misread a line that arrives in two
// parts.
func (s *Session) maySplitLines() bool {
	return !s.features.Has(FindsSplitLineEnds)
}

// guardLine goes out before batchEnd where the server may overlook the end of a
// line. If it takes guardLine for the end of the name in the last command, that name
// leads through a directory that does not exist, so nothing is created or renamed
// under a wrong name. With batchEnd alone, which has no slash, it could be.
const guardLine = "SIZE /.ferry-/-"

// batchEnd is the last command of every batch. No other command in it is answered
// by 257 and a path, so an extra reply is noticed: then no reply of the batch is
// believed.
const batchEnd = "PWD"

// batch sends commands in as few pieces as buffers allow and returns the replies in
// order. No line may open a data connection. With an error, the replies that came
// before it are returned too, but none where a reply did not fit its command, since
// then the others may belong to other commands as well.
func (s *Session) batch(ctx context.Context, lines []string) ([]Reply, error) {
	defer s.c.deadlines.Enter(ctx)()
	for _, line := range lines {
		if _, err := s.c.encode(line); err != nil {
			return nil, err
		}
	}
	return s.spacedBatch(lines)
}

// plainBatch is batch for commands that go out as they are.
func (s *Session) plainBatch(lines []string) ([]Reply, error) {
	if len(lines) == 1 || !s.canEndBatch() || s.serial() {
		return s.exchange(lines)
	}
	all := slices.Clone(lines)
	if s.maySplitLines() {
		all = append(all, guardLine)
	}
	all = append(all, batchEnd)
	replies, err := s.exchange(all)
	if len(replies) < len(all) {
		return replies[:min(len(replies), len(lines))], err
	}
	if last := replies[len(all)-1]; last.Code != 257 && last.Code != 421 {
		return nil, s.outOfStep(batchEnd, last, false)
	}
	return replies[:len(lines)], err
}

// outOfStep gives up the session and stops sending several commands at once to this
// server. r is the reply that does not fit line. Where line went out alone, the server may
// answer in this way, most likely with 200, whatever it does not know.
func (s *Session) outOfStep(line string, r Reply, alone bool) error {
	s.GiveUp()
	if s.serial() || alone && r.Code == 200 {
		s.features.noteNoAnswer(line)
		return lost(mismatch(line, r))
	}
	s.features.stopBatchingForGood()
	s.c.opts.Log.Warn("the server answers commands out of step; it gets one at a time from now on", "command", wire.Verb(line), "reply", r.String())
	return lost(mismatch(line, r))
}

// serial reports whether each command waits for the reply to the one before.
func (s *Session) serial() bool { return s.c.serial || s.features.BatchingStopped() }

// exchange sends lines, as many at a time as the window allows, and reads the replies
// meanwhile.
func (s *Session) exchange(lines []string) ([]Reply, error) {
	c, commands := s.c, expectAll(lines, fits)
	replies := make([]Reply, 0, len(lines))
	sent := 0
	written := func() error { return nil }
	defer func() { written() }()
	for read := 0; read < len(commands); read++ {
		if n := s.window(commands[read:sent], commands[sent:]); n > 0 {
			err := written()
			if err == nil {
				// Under TLS a piece is a record. Some servers overlook what is left in a record
				// that is larger than their buffer, until more comes.
				written, err = c.sendInBackground(s.maySplitLines() || c.tls != nil, commands[sent:sent+n]...)
			}
			if err != nil {
				return replies, err
			}
			sent += n
		}
		a := commands[read]
		r, err := c.await(a)
		switch {
		case a.err != nil:
			return nil, s.outOfStep(a.line, a.reply, len(lines) == 1)
		case err != nil:
			if errors.Is(err, errProtocol) {
				s.features.stopBatchingForGood()
			} else if isTimeout(err) {
				s.features.noteNoAnswer(a.line)
				if sent-read > 1 {
					s.features.stopBatching()
				}
			}
			return replies, lost(c.broken(wire.Verb(a.line), err))
		}
		replies = append(replies, r)
		if c.dead && read+1 < len(commands) {
			return replies, lost(ReplyError(wire.Verb(commands[read+1].line), "", r))
		}
	}
	return replies, nil
}

// window returns how many commands of next may go out now, while those of
// unanswered await their replies. It returns 0 until half of the window is free, so
// that commands go out in large pieces.
func (s *Session) window(unanswered, next []*awaited) int {
	if s.serial() {
		return min(1-len(unanswered), len(next))
	}
	limit := s.windowBytes()
	if limit == segmentBytes && len(unanswered) > 0 {
		return 0
	}
	pending := replyQueue{list: unanswered}
	bytes := pending.bytes()
	if len(unanswered) > 0 && (bytes > limit/2 || len(unanswered) > batchCommands/2) {
		return 0
	}
	n := 0
	for n < len(next) && len(unanswered)+n < batchCommands {
		if bytes += len(next[n].line) + 2; bytes > limit && len(unanswered)+n > 0 {
			break
		}
		n++
	}
	return n
}

// windowBytes returns how many bytes of commands may be unanswered at a time.
func (s *Session) windowBytes() int {
	switch {
	case !s.maySplitLines():
		return batchBytes
	case !socket.KeepsPieces && s.c.tls == nil:
		return segmentBytes
	}
	return shortBatchBytes
}

// OneWrite returns how large a [Batch] may be that goes out at once, without a wait for a
// reply in between: bytes as of [Batch.Bytes], and commands. With 1 command each one waits
// for the one before.
func (s *Session) OneWrite() (bytes, commands int) {
	if s.serial() {
		return 0, 1
	}
	const end = len(guardLine+"\r\n") + len(batchEnd+"\r\n")
	return s.windowBytes() - end, batchCommands - 2
}

// sendInBackground is send in a goroutine of its own, for commands whose replies
// are read meanwhile. written waits until all is sent and may be called more than
// once; nothing else may be sent before. With pieces set, each write fits into a TCP
// segment and ends with a line, unless one line is longer.
func (c *controlConn) sendInBackground(pieces bool, commands ...*awaited) (written func() error, err error) {
	text, err := c.prepareToSend(commands)
	if err != nil {
		return func() error { return nil }, err
	}
	c.queue.push(commands...)
	done := make(chan struct{})
	var failed error
	go func() {
		defer close(done)
		for failed == nil && len(text) > 0 {
			n := len(text)
			if pieces {
				n = firstLines(text, segmentBytes)
			}
			if pieces && c.tls == nil {
				_, failed = c.sock.WritePiece(text[:n])
			} else {
				_, failed = c.conn.Write(text[:n])
			}
			text = text[n:]
		}
	}()
	return func() error {
		<-done
		if failed != nil {
			c.dead = true
			return c.broken(wire.Verb(commands[0].line), failed)
		}
		return nil
	}, nil
}

// firstLines returns the length in bytes of the first lines of text that together
// have at most that many bytes, but of one line at least.
func firstLines(text []byte, most int) int {
	n := 0
	for n < len(text) {
		line := bytes.IndexByte(text[n:], '\n') + 1
		if line == 0 {
			return len(text)
		}
		if n > 0 && n+line > most {
			break
		}
		n += line
	}
	return n
}
