package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// TakesEscapes makes the console take escape sequences, which old ones cannot, and reports
// whether it does. Until then it shows them as text.
func TakesEscapes(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	const escapes = windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	return mode&escapes == escapes || windows.SetConsoleMode(console, mode|escapes) == nil
}
