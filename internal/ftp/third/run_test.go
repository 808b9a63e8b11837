package third

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
	"ferry/internal/ftpserver"

	"github.com/spf13/afero"
)

// content is the file that is sent.
var content = bytes.Repeat([]byte("0123456789abcdef"), 20_000)

// A side is a server and a pool of sessions with it.
type side struct {
	server *ftpserver.Server
	files  afero.Fs
	pool   *pool.Pool
}

// newSide starts a server. Servers with different addresses are foreign to each other's clients.
func newSide(t *testing.T, ip string, o ftpserver.Options) *side {
	t.Helper()
	s := &side{files: afero.NewMemMapFs()}
	o.Addr, o.Files, o.DataTimeout = ip+":0", s.files, 300*time.Millisecond
	var err error
	if s.server, err = ftpserver.Start(o); err != nil {
		t.Skipf("no server at %s: %v", ip, err)
	}
	t.Cleanup(func() { s.server.Close() })
	security := map[ftpserver.Security]ftp.Security{ftpserver.Explicit: ftp.Explicit}[o.TLS]
	s.pool = pool.New(ftp.Options{Security: security, Insecure: true, Host: ip, Port: s.server.Port(), User: "ferry", Password: func() (string, error) { return "secret", nil }, Timeout: 2 * time.Second})
	t.Cleanup(func() { s.pool.Close() })
	return s
}

func (s *side) session(t *testing.T) *ftp.Session {
	t.Helper()
	session, err := s.pool.Borrow(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.pool.Return(session) })
	return session
}

// two starts the servers of a transfer. They are foreign to each other and to the client, who is at 127.0.0.1.
func two(t *testing.T, from, to ftpserver.Options) (source, target *side) {
	t.Helper()
	source, target = newSide(t, "127.0.0.3", from), newSide(t, "127.0.0.2", to)
	if err := afero.WriteFile(source.files, "/a", content, 0o644); err != nil {
		t.Fatal(err)
	}
	return source, target
}

func (s *side) holds(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := afero.ReadFile(s.files, path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s has %d bytes, want %d: %v", path, len(got), len(want), err)
	}
}

var foreign = ftpserver.Options{Foreign: true}

func TestServersSendToEachOther(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to ftpserver.Options
		asked    string // of the source
	}{
		{"the target listens", foreign, foreign, "PORT"},
		{"the source listens", ftpserver.Options{Foreign: true, NoActive: true}, foreign, "PASV"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, target := two(t, c.from, c.to)
			from, to := source.session(t), target.session(t)
			grown := int64(0)
			l := &Link{Tell: func(why string) { t.Error(why) }}
			for _, path := range []string{"/b", "/c"} {
				err := l.Run(context.Background(), Transfer{From: from, FromPath: "/a", To: to, ToPath: path, Grown: func(n int64) { grown += n }}, int64(len(content)))
				if err != nil {
					t.Fatal(err)
				}
				target.holds(t, path, content)
			}
			if grown != 2*int64(len(content)) {
				t.Errorf("%d bytes were told of", grown)
			}
			if from.Dead() || to.Dead() {
				t.Error("a session was lost")
			}
			if !slices.ContainsFunc(source.server.Transcript(), func(line string) bool { return strings.Contains(line, c.asked) }) {
				t.Errorf("the source was not asked for %s", c.asked)
			}
		})
	}
}

func TestRefusalsAreToldOnceAndCostNothing(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to ftpserver.Options
	}{
		{"no foreign addresses", ftpserver.Options{}, ftpserver.Options{}},
		{"no PASV and no PORT", ftpserver.Options{NoPASV: true, NoActive: true}, foreign},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, target := two(t, c.from, c.to)
			from, to := source.session(t), target.session(t)
			told := 0
			l := &Link{Tell: func(string) { told++ }}
			for range 2 {
				if err := l.Run(context.Background(), Transfer{From: from, FromPath: "/a", To: to, ToPath: "/b"}, int64(len(content))); !errors.Is(err, ErrHere) {
					t.Fatal(err)
				}
			}
			if told != 1 || l.Open() {
				t.Errorf("told %d times", told)
			}
			for _, s := range []*ftp.Session{from, to} {
				if r, err := s.Command(context.Background(), "NOOP"); err != nil || !r.OK() {
					t.Errorf("the session is of no use any more: %v %v", r, err)
				}
			}
		})
	}
}

// TestAServerThatStallsIsNotToldToConnect holds that a server which does one active transfer at a time listens, or sends
// nothing directly.
func TestAServerThatStallsIsNotToldToConnect(t *testing.T) {
	stalls := ftpserver.Options{Foreign: true, Greeting: "220 pyftpdlib 1.5.7 ready."}
	for _, c := range []struct {
		name     string
		from, to ftpserver.Options
		told     string // "": it goes directly
	}{
		{"the source", stalls, foreign, ""},
		{"the target", foreign, stalls, ""},
		{"both", stalls, stalls, "stalls when it connects for several sessions at a time"},
		{"the source, and the target refuses PORT", stalls, ftpserver.Options{Foreign: true, NoActive: true}, "stalls"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, target := two(t, c.from, c.to)
			told := ""
			l := &Link{Tell: func(why string) { told = why }}
			err := l.Run(context.Background(), Transfer{From: source.session(t), FromPath: "/a", To: target.session(t), ToPath: "/b"}, int64(len(content)))
			if c.told == "" && (err != nil || told != "") || c.told != "" && (!errors.Is(err, ErrHere) || !strings.Contains(told, c.told)) {
				t.Errorf("%v, told %q", err, told)
			}
			for i, s := range []*side{source, target} {
				if which := []ftpserver.Options{c.from, c.to}[i]; which.Greeting != "" && slices.ContainsFunc(s.server.Transcript(), func(line string) bool { return strings.Contains(line, "> PORT") }) {
					t.Errorf("server %d was told to connect", i)
				}
			}
		})
	}
}

