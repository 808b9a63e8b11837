package reserved

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"ferry/internal/localpath"
)

// Programs returns the absolute paths of the programs that commands, which run in dir,
// name, as ./check-links: whoever writes them decides what runs here. A program is a file
// that can be executed; what a command names besides is most likely data. What programs
// read themselves, as a Makefile, is not known.
func Programs(dir string, commands []string) []string {
	var programs []string
	for _, command := range commands {
		for _, word := range strings.FieldsFunc(command, endsWord) {
			path := localpath.Join(dir, word)
			if isProgram(path) && !slices.Contains(programs, path) {
				programs = append(programs, path)
			}
		}
	}
	return programs
}

// endsWord reports whether r stands between two words of a command.
func endsWord(r rune) bool { return r <= ' ' || strings.ContainsRune("\"'`;&|<>()$={}", r) }

func isProgram(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if runtime.GOOS == "windows" {
		return slices.Contains([]string{".bat", ".cmd", ".com", ".exe", ".ps1"}, strings.ToLower(filepath.Ext(path)))
	}
	return info.Mode().Perm()&0o111 != 0
}
