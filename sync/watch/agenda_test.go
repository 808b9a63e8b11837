package watch

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// agendaScripts are the decisions of an agenda, one script a case. In a script
//
//	+30s                  lets time go by
//	hint a b/c            hints at paths; "hint *" at everything
//	poke, lend, back      are what users ask for
//	asleep                lets the clock on the wall go on alone
//	-> part [a]           is what must be due now, and begins it
//	-> wait 25s           nothing is due for that long
//	ok                    what was begun ended well; "ok uploaded", "ok made",
//	                      "ok failed": with that in its summary
//	err away              it ended with an error: away, held, locked, unsafe,
//	                      refused, aborted
//	is waiting, queue 2   the state, and how many paths are queued
//
// Jitter is in its middle, so that pauses are what they are called.
var agendaScripts = []struct{ name, script string }{
	{"start, then polls", `
		is starting
		-> open;  ok;  -> full;  is syncing;  ok;  is idle
		-> wait 30s;  +30s;  -> read;  ok;  -> poll [.];  ok;  -> wait 30s
		+30s;  -> poll [.];  ok`},
	{"hints go before a poll that is due", `
		start;  +31s;  hint a;  -> part [a];  ok;  -> read;  ok;  -> poll [.];  ok`},
	{"a poll that waited for long goes before hints, once", `
		start;  +39s;  hint a;  -> read;  ok;  -> poll [.];  ok
		+39s;  hint a;  hint b;  -> part [a b];  hint c;  ok;  -> poll [.];  ok;  -> part [c];  ok;  -> wait 30s`},
	{"hints during a pass wait for its end", `
		start;  hint a;  -> part [a];  hint a;  hint b;  is syncing, queue 2;  ok;  -> part [a b];  ok;  is idle, queue 0`},
	{"what lies below another hint goes with it", `
		start;  hint a/b;  hint a;  hint ab;  -> part [a ab]`},
	{"a full pass covers all hints before it, and none after", `
		start;  hint a;  poke;  -> full;  hint b;  is syncing, queue 1;  ok;  -> part [b];  ok;  -> wait 30s`},
	{"a poke during a full pass is another one", `
		start;  poke;  -> full;  poke;  ok;  -> full;  ok;  -> wait 30s`},
	{"a hint of everything", `
		start;  hint *;  -> full;  ok;  -> wait 30s`},
	{"hints of everything do not follow one another without a pause", `
		start;  +20s;  hint *;  -> full;  hint *;  +10s;  ok;  -> wait 10s;  +10s;  -> full;  ok`},
	{"the hourly pass", `
		push;  start;  -> wait 30s;  +59m;  -> wait 30s;  +1m;  -> full;  ok;  -> wait 30s`},
	{"a poll that fails brings back no hints that were looked at", `
		start;  hint a;  -> part [a];  ok;  +30s;  -> read;  ok;  -> poll [.];  err away;  is waiting, queue 0`},
	{"an error keeps the hint, and lets go", `
		start;  hint a;  -> part [a];  err away;  is waiting, queue 1;  -> close;  ok;  -> wait 1s
		+1s;  -> open;  ok;  -> full;  ok;  is idle, queue 0`},
	{"backoff grows while connecting fails, and begins anew after a pass", `
		-> open;  err away;  is waiting;  -> wait 1s;  +1s;  -> open;  err away;  -> wait 2s;  +2s;  -> open;  err away;  -> wait 4s
		+4s;  -> open;  ok;  -> full;  ok;  hint a;  -> part [a];  err away;  -> close;  ok;  -> wait 1s`},
	{"backoff goes on where connecting works and passes do not", `
		-> open;  ok;  -> full;  err away;  -> close;  ok;  -> wait 1s
		+1s;  -> open;  ok;  -> full;  err away;  -> close;  ok;  -> wait 2s`},
	{"a poke ends a wait", `
		-> open;  err away;  poke;  -> open;  err away;  -> wait 2s`},
	{"a poke while connecting is not forgotten", `
		-> open;  poke;  err away;  -> open;  err away;  -> wait 2s`},
	{"a refused login waits longest, and halts only in name", `
		-> open;  err refused;  is waiting;  -> wait 30s;  +59s;  -> wait 1s;  +1s;  -> open;  err refused;  +2m50s;  -> wait 10s
		hint a;  -> wait 10s;  asleep;  -> wait 10s`},
	{"other errors in between do not make refused logins more frequent", `
		-> open;  err refused;  +60s;  -> open;  err away;  +1s;  -> open;  err refused;  +2m50s;  -> wait 10s`},
	{"a login that went well forgets the refused ones", `
		-> open;  err refused;  +60s;  -> open;  ok;  -> full;  err refused;  -> close;  ok;  +50s;  -> wait 10s`},
	{"a lock is waited for with the sides connected, and costs no full pass", `
		start;  hint a;  -> part [a];  err held;  is waiting, queue 1;  -> wait 1s;  +1s;  -> part [a];  err held;  -> wait 2s
		+2s;  -> part [a];  ok;  is idle, queue 0`},
	{"a full pass that a lock stopped is made again", `
		start;  poke;  -> full;  err held;  is waiting;  +1s;  -> full;  ok;  -> wait 30s`},
	{"a poll that a lock stopped is made again", `
		start;  +30s;  -> read;  ok;  -> poll [.];  err held;  is waiting, queue 0;  +1s;  -> poll [.];  ok`},
	{"a record that is taken is waited for", `
		-> open;  err locked;  is waiting;  -> wait 1s`},
	{"a rail lets go and looks again every five minutes", `
		start;  hint a;  -> part [a];  err unsafe;  is halted, queue 1;  -> close;  ok;  +4m50s;  -> wait 10s
		+10s;  -> open;  ok;  -> full;  err unsafe;  -> close;  ok;  +4m50s;  -> wait 10s`},
	{"a hint hastens the look at a halted pair, less each time", `
		start;  poke;  -> full;  err unsafe;  -> close;  ok;  hint a;  -> wait 30s;  +30s;  -> open;  ok;  -> full;  err unsafe
		-> close;  ok;  hint a;  +30s;  -> wait 30s;  +30s;  -> open;  hint b;  ok;  -> full;  ok;  is idle, queue 0`},
	{"a hint during the look at a halted pair is not forgotten", `
		start;  poke;  -> full;  hint a;  err unsafe;  -> close;  ok;  -> wait 30s;  +30s;  -> open`},
	{"lending lets go, giving back looks at everything", `
		start;  hint a;  -> part [a];  lend;  ok;  -> close;  ok;  is lent;  hint b;  poke;  +1h;  -> wait 30s
		back;  is starting;  -> open;  ok;  -> full;  ok;  is idle, queue 0`},
	{"lending while connecting", `
		-> open;  lend;  err aborted;  is lent;  -> wait 30s;  back;  -> open`},
	{"a pair that is lent while it waits is tried when it comes back", `
		-> open;  err refused;  lend;  is lent;  +1s;  back;  is waiting;  -> open`},
	{"a machine that slept looks at everything", `
		start;  asleep;  -> full;  ok;  -> wait 30s`},
	{"a machine that slept tries the network at once", `
		-> open;  err away;  +1s;  -> open;  err away;  +2s;  -> open;  err away;  asleep;  -> open;  err away;  -> wait 1s`},
	{"late is asleep, too", `
		push;  start;  -> wait 30s;  +91s;  -> full;  ok;  -> wait 30s`},
	{"what fails is tried again, ever more rarely", `
		push;  start;  hint a;  -> part [a];  ok failed;  is idle, queue 1;  -> wait 5s
		+5s;  -> part [a];  ok failed;  -> wait 10s;  hint b;  -> part [b];  ok;  -> wait 10s
		+10s;  -> part [a];  ok failed;  -> wait 20s;  +20s;  -> part [a];  ok;  is idle, queue 0`},
	{"a hint of what failed before is looked at at once, and fails as the next in its row", `
		push;  start;  hint a;  -> part [a];  ok failed;  hint a;  -> part [a];  ok failed;  -> wait 10s`},
	{"a full pass looks at what failed, too", `
		push;  start;  hint a;  -> part [a];  ok failed;  poke;  -> full;  ok;  is idle, queue 0`},
	{"a full pass with failures is made again after a minute", `
		push;  -> open;  ok;  -> full;  ok failed;  +30s;  -> wait 30s;  +30s;  -> full;  ok failed;  +90s;  -> wait 30s;  +30s;  -> full;  ok
		+10m;  -> wait 30s`},
	{"a full pass that went well forgets what failed", `
		push;  start;  hint a;  -> part [a];  ok failed;  poke;  -> full;  ok;  is idle, queue 0;  +10m;  -> wait 30s`},
	{"a poll with failures is not made again before its time", `
		start;  +30s;  -> read;  ok;  -> poll [.];  ok failed;  -> wait 30s`},
	{"three passes that find nothing are free, then hints wait", `
		push;  start;  hint a;  -> part [a];  ok;  hint a;  -> part [a];  ok;  hint a;  -> part [a];  ok
		hint a;  is idle, queue 1;  -> wait 1s;  +1s;  -> part [a];  ok;  hint a;  -> wait 2s;  hint b;  -> part [b];  ok
		+2s;  -> part [a];  ok uploaded;  hint a;  -> part [a];  ok`},
	{"hints that are far apart are no echoes", `
		push;  start;  hint a;  -> part [a];  ok;  +20s;  hint a;  -> part [a];  ok;  +20s;  hint a;  -> part [a];  ok
		+20s;  hint a;  -> part [a];  ok`},
	{"directories are read again after a pass that made some", `
		start;  +30s;  -> read;  ok;  -> poll [.];  ok made;  +30s;  -> read;  ok;  -> poll [.];  ok;  +30s;  -> poll [.];  ok`},
	{"directories are read again after a full pass", `
		start;  +30s;  -> read;  ok;  -> poll [.];  ok;  poke;  -> full;  ok;  +30s;  -> read`},
	{"what takes long to read is read rarely", `
		start;  +30s;  -> read;  +2s;  ok;  -> poll [.];  ok made;  +30s;  -> poll [.];  ok;  +30s;  -> read`},
	{"who has nothing to do rests", `
		push;  start;  rests;  +30s;  -> wait 30s;  +30s;  -> rest;  ok;  -> wait 30s;  +30s;  -> wait 30s;  +30s;  -> rest`},
}

