package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// timeStamp returns a stamp with the time, in a form that also names the day
// where nobody is looking.
func timeStamp(now func() time.Time, terminal bool) func(string) string {
	layout := "2006-01-02 15:04:05 "
	if terminal {
		layout = "15:04:05 "
	}
	return func(string) string { return now().Format(layout) }
}

// priorities are what lines begin with that are more than information, and their
// importance for the journal (sd-daemon(3)).
var priorities = []struct{ begin, stamp string }{
	{"ferry: error: ", "<3>"},
	{"ferry: failed: ", "<4>"},
	{"ferry: warning: ", "<4>"},
	{"ferry: problem: ", "<4>"},
	{"ferry: conflict: ", "<4>"},
}

// journalStamp returns the importance of a line.
func journalStamp(line string) string {
	for _, p := range priorities {
		if strings.HasPrefix(line, p.begin) {
			return p.stamp
		}
	}
	return "<6>"
}

// toJournal reports whether what is written to w goes to the journal, as
// systemd.exec(5) has it: JOURNAL_STREAM names its device and inode.
func toJournal(w io.Writer, stream string) bool {
	f, ok := w.(*os.File)
	if !ok || stream == "" {
		return false
	}
	device, inode, ok := fileNumbers(f)
	return ok && stream == fmt.Sprintf("%d:%d", device, inode)
}
