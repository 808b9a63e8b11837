// Package gitignore reads rules in the syntax of .gitignore and tells which paths
// they ignore. It agrees with git, but knows no repository: where the text of the
// rules comes from is up to the caller. It is pure, and imports nothing else of
// ferry.
package gitignore

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Rules are the lines of one or more ignore files, in their order. The last rule
// that matches a path decides, and nothing below an ignored directory can be
// taken back in. A nil *Rules ignores nothing. Rules never change, so any number
// of goroutines may use them.
type Rules struct {
	rules []rule
}

// defaultRules ignore what version control, file managers and open documents leave behind,
// and what nobody wants on a server.
// Names of repositories have no case: on many systems .GIT is the same directory, and
// what is planted there runs.
const defaultRules = `
.[Gg][Ii][Tt]
[Gg][Ii][Tt]~[0-9]
.[Ss][Vv][Nn]/
.[Hh][Gg]/
.DS_Store
[Tt]humbs.db
ehthumbs.db
[Dd]esktop.ini
~$*.[Dd][Oo][Cc]*
~$*.[Xx][Ll][Ss]*
~$*.[Pp][Pp][Tt]*
`

// Default returns the built-in rules, which come before all others. A later rule
// with "!" takes back in what they ignore, unless [Rules.Narrow] added it.
func Default() *Rules { return Parse(defaultRules) }

// Parse reads the text of an ignore file. It cannot fail: as in git, a broken
// pattern matches nothing. Patterns are normalized to NFC, so that they match
// paths in that form.
func Parse(text string) *Rules {
	text = strings.TrimPrefix(text, "\ufeff")
	rs := new(Rules)
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		if r, ok := parseRule(norm.NFC.String(line)); ok {
			r.number = number
			rs.rules = append(rs.rules, r)
		}
	}
	return rs
}

// From returns these rules with the name of the text that they are from, for [Rules.Deciding].
func (rs *Rules) From(where string) *Rules {
	if rs.Len() == 0 {
		return rs
	}
	named := &Rules{rules: slices.Clone(rs.rules)}
	for i := range named.rules {
		named.rules[i].where = where
	}
	return named
}

// Deciding returns the line that decides about path, and where it stands, with its number;
// where is "" for built-in rules, and line for a path that no rule matches.
func (rs *Rules) Deciding(path string, dir bool) (line, where string) {
	r := rs.deciding(path, dir)
	switch {
	case r == nil:
		return "", ""
	case r.where == "":
		return r.source, ""
	}
	return r.source, r.where + ", line " + strconv.Itoa(r.number)
}

// Append returns these rules followed by more, which therefore decide where both
// match. Either may be nil.
func (rs *Rules) Append(more *Rules) *Rules {
	if more.Len() == 0 {
		return rs
	}
	if rs.Len() == 0 {
		return more
	}
	rules := make([]rule, 0, len(rs.rules)+len(more.rules))
	rules = append(append(rules, rs.rules...), more.rules...)
	for i := rs.Len(); i < len(rules); i++ {
		if rules[i].narrows {
			rules[i].from += rs.Len()
		}
	}
	return &Rules{rules: rules}
}

// Narrow returns these rules followed by more, which can only leave out more: a rule of
// more with "!" takes back what more itself ignores, and nothing that these rules ignore.
func (rs *Rules) Narrow(more *Rules) *Rules {
	if more.Len() == 0 {
		return rs
	}
	narrowing := &Rules{rules: slices.Clone(more.rules)}
	for i := range narrowing.rules {
		narrowing.rules[i].narrows, narrowing.rules[i].from = true, 0
	}
	return rs.Append(narrowing)
}

// Len returns the number of rules.
func (rs *Rules) Len() int {
	if rs == nil {
		return 0
	}
	return len(rs.rules)
}

// Match reports whether path is ignored, by itself or because a directory above
// it is. The path is slash-separated, relative and in NFC; dir says that it is a
// directory. The root, "", is never ignored.
func (rs *Rules) Match(path string, dir bool) bool {
	r := rs.deciding(path, dir)
	return r != nil && !r.negative
}

// deciding returns the rule that decides about path, or nil where none matches.
// The topmost ignored directory decides about everything below it.
func (rs *Rules) deciding(path string, dir bool) *rule {
	if rs.Len() == 0 || path == "" {
		return nil
	}
	base := 0
	for i := range len(path) {
		if path[i] != '/' {
			continue
		}
		if r := rs.last(path[:i], base, true); r != nil && !r.negative {
			return r
		}
		base = i + 1
	}
	return rs.last(path, base, dir)
}

// last returns the last rule that matches path itself, or nil. base is where the
// last component of path starts.
func (rs *Rules) last(path string, base int, dir bool) *rule {
	var back *rule // takes back what its own file ignores; decides where no rule before matches
	for i := len(rs.rules) - 1; i >= 0; i-- {
		r := &rs.rules[i]
		if (dir || !r.dirOnly) && r.match(path, base) {
			if r.narrows && r.negative {
				i = r.from // the rules before decide
				if back == nil {
					back = r
				}
				continue
			}
			return r
		}
	}
	return back
}
