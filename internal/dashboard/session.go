package dashboard

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
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

	mu       sync.Mutex // guards what follows
	open     map[[32]byte]*openSession
	guessing map[string]bool // who tries a password now
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

// wrongDelay is how long a wrong password takes. A guesser makes one guess at a time.
var wrongDelay = time.Second

// guesser names those who may be one: an address, or a network of the length that one customer
// has.
func guesser(remote string) string {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	ip := at.Addr().Unmap()
	if ip.Is6() {
		if network, err := ip.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return ip.String()
}

// beginGuess reports whether a guesser may try a password now, and then end must be called.
func (s *sessions) beginGuess(who string) (end func(), may bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.guessing[who] {
		return nil, false
	}
	s.guessing[who] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.guessing, who)
	}, true
}

// login returns 200 if the secret is right, and then gives the browser a cookie; 403 if it is
// wrong, and 429 while another password is tried from there.
func (s *sessions) login(w http.ResponseWriter, given, remote string) int {
	if s.password {
		end, may := s.beginGuess(guesser(remote))
		if !may {
			return http.StatusTooManyRequests
		}
		defer end()
	}
	if given == "" || !equal(given, s.secret) {
		if s.password {
			time.Sleep(wrongDelay)
		}
		return http.StatusForbidden
	}
	cookie := secretText() + secretText()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	s.open[sha256.Sum256([]byte(cookie))] = &openSession{&session{csrf: secretText()}, s.now()}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: cookie, Path: s.path, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.secure})
	return http.StatusOK
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
