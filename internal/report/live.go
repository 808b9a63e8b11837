package report

import (
	"bytes"
	"cmp"
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
	size   func() (columns, rows int)
	lines  func(columns, rows int) []string

	mu    stdsync.Mutex
	drawn []string  // the lines that stand there
	at    time.Time // when they were drawn
	later *time.Timer
	ended bool
}

// liveEvery is the shortest time between two drawings that only show new numbers.
const liveEvery = 200 * time.Millisecond

// NewLive begins to draw on w, the terminal that screen writes to, what lines returns
// for its size. Each line is cut to the width. known is the width where the terminal
// cannot be asked; 0: not known.
func NewLive(screen *Screen, w io.Writer, known int, lines func(columns, rows int) []string) *Live {
	l := &Live{screen: screen, w: w, size: terminalSize(w, known), lines: lines}
	screen.drawAbove(l)
	return l
}

// terminalSize returns a function that asks for the size of the terminal w. Where that
// cannot be asked it has known columns, or 80 by 24 if that is 0.
func terminalSize(w io.Writer, known int) func() (columns, rows int) {
	return func() (int, int) {
		if f, ok := w.(*os.File); ok {
			if columns, rows, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 && rows > 0 {
				return columns, rows
			}
		}
		return cmp.Or(known, 80), 24
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
	columns, rows := l.size()
	if n := rowsOf(l.drawn, columns); n > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", n)
	}
	b.Write(above)
	l.drawn = nil
	if !l.ended {
		for _, line := range l.lines(columns, rows) {
			line = runewidth.Truncate(line, max(columns-1, 1), "…")
			b.WriteString(line)
			b.WriteByte('\n')
			l.drawn = append(l.drawn, line)
		}
	}
	l.at = time.Now()
	_, err := l.w.Write(b.Bytes())
	return err
}

// rowsOf returns how many rows lines take up. A terminal that became narrower since they
// were drawn wraps them.
func rowsOf(lines []string, columns int) int {
	n := 0
	for _, line := range lines {
		n += max((runewidth.StringWidth(line)+columns-1)/columns, 1)
	}
	return n
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
