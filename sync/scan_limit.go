package sync

import "fmt"

// DefaultMaxEntries is the most files and directories that a pass reads on one side,
// unless [Limits.MaxEntries] says otherwise.
const DefaultMaxEntries = 5_000_000

// A TooManyEntriesError ends the scan of a side that has more files and directories than
// a pass may read. Nothing is known of that side then.
type TooManyEntriesError struct{ Limit int }

func (e *TooManyEntriesError) Error() string {
	return fmt.Sprintf("there are more than %d files and directories", e.Limit)
}

// CheckCount fails where n entries are more than the scan may read.
func (l *Look) CheckCount(n int) error {
	most := l.MaxEntries
	if most <= 0 {
		most = DefaultMaxEntries
	}
	if n > most {
		return &TooManyEntriesError{most}
	}
	return nil
}
