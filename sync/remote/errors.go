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

func isFinal(err error) bool { return ftp.IsFinal(err) }

// withFull wraps [sync.ErrFull] around an error that means it: by RFC 959 the codes
// 452 and 552, and in practice any refusal whose text says so.
func withFull(err error) error {
	var e *ftp.Error
	if !errors.As(err, &e) {
		return err
	}
	text := strings.ToLower(e.Reply)
	switch {
	case e.Code == 452, e.Code == 552,
		e.Code >= 400 && (strings.Contains(text, "no space") || strings.Contains(text, "disk full") || strings.Contains(text, "quota")):
		return fmt.Errorf("%w: %w", sync.ErrFull, err)
	}
	return err
}

// reason words an error for the problem list of a tree.
func reason(err error) string {
	var e *ftp.Error
	if errors.As(err, &e) && e.Code != 0 {
		return fmt.Sprintf("server says %d %s", e.Code, e.Reply)
	}
	if errors.As(err, &e) && e.Err != nil {
		return e.Err.Error()
	}
	return err.Error()
}
