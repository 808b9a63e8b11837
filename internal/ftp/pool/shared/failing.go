package shared

import (
	"math/rand/v2"
	"time"

	"ferry/internal/ftp"
)

// A failing server is left alone for a while: one of those who use it asks again, and the
// others learn the answer.
type failing struct {
	err    error // of the last try; nil: it does not fail
	at     time.Time
	until  time.Time // when the next try makes sense
	tries  int       // that failed in a row
	logins int       // of them, those that the server refused
}

// Waits between tries, as those of a single pair in sync/watch.
const (
	lostFirst, lostMost   = time.Second, 5 * time.Minute
	loginFirst, loginMost = time.Minute, 30 * time.Minute
)

// failed notes a try that failed.
func (f *failing) failed(err error, now time.Time) {
	f.err, f.at = err, now
	f.tries++
	wait := grown(lostFirst, lostMost, 2, f.tries)
	if class, _ := ftp.ClassOf(err); class == ftp.Login {
		f.logins++
		wait = grown(loginFirst, loginMost, 3, f.logins) // servers lock out those who insist
	}
	f.until = now.Add(wait*3/4 + rand.N(wait/4))
}

// grown is a wait that grows by a factor with each try, up to a maximum.
func grown(first, most time.Duration, factor, tries int) time.Duration {
	for range tries - 1 {
		if first *= time.Duration(factor); first >= most {
			return most
		}
	}
	return first
}

// holds reports whether nobody is to try at this moment.
func (f *failing) holds(now time.Time) bool { return f.err != nil && now.Before(f.until) }

// error returns the error of the last try, as a [WaitError].
func (f *failing) error() error { return &WaitError{f.err, f.until} }

// A WaitError is that of a server which is lost or refuses the login. It reads as its cause.
type WaitError struct {
	Err   error
	Until time.Time // no try before makes sense
}

func (e *WaitError) Error() string { return e.Err.Error() }
func (e *WaitError) Unwrap() error { return e.Err }

// tryNow ends the wait after the last try, unless that is only just over.
func (a *account) tryNow(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failing.err != nil && now.Sub(a.failing.at) > time.Second {
		a.failing.until = time.Time{}
		a.wake()
	}
}
