package local

import (
	"fmt"
	"runtime"
	"strings"

	"ferry/manifest"
)

// checkNew reports why p cannot be made on this system, or nil.
func checkNew(p manifest.Path) error {
	if runtime.GOOS != "windows" || p == manifest.Root {
		return nil
	}
	for name := range strings.SplitSeq(string(p), "/") {
		if why := refusedByWindows(name); why != "" {
			return fmt.Errorf("name %q: Windows has %s", name, why)
		}
	}
	return nil
}

// devices are the names that Windows takes for devices, whatever follows a dot.
var devices = map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true}

// refusedByWindows says why Windows cannot hold a file called name, or "".
func refusedByWindows(name string) string {
	if i := strings.IndexAny(name, `\/:*?"<>|`); i >= 0 {
		return fmt.Sprintf("no %q in names", name[i])
	}
	for _, c := range []byte(name) {
		if c < ' ' {
			return "no control characters in names"
		}
	}
	if strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
		return "no names that end in a dot or space"
	}
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	if devices[stem] || isPort(stem) {
		return "a device of that name"
	}
	return ""
}

// isPort reports whether stem is COM or LPT with a digit, the superscript ones
// included.
func isPort(stem string) bool {
	rest, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		rest, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && (len(rest) == 1 && '0' <= rest[0] && rest[0] <= '9' || rest == "¹" || rest == "²" || rest == "³")
}
