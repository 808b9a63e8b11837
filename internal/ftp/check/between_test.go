package check

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// twoServers starts two servers that are foreign to the client and to each other.
func twoServers(t *testing.T, first, second ftpserver.Options) (roots [2]string, servers [2]*ftpserver.Server, opts [2]ftp.Options) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("other systems have one loopback address")
	}
	for i, o := range []ftpserver.Options{first, second} {
		host := []string{"127.0.0.3", "127.0.0.4"}[i]
		roots[i] = t.TempDir()
		o.Addr, o.Root, o.DataTimeout = host+":0", roots[i], 300*time.Millisecond
		servers[i], opts[i] = start(t, o)
		opts[i].Host = host
		if o.TLS == ftpserver.Explicit {
			opts[i].Security, opts[i].Insecure = ftp.Explicit, true
		}
	}
	return roots, servers, opts
}

var loginDirectories = [2]Target{loginDirectory(), loginDirectory()}

func TestBetweenTellsWhoSendsToWhom(t *testing.T) {
	open, closed := ftpserver.Options{Foreign: true}, ftpserver.Options{}
	for _, c := range []struct {
		name          string
		first, second ftpserver.Options
		fault         ftpserver.Fault // of the second
		want          string          // of the ways: sender, listener
		why           string          // in what does not work
		cause         string
	}{
		{name: "both allow it", first: open, second: open, want: "first second, first first, second first, second second"},
		{name: "both refuse", first: closed, second: closed, why: "answers PORT with 500 Illegal PORT command.", cause: "connects to nobody but its client"},
		{name: "the second lets nobody in, and goes nowhere", first: open, second: closed, why: "the second server answers STOR with 425", cause: "the second server lets in nobody but its client"},
		{name: "the second has no active mode", first: open, second: ftpserver.Options{Foreign: true, NoActive: true}, want: "first second, second second", why: "the second server answers PORT with 5"},
		{name: "the second has no PASV", first: open, second: ftpserver.Options{Foreign: true, NoPASV: true}, want: "first first, second first", why: "the second server answers PASV with 5"},
		{name: "the second is only read from", first: open, second: ftpserver.Options{Foreign: true, ReadOnly: true}, want: "first second, first first, second first, second second"},
		{name: "one is reached over TLS", first: open, second: ftpserver.Options{Foreign: true, TLS: ftpserver.Explicit}, why: "only one of the two is reached over TLS"},
		{name: "the second keeps half", first: open, second: open, fault: ftpserver.Fault{Command: "STOR", Path: "/.ferry-*", Skip: 1, Data: ftpserver.ShortenTo(5)}, want: "second first, second second", why: "the file has 5 bytes of 13"},
		{name: "the second breaks off", first: open, second: open, fault: ftpserver.Fault{Command: "STOR", Path: "/.ferry-*", Skip: 1, Reply: "451 Disk error."}, want: "second first, second second", why: "the second server answers STOR with 451 Disk error."},
	} {
		t.Run(c.name, func(t *testing.T) {
			roots, servers, opts := twoServers(t, c.first, c.second)
			if c.fault.Command != "" {
				servers[1].Faults().Add(c.fault)
			}
			found, _, err := RunBetween(t.Context(), opts, loginDirectories)
			if err != nil {
				t.Fatal(err)
			}
			var works []string
			why, cause := "", ""
			for _, w := range found.Ways {
				if w.Works {
					works = append(works, string(w.Sender+" "+w.Listener))
					if w.Why != "" || w.refusal() != nil || !w.connected() {
						t.Errorf("works, and yet: %+v", w)
					}
				}
				why, cause = why+w.Why+"\n", cause+w.Cause+"\n"
			}
			if got := strings.Join(works, ", "); got != c.want || !strings.Contains(why, c.why) || !strings.Contains(cause, c.cause) {
				t.Errorf("%q works, why: %s, cause: %s", got, why, cause)
			}
			for i, root := range roots {
				if left := names(t, root); len(left) > 0 {
					t.Errorf("server %d: left behind: %q", i, left)
				}
			}
		})
	}
}

// TestBetweenEndsWhereAServerSaysNothing holds that silence is told as such, and soon.
func TestBetweenEndsWhereAServerSaysNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a server that says nothing")
	}
	_, servers, opts := twoServers(t, ftpserver.Options{Foreign: true}, ftpserver.Options{Foreign: true})
	opts[1].Timeout = time.Minute
	servers[1].Faults().Add(ftpserver.Fault{Command: "STOR", Path: "/.ferry-*", Skip: 1, Times: 1, Stall: true})
	found, _, err := RunBetween(t.Context(), opts, loginDirectories)
	if err != nil {
		t.Fatal(err)
	}
	w := found.Ways[0]
	if w.Works || w.Why != "the second server does not answer STOR within 10s" || !strings.Contains(w.Cause, "or a firewall keeps the two apart") || !found.Ways[1].Works {
		t.Errorf("%+v, then %+v", w, found.Ways[1])
	}
}

