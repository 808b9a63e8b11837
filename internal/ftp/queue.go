package ftp

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"ferry/internal/ftp/wire"
)

// An awaited is the final reply that the server owes to one command, or to the
// connection itself: the greeting. Whoever sends a command holds on to it.
type awaited struct {
	line string // the command; "" for the greeting
	// fits reports whether a reply can be the one to line; nil takes any. A reply
	// that does not fit ends the session: nobody can tell whose replies the next ones
	// are.
	fits func(line string, r Reply) bool
	// overlapped is set where commands may go out before this reply is read; see
	// overlap.go.
	overlapped bool
	// ofLogin is set where the session may be used, and rest, before this reply is read.
	ofLogin bool
	// done is called once the reply has come or cannot be believed; it may be nil.
	done func(r Reply, err error)

	number      int   // of the command on its connection, from 1
	preliminary Reply // the last 1yz that came for it; the zero reply: none
	promises    int   // how many of them came
	reply       Reply // the zero reply: none yet
	err         error // why the reply cannot be believed
	came        time.Time
}

// expectAll returns what is awaited for lines, with one check for all.
func expectAll(lines []string, fits func(string, Reply) bool) []*awaited {
	all := make([]*awaited, len(lines))
	for i, line := range lines {
		all[i] = &awaited{line: line, fits: fits}
	}
	return all
}

func (a *awaited) answered() bool { return a.reply.Code != 0 }

// maxPreliminary is how many preliminary replies one command may get. RFC 959 allows one,
// and each of them lets the wait for the final reply begin anew.
const maxPreliminary = 10

// A replyQueue holds what the server owes, in the order in which the commands
// went out: the next reply belongs to the first.
type replyQueue struct {
	list []*awaited
	sent int // commands so far
}

func (q *replyQueue) push(all ...*awaited) {
	for _, a := range all {
		q.sent++
		a.number = q.sent
	}
	q.list = append(q.list, all...)
}

func (q *replyQueue) len() int { return len(q.list) }

// isOutOfStep reports whether a reply is awaited that should have been read by whoever sent the
// command.
func (q *replyQueue) isOutOfStep() bool {
	return slices.ContainsFunc(q.list, func(a *awaited) bool { return !a.ofLogin })
}

// bytes returns how long the commands are that are not answered yet.
func (q *replyQueue) bytes() int {
	n := 0
	for _, a := range q.list {
		n += len(a.line) + len("\r\n")
	}
	return n
}

// isLast reports whether nothing was sent after the command of a.
func (q *replyQueue) isLast(a *awaited) bool { return a.number == q.sent }

// take gives r to the command it belongs to. A preliminary reply leaves that in
// the queue. The error is one that ends the session.
func (q *replyQueue) take(r Reply, now time.Time) error {
	if len(q.list) == 0 {
		return &Error{Op: "waiting", Class: Retry, Code: r.Code, Reply: Printable(r.Text), Err: fmt.Errorf("%w: a reply to nothing", errProtocol)}
	}
	a := q.list[0]
	if r.Preliminary() {
		a.preliminary = r
		if a.promises++; a.promises > maxPreliminary {
			return &Error{Op: wire.Verb(a.line), Class: Retry, Code: r.Code, Reply: Printable(r.Text),
				Err: fmt.Errorf("%w: more than %d preliminary replies to one command", errProtocol, maxPreliminary)}
		}
		return nil
	}
	q.list = q.list[1:]
	a.reply, a.came = r, now
	switch {
	case r.Code == 421: // the server ends the session, whatever was asked
	case a.overlapped && q.len() > 0:
		a.err = overlapError(a.line, r)
	case a.fits != nil && !a.fits(a.line, r):
		a.err = mismatch(a.line, r)
	}
	if a.done != nil {
		a.done(r, a.err)
	}
	return a.err
}

// errOutOfStep means that a reply does not belong to the command that it came
// for.
var errOutOfStep = errors.New("a reply does not fit its command")

// mismatch is the error for r in the place of a reply to line.
func mismatch(line string, r Reply) error {
	return &Error{Op: wire.Verb(line), Class: Retry, Code: r.Code, Reply: Printable(r.Text), Err: errOutOfStep}
}

// fits reports whether a reply can be the one to a command.
var fits = wire.Fits
