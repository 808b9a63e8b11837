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

// schedulerScripts are the decisions of a scheduler, one script a case:
//
//	+30s                      time passes
//	hint a b/c                a hint of paths; "hint *": of everything
//	poke, handover, takeback  requests of users
//	asleep                    only the wall clock goes on
//	-> part [a]               this task must be due now; it begins
//	-> wait 25s               nothing is due for that long
//	ok                        the task ended well; "ok uploaded", "ok made",
//	                          "ok failed": with that in its summary
//	err away                  the task ended with an error: away, held, locked,
//	                          unsafe, refused, cancelled
//	is waiting, queue 2       the state, and how many paths are queued
//
// Jitter is 0.5, so that delays are not changed by it.
var schedulerScripts = []struct{ name, script string }{
	{"a start, then polls", `
		is starting
		-> open;  ok;  -> full;  is syncing;  ok;  is idle
		-> wait 30s;  +30s;  -> read;  ok;  -> poll [.];  ok;  -> wait 30s
		+30s;  -> poll [.];  ok`},
	{"hints go before a poll that is due", `
		start;  +31s;  hint a;  -> part [a];  ok;  -> read;  ok;  -> poll [.];  ok`},
	{"a poll that is overdue goes before hints, once", `
		start;  +39s;  hint a;  -> read;  ok;  -> poll [.];  ok
		+39s;  hint a;  hint b;  -> part [a b];  hint c;  ok;  -> poll [.];  ok;  -> part [c];  ok;  -> wait 30s`},
	{"hints during a pass wait for it to end", `
		start;  hint a;  -> part [a];  hint a;  hint b;  is syncing, queue 2;  ok;  -> part [a b];  ok;  is idle, queue 0`},
	{"a hint below another one is part of it", `
		start;  hint a/b;  hint a;  hint ab;  -> part [a ab]`},
	{"a full pass covers all hints before it, and none after it", `
		start;  hint a;  poke;  -> full;  hint b;  is syncing, queue 1;  ok;  -> part [b];  ok;  -> wait 30s`},
	{"a poke during a full pass causes another one", `
		start;  poke;  -> full;  poke;  ok;  -> full;  ok;  -> wait 30s`},
	{"a hint of everything", `
		start;  hint *;  -> full;  ok;  -> wait 30s`},
	{"there is a pause between full passes that hints cause", `
		start;  +20s;  hint *;  -> full;  hint *;  +10s;  ok;  -> wait 10s;  +10s;  -> full;  ok`},
	{"the hourly pass", `
		push;  start;  -> wait 30s;  +59m;  -> wait 30s;  +1m;  -> full;  ok;  -> wait 30s`},
	{"a poll that fails does not restore hints that are done", `
		start;  hint a;  -> part [a];  ok;  +30s;  -> read;  ok;  -> poll [.];  err away;  is waiting, queue 0`},
	{"an error keeps the hint and closes the session", `
		start;  hint a;  -> part [a];  err away;  is waiting, queue 1;  -> close;  ok;  -> wait 1s
		+1s;  -> open;  ok;  -> full;  ok;  is idle, queue 0`},
	{"the backoff grows while connecting fails, and is reset by a pass", `
		-> open;  err away;  is waiting;  -> wait 1s;  +1s;  -> open;  err away;  -> wait 2s;  +2s;  -> open;  err away;  -> wait 4s
		+4s;  -> open;  ok;  -> full;  ok;  hint a;  -> part [a];  err away;  -> close;  ok;  -> wait 1s`},
	{"the backoff goes on if connecting works and passes fail", `
		-> open;  ok;  -> full;  err away;  -> close;  ok;  -> wait 1s
		+1s;  -> open;  ok;  -> full;  err away;  -> close;  ok;  -> wait 2s`},
	{"a poke ends a wait", `
		-> open;  err away;  poke;  -> open;  err away;  -> wait 2s`},
	{"a poke while connecting is not forgotten", `
		-> open;  poke;  err away;  -> open;  err away;  -> wait 2s`},
	{"a refused login waits longest; hints and sleep do not shorten that", `
		-> open;  err refused;  is waiting;  -> wait 30s;  +59s;  -> wait 1s;  +1s;  -> open;  err refused;  +2m50s;  -> wait 10s
		hint a;  -> wait 10s;  asleep;  -> wait 10s`},
	{"other errors in between do not reset the backoff of logins", `
		-> open;  err refused;  +60s;  -> open;  err away;  +1s;  -> open;  err refused;  +2m50s;  -> wait 10s`},
	{"a login that succeeds resets the backoff of logins", `
		-> open;  err refused;  +60s;  -> open;  ok;  -> full;  err refused;  -> close;  ok;  +50s;  -> wait 10s`},
	{"waiting for a lock keeps the session, and costs no full pass", `
		start;  hint a;  -> part [a];  err held;  is waiting, queue 1;  -> wait 1s;  +1s;  -> part [a];  err held;  -> wait 2s
		+2s;  -> part [a];  ok;  is idle, queue 0`},
	{"a full pass that a lock stopped is repeated", `
		start;  poke;  -> full;  err held;  is waiting;  +1s;  -> full;  ok;  -> wait 30s`},
	{"a poll that a lock stopped is repeated", `
		start;  +30s;  -> read;  ok;  -> poll [.];  err held;  is waiting, queue 0;  +1s;  -> poll [.];  ok`},
	{"a base that is locked is waited for", `
		-> open;  err locked;  is waiting;  -> wait 1s`},
	{"after a rail there is a retry every five minutes", `
		start;  hint a;  -> part [a];  err unsafe;  is halted, queue 1;  -> close;  ok;  +4m50s;  -> wait 10s
		+10s;  -> open;  ok;  -> full;  err unsafe;  -> close;  ok;  +4m50s;  -> wait 10s`},
	{"a hint makes a halted pair retry sooner, less each time", `
		start;  poke;  -> full;  err unsafe;  -> close;  ok;  hint a;  -> wait 30s;  +30s;  -> open;  ok;  -> full;  err unsafe
		-> close;  ok;  hint a;  +30s;  -> wait 30s;  +30s;  -> open;  hint b;  ok;  -> full;  ok;  is idle, queue 0`},
	{"a hint during the retry of a halted pair is not forgotten", `
		start;  poke;  -> full;  hint a;  err unsafe;  -> close;  ok;  -> wait 30s;  +30s;  -> open`},
	{"a handover closes the session; after it there is a full pass", `
		start;  hint a;  -> part [a];  handover;  ok;  -> close;  ok;  is lent;  hint b;  poke;  +1h;  -> wait 30s
		takeback;  is starting;  -> open;  ok;  -> full;  ok;  is idle, queue 0`},
	{"a handover while connecting", `
		-> open;  handover;  err cancelled;  is lent;  -> wait 30s;  takeback;  -> open`},
	{"a handover of a waiting pair; it is retried after that", `
		-> open;  err refused;  handover;  is lent;  +1s;  takeback;  is waiting;  -> open`},
	{"after sleep there is a full pass", `
		start;  asleep;  -> full;  ok;  -> wait 30s`},
	{"after sleep the network is tried at once", `
		-> open;  err away;  +1s;  -> open;  err away;  +2s;  -> open;  err away;  asleep;  -> open;  err away;  -> wait 1s`},
	{"a late tick counts as sleep", `
		push;  start;  -> wait 30s;  +91s;  -> full;  ok;  -> wait 30s`},
	{"what fails is retried with growing delays", `
		push;  start;  hint a;  -> part [a];  ok failed;  is idle, queue 1;  -> wait 5s
		+5s;  -> part [a];  ok failed;  -> wait 10s;  hint b;  -> part [b];  ok;  -> wait 10s
		+10s;  -> part [a];  ok failed;  -> wait 20s;  +20s;  -> part [a];  ok;  is idle, queue 0`},
	{"a hint of a failed path is due at once, and does not reset its backoff", `
		push;  start;  hint a;  -> part [a];  ok failed;  hint a;  -> part [a];  ok failed;  -> wait 10s`},
	{"a full pass covers what failed", `
		push;  start;  hint a;  -> part [a];  ok failed;  poke;  -> full;  ok;  is idle, queue 0`},
	{"a full pass with unknown failures is repeated after a minute", `
		push;  -> open;  ok;  -> full;  ok failed;  +30s;  -> wait 30s;  +30s;  -> full;  ok failed;  +90s;  -> wait 30s;  +30s;  -> full;  ok
		+10m;  -> wait 30s`},
	{"a full pass that succeeds clears the failures", `
		push;  start;  hint a;  -> part [a];  ok failed;  poke;  -> full;  ok;  is idle, queue 0;  +10m;  -> wait 30s`},
	{"a poll with failures is not repeated early", `
		start;  +30s;  -> read;  ok;  -> poll [.];  ok failed;  -> wait 30s`},
	{"after three passes that find nothing, hints are delayed", `
		push;  start;  hint a;  -> part [a];  ok;  hint a;  -> part [a];  ok;  hint a;  -> part [a];  ok
		hint a;  is idle, queue 1;  -> wait 1s;  +1s;  -> part [a];  ok;  hint a;  -> wait 2s;  hint b;  -> part [b];  ok
		+2s;  -> part [a];  ok uploaded;  hint a;  -> part [a];  ok`},
	{"hints that are far apart are not echoes", `
		push;  start;  hint a;  -> part [a];  ok;  +20s;  hint a;  -> part [a];  ok;  +20s;  hint a;  -> part [a];  ok
		+20s;  hint a;  -> part [a];  ok`},
	{"directories are read again after a pass that made some", `
		start;  +30s;  -> read;  ok;  -> poll [.];  ok made;  +30s;  -> read;  ok;  -> poll [.];  ok;  +30s;  -> poll [.];  ok`},
	{"directories are read again after a full pass", `
		start;  +30s;  -> read;  ok;  -> poll [.];  ok;  poke;  -> full;  ok;  +30s;  -> read`},
	{"directories that take long to read are read rarely", `
		start;  +30s;  -> read;  +2s;  ok;  -> poll [.];  ok made;  +30s;  -> poll [.];  ok;  +30s;  -> read`},
	{"an idle session rests", `
		push;  start;  rests;  +30s;  -> wait 30s;  +30s;  -> rest;  ok;  -> wait 30s;  +30s;  -> wait 30s;  +30s;  -> rest`},
}

