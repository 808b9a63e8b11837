package sync

import (
	"regexp"
	"time"

	"ferry/manifest"
)

// A ConflictCopy is what the name of a conflict copy tells.
type ConflictCopy struct {
	// Of is the path that the version had, as far as the name tells: a long name
	// was cut.
	Of manifest.Path
	// Side is the one whose version it is.
	Side Side
	// When that version was last changed; zero where that was not known.
	When time.Time
}

var copyName = regexp.MustCompile(`(?s)^(.+)\.sync-conflict-(\d{8}-\d{6}|unknown-time)-(local|remote)-[0-9a-f]{6}(?:-[1-9]\d*)?(\..{0,19})?$`)

// ParseConflictCopy reads the name of a conflict copy, and reports false where p is the
// name of none. Of a copy of a copy it tells the last.
func ParseConflictCopy(p manifest.Path) (ConflictCopy, bool) {
	m := copyName.FindStringSubmatch(p.Base())
	if m == nil {
		return ConflictCopy{}, false
	}
	c := ConflictCopy{Of: p.Parent().Join(m[1] + m[4]), Side: Local}
	if m[3] == Remote.String() {
		c.Side = Remote
	}
	if at, err := time.Parse("20060102-150405", m[2]); err == nil {
		c.When = at
	}
	return c, true
}
