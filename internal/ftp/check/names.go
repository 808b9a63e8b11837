package check

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"ferry/internal/ftp"
	"ferry/internal/ftp/charset"
	"ferry/internal/ftp/listing"
)

// dirsForNames is in how many directories names are looked at, at most.
const dirsForNames = 16

// checkNames looks at the names in the root, and in the first directories below it, and
// proposes an encoding where they are not UTF-8. It only proposes.
func (k *checker) checkNames(ctx context.Context) error {
	if !k.report.RootThere || k.report.List == "" {
		return nil
	}
	var names []string
	undecoded := 0
	dirs := []string{k.report.Root}
	for i := 0; i < min(len(dirs), dirsForNames) && undecoded == 0 && !containsOdd(names); i++ {
		if err := k.connect(ctx); err != nil {
			return err
		}
		_, err := k.list(ctx, dirs[i], k.features.ListForm(), func(e listing.Entry) {
			if names = append(names, e.Name); e.Undecoded {
				undecoded++
			}
			if e.Kind == listing.Dir && !e.Undecoded && !strings.HasPrefix(e.Name, ".") {
				dir := strings.TrimSuffix(dirs[i], "/") + "/" + e.Name
				if dirs = append(dirs, dir); e.Setgid {
					k.report.Setgid = append(k.report.Setgid, dir)
				}
			}
		})
		if class, ok := ftp.ClassOf(err); err != nil && (!ok || class != ftp.File) {
			return err
		}
	}
	switch cs := k.opts.Charset; {
	case undecoded > 0:
		k.note("%d names are not in %s, or not as it would be sent; check without an encoding to see which one fits", undecoded, cs.Name())
	case cs.Converts() && areUTF8(cs, names):
		k.note("the names are UTF-8, and %s reads them wrong: leave encoding out", cs.Name())
	case cs == nil && containsOdd(names):
		k.note("%s", proposal(charset.Propose(names)))
	}
	return nil
}

// proposal says which encodings names that are not UTF-8 may be in.
func proposal(found []charset.Proposal) string {
	if len(found) == 0 {
		return "names are not UTF-8, and they fit no encoding that ferry knows well; `encoding` can name another one, or utf-8 to take them as they are"
	}
	var b strings.Builder
	for i, p := range found {
		switch i {
		case 0:
			fmt.Fprintf(&b, "names are not UTF-8; they read well as encoding: %s (%q)", p.Charset.Name(), ftp.Printable(p.Sample))
		default:
			fmt.Fprintf(&b, ", else as %s (%q)", p.Charset.Name(), ftp.Printable(p.Sample))
		}
	}
	return b.String()
}

func containsOdd(names []string) bool {
	for _, name := range names {
		if !utf8.ValidString(name) {
			return true
		}
	}
	return false
}

// areUTF8 reports whether all names that cs has read were UTF-8, and some more than ASCII.
func areUTF8(cs *charset.Charset, names []string) bool {
	beyond := false
	for _, name := range names {
		bytes, err := cs.Encode(name)
		if err != nil || !utf8.ValidString(bytes) {
			return false
		}
		beyond = beyond || bytes != name
	}
	return beyond
}