func TestAgenda(t *testing.T) {
	for _, test := range agendaScripts {
		t.Run(test.name, func(t *testing.T) {
			p := newPlayer(t)
			for _, line := range strings.FieldsFunc(test.script, func(r rune) bool { return r == '\n' || r == ';' }) {
				if line = strings.TrimSpace(line); line != "" && !p.play(line) {
					t.Fatalf("in %q", line)
				}
			}
		})
	}
}

// A player plays scripts.
type player struct {
	t         *testing.T
	a         *agenda
	now, wall time.Time
	until     time.Time // of the last wait
}

func newPlayer(t *testing.T) *player {
	o := Options{Remote: true, Refused: func(err error) bool { return errors.Is(err, errLogin) }}.filled()
	return &player{t: t, a: newAgenda(&o, func() float64 { return 0.5 }), now: noon, wall: noon}
}

// play plays a line, and reports whether all was as it says.
func (p *player) play(line string) bool {
	p.a.tick(p.now, p.wall)
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "->":
		return p.due(rest)
	case "is":
		s := p.a.report(p.now)
		got := string(s.State)
		if strings.Contains(rest, ",") {
			got += fmt.Sprintf(", queue %d", s.Queue)
		}
		return p.same(got, rest)
	case "start":
		for _, line := range []string{"-> open", "ok", "-> full", "ok"} {
			p.play(line)
		}
	case "push":
		p.a.remote = false
	case "rests":
		p.a.rests = true
	case "hint":
		p.hint(rest)
	case "poke":
		p.a.poke(p.now)
	case "lend":
		p.a.lend()
	case "back":
		p.a.giveBack(p.now)
	case "asleep":
		p.wall = p.wall.Add(time.Hour)
	case "ok":
		p.a.end(outcome{sum: map[string]sync.Summary{"": {}, "uploaded": {Uploaded: 1}, "made": {MadeDirs: 1}, "failed": {Failed: 1}}[rest]}, p.now)
	case "err":
		p.a.end(outcome{err: scriptErrors[rest], aborted: rest == "aborted"}, p.now)
	default:
		if strings.Contains(p.t.Name(), "late") { // other scripts hop over looks at the time
			p.a.expect(p.until)
		}
		d, err := time.ParseDuration(strings.TrimPrefix(verb, "+"))
		if err != nil {
			p.t.Fatal(err)
		}
		p.now, p.wall = p.now.Add(d), p.wall.Add(d)
	}
	return true
}

var scriptErrors = map[string]error{
	"away": errGone, "held": sync.ErrHeld, "locked": manifest.ErrLocked, "unsafe": errEmptied, "refused": errLogin,
	"aborted": errGone,
}

func (p *player) hint(words string) {
	var h Hint
	for _, word := range strings.Fields(words) {
		if word == "*" {
			h.Everything = true
		} else {
			h.Paths = append(h.Paths, manifest.Path(word))
		}
	}
	p.a.hint(h, p.now)
}

// due checks what is due, and begins it.
func (p *player) due(want string) bool {
	d, until := p.a.next(p.now)
	if d == waiting {
		p.until = until
		return p.same(fmt.Sprint("wait ", until.Sub(p.now)), want)
	}
	scope := p.a.begin(d, p.now)
	got := d.String()
	switch {
	case d == passing:
		got += fmt.Sprint(" ", scope.Local)
	case d == polling:
		got += strings.ReplaceAll(fmt.Sprintf(" %q", scope.Remote), `""`, ".")
	}
	return p.same(got, want)
}

func (p *player) same(got, want string) bool {
	if got != want {
		p.t.Errorf("got %s, want %s", got, want)
	}
	return got == want
}
