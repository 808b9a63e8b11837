package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"ferry/internal/config"
	"ferry/manifest"
	"ferry/sync"

	"ferry/internal/ftp"

	"github.com/lmittmann/tint"
)

// This file holds the way the program speaks, after age. The rules are:
//
//   - Results go to standard output, everything else to standard error.
//   - Talk begins with "ferry: ", has no capital first letter and no full stop.
//   - An error is one line "ferry: error: ...", followed by "ferry: hint: ..."
//     lines with the way out where there is one.
//   - Whatever comes from a server or a disk is cleaned of control characters.

// A talker says things on standard error.
type talker struct {
	w     io.Writer
	quiet bool
	name  string // of the profile, where several talk at once
}

func (t talker) say(kind, text string) {
	for line := range strings.SplitSeq(cleanLines(text), "\n") {
		if line != "" {
			fmt.Fprintf(t.w, "ferry: %s%s%s\n", kind, t.prefix(), line)
		}
	}
}

// prefix is what a line about one of several profiles begins with.
func (t talker) prefix() string {
	if t.name == "" {
		return ""
	}
	return t.name + ": "
}

// note says something that is good to know; quiet leaves it out.
func (t talker) note(format string, args ...any) {
	if !t.quiet {
		t.say("", fmt.Sprintf(format, args...))
	}
}

// warn says something that is wrong but does not stop the program.
func (t talker) warn(format string, args ...any) { t.say("warning: ", fmt.Sprintf(format, args...)) }

// fail says what ended the program or a pass, and the way out.
func (t talker) fail(err error) {
	if said(err) {
		return
	}
	t.say("error: ", err.Error())
	t.say("hint: ", hintFor(err))
}

// hintFor returns the way out of an error, "" where none is known.
func hintFor(err error) string {
	var coded *codeError
	var unsafe *sync.UnsafeError
	var server *ftp.Error
	switch {
	case errors.As(err, &coded) && coded.hint != "":
		return coded.hint
	case errors.As(err, &unsafe):
		return unsafe.Hint
	case errors.Is(err, manifest.ErrLocked), errors.Is(err, sync.ErrHeld):
		return "wait for it to end, or let ferry wait with --wait"
	case errors.Is(err, sync.ErrFull):
		return "make room there and run ferry again: it goes on where it stopped"
	case errors.As(err, &server) && server.Hint != "":
		return server.Hint
	case errors.As(err, &server) && server.Class == ftp.Connect:
		return "is the address right, and the server running? \"ferry check\" tries each step"
	case errors.As(err, &server) && server.Class == ftp.Login:
		return "check the user and the password; FERRY_PASSWORD sets one for this run"
	}
	return config.Hint(err)
}

// newLog returns the log for a verbosity: 0 warnings, 1 what is being done, 2
// the FTP dialogue as well.
func newLog(w io.Writer, verbosity int, colour bool) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case verbosity == 1:
		level = slog.LevelInfo
	case verbosity >= 2:
		level = ftp.LevelDialogue
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{
		Level:      level,
		TimeFormat: "15:04:05.000",
		NoColor:    !colour,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.LevelKey && len(groups) == 0 {
				if l, ok := a.Value.Any().(slog.Level); ok && l <= ftp.LevelDialogue {
					return slog.String(a.Key, "FTP")
				}
			}
			return a
		},
	}))
}
