package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ferry/internal/text"
	"ferry/manifest"
)

// Explain says whether a path of the local directory is left out, and which line decides. The
// path is relative to the local directory; one with a slash at the end is a directory.
func (p *Pair) Explain(path string) (leftOut bool, why string, err error) {
	at, err := manifest.ParsePath(strings.TrimSuffix(filepath.ToSlash(path), "/"))
	if err != nil {
		return false, "", Usage(fmt.Errorf("%q is not a path below %s: %w", path, p.Local, err), "name it as it is below that directory, as css/site.css")
	}
	dir := strings.HasSuffix(path, "/")
	if info, err := os.Stat(filepath.Join(p.Local, filepath.FromSlash(string(at)))); err == nil {
		dir = info.IsDir()
	}
	if p.Reserved.Match(at) {
		return true, "it belongs to ferry or configures it, and never travels", nil
	}
	line, where := p.Rules.Deciding(string(at), dir)
	if line == "" {
		return false, "no pattern matches it", nil
	}
	if where == "" {
		where = "built in"
	}
	return p.Rules.Match(string(at), dir), fmt.Sprintf("%q decides (%s)", text.Clean(line), where), nil
}
