package replicatest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"ferry/manifest"
)

// oldTempAge is the age from which Tidy removes a temporary file.
const oldTempAge = 24 * time.Hour

// onlyTemps returns the temporary files in dir if it holds nothing else and none of
// them is being written.
func (m *Memory) onlyTemps(dir manifest.Path) []*node {
	m.mu.Lock()
	defer m.mu.Unlock()
	var temps []*node
	for name, n := range m.find(dir).children {
		if !manifest.IsOwn(dir, name) || m.busy[n] {
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

// tempName returns a new name for a temporary file that will become name.
func (m *Memory) tempName(fingerprint, name string) string {
	m.tempCount++
	return manifest.TempName(fmt.Sprintf("%s%08x", fingerprint, m.tempCount), name, false)
}

// resumableTemp returns the temporary file that an interrupted Put of the same
// source left in dir, or nil.
func (m *Memory) resumableTemp(dir *node, fingerprint string, want manifest.Entry) *node {
	if m.NoResume || want.Precision >= manifest.Minute {
		return nil
	}
	for name, n := range dir.children {
		mark, ok := manifest.TempMark(name)
		if ok && strings.HasPrefix(mark, fingerprint) && !m.busy[n] && int64(len(n.content)) <= want.Size {
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
