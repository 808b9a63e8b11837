package manifest

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// An Ignore is a list of rules in the syntax of .gitignore, which say which
// paths are none of ours. It agrees with git: the last rule that matches
// decides, and nothing below an ignored directory can be taken back in. A nil
// Ignore ignores nothing. It never changes, so that any number of goroutines
// may use it.
type Ignore struct {
	rules []rule
}

// defaultIgnore names what version control and file managers leave in
// directories and what nobody wants on a server.
const defaultIgnore = `
.git
.svn/
.hg/
.DS_Store
[Tt]humbs.db
ehthumbs.db
[Dd]esktop.ini
`

// DefaultIgnore returns the rules that stand before all others. A later rule
// with "!" takes back what one of them ignores.
func DefaultIgnore() *Ignore { return ParseIgnore(defaultIgnore) }

// ParseIgnore reads the text of an ignore file. There are no errors: as with
// git, every line means something, be it that it matches nothing. Patterns are
// normalized to NFC, as paths are.
func ParseIgnore(text string) *Ignore {
	text = strings.TrimPrefix(text, "\ufeff")
	ig := new(Ignore)
	for line := range strings.SplitSeq(text, "\n") {
		if r, ok := parseRule(norm.NFC.String(line)); ok {
			ig.rules = append(ig.rules, r)
		}
	}
	return ig
}

// Append returns the rules of ig followed by those of more, which therefore
// decide where both match. Either may be nil.
func (ig *Ignore) Append(more *Ignore) *Ignore {
	if more.Len() == 0 {
		return ig
	}
	if ig.Len() == 0 {
		return more
	}
	rules := make([]rule, 0, len(ig.rules)+len(more.rules))
	return &Ignore{rules: append(append(rules, ig.rules...), more.rules...)}
}

// Len returns the number of rules.
func (ig *Ignore) Len() int {
	if ig == nil {
		return 0
	}
	return len(ig.rules)
}

// Match reports whether p, a directory if dir is set, is ignored by itself or
// because a directory above it is. The root is never ignored.
func (ig *Ignore) Match(p Path, dir bool) bool {
	r := ig.decides(string(p), dir)
	return r != nil && !r.negative
}

// decides returns the rule that settles p, or nil where none matches. From the
// top down the first directory that is ignored settles all below it.
func (ig *Ignore) decides(p string, dir bool) *rule {
	if ig.Len() == 0 || p == "" {
		return nil
	}
	base := 0
	for i := range len(p) {
		if p[i] != '/' {
			continue
		}
		if r := ig.last(p[:i], base, true); r != nil && !r.negative {
			return r
		}
		base = i + 1
	}
	return ig.last(p, base, dir)
}

// last returns the last rule that matches path itself, or nil. base is where
// its last component starts.
func (ig *Ignore) last(path string, base int, dir bool) *rule {
	for i := len(ig.rules) - 1; i >= 0; i-- {
		r := &ig.rules[i]
		if (dir || !r.dirOnly) && r.match(path, base) {
			return r
		}
	}
	return nil
}
