package third

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
)

// secure is a server that is reached over TLS, and can be the TLS client of another one as asked.
func secure(sscn, cpsv bool) ftpserver.Options {
	return ftpserver.Options{Foreign: true, TLS: ftpserver.Explicit, ForceTLS: true, SSCN: sscn, CPSV: cpsv}
}

// of returns a transfer of the file.
func of(t *testing.T, source, target *side) Transfer {
	t.Helper()
	return Transfer{From: source.session(t), FromPath: "/a", To: target.session(t), ToPath: "/b"}
}

func asked(s *side, command string) bool {
	return slices.ContainsFunc(s.server.Transcript(), func(line string) bool { return strings.Contains(line, "> "+command) })
}

// serves holds that a session sends us the file as before.
func serves(t *testing.T, s *ftp.Session, path string) {
	t.Helper()
	d, err := s.Retrieve(t.Context(), path, 0)
	if err != nil {
		t.Error(err)
		return
	}
	defer d.Abort()
	if got, err := d.ReadFile(int64(len(content))); err != nil || len(got) != len(content) {
		t.Errorf("%d bytes of %d: %v", len(got), len(content), err)
	}
}

func TestOneServerIsTheTLSClientOfTheOther(t *testing.T) {
	noActive := func(o ftpserver.Options) ftpserver.Options { o.NoActive = true; return o }
	for _, c := range []struct {
		name       string
		from, to   ftpserver.Options
		source     string // what the source is asked
		target     string
		toldAtOnce string
	}{
		{name: "CPSV at the target", from: secure(false, false), to: secure(false, true), source: "PORT", target: "CPSV"},
		{name: "CPSV at the source", from: secure(false, true), to: secure(false, false), source: "CPSV", target: "PORT"},
		{name: "SSCN at the source", from: secure(true, false), to: secure(false, false), source: "SSCN ON", target: "PASV"},
		{name: "SSCN at the target", from: secure(false, false), to: secure(true, false), source: "PORT", target: "SSCN ON"},
		{name: "SSCN at the source, which listens", from: noActive(secure(true, false)), to: secure(false, false), source: "SSCN ON", target: "PORT"},
		{name: "no TLS at all", from: foreign, to: foreign, source: "PORT", target: "PASV"},
		{name: "neither", from: secure(false, false), to: secure(false, false), toldAtOnce: "neither server has SSCN or CPSV"},
		{name: "TLS at the source only", from: secure(true, true), to: foreign, toldAtOnce: "only one of the two is reached over TLS"},
		{name: "TLS at the target only", from: foreign, to: secure(true, true), toldAtOnce: "only one of the two is reached over TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, target := two(t, c.from, c.to)
			told := ""
			l := &Link{Mode: On, Tell: func(why string) { told += why }}
			tr := of(t, source, target)
			for range 2 {
				err := l.Run(t.Context(), tr, int64(len(content)))
				if c.toldAtOnce != "" {
					if !errors.Is(err, ErrHere) || strings.Count(told, c.toldAtOnce) != 1 {
						t.Errorf("%v, told %q", err, told)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				target.holds(t, "/b", content)
				l.Prove(1)
			}
			if c.toldAtOnce != "" {
				for _, verb := range []string{"PORT", "PASV", "CPSV", "SSCN", "PROT C"} {
					if asked(source, verb) || asked(target, verb) {
						t.Errorf("was sent: %s", verb)
					}
				}
				return
			}
			if !asked(source, c.source) || !asked(target, c.target) || told != "" {
				t.Errorf("not %s and %s; told %q", c.source, c.target, told)
			}
			serves(t, tr.From, "/a")
			serves(t, tr.To, "/b")
		})
	}
}

// TestAServerThatWantsItsSessionAgainIsTheTLSClient holds that the roles change where the first try shows that the
// servers do not come to terms, and that all goes through this machine where they never do.
func TestAServerThatWantsItsSessionAgainIsTheTLSClient(t *testing.T) {
	strict := secure(true, false)
	strict.RequireReuse = true
	for _, c := range []struct {
		name     string
		from, to ftpserver.Options
		told     bool
	}{
		{"the source", strict, secure(true, false), false},
		{"the target", secure(true, false), strict, false},
		{"both", strict, strict, true},
		{"the one that has no SSCN", secure(true, false), ftpserver.Options{Foreign: true, TLS: ftpserver.Explicit, RequireReuse: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, target := two(t, c.from, c.to)
			told := []string{}
			l := &Link{Mode: On, Tell: func(why string) { told = append(told, why) }}
			var err error
			tries := 0
			for err = errors.New("not begun"); err != nil && l.Open(); tries++ {
				err = l.Run(t.Context(), of(t, source, target), int64(len(content)))
			}
			if c.told != (err != nil) || c.told != (len(told) == 1) || tries > mostFailures {
				t.Fatalf("after %d tries: %v, told %q", tries, err, told)
			}
			if !c.told {
				target.holds(t, "/b", content)
			}
		})
	}
}

// TestWhatGoesWrongOverTLSCostsTheSession holds that no session is used again that may still be the TLS client.
func TestWhatGoesWrongOverTLSCostsTheSession(t *testing.T) {
	off := func(arg string) bool { return arg == "OFF" }
	for _, c := range []struct {
		name       string
		fault      ftpserver.Fault // of the source, which is the TLS client
		whole      bool            // the file arrives
		here       bool            // nothing was sent, and the file goes through this machine
		sourceDead bool
	}{
		{name: "SSCN OFF is refused", fault: ftpserver.Fault{Command: "SSCN", Argument: off, Refuse: "500 No."}, whole: true, sourceDead: true},
		{name: "SSCN OFF is never answered", fault: ftpserver.Fault{Command: "SSCN", Argument: off, Stall: true}, whole: true, sourceDead: true},
		{name: "SSCN ON is not done", fault: ftpserver.Fault{Command: "SSCN", Refuse: "200 SSCN:CLIENT METHOD"}, sourceDead: true},
		{name: "it is cut half-way", fault: ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(1000)}, sourceDead: true},
		{name: "the file is refused", fault: ftpserver.Fault{Command: "RETR", Refuse: "550 No such file."}, here: true},
		{name: "PROT P is refused", fault: ftpserver.Fault{Command: "PROT", Refuse: "536 No."}, here: true},
		{name: "SSCN ON is refused", fault: ftpserver.Fault{Command: "SSCN", Refuse: "500 No."}, here: true, sourceDead: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, target := two(t, secure(true, false), secure(false, false))
			tr := of(t, source, target)
			armed := source.server.Faults().Add(c.fault)
			l := &Link{Mode: On}
			err := l.Run(t.Context(), tr, int64(len(content)))
			switch {
			case c.whole != (err == nil), c.here != errors.Is(err, ErrHere), c.sourceDead != tr.From.Dead():
				t.Errorf("%v, the session of the source is dead: %v", err, tr.From.Dead())
			case armed.Fired() == 0:
				t.Error("the fault did not strike")
			}
			if c.whole {
				target.holds(t, "/b", content)
			}
			armed.Remove()
			if !tr.From.Dead() {
				serves(t, tr.From, "/a")
			}
			if asked(source, "PROT C") || asked(target, "PROT C") {
				t.Error("the data were to go in clear")
			}
		})
	}
}

