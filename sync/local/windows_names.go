package local

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"ferry/manifest"
	"ferry/sync"
)

// Names knows which names files on this system can have; nil: it has any name.
func Names() sync.NameEncoder {
	if runtime.GOOS == "windows" {
		return windowsNames{}
	}
	return nil
}

// windowsNames is a [sync.NameEncoder].
type windowsNames struct{}

// Encode implements [sync.NameEncoder].
func (windowsNames) Encode(name string) (string, error) {
	if why := refusedByWindows(name); why != "" {
		return "", errors.New(why)
	}
	return name, nil
}

// checkNew returns an error if no file can have the path p on this system.
func checkNew(p manifest.Path) error {
	if runtime.GOOS != "windows" || p == manifest.Root {
		return nil
	}
	for name := range strings.SplitSeq(string(p), "/") {
		if why := refusedByWindows(name); why != "" {
			return fmt.Errorf("the name %q is not possible: %s", name, why)
		}
	}
	return nil
}

// devices are the names that Windows reserves for devices, also with an extension.
var devices = map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true}

// refusedByWindows returns why no file on Windows can have the given name, or "".
func refusedByWindows(name string) string {
	if i := strings.IndexAny(name, `\/:*?"<>|`); i >= 0 {
		return fmt.Sprintf("Windows allows no %q in it", name[i])
	}
	for _, c := range []byte(name) {
		if c < ' ' {
			return "Windows allows no control character in it"
		}
	}
	if strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
		return "Windows allows no dot or space at its end"
	}
	if !utf8.ValidString(name) {
		return "it is not UTF-8, and Windows would have another name"
	}
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	if devices[stem] || isPort(stem) {
		return "Windows reserves it for a device"
	}
	return ""
}

// isPort reports whether stem is COM or LPT and a digit. The superscript digits
// count too.
func isPort(stem string) bool {
	rest, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		rest, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && (len(rest) == 1 && '0' <= rest[0] && rest[0] <= '9' || rest == "¹" || rest == "²" || rest == "³")
}
