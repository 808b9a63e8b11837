package app

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"ferry/internal/ftp"
)

// Cause returns what err says without the file that it is about, so that the errors of
// several files can be told to have one cause.
func Cause(err error) string {
	text := err.Error()
	var server *ftp.Error
	if errors.As(err, &server) {
		short := *server
		short.Path = ""
		without := short.Error()
		if short.Code != 0 {
			without = strings.TrimPrefix(without, short.Op+": ")
		}
		text = strings.Replace(text, server.Error(), without, 1)
	}
	var file *fs.PathError
	if errors.As(err, &file) {
		text = strings.Replace(text, file.Error(), fmt.Sprintf("%s: %v", file.Op, file.Err), 1)
	}
	return text
}
