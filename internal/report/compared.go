package report

import (
	"fmt"

	"ferry/internal/text"
	"ferry/sync"
	"ferry/sync/compare"
)

// comparing says how far the comparison of contents has come.
func comparing(ev sync.Comparing) string {
	return fmt.Sprintf("comparing %d of %s, %s of %s", ev.Files, text.Count(ev.FilesTotal, "file"), Size(ev.Bytes), Size(ev.BytesTotal))
}

// compared counts the contents that a pass had to know before it had a plan: all that plan after
// plan has asked for.
type compared struct {
	done  compare.Progress // for earlier plans
	last  compare.Progress // for the one that is being made
	began bool
}

// add notes how far a comparison has come. It reports whether it is the first one that takes time.
func (c *compared) add(ev sync.Comparing) (begins bool) {
	if ev.Files < c.last.Files { // another plan
		c.done = c.all()
	}
	c.last = ev.Progress
	begins = !c.began && ev.Files < ev.FilesTotal
	c.began = c.began || begins
	return begins
}

// all returns what was compared so far.
func (c *compared) all() compare.Progress { return c.done.Plus(c.last) }

// line says what was compared, "" where the server had nothing to do with it.
func (c *compared) line() string {
	p := c.all()
	if p.ByHash == 0 && p.Read == 0 {
		return ""
	}
	return fmt.Sprintf("compared %s, %s: %d by hash, %s downloaded for it", text.Count(p.Files, "file"), Size(p.Bytes), p.ByHash, Size(p.Read))
}
