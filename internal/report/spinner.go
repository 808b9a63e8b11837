package report

import (
	"io"
	stdsync "sync"
	"time"
)

// A spinner shows on a terminal what is waited for. A nil one shows nothing. Its methods
// may be called from any goroutine, and more than once.
type spinner struct {
	stop  chan struct{}
	ended chan struct{}
	once  stdsync.Once
}

const (
	// spinAfter is how long something takes before a spinner is worth it.
	spinAfter = 300 * time.Millisecond
	spinEvery = 200 * time.Millisecond
)

var spinnerFrames = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

// newSpinner begins to show on w, the terminal that screen writes to, what text returns.
func newSpinner(screen *Screen, w io.Writer, width int, text func() string) *spinner {
	s := &spinner{stop: make(chan struct{}), ended: make(chan struct{})}
	go s.spin(screen, w, width, text)
	return s
}

func (s *spinner) spin(screen *Screen, w io.Writer, width int, text func() string) {
	defer close(s.ended)
	select {
	case <-s.stop:
		return
	case <-time.After(spinAfter):
	}
	tick := time.NewTicker(spinEvery)
	defer tick.Stop()
	began := time.Now()
	live := NewLive(screen, w, width, func(int, int) []string {
		frame := int(time.Since(began)/spinEvery) % len(spinnerFrames)
		return []string{spinnerFrames[frame] + " " + text()}
	})
	defer live.Close()
	live.Redraw()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			live.Redraw()
		}
	}
}

// close removes the spinner.
func (s *spinner) close() {
	if s == nil {
		return
	}
	s.once.Do(func() { close(s.stop) })
	<-s.ended
}