// TestBetweenLeavesNothingWhenCancelled cancels a check while the second server is asked for the other's file.
func TestBetweenLeavesNothingWhenCancelled(t *testing.T) {
	roots, _, opts := twoServers(t, ftpserver.Options{Foreign: true}, ftpserver.Options{Foreign: true})
	ctx, cancel := context.WithCancel(t.Context())
	targets := loginDirectories
	asked := 0
	targets[1].TempName = func(mark string, plain bool) string {
		if asked++; asked == 2 { // the first one is its own
			cancel()
		}
		return loginDirectory().TempName(mark, plain)
	}
	if _, _, err := RunBetween(ctx, opts, targets); err == nil {
		t.Fatal("it was not cancelled")
	}
	for i, root := range roots {
		if left := names(t, root); len(left) > 0 {
			t.Errorf("server %d: left behind: %q", i, left)
		}
	}
}

func TestBetweenSaysWhichServerIsNotReached(t *testing.T) {
	roots, servers, opts := twoServers(t, ftpserver.Options{}, ftpserver.Options{})
	servers[1].Close()
	if _, at, err := RunBetween(t.Context(), opts, loginDirectories); err == nil || at != 1 {
		t.Errorf("%d: %v", at, err)
	}
	if left := names(t, roots[0]); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestBetweenOverTLS holds that servers are tried over TLS where that was asked for, with each one as the TLS client that
// can be.
func TestBetweenOverTLS(t *testing.T) {
	secure := ftpserver.Options{Foreign: true, TLS: ftpserver.Explicit, ForceTLS: true}
	sscn, strict := secure, secure
	sscn.SSCN, strict.SSCN, strict.RequireReuse = true, true, true
	for _, c := range []struct {
		name          string
		first, second ftpserver.Options
		why, cause    string // "": it works
		step          string
	}{
		{name: "the second has SSCN", first: secure, second: sscn, step: "SSCN OFF"},
		{name: "the first has to be the TLS client", first: strict, second: sscn, step: "SSCN ON"},
		{name: "both want their client's session", first: strict, second: strict, why: "522", cause: "do not come to terms over TLS", step: "SSCN ON"},
		{name: "neither has SSCN", first: secure, second: secure, why: "neither server has SSCN or CPSV"},
		{name: "one has no TLS", first: sscn, second: ftpserver.Options{Foreign: true}, why: "only one of the two is reached over TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			roots, _, opts := twoServers(t, c.first, c.second)
			targets := loginDirectories
			for i := range targets {
				targets[i].AllowTLS = true
			}
			found, _, err := RunBetween(t.Context(), opts, targets)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range found.Ways {
				if w.Works != (c.why == "") || !strings.Contains(w.Why, c.why) || !strings.Contains(w.Cause, c.cause) {
					t.Errorf("%s to the other, %s listens: %v, %s (%s)", w.Sender, w.Listener, w.Works, w.Why, w.Cause)
				}
				if c.step != "" && !slices.ContainsFunc(w.Steps, func(s Step) bool { return s.Text == c.step }) {
					t.Errorf("%q is not drawn: %v", c.step, w.Steps)
				}
			}
			for _, root := range roots {
				if left := names(t, root); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			}
		})
	}
}

// TestRealBetween checks two real servers, where they allow it and where they refuse.
func TestRealBetween(t *testing.T) {
	for _, c := range []struct {
		first, second string
		foreign       bool
	}{{"vsftpd", "proftpd", true}, {"vsftpd", "pureftpd", true}, {"vsftpd", "vsftpd", false}, {"proftpd", "proftpd", false}} {
		t.Run(c.first+" and "+c.second, func(t *testing.T) {
			var opts [2]ftp.Options
			var servers [2]*realftp.Server
			for i, name := range []string{c.first, c.second} {
				s := realftp.Start(t, name, realftp.Options{Host: []string{"127.0.0.2", "127.0.0.3"}[i], Foreign: c.foreign})
				servers[i] = s
				opts[i] = ftp.Options{Host: s.Host, Port: s.Port, User: s.User, Password: func() (string, error) { return s.Password, nil }, Timeout: 20 * time.Second}
			}
			found, _, err := RunBetween(t.Context(), opts, loginDirectories)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range found.Ways {
				if w.Works != c.foreign || w.Works != (w.Cause == "") {
					t.Errorf("%s to the other, %s listens: %v, %s (%s)", w.Sender, w.Listener, w.Works, w.Why, w.Cause)
				}
			}
			one, err := Run(t.Context(), opts[0], loginDirectory())
			if err != nil {
				t.Fatal(err)
			}
			want := map[bool][2]string{true: {allowed, allowed}, false: {refused, ""}}[c.foreign]
			if got := [2]string{one.ToServers, one.FromServers}; got != want {
				t.Errorf("the first alone: %q, want %q", got, want)
			}
			for _, s := range servers {
				if left, err := os.ReadDir(s.Root); err != nil || len(left) > 0 {
					t.Errorf("left behind: %v, %v", left, err)
				}
			}
		})
	}
}
