package sync

import (
	"regexp"
	"time"

	"ferry/manifest"
)

// A Copy is what the name of a conflict copy tells.
type Copy struct {
	// Of is the path that the version had, as far as the name tells: a long name
	// was cut.
	Of manifest.Path
	// Side is the one whose version it is.
	Side Side
	// When that version was last changed; zero where that was not known.
	When time.Time
}

var copyName = regexp.MustCompile(`(?s)^(.+)\.sync-conflict-(\d{8}-\d{6}|unknown-time)-(local|remote)-[0-9a-f]{6}(?:-[1-9]\d*)?(\..{0,19})?$`)

// ParseCopy reads the name of a conflict copy, and reports false where p is the
// name of none. Of a copy of a copy it tells the last.
func ParseCopy(p manifest.Path) (Copy, bool) {
	m := copyName.FindStringSubmatch(p.Base())
	if m == nil {
		return Copy{}, false
	}
	c := Copy{Of: p.Parent().Join(m[1] + m[4]), Side: Local}
	if m[3] == Remote.String() {
		c.Side = Remote
	}
	if at, err := time.Parse("20060102-150405", m[2]); err == nil {
		c.When = at
	}
	return c, true
}
