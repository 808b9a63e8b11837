package report

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// TimeStamp returns a stamp with the time of day, and the date as well where the
// output is no terminal.
func TimeStamp(now func() time.Time, terminal bool) func(string) string {
	layout := "2006-01-02 15:04:05 "
	if terminal {
		layout = "15:04:05 "
	}
	return func(string) string { return now().Format(layout) }
}

// priorities are the beginnings of lines that are more than information, with their
// priority in the journal (sd-daemon(3)).
var priorities = []struct{ begin, stamp string }{
	{"ferry: error: ", "<3>"},
	{"ferry: failed: ", "<4>"},
	{"ferry: warning: ", "<4>"},
	{"ferry: problem: ", "<4>"},
	{"ferry: conflict: ", "<4>"},
}

// JournalStamp returns the priority of a line, as the systemd journal reads it.
func JournalStamp(line string) string {
	line = unpainted(line)
	for _, p := range priorities {
		if strings.HasPrefix(line, p.begin) {
			return p.stamp
		}
	}
	return "<6>"
}

// ToJournal reports whether w is connected to the systemd journal. stream is the
// value of JOURNAL_STREAM, which names the device and inode (systemd.exec(5)).
func ToJournal(w io.Writer, stream string) bool {
	f, ok := w.(*os.File)
	if !ok || stream == "" {
		return false
	}
	device, inode, ok := fileNumbers(f)
	return ok && stream == fmt.Sprintf("%d:%d", device, inode)
}
