package lock

import (
	"fmt"

	"ferry/internal/ftp"
	"ferry/sync"
)

// A Question asks again and again in a batch whether another owner holds the lock.
type Question struct {
	lock    *Lock
	answers []*answer
}

// An answer holds the replies to CWD into the lock, and into what this owner puts there.
type answer struct{ lock, own ftp.Reply }

// Question returns a new question, which has not been asked yet.
func (l *Lock) Question() *Question { return &Question{lock: l} }

// Queue adds the question to b.
func (q *Question) Queue(b *ftp.Batch) {
	if q.lock.opts.Owner == "" {
		return
	}
	dir := q.lock.dir()
	q.queueIn(dir, b)
	if q.lock.mayBeHeldInOther(dir) {
		q.queueIn(otherDir(dir), b)
	}
}

func (q *Question) queueIn(dir string, b *ftp.Batch) {
	a := new(answer)
	b.Expect("CWD "+q.lock.in(dir, "lock"), &a.lock)
	b.Expect("CWD "+q.lock.in(dir, "lock/"+q.lock.Mark()), &a.own)
	q.answers = append(q.answers, a)
}

// isForeign reports whether one of the answers shows the lock of another owner.
func (q *Question) isForeign() bool {
	for _, a := range q.answers {
		if a.lock.OK() && !a.own.OK() {
			return true
		}
	}
	return false
}

// IsOurs reports whether one of the answers shows the lock of this owner.
func (q *Question) IsOurs() bool {
	for _, a := range q.answers {
		if a.lock.OK() && a.own.OK() {
			return true
		}
	}
	return false
}

// Doubt replaces the answers that something is gone where another owner may be at work.
func (q *Question) Doubt(answers []error) {
	if !q.isForeign() {
		return
	}
	for i, err := range answers {
		if err == nil {
			answers[i] = fmt.Errorf("%w, which may be about to put it in place", sync.ErrHeld)
		}
	}
}
