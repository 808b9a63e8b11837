package deploy_test

import (
	"errors"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/pointer"
)

// A server does not rename over files, and a machine is killed while the pointer is away: the next
// one puts it back, with the rules of the user, and only looks where it is to change nothing.
func TestPointerAway(t *testing.T) {
	for _, c := range []struct {
		template string
		before   int
	}{{"", 0}, {"", 1}, {template, 1}} {
		away := 0
		for n := 0; ; n++ {
			p := newPointed(t, c.template)
			p.m.NoRenameOver = true
			for _, files := range releases[:c.before] {
				p.put(files)
			}
			at := deploy.Place{Path: string(p.file.Path)}
			was, _ := p.m.Content(at)
			machine := p.m.Open()
			machine.KillAfter(n)
			_, err := p.on(machine, releases[1])
			if !machine.Killed() {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			if _, is := p.m.Content(at); is {
				continue
			}
			away++
			live, err := deploy.LivePlace(t.Context(), p.options(p.m.Open(), nil))
			if _, is := p.m.Content(at); err != nil || is || c.before > 0 && live.Path != pointer.Slot(1) {
				t.Errorf("%d before, killed after %d steps: live is %v, %v, put back %v", c.before, n, live, err, is)
			}
			if c.before > 0 { // the same release again: only the pointer is missing
				p.put(releases[0])
				if now, _ := p.m.Content(at); now != was {
					t.Errorf("%d before, killed after %d steps: %q, want %q", c.before, n, now, was)
				}
			}
			p.put(releases[1])
			for _, name := range p.m.Names(true) {
				if strings.HasPrefix(name, "pointer") {
					t.Errorf("left: %s", name)
				}
			}
		}
		if away == 0 {
			t.Errorf("%v: the pointer was never away", c)
		}
	}
}

// The rename is refused after the old pointer went away: the same run puts it back.
func TestPointerPutBack(t *testing.T) {
	p := newPointed(t, "")
	p.put(releases[0])
	p.m.NoRenameOver = true
	p.m.Refuse = func(s deploy.Step) error {
		if s.From == deploy.Work("pointer") {
			return errNo
		}
		return nil
	}
	r, err := p.on(p.m.Open(), releases[1])
	if !errors.Is(err, errNo) || r.Committed || !strings.Contains(err.Error(), "as it was") {
		t.Errorf("%+v, %v", r, err)
	}
	p.wantShown("refused", releases[0])
	p.m.Refuse = nil
	p.put(releases[1])
}
