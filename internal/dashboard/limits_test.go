package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/daemon"
	"ferry/internal/dashboard/act"
)

// startServer returns a server that answers until the test ends.
func startServer(t *testing.T) *Server {
	t.Helper()
	s, err := New(Options{StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return s
}

// Requests whose body never ends are not waited for.
func TestBodyWithoutEnd(t *testing.T) {
	was := bodyTimeout
	t.Cleanup(func() { bodyTimeout = was })
	bodyTimeout = 20 * time.Millisecond
	s := startServer(t)
	base, _, _ := strings.Cut(s.URL(), "/#token=")
	host := strings.TrimPrefix(base, "http://")
	for _, method := range []string{"POST", "GET"} {
		for _, kind := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"} {
			c, err := net.Dial("tcp", host)
			if err != nil {
				t.Fatal(err)
			}
			path := map[string]string{"POST": "/login", "GET": "/"}[method]
			_, _ = fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\ns", method, path, host, base, kind)
			_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
			if answer, err := io.ReadAll(c); err != nil || !strings.Contains(string(answer), "408") {
				t.Errorf("%s %s: %q, %v", method, kind, answer, err)
			}
			_ = c.Close()
		}
	}
}

// A connection takes the place of one that was closed.
func TestLimit(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	l := limit(inner, 2)
	var open []net.Conn
	for i := range 5 {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		accepted, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if open = append(open, accepted); i > 0 {
			if len(l.places) != cap(l.places) {
				t.Errorf("%d places of %d are taken", len(l.places), cap(l.places))
			}
			_, _ = open[i].Close(), open[i].Close() // a second time makes no room
			if len(l.places) != 1 {
				t.Errorf("%d places are taken", len(l.places))
			}
		}
	}
	_ = open[0].Close()
	_ = inner.Close()
	if _, err := l.Accept(); err == nil || len(l.places) != 0 {
		t.Errorf("%v, %d places are taken", err, len(l.places))
	}
}

// What a form asked for is done to its end, also when nobody looks any more.
func TestWorkOutlastsPage(t *testing.T) {
	dir, err := os.MkdirTemp("", "d") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	claim, err := daemon.Acquire(filepath.Join(dir, "watch"), "key", "")
	if err != nil {
		t.Fatal(err)
	}
	defer claim.Close()
	claim.Serve(daemon.Handler{Act: func(_ context.Context, what string, _ json.RawMessage) (any, error) {
		return act.Done{Lines: []string{"did " + what}}, nil
	}})
	s, err := New(Options{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.listener.Close()
	gone, leave := context.WithCancel(t.Context())
	leave()
	for what, form := range map[string]url.Values{"settle": {}, "restore": {}, "allow": {"deletions": {"1"}, "typed": {"delete 1"}}} {
		r := httptest.NewRequestWithContext(gone, http.MethodPost, "/do", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if lines, err := s.doOne(r, "key", what); err != nil || lines[0] != "did "+what {
			t.Errorf("%s: %q, %v", what, lines, err)
		}
	}
}
