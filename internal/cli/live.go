package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	stdsync "sync"
	"time"

	"golang.org/x/term"
)

// A live is some lines at the bottom of a terminal that change in place. Other
// lines are written above them.
type live struct {
	w     io.Writer
	width func() int
	lines func(width int) []string

	mu    stdsync.Mutex
	drawn int       // lines that stand there
	at    time.Time // when they were drawn
	later *time.Timer
	ended bool
}

// liveEvery is the shortest time between two drawings that nothing but a number
// that changes asks for.
const liveEvery = 200 * time.Millisecond

// terminalWidth returns what tells the columns of the terminal w, or of a width
// that is known.
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
func (l *live) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.draw(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// redraw draws the lines anew, soon.
func (l *live) redraw() {
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

// draw puts above in place of the lines, and the lines below it, in one write.
func (l *live) draw(above []byte) error {
	var b bytes.Buffer
	if l.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", l.drawn)
	}
	b.Write(above)
	l.drawn = 0
	if !l.ended {
		width := l.width()
		for _, line := range l.lines(width) {
			b.WriteString(fit(line, width-1))
			b.WriteByte('\n')
			l.drawn++
		}
	}
	l.at = time.Now()
	_, err := l.w.Write(b.Bytes())
	return err
}

// close takes the lines away. What is written from then on is written as it is.
func (l *live) close() {
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

// fit cuts a line to width columns. Letters of scripts that are set wide count
// as two.
func fit(line string, width int) string {
	at := 0
	for i, r := range line {
		columns := 1
		if r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 || r >= 0x1f300) {
			columns = 2
		}
		if at+columns > width {
			return line[:i]
		}
		at += columns
	}
	return line
}
