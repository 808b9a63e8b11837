package gitignore

import "slices"

// FoldCase returns these rules without regard to the case of letters, as git reads them
// where core.ignorecase is set: on Windows and macOS. As in git, these are the letters of
// ASCII. Other than in git they count in brackets, too: there [A] matches neither a nor A.
func (rs *Rules) FoldCase() *Rules {
	if rs.Len() == 0 {
		return rs
	}
	folded := &Rules{rules: slices.Clone(rs.rules)}
	for i := range folded.rules {
		folded.rules[i].fold = true
		folded.rules[i].compile()
	}
	return folded
}

// same reports whether two texts of one length are the same to the rule.
func (r *rule) same(a, b string) bool {
	if !r.fold || a == b {
		return a == b
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func lower(c byte) byte {
	if isLetter(c) {
		return c | 0x20
	}
	return c
}
