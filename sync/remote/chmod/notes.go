package chmod

import (
	"fmt"
	stdsync "sync"
)

// Notes tell the user that a server does not set permission bits. The methods may be called
// from any goroutine.
type Notes struct {
	Notice func(text string)
	once   stdsync.Once
}

// None says, once, that the server sets none at all.
func (n *Notes) None() {
	n.once.Do(func() {
		n.Notice("the server does not set permissions (SITE CHMOD), so files have its own there")
	})
}

// Not says that it does not set those of the file at the absolute path at, and why.
func (n *Notes) Not(at string, why error) {
	n.Notice(fmt.Sprintf("the server keeps the permissions of %q as they are: %v", at, why))
}
