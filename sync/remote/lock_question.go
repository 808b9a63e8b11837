package remote

import (
	"fmt"

	"ferry/internal/ftp"
	"ferry/sync"
)

// A lockQuestion asks again and again in a batch whether another owner holds the lock.
type lockQuestion struct {
	*server
	answers []*lockAnswer
}

// A lockAnswer holds the replies to CWD into the lock, and into what this owner puts there.
type lockAnswer struct{ lock, own ftp.Reply }

// queue adds the question to b.
func (q *lockQuestion) queue(b *ftp.Batch) {
	if q.opts.Owner == "" {
		return
	}
	a := new(lockAnswer)
	b.Expect("CWD "+q.own("lock"), &a.lock)
	b.Expect("CWD "+q.own("lock/"+q.lockMark()), &a.own)
	q.answers = append(q.answers, a)
}

// isForeign reports whether one of the answers shows the lock of another owner.
func (q *lockQuestion) isForeign() bool {
	for _, a := range q.answers {
		if a.lock.OK() && !a.own.OK() {
			return true
		}
	}
	return false
}

// doubt replaces the answers that something is gone where another owner may be at work.
func (q *lockQuestion) doubt(answers []error) {
	if !q.isForeign() {
		return
	}
	for i, err := range answers {
		if err == nil {
			answers[i] = fmt.Errorf("%w, which may be about to put it in place", sync.ErrHeld)
		}
	}
}
