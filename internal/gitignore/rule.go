package gitignore

import "strings"

// A rule is one line of an ignore file.
type rule struct {
	negative bool // "!": takes back in
	dirOnly  bool // "/" at the end: directories only
	// anchored patterns hold a slash and are matched against the whole path,
	// others against the last component.
	anchored bool
	// prefix is compared literally before the glob. Git does so too, and it
	// shows: after a prefix, "**/" stands at the start of the glob, so that
	// "a**/b" means "a" and then "**/b".
	prefix string
	// suffix is what must follow a "*" that is the whole rest of the pattern.
	suffix string
	kind   matchKind
	glob   []token
	source string // the line as it stands in the file
}

// matchKind says how what follows the prefix of a rule is matched.
type matchKind uint8

const (
	matchExact matchKind = iota // nothing follows
	matchTail                   // "*" and literal text
	matchGlob
	matchNever // a broken pattern: matches nothing
)

// globSpecial holds the bytes that mean something in a pattern.
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
	r.compile(line)
	return r, true
}

// trimSpaces removes the spaces at the end of a line that no backslash
// protects. Tabs stay, as with git.
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

// compile splits pattern into what match needs.
func (r *rule) compile(pattern string) {
	n := strings.IndexAny(pattern, globSpecial)
	if n < 0 {
		r.prefix = pattern
		return
	}
	// A pattern for one component is a glob as a whole: only those with a slash
	// lose their literal beginning, see prefix.
	if r.anchored {
		r.prefix, pattern = pattern[:n], pattern[n:]
	}
	if rest, ok := strings.CutPrefix(pattern, "*"); ok && !strings.ContainsAny(rest, globSpecial+"/") {
		r.kind, r.suffix = matchTail, rest
		return
	}
	var ok bool
	r.kind = matchGlob
	if r.glob, ok = parseGlob(pattern, r.anchored); !ok {
		r.kind = matchNever
	}
}

// match reports whether the rule matches path, whose last component starts at
// base.
func (r *rule) match(path string, base int) bool {
	if !r.anchored {
		path = path[base:]
	}
	rest, ok := strings.CutPrefix(path, r.prefix)
	if !ok {
		return false
	}
	switch r.kind {
	case matchExact:
		return rest == ""
	case matchTail:
		return strings.HasSuffix(rest, r.suffix) && strings.IndexByte(rest, '/') < 0
	case matchGlob:
		return matchTokens(r.glob, rest)
	}
	return false
}
