package ftp

import (
	"errors"

	"ferry/internal/ftp/wire"
)

// IsFull reports whether err says that the server has no room for what was sent: by RFC
// 959 the codes 452 and 552, and in practice any refusal whose text says so.
func IsFull(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Code < 400 {
		return false
	}
	return e.Code == 452 || e.Code == 552 || wire.SaysFull(e.Reply)
}