func TestScheduler(t *testing.T) {
	for _, test := range schedulerScripts {
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

// A player plays scripts against a scheduler.
type player struct {
	t         *testing.T
	s         *scheduler
	now, wall time.Time
	until     time.Time // of the last wait
}

func newPlayer(t *testing.T) *player {
	o := Options{PollRemote: true, LoginRefused: func(err error) bool { return errors.Is(err, errLogin) }}.filled()
	return &player{t: t, s: newScheduler(&o, func() float64 { return 0.5 }), now: noon, wall: noon}
}

// play plays one line, and reports whether the scheduler did what it says.
func (p *player) play(line string) bool {
	p.s.tick(p.now, p.wall)
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "->":
		return p.due(rest)
	case "is":
		s := p.s.currentStatus(p.now)
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
		p.s.pollRemote = false
	case "rests":
		p.s.canRest = true
	case "hint":
		p.hint(rest)
	case "poke":
		p.s.poke(p.now)
	case "handover":
		p.s.handOver()
	case "takeback":
		p.s.takeBack(p.now)
	case "asleep":
		p.wall = p.wall.Add(time.Hour)
	case "ok":
		p.s.end(outcome{summary: map[string]sync.Summary{"": {}, "uploaded": {Uploaded: 1}, "made": {MadeDirs: 1}, "failed": {Failed: 1}}[rest]}, p.now)
	case "err":
		p.s.end(outcome{err: scriptErrors[rest], cancelled: rest == "cancelled"}, p.now)
	default:
		if strings.Contains(p.t.Name(), "late") { // other scripts skip the ticks in between
			p.s.setNextTick(p.until)
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
	"cancelled": errGone,
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
	p.s.hint(h, p.now)
}

// due checks which task is due, and begins it.
func (p *player) due(want string) bool {
	d, until := p.s.next(p.now)
	if d == taskWait {
		p.until = until
		return p.same(fmt.Sprint("wait ", until.Sub(p.now)), want)
	}
	scope := p.s.begin(d, p.now)
	got := d.String()
	switch {
	case d == taskPart:
		got += fmt.Sprint(" ", scope.Local)
	case d == taskPoll:
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
