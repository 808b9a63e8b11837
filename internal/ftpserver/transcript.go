package ftpserver

import (
	"fmt"
	"strings"
	"sync"
)

// transcriptLines is the most lines of a transcript.
const transcriptLines = 50_000

// transcript holds the lines of all control connections in order. Passwords are left out.
type transcript struct {
	mu    sync.Mutex
	lines []string
}

func (t *transcript) add(session int, mark, text string) {
	if mark == ">" && strings.EqualFold(verbOf(text), "PASS") {
		text = "PASS ..."
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) >= transcriptLines {
		t.lines = append(t.lines[:0], t.lines[transcriptLines/2:]...)
	}
	t.lines = append(t.lines, fmt.Sprintf("%d %s %s", session, mark, text))
}

func (t *transcript) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.lines...)
}

func (t *transcript) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = nil
}