// TestAHandshakeThatNeverComesEnds holds that the first transfer over TLS does not get the time that a large file needs.
func TestAHandshakeThatNeverComesEnds(t *testing.T) {
	source, target := two(t, secure(true, false), secure(false, false))
	source.server.Faults().Add(ftpserver.Fault{Command: "RETR", Data: ftpserver.StallAt(0)})
	began := time.Now()
	tr := of(t, source, target)
	if err := (&Link{Mode: On}).Run(t.Context(), tr, 1<<40); err == nil || !strings.Contains(err.Error(), "nothing has come") {
		t.Error(err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestOneTransferOverTLSShowsWhetherItWorks holds that the others do not wait for the first one, and are not tried.
func TestOneTransferOverTLSShowsWhetherItWorks(t *testing.T) {
	source, target := two(t, secure(true, false), secure(false, false))
	l := &Link{Mode: On}
	begun, cut := make(chan struct{}), make(chan struct{})
	source.server.Faults().Add(ftpserver.Fault{Command: "RETR", Hook: func() { close(begun); <-cut }, Times: 1})
	first, second := of(t, source, target), of(t, source, target)
	second.ToPath = "/c"
	done := make(chan error)
	go func() { done <- l.Run(t.Context(), first, int64(len(content))) }()
	<-begun
	if err := l.Run(t.Context(), second, int64(len(content))); !errors.Is(err, ErrHere) || !l.Open() {
		t.Error(err)
	}
	close(cut)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	l.Prove(1)
	if err := l.Run(t.Context(), second, int64(len(content))); err != nil {
		t.Error(err)
	}
}

// TestOffSendsNothing holds that nobody is asked for anything.
func TestOffSendsNothing(t *testing.T) {
	source, target := two(t, foreign, foreign)
	l := &Link{Mode: Off, Tell: func(why string) { t.Error(why) }}
	if err := l.Run(t.Context(), of(t, source, target), int64(len(content))); !errors.Is(err, ErrHere) || l.Open() {
		t.Error(err)
	}
	if asked(source, "PORT") || asked(target, "PASV") {
		t.Error("the servers were asked")
	}
}

func TestModes(t *testing.T) {
	for text, want := range map[string]Mode{"auto": Auto, "on": On, "off": Off} {
		var m Mode
		if err := m.UnmarshalText([]byte(text)); err != nil || m != want {
			t.Errorf("%s: %v, %v", text, m, err)
		}
	}
	if err := new(Mode).UnmarshalText([]byte("yes")); err == nil {
		t.Error("yes is no mode")
	}
}
