package app

import (
	"fmt"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/copyname"
)

// A Conflict is a file that both sides changed. One version has the name and the other
// is a conflict copy; or, where it waits, each side has its own under the name.
type Conflict struct {
	Path manifest.Path
	Copy manifest.Path // Root: it waits
	// Loser is the side whose version the copy is.
	Loser  sync.Side
	Named  [2]manifest.Entry // what each side has under the name
	Copied [2]manifest.Entry // and under the name of the copy
	Why    string
}

// Waits reports whether there is no copy: each side still has its own version.
func (c *Conflict) Waits() bool { return c.Copy == manifest.Root }

// copyOrigin says what made a copy.
func copyOrigin(c copyname.Name) string {
	when := ""
	if !c.When.IsZero() {
		when = " of " + c.When.Format("2006-01-02 15:04:05")
	}
	return fmt.Sprintf("both sides had changed, and the %s version%s was set aside", sideOf(c), when)
}

// sideOf is the side whose version a copy is.
func sideOf(c copyname.Name) sync.Side {
	if c.Remote {
		return sync.Remote
	}
	return sync.Local
}
