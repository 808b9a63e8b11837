package cli

import (
	"io"
	"log/slog"

	"ferry/internal/app"

	"github.com/lmittmann/tint"
)

// newLog returns the log for a verbosity: 0 warnings, 1 what is being done, 2 the FTP
// dialogue as well.
func newLog(w io.Writer, verbosity int, timeFormat string, colour bool) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case verbosity == 1:
		level = slog.LevelInfo
	case verbosity >= 2:
		level = app.LevelDialogue
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{
		Level:      level,
		TimeFormat: timeFormat,
		NoColor:    !colour,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.LevelKey && len(groups) == 0 {
				if l, ok := a.Value.Any().(slog.Level); ok && l <= app.LevelDialogue {
					return slog.String(a.Key, "FTP")
				}
			}
			return a
		},
	}))
}
