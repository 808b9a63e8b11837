package report

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestLive holds what stands on a terminal while lines change in place.
func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var terminal lockedBuilder
		state := "one"
		s := NewScreen(&terminal)
		l := NewLive(s, &terminal, 12, func(int, int) []string { return []string{"a " + state, "b is far too long for this"} })
		_, _ = s.Write([]byte("first\n"))
		state = "two"
		l.Redraw()
		l.Redraw() // is one drawing with the last
		time.Sleep(liveEvery)
		synctest.Wait()
		_, _ = s.Write([]byte("second\n"))
		l.Redraw()
		l.Close()
		_, _ = s.Write([]byte("third\n"))
		time.Sleep(liveEvery)
		clear := "\x1b[2A\r\x1b[J"
		want := "first\na one\nb is far t…\n" +
			clear + "a two\nb is far t…\n" +
			clear + "second\na two\nb is far t…\n" +
			clear + "third\n"
		if diff := cmp.Diff(want, terminal.String()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestWidth holds that lines are cut to columns, and not to runes or bytes.
func TestWidth(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"short", 10, "short"},
		{"exactly", 7, "exactly"},
		{"too long", 4, "too…"},
		{"größer", 4, "grö…"},
		{"日本語", 4, "日…"},
		{"日本語", 5, "日本…"},
		{"", 3, ""},
	} {
		var terminal lockedBuilder
		l := NewLive(NewScreen(&terminal), &terminal, c.width+1, func(int, int) []string { return []string{c.line} })
		_ = l.draw(nil)
		if got := strings.TrimSuffix(terminal.String(), "\n"); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.line, c.width, got, c.want)
		}
	}
}
