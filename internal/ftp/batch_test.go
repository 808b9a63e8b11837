package ftp

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestFits(t *testing.T) {
	for _, tt := range []struct {
		line string
		code int
		want bool
	}{
		{"RNFR /a", 350, true},
		{"RNFR /a", 250, false},
		{"RNFR /a", 550, true},
		{"RNTO /a", 250, true},
		{"RNTO /a", 350, false},
		{"SIZE /a", 213, true},
		{"SIZE /a", 250, false},
		{"MLST /a", 250, true},
		{"MLST /a", 213, false},
		{"DELE /a", 250, true},
		{"DELE /a", 200, true},
		{"DELE /a", 226, false},
		{"DELE /a", 257, false},
		{"MKD /a", 257, true},
		{"MKD /a", 250, true},
		{"CWD /a", 229, false},
		{"MDTM 20200101000000 /a", 213, true},
		{"MDTM 20200101000000 /a", 253, true},
		{"SITE UTIME /a", 200, true},
		{"SITE UTIME /a", 421, true},
		{"MLST /a", 202, true}, // not implemented
		{"RNFR /a", 202, true},
	} {
		if got := fits(tt.line, Reply{Code: tt.code}); got != tt.want {
			t.Errorf("%d to %s: %v", tt.code, tt.line, got)
		}
	}
}

// TestBatchOutOfStep has a server reply to one of several commands twice, or with a reply
// that does not fit. No reply of the batch may be believed, and from then on the server
// gets one command at a time, also in the next run.
func TestBatchOutOfStep(t *testing.T) {
	for what, answer := range map[string]string{"twice": "550 no such file\r\n550 no such file", "for another": "350 go on"} {
		t.Run(what, func(t *testing.T) {
			f := newFake(t)
			f.on["DELE"] = func(p *peer, arg string) bool { return arg == "/b" && p.say("%s", answer) }
			dir := t.TempDir()
			p := f.pool(func(o *Options) { o.StateDir = dir })
			var replies []Reply
			err := p.Once(t.Context(), func(ctx context.Context, s *Session) (err error) {
				replies, err = s.batch(ctx, []string{"DELE /a", "DELE /b", "DELE /c", "DELE /d"})
				if !s.Dead() {
					t.Error("the session lives on")
				}
				return err
			})
			if len(replies) > 0 || !errors.Is(err, errOutOfStep) {
				t.Errorf("replies %v, %v", replies, err)
			}
			for _, again := range []*lender{p, f.pool(func(o *Options) { o.StateDir = dir })} {
				err := again.Once(t.Context(), func(ctx context.Context, s *Session) error {
					if !s.serial() || !s.c.serial {
						t.Errorf("commands %v, transfers %v: one at a time?", s.serial(), s.c.serial)
					}
					return ping(ctx, s)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestPositiveRepliesToUnknownCommands has a server answer commands that it does not know with
// a positive reply. They count as not known, at once or when the server gets one command at a
// time.
func TestPositiveRepliesToUnknownCommands(t *testing.T) {
	for _, test := range []struct {
		reply    string
		sessions int // until it is known
	}{
		{"202 Command not implemented, superfluous at this site.", 1},
		{"200 OK", 2},
		{"220 OK", 2},
	} {
		for command, quirk := range map[string]Quirk{"MLST": MLSTWorks, "SIZE": SIZEWorks} {
			f := newFake(t)
			f.on[command] = func(p *peer, _ string) bool { return p.say("%s", test.reply) }
			pool := f.pool(nil)
			for i := range test.sessions {
				pool.Once(t.Context(), func(ctx context.Context, s *Session) error {
					if command == "SIZE" {
						s.features.Observe(MLSTWorks, false)
					}
					var b Batch
					QueueStat(&b, s.features, "/a", func(Stat) {})
					return b.Run(ctx, s)
				})
				if known := !pool.Features().Has(quirk); i+1 == test.sessions && !known {
					t.Errorf("%s answered with %s: still unknown after %d sessions", command, test.reply, i+1)
				}
			}
		}
	}
}

// TestBatchIsReadWhileItIsWritten has a server stop reading until its replies are read,
// which are more than any buffer holds.
func TestBatchIsReadWhileItIsWritten(t *testing.T) {
	f := newFake(t)
	long := strings.Repeat("x", 15<<10)
	f.on["STAT"] = func(p *peer, _ string) bool { return p.say("211 %s", long) }
	p := f.pool(nil)
	lines := make([]string, 2000)
	for i := range lines {
		lines[i] = "STAT /" + strings.Repeat("y", 200)
	}
	err := p.Once(t.Context(), func(ctx context.Context, s *Session) error {
		replies, err := s.batch(ctx, lines)
		if len(replies) != len(lines) {
			t.Errorf("%d replies", len(replies))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFirstLines(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want int
	}{
		{"a\r\nbc\r\n", 100, 7},
		{"a\r\nbc\r\n", 7, 7},
		{"a\r\nbc\r\n", 6, 3},
		{"a\r\nbc\r\n", 1, 3},
		{"abc", 1, 3},
	} {
		if got := firstLines([]byte(c.text), c.most); got != c.want {
			t.Errorf("firstLines(%q, %d) = %d, want %d", c.text, c.most, got, c.want)
		}
	}
}
