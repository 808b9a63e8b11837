package gitignore

import "testing"

// TestNarrow checks that rules that only narrow take back what they ignore themselves,
// and nothing that the rules before them ignore; rules behind them take back anything.
func TestNarrow(t *testing.T) {
	for _, c := range []struct {
		name                 string
		before, narrow, last string
		out, in              []string
	}{
		{"a file that a profile leaves out", "secret.txt", "!secret.txt", "", []string{"secret.txt", "a/secret.txt"}, []string{"x"}},
		{"everything", "*.key", "!*\n!**\n!/a.key", "", []string{"a.key", "d/a.key"}, []string{"x"}},
		{"their own", "*.log", "*.map\n!keep.map\n!keep.log", "", []string{"x.map", "keep.log"}, []string{"keep.map"}},
		{"their own, and ignored again", "", "*.map\n!keep.map\n/d/keep.map", "", []string{"d/keep.map"}, []string{"keep.map"}},
		{"a directory", ".git", "!.git\n!.git/**\n!.git/config", "", []string{".git", ".git/config", "a/.git/config"}, []string{"git"}},
		{"what the rules before take back themselves", "*.map\n!keep.map", "!x.map", "", []string{"x.map"}, []string{"keep.map"}},
		{"more than the rules before take back", "*.map\n!keep.map", "keep.map", "", []string{"keep.map"}, nil},
		{"the last rules take back anything", "*.key", "*.map\n!a.key", "!a.key\n!a.map", []string{"b.key", "b.map"}, []string{"a.key", "a.map"}},
		{"no rules before", "", "!x\n*.map", "", []string{"a.map"}, []string{"x"}},
		{"no rules of their own", "x", "", "", []string{"x"}, []string{"y"}},
	} {
		rules := Parse(c.before).Narrow(Parse(c.narrow)).Append(Parse(c.last))
		for _, path := range c.out {
			if !rules.Match(path, false) {
				t.Errorf("%s: %s is taken in", c.name, path)
			}
		}
		for _, path := range c.in {
			if rules.Match(path, false) {
				t.Errorf("%s: %s is left out", c.name, path)
			}
		}
	}
}

// TestNarrowAfterOther checks that rules are found again behind a longer beginning.
func TestNarrowAfterOther(t *testing.T) {
	rules := Parse("a\nb").Append(Parse("c").Narrow(Parse("!a\n!c\nd\n!d")))
	for path, want := range map[string]bool{"a": true, "b": true, "c": true, "d": false} {
		if got := rules.Match(path, false); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// TestDefaultHasNoCase checks that no spelling of a repository is synchronized: on many
// systems it is the same directory.
func TestDefaultHasNoCase(t *testing.T) {
	for _, path := range []string{".git", ".GIT/config", "a/.Git/hooks/x", "git~1/config", ".SVN/x", ".Hg/hgrc"} {
		if !Default().Match(path, true) {
			t.Errorf("%s is taken in", path)
		}
	}
	for _, path := range []string{".gitignore", "git", ".github/x", "git~x"} {
		if Default().Match(path, true) {
			t.Errorf("%s is left out", path)
		}
	}
}