func TestAFileThatIsRefusedSaysNothingOfTheLink(t *testing.T) {
	source, target := two(t, foreign, foreign)
	l := &Link{Tell: func(why string) { t.Error(why) }}
	err := l.Run(context.Background(), Transfer{From: source.session(t), FromPath: "/none", To: target.session(t), ToPath: "/b"}, 1)
	if !errors.Is(err, ErrHere) || !l.Open() {
		t.Fatalf("%v, open: %v", err, l.Open())
	}
}

func TestACutTransferIsAnError(t *testing.T) {
	for name, fault := range map[string]ftpserver.Fault{
		"the source cuts it":                {Command: "RETR", Data: ftpserver.CutAt(1000)},
		"the source cuts it and says done":  {Command: "RETR", Data: ftpserver.CutAt(1000), Reply: "426 Broken."},
		"the source's session ends halfway": {Command: "RETR", Data: ftpserver.CutAt(1000), Close: true, Reply: "421 Bye."},
	} {
		t.Run(name, func(t *testing.T) {
			source, target := two(t, foreign, foreign)
			source.server.Faults().Add(fault)
			var told string
			l := &Link{Tell: func(why string) { told = why }}
			for range mostFailures {
				err := l.Run(context.Background(), Transfer{From: source.session(t), FromPath: "/a", To: target.session(t), ToPath: "/b"}, int64(len(content)))
				if err == nil || errors.Is(err, ErrHere) {
					t.Fatal(err)
				}
			}
			if !strings.Contains(told, "broke off") || l.Open() {
				t.Errorf("told %q", told)
			}
		})
	}
}

func TestATransferThatStandsStillEnds(t *testing.T) {
	source, target := two(t, foreign, foreign)
	source.server.Faults().Add(ftpserver.Fault{Command: "RETR", Data: ftpserver.StallAt(1000)})
	l := &Link{}
	size := func(context.Context) (int64, error) { return 1000, nil }
	err := l.Run(context.Background(), Transfer{From: source.session(t), FromPath: "/a", To: target.session(t), ToPath: "/b", Size: size}, int64(len(content)))
	if err == nil || !strings.Contains(err.Error(), "nothing has come from the other server") {
		t.Fatal(err)
	}
}

func TestACancelledTransferEnds(t *testing.T) {
	source, target := two(t, foreign, foreign)
	source.server.Faults().Add(ftpserver.Fault{Command: "RETR", Data: ftpserver.StallAt(1000)})
	ctx, cancel := context.WithCancel(context.Background())
	size := func(context.Context) (int64, error) { cancel(); return 1000, nil }
	l := &Link{Tell: func(why string) { t.Error(why) }}
	err := l.Run(ctx, Transfer{From: source.session(t), FromPath: "/a", To: target.session(t), ToPath: "/b", Size: size}, int64(len(content)))
	if !errors.Is(err, context.Canceled) || !l.Open() {
		t.Fatalf("%v, open: %v", err, l.Open())
	}
}

// TestOverTLSNothingGoesDirectly holds that, unless it was asked for, data for which TLS was asked never flows between two servers of which none
// knows the other, whatever they say they can do.
func TestOverTLSNothingGoesDirectly(t *testing.T) {
	secure := secure(true, true)
	for _, c := range []struct {
		name     string
		from, to ftpserver.Options
		told     string
	}{
		{"both", secure, secure, "over TLS the servers do not check each other's certificates"},
		{"the source", secure, foreign, "only one of the two is reached over TLS"},
		{"the target", foreign, secure, "only one of the two is reached over TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, target := two(t, c.from, c.to)
			from, to := source.session(t), target.session(t)
			told := ""
			l := &Link{Tell: func(why string) { told = why }}
			err := l.Run(context.Background(), Transfer{From: from, FromPath: "/a", To: to, ToPath: "/b"}, int64(len(content)))
			if !errors.Is(err, ErrHere) || l.Open() || !strings.HasPrefix(told, c.told) {
				t.Errorf("%v, told %q", err, told)
			}
			for _, s := range []*side{source, target} {
				for _, line := range s.server.Transcript() {
					for _, verb := range []string{"PORT", "PASV", "CPSV", "SSCN", "PROT C"} {
						if strings.Contains(line, "> "+verb) {
							t.Errorf("was sent: %s", line)
						}
					}
				}
			}
			if from.Dead() || to.Dead() {
				t.Error("a session was lost")
			}
		})
	}
}

// TestATransferBeginsAtTheBeginning holds that no position is left over from a transfer before, or else nothing is sent.
func TestATransferBeginsAtTheBeginning(t *testing.T) {
	for _, refused := range []bool{false, true} {
		source, target := two(t, foreign, foreign)
		from := source.session(t)
		source.server.Faults().Add(ftpserver.Fault{Command: "RETR", Refuse: "450 Busy.", Times: 1})
		if _, err := from.Retrieve(t.Context(), "/a", 1000); err == nil {
			t.Fatal("it was not refused")
		}
		if refused {
			source.server.Faults().Add(ftpserver.Fault{Command: "REST", Refuse: "502 No."})
		}
		err := new(Link).Run(t.Context(), Transfer{From: from, FromPath: "/a", To: target.session(t), ToPath: "/b"}, int64(len(content)))
		switch {
		case refused && (err == nil || !from.Dead()):
			t.Errorf("%v, and the session goes on", err)
		case !refused && err != nil:
			t.Error(err)
		case !refused:
			target.holds(t, "/b", content)
		}
	}
}
