package dashboard

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"
)

const (
	cookieName = "ferry"
	// sessionAge is how long a browser stays logged in that does nothing.
	sessionAge = 24 * time.Hour
	// mostSessions is how many browsers may be logged in.
	mostSessions = 64
)

// A session is a browser that is logged in.
type session struct {
	// csrf is in every form of a page, so that only these pages can send one.
	csrf string

	mu   sync.Mutex
	said *said // what the last request did; nil: it was shown
}

// A said tells what a request did, or why it did not.
type said struct {
	Lines       []string
	Error, Hint string
}

func (s *session) say(what said) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = &what
}

// takeSaid returns what is to be shown, once.
func (s *session) takeSaid() *said {
	s.mu.Lock()
	defer s.mu.Unlock()
	what := s.said
	s.said = nil
	return what
}

// sessions are the browsers that are logged in, by the sum of their cookies.
type sessions struct {
	secret   string // the token or the password
	path     string // of the cookie
	secure   bool   // the cookie travels over TLS only
	password bool   // the secret is one that people choose
	now      func() time.Time

	guess sync.Mutex // one guess at a time

	mu   sync.Mutex
	open map[[32]byte]*openSession
}

type openSession struct {
	*session
	seen time.Time
}

// secretText returns 128 random bits as text.
func secretText() string { return rand.Text() }

func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// wrongDelay is how long a wrong password takes. There is one guess at a time.
var wrongDelay = time.Second

// login reports whether the secret is right, and then gives the browser a cookie.
func (s *sessions) login(w http.ResponseWriter, given string) bool {
	if s.password {
		s.guess.Lock()
		defer s.guess.Unlock()
	}
	if given == "" || !equal(given, s.secret) {
		if s.password {
			time.Sleep(wrongDelay)
		}
		return false
	}
	cookie := secretText() + secretText()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	s.open[sha256.Sum256([]byte(cookie))] = &openSession{&session{csrf: secretText()}, s.now()}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: cookie, Path: s.path, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.secure})
	return true
}

// forget ends sessions that did nothing for long, and the oldest one where there are many.
func (s *sessions) forget() {
	var oldest [32]byte
	for sum, o := range s.open {
		if s.now().Sub(o.seen) > sessionAge {
			delete(s.open, sum)
		} else if at, ok := s.open[oldest]; !ok || o.seen.Before(at.seen) {
			oldest = sum
		}
	}
	if len(s.open) >= mostSessions {
		delete(s.open, oldest)
	}
}

// of returns the session of a request, nil where there is none.
func (s *sessions) of(r *http.Request) *session {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.open[sha256.Sum256([]byte(c.Value))]
	if o == nil || s.now().Sub(o.seen) > sessionAge {
		return nil
	}
	o.seen = s.now()
	return o.session
}

// end ends the session of a request.
func (s *sessions) end(r *http.Request) {
	if c, err := r.Cookie(cookieName); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, sha256.Sum256([]byte(c.Value)))
	}
}
