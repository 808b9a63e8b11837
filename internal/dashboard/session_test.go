package dashboard

import (
	"bufio"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A stream that is open ends with its session.
func TestLogoutEndsStream(t *testing.T) {
	was := aliveEvery
	t.Cleanup(func() { aliveEvery = was })
	aliveEvery = 10 * time.Millisecond
	s := startServer(t)
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	base, token, _ := strings.Cut(s.URL(), "/#token=")
	post := func(path string, form url.Values) {
		t.Helper()
		r, _ := http.NewRequest(http.MethodPost, base+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", base)
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	post("/login", url.Values{"secret": {token}})
	stream, err := client.Get(base + s.sessions.path + "events")
	if err != nil || stream.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", stream, err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	for range 10 { // it goes on as long as the session does
		if !lines.Scan() {
			t.Fatal("the stream ended early", lines.Err())
		}
	}
	var csrf string
	for _, o := range s.sessions.open {
		csrf = o.csrf
	}
	post(s.sessions.path+"logout", url.Values{"csrf": {csrf}})
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream of a session that has ended: %v", err)
	}
}

// Whoever guesses passwords keeps only himself waiting.
func TestGuessing(t *testing.T) {
	delay := wrongDelay
	wrongDelay = 0
	defer func() { wrongDelay = delay }()
	s := &sessions{secret: "correct horse", password: true, now: time.Now, open: make(map[[32]byte]*openSession), guessing: make(map[string]bool)}
	login := func(from, secret string) int { return s.login(httptest.NewRecorder(), secret, from) }
	if got := login("192.0.2.1:1000", "wrong"); got != http.StatusForbidden {
		t.Errorf("a wrong password: %d", got)
	}
	s.guessing[guesser("192.0.2.1:1001")] = true
	s.guessing[guesser("[2001:db8::1]:1001")] = true
	for from, want := range map[string]int{
		"192.0.2.1:1002":      http.StatusTooManyRequests,
		"192.0.2.2:1002":      http.StatusOK,
		"[2001:db8::2]:1002":  http.StatusTooManyRequests, // one network is one guesser
		"[2001:db8:1::]:1002": http.StatusOK,
		"[::1]:1002":          http.StatusOK,
	} {
		if got := login(from, "correct horse"); got != want {
			t.Errorf("from %s: %d, want %d", from, got, want)
		}
	}
	if len(s.guessing) != 2 {
		t.Errorf("%v", s.guessing)
	}
}
