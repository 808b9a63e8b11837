package gitignore

import "strings"

// A rule is one line of an ignore file.
type rule struct {
	negative bool // "!": takes back in what earlier rules ignore
	dirOnly  bool // "/" at the end: directories only
	// anchored patterns contain a slash and are matched against the whole path;
	// others are matched against the last component.
	anchored bool
	pattern  string // without "!" and the slashes at its ends
	// prefix is compared literally, and the glob with what follows it. Git does
	// the same, which decides what "a**/b" means: "a", and then "**/b".
	prefix string
	// suffix is the literal text after the "*" of matchTail.
	suffix string
	kind   matchKind
	glob   []token
	// fold says that the case of letters makes no difference, see [Rules.FoldCase].
	fold bool
	// narrows says that the rule is one of those that [Rules.Narrow] added, the first of
	// which is at index from. With "!" it then takes back nothing of the rules before.
	narrows bool
	from    int
	source  string // the line in the file
	where   string // the file, "" for built-in rules
	number  int    // of the line
}

// A matchKind says how a rule matches what follows its prefix.
type matchKind uint8

const (
	matchExact matchKind = iota // nothing may follow
	matchTail                   // "*" and literal text
	matchGlob
	matchNever // a broken pattern: matches nothing
)

// globSpecial are the bytes with a special meaning in a pattern.
const globSpecial = `*?[\`

// parseRule reads one line. It returns false for comments and empty lines.
func parseRule(line string) (rule, bool) {
	line = strings.TrimSuffix(line, "\r")
	if i := strings.IndexByte(line, 0); i >= 0 {
		line = line[:i] // git reads lines as C strings
	}
	if strings.HasPrefix(line, "#") {
		return rule{}, false
	}
	line = trimSpaces(line)
	r := rule{source: line}
	line, r.negative = strings.CutPrefix(line, "!")
	line, r.dirOnly = strings.CutSuffix(line, "/")
	if line == "" {
		return rule{}, false
	}
	r.anchored = strings.Contains(line, "/")
	if r.anchored {
		line = strings.TrimPrefix(line, "/")
	}
	r.pattern = line
	r.compile()
	return r, true
}

// trimSpaces removes the spaces at the end of a line that no backslash escapes.
// Tabs stay, as in git.
func trimSpaces(line string) string {
	end := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			continue
		case '\\':
			i++
		}
		end = min(i+1, len(line))
	}
	return line[:end]
}

// compile sets the prefix, suffix, kind and glob of the rule.
func (r *rule) compile() {
	pattern := r.pattern
	n := strings.IndexAny(pattern, globSpecial)
	if n < 0 {
		r.prefix = pattern
		return
	}
	// Only an anchored pattern has a prefix; one for the last component is a glob
	// as a whole.
	if r.anchored {
		r.prefix, pattern = pattern[:n], pattern[n:]
	}
	if rest, ok := strings.CutPrefix(pattern, "*"); ok && !strings.ContainsAny(rest, globSpecial+"/") {
		r.kind, r.suffix = matchTail, rest
		return
	}
	var ok bool
	r.kind = matchGlob
	if r.glob, ok = parseGlob(pattern, r.anchored, r.fold); !ok {
		r.kind = matchNever
	}
}

// match reports whether the rule matches path, whose last component starts at
// byte base.
func (r *rule) match(path string, base int) bool {
	if !r.anchored {
		path = path[base:]
	}
	if len(path) < len(r.prefix) || !r.same(path[:len(r.prefix)], r.prefix) {
		return false
	}
	rest := path[len(r.prefix):]
	switch r.kind {
	case matchExact:
		return rest == ""
	case matchTail:
		n := len(rest) - len(r.suffix)
		return n >= 0 && r.same(rest[n:], r.suffix) && strings.IndexByte(rest, '/') < 0
	case matchGlob:
		return matchTokens(r.glob, rest)
	}
	return false
}
