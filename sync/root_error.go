package sync

import (
	"fmt"

	"ferry/manifest"
)

// A NotDirectoryError says that something else is where the root of a side should be.
type NotDirectoryError struct {
	Where string // for people
	Kind  manifest.Kind
}

func (e *NotDirectoryError) Error() string {
	return fmt.Sprintf("%s is not a directory but a %s", e.Where, e.Kind)
}
