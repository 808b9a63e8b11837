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

// compared counts the contents that a pass had to know before it had a plan.
type compared struct {
	done  compare.Progress
	began bool
}

// begins reports whether ev is the first of a comparison.
func (c *compared) begins(ev sync.Comparing) bool {
	first := !c.began && ev.Files < ev.FilesTotal
	c.began = c.began || first
	return first
}

// add counts the contents of a comparison that has come to its end.
func (c *compared) add(ev sync.Comparing) {
	if ev.Files < ev.FilesTotal {
		return
	}
	c.done.Files += ev.Files
	c.done.Bytes += ev.Bytes
	c.done.ByHash += ev.ByHash
	c.done.Read += ev.Read
}

// line says what was compared, "" where the server had nothing to do with it.
func (c *compared) line() string {
	if c.done.ByHash == 0 && c.done.Read == 0 {
		return ""
	}
	return fmt.Sprintf("compared %s, %s: %d by hash, %s downloaded for it", text.Count(c.done.Files, "file"), Size(c.done.Bytes), c.done.ByHash, Size(c.done.Read))
}
