package watcher

import (
	"testing"

	"golang.org/x/sys/windows"
)

// notWine skips a test of what Wine does not tell: changes in directories that were there
// when the watch began or that have moved since.
func notWine(t *testing.T) {
	t.Helper()
	if windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil {
		t.Skip("Wine does not tell what changes in directories that are older than the watch, or that moved")
	}
}
