package sync

import (
	"regexp"
	"time"

	"ferry/manifest"
)

// A ConflictCopy is what the name of a conflict copy says.
type ConflictCopy struct {
	// Of is the path that the version had. If that name was too long, it was cut, and
	// so it is here.
	Of manifest.Path
	// Side is the side whose version it is.
	Side Side
	// When is the time of the last change of that version; zero if it was not known.
	When time.Time
}

// copyMark is in the name of every conflict copy.
const copyMark = ".sync-conflict-"

// copyTime is the layout of the time in the name of a conflict copy, in UTC.
const copyTime = "20060102-150405"

var copyName = regexp.MustCompile(`(?s)^(.+)\.sync-conflict-(\d{8}-\d{6}|unknown-time)-(local|remote)-[0-9a-f]{6}(?:-[1-9]\d*)?(\..{0,19})?$`)

// ParseConflictCopy reads the name of a conflict copy, and reports false if p is not
// one. For a copy of a copy it returns the last one.
func ParseConflictCopy(p manifest.Path) (ConflictCopy, bool) {
	m := copyName.FindStringSubmatch(p.Base())
	if m == nil {
		return ConflictCopy{}, false
	}
	c := ConflictCopy{Of: p.Parent().Join(m[1] + m[4]), Side: Local}
	if m[3] == Remote.String() {
		c.Side = Remote
	}
	if at, err := time.Parse(copyTime, m[2]); err == nil {
		c.When = at
	}
	return c, true
}
