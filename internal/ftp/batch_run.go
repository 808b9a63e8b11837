package ftp

import (
	"bytes"
	"context"
	"errors"
	"slices"
)

// Limits of a batch: how many bytes of commands, and how many commands, may be
// without an answer. Replies are read while commands are written, so that
// neither side waits for the other to read.
const (
	batchBytes    = 32 << 10
	batchCommands = 500
)

// Limits for servers that may read a line wrong where it comes in two parts (see
// [FindsSplitLineEnds]). No more is under way than they read at a time, and it
// goes out in pieces that fit into one segment and end where a line does.
const (
	shortBatchBytes   = 4000
	segmentBytes = 1200
)

// splits reports whether the server is not known to find the end of a line
// wherever it comes in two.
func (s *Session) maySplitLines() bool {
	return !s.features.Has(FindsSplitLineEnds)
}

// bulwark stands between the last command of a batch and the fence where the end
// of a line may be overlooked. A name that goes on with this line leads through a
// directory that is not there: nothing can be made or renamed under it, as it
// could with a fence that holds no slash.
const guardLine = "SIZE /.ferry-/-"

// fence is the last command of every batch. No other command in one is answered
// by 257 and a path, so that a reply too many is noticed: nothing is concluded
// from any of them then.
const batchEnd = "PWD"

// batch gives commands in as few pieces as buffers allow and returns the
// replies in order. No line may open a data connection. With an error, the
// replies that came before the connection broke are returned as well; none are
// where one did not fit, since then nothing is known about the others either.
func (s *Session) batch(ctx context.Context, lines []string) ([]Reply, error) {
	defer s.c.deadlines.enter(ctx)()
	for _, line := range lines {
		if err := CheckLine(line); err != nil {
			return nil, err
		}
	}
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
		return nil, s.outOfStep(batchEnd, last)
	}
	return replies[:len(lines)], err
}

// outOfStep gives the session up, and the sending of several commands at once.
func (s *Session) outOfStep(line string, r Reply) error {
	s.GiveUp()
	s.features.stopBatchingForGood()
	s.c.opts.Log.Warn("the server answers commands out of step; it gets one at a time from now on", "command", verbOf(line), "reply", r.String())
	return lost(mismatch(line, r))
}

// serial reports whether commands go one at a time.
func (s *Session) serial() bool { return s.c.serial || s.features.BatchingStopped() }

// exchange sends lines, as many at a time as may be, and reads the replies
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
				written, err = c.sendInBackground(s.maySplitLines(), commands[sent:sent+n]...)
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
			return nil, s.outOfStep(a.line, r)
		case err != nil:
			if errors.Is(err, errProtocol) {
				s.features.stopBatchingForGood()
			} else if isTimeout(err) && sent-read > 1 {
				s.features.stopBatching()
			}
			return replies, lost(c.broken(verbOf(a.line), err))
		}
		replies = append(replies, r)
		if c.dead && read+1 < len(commands) {
			return replies, lost(ReplyError(verbOf(commands[read+1].line), "", r))
		}
	}
	return replies, nil
}

// window returns how many of the commands in next may go out now, while those in
// unanswered are under way. It waits until half of the window is free, so that
// commands go out in large pieces.
func (s *Session) window(unanswered, next []*awaited) int {
	if s.serial() {
		return min(1-len(unanswered), len(next))
	}
	limit := batchBytes
	if s.maySplitLines() {
		limit = shortBatchBytes
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

// sendAside is send in a goroutine of its own, for commands whose replies are
// read meanwhile. written waits for its end and may be called again; until then
// nothing else may be sent. With pieces set, each write fits into a segment and
// ends where a line does, unless the line is longer than that.
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
			_, failed = c.conn.Write(text[:n])
			text = text[n:]
		}
	}()
	return func() error {
		<-done
		if failed != nil {
			c.dead = true
			return c.broken(verbOf(commands[0].line), failed)
		}
		return nil
	}, nil
}

// firstLines returns the length of the first lines of text that take no more than
// most bytes, and of at least one.
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
