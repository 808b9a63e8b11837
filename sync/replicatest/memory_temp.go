package replicatest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"ferry/manifest"
)

// noFingerprint marks an old version that has a temporary name for a moment.
const noFingerprint = "0000000000000000"

// A sighting is what somebody else's temporary was when it was first seen so.
type sighting struct {
	since time.Time
	size  int
}

// mayRemove reports whether the temporary n, called name, was left behind: by this owner,
// or by somebody else and has stood still for long. The caller holds mu.
func (m *Memory) mayRemove(name string, n *node) bool {
	mark, temp := manifest.TempMark(name)
	if !temp || n.kind != manifest.File || m.busy[n] {
		return false
	}
	if manifest.TempIsFrom(mark, m.Owner) && !strings.HasPrefix(mark, noFingerprint) {
		return true
	}
	seen, known := m.others[n]
	if !known || seen.size != len(n.content) {
		seen = sighting{m.now(), len(n.content)}
		m.others[n] = seen
	}
	return m.now().Sub(seen.since) >= manifest.ForeignTempAge
}

// onlyTemps returns the temporary files in dir if it holds nothing else and all of them
// were left behind.
func (m *Memory) onlyTemps(dir manifest.Path) []*node {
	m.mu.Lock()
	defer m.mu.Unlock()
	var temps []*node
	for name, n := range m.find(dir).children {
		if !m.mayRemove(name, n) {
			return nil
		}
		temps = append(temps, n)
	}
	return temps
}

// unlink removes a temporary file in dir.
func (m *Memory) unlink(ctx context.Context, dir manifest.Path, temp *node) error {
	return m.change(ctx, "unlink", dir, func() error {
		if n := m.find(dir); n != nil {
			n.forgetChild(temp)
		}
		return nil
	}, func() bool { n := m.find(dir); return n == nil || n.nameOf(temp) == "" })
}

func (n *node) nameOf(child *node) string {
	for name, c := range n.children {
		if c == child {
			return name
		}
	}
	return ""
}

func (n *node) forgetChild(child *node) {
	if name := n.nameOf(child); name != "" {
		delete(n.children, name)
	}
}

// tempName returns a new name for a temporary file. It is the same in each run of a test.
func (m *Memory) tempName(fingerprint string) string {
	m.tempCount++
	unique := fmt.Sprintf("%08x", m.tempCount)
	owner := manifest.NewTempMark(fingerprint, m.Owner)[len(fingerprint)+len(unique):]
	return manifest.TempName(fingerprint+unique+owner, false)
}

// resumableTemp returns the temporary file that an interrupted Put of the same
// source left in dir, or nil.
func (m *Memory) resumableTemp(dir *node, fingerprint string, want manifest.Entry) *node {
	if m.NoResume || want.Precision >= manifest.Minute {
		return nil
	}
	for name, n := range dir.children {
		mark, ok := manifest.TempMark(name)
		if ok && strings.HasPrefix(mark, fingerprint) && manifest.TempIsFrom(mark, m.Owner) && !m.busy[n] && int64(len(n.content)) <= want.Size {
			return n
		}
	}
	return nil
}

// fingerprint identifies a source by 16 hex digits.
func fingerprint(p manifest.Path, e manifest.Entry) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d %d %d %d", p, e.Size, e.ModTime, e.ID, e.Changed))
	return fmt.Sprintf("%x", h[:8])
}
