package remote

import (
	"errors"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/sync"
)

// An ambiguousError leaves open whether the change was made.
type ambiguousError struct{ err error }

func (e *ambiguousError) Error() string { return e.err.Error() }
func (e *ambiguousError) Unwrap() error { return e.err }

func isAmbiguous(err error) bool {
	var e *ambiguousError
	return errors.As(err, &e)
}

// withFull wraps [sync.ErrFull] around an error that means it.
func withFull(err error) error {
	if ftp.IsFull(err) {
		return fmt.Errorf("%w: %w", sync.ErrFull, err)
	}
	return err
}

// withName puts the name of the file that was to be stored in place of that of its
// temporary, which means nothing to people.
func withName(err error, temp, target place) error {
	var e *ftp.Error
	if temp == (place{}) || !errors.As(err, &e) {
		return err
	}
	if e.Path == temp.String() {
		e.Path = target.String()
	}
	e.Reply = strings.ReplaceAll(e.Reply, temp.Name, target.Name)
	return err
}

// reason words an error for the problem list of a tree.
func reason(err error) string {
	var e *ftp.Error
	if errors.As(err, &e) && e.Code != 0 {
		return strings.TrimRight(fmt.Sprintf("server says %d %s", e.Code, e.Reply), " ")
	}
	if errors.As(err, &e) && e.Err != nil {
		return ftp.InPlainWords(e.Err)
	}
	return err.Error()
}
