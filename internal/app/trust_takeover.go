package app

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"ferry/internal/config"
)

// A configuration that ferry has obeyed since before there was trust is taken over
// without a question. What shows it are the records of its pairs. But a record alone
// would not do: the server of a pair could put a ferry.yaml into its root that names the
// same pair, with a hook. So each pass notes beside the record which configuration it
// was made under, and only that one may take it over.

// noteConfig notes under which configuration a pass over p is made.
func noteConfig(record string, p *Pair) {
	if was, err := os.ReadFile(configNote(record)); err == nil && string(was) == p.File+"\n" {
		return
	}
	_ = WritePrivate(configNote(record), []byte(p.File+"\n")) // without it the user is asked
}

func configNote(record string) string { return strings.TrimSuffix(record, ".db") + ".config" }

// obeyedBefore reports whether passes were made over every pair of file under that very
// file, as far as it is known.
func obeyedBefore(stateDir string, file *config.File) bool {
	for _, p := range file.Profiles {
		record := recordPath(stateDir, findKey(stateDir, p).name)
		if _, err := os.Stat(record); err != nil {
			return false
		}
		note, err := os.ReadFile(configNote(record))
		if errors.Is(err, fs.ErrNotExist) {
			continue // an older ferry made the last pass
		}
		if err != nil || strings.TrimSuffix(string(note), "\n") != file.Path {
			return false
		}
	}
	return len(file.Profiles) > 0
}
