package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	stdsync "sync"
	"time"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// A Live keeps some lines at the bottom of a terminal that change in place. Other
// lines are written above them. Its methods may be called from any goroutine.
type Live struct {
	screen *Screen
	w      io.Writer
	width  func() int
	lines  func() []string

	mu    stdsync.Mutex
	drawn int       // number of lines that stand there
	at    time.Time // when they were drawn
	later *time.Timer
	ended bool
}

// liveEvery is the shortest time between two drawings that only show new numbers.
const liveEvery = 200 * time.Millisecond

// NewLive begins to draw on w, the terminal that screen writes to, what lines
// returns, each cut to the width. known is the width of the terminal where it
// cannot be asked; 0: not known.
func NewLive(screen *Screen, w io.Writer, known int, lines func() []string) *Live {
	l := &Live{screen: screen, w: w, width: terminalWidth(w, known), lines: lines}
	screen.drawAbove(l)
	return l
}

// terminalWidth returns a function that asks for the columns of the terminal w, and
// falls back to known.
func terminalWidth(w io.Writer, known int) func() int {
	return func() int {
		if f, ok := w.(*os.File); ok {
			if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
				return n
			}
		}
		if known > 0 {
			return known
		}
		return 80
	}
}

// Write implements [io.Writer]; p is one or more whole lines, which go above.
func (l *Live) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.draw(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Redraw draws the lines anew, soon.
func (l *Live) Redraw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || l.later != nil {
		return
	}
	l.later = time.AfterFunc(max(liveEvery-time.Since(l.at), 0), func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.later = nil
		if !l.ended {
			_ = l.draw(nil)
		}
	})
}

// draw replaces the lines by above and draws them again below it, in one write.
func (l *Live) draw(above []byte) error {
	var b bytes.Buffer
	if l.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", l.drawn)
	}
	b.Write(above)
	l.drawn = 0
	if !l.ended {
		width := l.width()
		for _, line := range l.lines() {
			b.WriteString(runewidth.Truncate(line, width-1, ""))
			b.WriteByte('\n')
			l.drawn++
		}
	}
	l.at = time.Now()
	_, err := l.w.Write(b.Bytes())
	return err
}

// Close removes the lines. The screen writes straight to the terminal from then on.
func (l *Live) Close() {
	l.end()
	l.screen.drawAbove(nil)
}

func (l *Live) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	l.ended = true
	if l.later != nil {
		l.later.Stop()
	}
	_ = l.draw(nil)
}
