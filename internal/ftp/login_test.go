package ftp

import (
	"strings"
	"testing"
)

func TestPRETIsNotSent(t *testing.T) {
	f := newFake(t)
	f.feat = append(f.feat, "PRET")
	roundTrip(t, f.pool(nil))
	if f.saw("PRET") > 0 {
		t.Error("PRET was sent and costs a round trip")
	}
}

func TestUTF8OnlyWhereOffered(t *testing.T) {
	f := newFake(t)
	f.on["OPTS"] = refuse("504 no")
	roundTrip(t, f.pool(nil))
	if f.saw("OPTS") == 0 {
		t.Error("UTF-8 was not asked for")
	}
	f = newFake(t)
	f.feat = []string{"SIZE"}
	roundTrip(t, f.pool(nil))
	if f.saw("OPTS") > 0 {
		t.Error("UTF-8 was asked for where FEAT does not have it")
	}
}

// TestLoginAtOnce checks that later sessions send the whole login at once, also to a
// server that needs no password and so refuses PASS.
func TestLoginAtOnce(t *testing.T) {
	for name, on := range map[string]map[string]func(*peer, string) bool{
		"as usual":    {},
		"no password": {"USER": refuse("230 in"), "PASS": refuse("503 in already")},
	} {
		f := newFake(t)
		f.on = on
		p := f.pool(nil)
		severalSessions(t, p, 4)
		if f.opened() < 2 {
			t.Errorf("%s: %d sessions", name, f.opened())
		}
	}
}

// TestLoginFromMemory checks that what is remembered about a server serves the first
// login, and does no harm where the server has changed meanwhile.
func TestLoginFromMemory(t *testing.T) {
	f := newFake(t)
	dir := t.TempDir()
	change := func(o *Options) { o.StateDir = dir }
	roundTrip(t, f.pool(change))
	listed := f.saw("MLSD")
	roundTrip(t, f.pool(change))
	if f.saw("MLSD") != listed {
		t.Error("a known server was probed again")
	}
	f.mu.Lock()
	f.feat = []string{"SIZE"}
	f.on["MLSD"] = refuse("500 what?")
	f.mu.Unlock()
	p := f.pool(change)
	roundTrip(t, p)
	if got := p.Features().listForm; got != FormLIST {
		t.Errorf("lists with %s", got.Command())
	}
}

// newLateFake returns a server that waits before it refuses PASS, and answers the commands
// behind it meanwhile.
func newLateFake(t *testing.T) *fake {
	f := newFake(t)
	late := false
	f.on["PASS"] = func(p *peer, _ string) bool {
		late = p.br.Buffered() > 0
		return late || p.say("530 wrong password")
	}
	f.on["FEAT"] = func(p *peer, _ string) bool {
		return late && p.say("211-Features:\r\n SIZE\r\n211 End") && p.say("530 wrong password")
	}
	return f
}

// TestLateRefusal checks that a wrong password is called that, also where the server
// waits before it refuses PASS and answers the commands behind it meanwhile.
func TestLateRefusal(t *testing.T) {
	f := newLateFake(t)
	_, err := f.pool(nil).Borrow(t.Context())
	if class, _ := ClassOf(err); class != Login || !strings.Contains(err.Error(), "530 wrong password") {
		t.Errorf("class %v: %v", class, err)
	}
	if n := f.saw("PASS"); n != 2 {
		t.Errorf("PASS was sent %d times", n)
	}
}

// TestLateRefusalOfAnOpenedSession is the same for [Client.Open], which tries once: the second
// call says what is wrong.
func TestLateRefusalOfAnOpenedSession(t *testing.T) {
	p := newLateFake(t).pool(nil)
	if _, err := p.Open(t.Context(), nil); !Retryable(err) {
		t.Errorf("the first login: %v", err)
	}
	_, err := p.Open(t.Context(), nil)
	if class, _ := ClassOf(err); class != Login || !strings.Contains(err.Error(), "530 wrong password") {
		t.Errorf("class %v: %v", class, err)
	}
}
