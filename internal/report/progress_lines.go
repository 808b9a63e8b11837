package report

import (
	stdsync "sync"
	"time"
)

// LineEvery is how often a line tells of the progress where no bars are drawn.
const LineEvery = 5 * time.Second

// progressLines tell every few seconds how far something has come. Nil ones tell nothing.
type progressLines struct {
	stop  chan struct{}
	ended chan struct{}
	once  stdsync.Once
}

// newProgressLines begins to tell what text returns, with a message every LineEvery. An
// empty text is not told.
func newProgressLines(talk Talker, text func() string) *progressLines {
	p := &progressLines{stop: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		tick := time.NewTicker(LineEvery)
		defer tick.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-tick.C:
				if s := text(); s != "" {
					talk.Note("%s", s)
				}
			}
		}
	}()
	return p
}

// close ends the lines. Nothing is told after it.
func (p *progressLines) close() {
	if p == nil {
		return
	}
	p.once.Do(func() { close(p.stop) })
	<-p.ended
}
