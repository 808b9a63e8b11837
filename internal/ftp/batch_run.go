package ftp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
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
	wholeBytes   = 4000
	segmentBytes = 1200
)

// splits reports whether the server is not known to find the end of a line
// wherever it comes in two.
func (s *Session) splitsLines() bool {
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
const fence = "PWD"

// errOutOfStep means that a reply does not belong to the command that it came
// for.
var errOutOfStep = errors.New("a reply does not fit its command")

// batch gives commands in as few pieces as buffers allow and returns the
// replies in order. No line may open a data connection. With an error, the
// replies that came before the connection broke are returned as well; none are
// where one did not fit, since then nothing is known about the others either.
func (s *Session) batch(ctx context.Context, lines []string) ([]Reply, error) {
	defer s.c.watch.enter(ctx)()
	for _, line := range lines {
		if err := CheckLine(line); err != nil {
			return nil, err
		}
	}
	if len(lines) == 1 || !s.c.fences || s.serial() {
		return s.exchange(lines)
	}
	all := slices.Clone(lines)
	if s.splitsLines() {
		all = append(all, guardLine)
	}
	all = append(all, fence)
	replies, err := s.exchange(all)
	if len(replies) < len(all) {
		return replies[:min(len(replies), len(lines))], err
	}
	if last := replies[len(all)-1]; last.Code != 257 && last.Code != 421 {
		return nil, s.outOfStep(fence, last)
	}
	return replies[:len(lines)], err
}

// outOfStep gives the session up, and the sending of several commands at once.
func (s *Session) outOfStep(line string, r Reply) error {
	s.GiveUp()
	s.features.stopBatchingForGood()
	s.c.o.Log.Warn("the server answers commands out of step; it gets one at a time from now on", "command", verbOf(line), "reply", r.String())
	return lost(misfit(line, r))
}

// misfit is the error for r in the place of a reply to line.
func misfit(line string, r Reply) error {
	return &Error{Op: verbOf(line), Class: Retry, Code: r.Code, Reply: Printable(r.Text), Err: errOutOfStep}
}

// oneByOne reports whether commands go one at a time.
func (s *Session) serial() bool { return s.c.single || s.features.BatchingStopped() }

// exchange sends lines, as many at a time as may be, and reads the replies
// meanwhile.
func (s *Session) exchange(lines []string) ([]Reply, error) {
	replies := make([]Reply, 0, len(lines))
	sent, flying := 0, 0
	written := func() error { return nil }
	defer func() { written() }()
	for len(replies) < len(lines) {
		if n := s.window(lines[sent:], flying, sent-len(replies)); n > 0 {
			err := written()
			if err == nil {
				written, err = s.c.sendAside(s.splitsLines(), lines[sent:sent+n]...)
			}
			if err != nil {
				return replies, err
			}
			for _, line := range lines[sent : sent+n] {
				flying += len(line) + 2
			}
			sent += n
		}
		line := lines[len(replies)]
		r, err := s.c.final()
		if err != nil {
			switch {
			case errors.Is(err, errProtocol):
				s.features.stopBatchingForGood()
			case isTimeout(err) && sent-len(replies) > 1:
				s.features.stopBatching()
			}
			return replies, lost(s.c.broken(verbOf(line), err))
		}
		if !fits(line, r) && !s.c.dead {
			return nil, s.outOfStep(line, r)
		}
		flying -= len(line) + 2
		replies = append(replies, r)
		if s.c.dead && len(replies) < len(lines) {
			return replies, lost(ReplyError(verbOf(lines[len(replies)]), "", r))
		}
	}
	return replies, nil
}

// window returns how many of lines may go out now. It waits until half of the
// window is free, so that lines go out in large pieces.
func (s *Session) window(lines []string, flying, unanswered int) int {
	if s.serial() {
		if unanswered > 0 {
			return 0
		}
		return min(1, len(lines))
	}
	most := batchBytes
	if s.splitsLines() {
		most = wholeBytes
	}
	if unanswered > 0 && (flying > most/2 || unanswered > batchCommands/2) {
		return 0
	}
	n := 0
	for n < len(lines) && unanswered+n < batchCommands {
		if flying += len(lines[n]) + 2; flying > most && unanswered+n > 0 {
			break
		}
		n++
	}
	return n
}

// owned are the positive replies that belong to one command each (RFC 959,
// section 5.4; RFC 3659). What others are answered by it is not for them.
var owned = map[int]string{
	211: "FEAT", 213: "SIZE MDTM STAT", 214: "HELP", 215: "SYST", 220: "", 221: "QUIT", 225: "", 226: "",
	227: "PASV", 229: "EPSV", 230: "PASS", 257: "PWD MKD", 331: "USER", 332: "USER", 350: "RNFR REST",
}

// only are the commands that have one positive reply.
var only = map[string]int{"EPSV": 229, "MLST": 250, "RNFR": 350, "SIZE": 213}

// fits reports whether r can be the reply to line. What refuses fits all.
func fits(line string, r Reply) bool {
	verb := strings.ToUpper(verbOf(line))
	if r.Refused() {
		return true
	}
	if code := only[verb]; code != 0 {
		return r.Code == code
	}
	verbs, is := owned[r.Code]
	return !is || slices.Contains(strings.Fields(verbs), verb) || !slices.Contains(plain, verb)
}

// plain are the commands that are answered by a 2yz which is nobody's own.
var plain = []string{"CWD", "DELE", "MKD", "RMD", "RNTO"}

// sendAside is send in a goroutine of its own, for commands whose replies are
// read meanwhile. written waits for its end and may be called again; until then
// nothing else may be sent. With pieces set, each write fits into a segment and
// ends where a line does, unless the line is longer than that.
func (c *controlConn) sendAside(pieces bool, lines ...string) (written func() error, err error) {
	text, err := c.prepareToSend(lines)
	if err != nil {
		return func() error { return nil }, err
	}
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
	c.owed += len(lines)
	return func() error {
		<-done
		if failed != nil {
			c.dead = true
			return c.broken(verbOf(lines[0]), failed)
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

// prepareToSend refuses what cannot be sent now and returns the text of lines.
func (c *controlConn) prepareToSend(lines []string) ([]byte, error) {
	c.port = Reply{} // it is for what comes right behind it
	if c.dead {
		return nil, &Error{Op: verbOf(lines[0]), Class: Retry, Err: net.ErrClosed}
	}
	for _, line := range lines {
		if err := CheckLine(line); err != nil {
			return nil, err
		}
	}
	if c.owed == 0 && c.br.Buffered() > 0 {
		c.dead = true
		if r, err := readReply(c.br); err == nil && r.Code == 421 {
			c.logReply(r)
			return nil, ReplyError(verbOf(lines[0]), "", r)
		}
		return nil, &Error{Op: verbOf(lines[0]), Class: Retry, Err: fmt.Errorf("%w: a reply to nothing", errProtocol)}
	}
	var b strings.Builder
	for _, line := range lines {
		c.logCommand(line)
		b.WriteString(line + "\r\n")
	}
	return []byte(b.String()), nil
}
