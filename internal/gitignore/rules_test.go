package gitignore

import (
	"fmt"
	"strings"
	"testing"
)

// cases are what a person would look up in the documentation of
// .gitignore, and what is not in there. A path that ends with a slash is a
// directory. TestCasesAgreeWithGit asks git for the same.
var cases = []struct {
	name     string
	patterns string
	ignored  []string
	kept     []string
}{
	{"nothing", "", nil, []string{"a", "a/"}},
	{"a name anywhere", "foo", []string{"foo", "foo/", "a/foo", "a/foo/b"}, []string{"foobar", "afoo", "a/foob"}},
	{"a star within a name", "*.map", []string{"a.map", "x/y.map", ".map"}, []string{"map", "a.mapx"}},
	{"a slash at the start anchors", "/foo", []string{"foo", "foo/b"}, []string{"a/foo"}},
	{"a slash inside anchors", "a/foo", []string{"a/foo", "a/foo/x"}, []string{"b/a/foo", "foo"}},
	{"a slash at the end does not anchor", "foo/", []string{"foo/", "a/foo/", "a/foo/x"}, []string{"foo", "a/foo"}},
	{"anchored and directories only", "/foo/", []string{"foo/", "foo/x"}, []string{"foo", "a/foo/"}},
	{"the last match wins", "*.log\n!keep.log", []string{"a.log"}, []string{"keep.log", "a/keep.log"}},
	{"the last match wins again", "!keep.log\n*.log", []string{"a.log", "keep.log"}, nil},
	{"nothing comes back below an ignored directory", "build/\n!build/keep", []string{"build/", "build/keep"}, []string{"keep"}},
	{"contents ignored, one taken back", "build/*\n!build/keep", []string{"build/a", "build/a/keep"}, []string{"build/", "build/keep"}},
	{"a directory taken back does not take back its contents", "*\n!sub/", []string{"a", "sub/a"}, []string{"sub/"}},
	{"everything but one type, in all directories", "*\n!*/\n!*.go", []string{"a.txt", "d/b.txt"}, []string{"d/", "a.go", "d/a.go"}},
	{"two stars lead", "**/foo", []string{"foo", "a/foo", "a/b/foo"}, []string{"a/foob"}},
	{"two stars lead to a path", "**/a/b", []string{"a/b", "x/a/b", "x/y/a/b/c"}, []string{"a/x/b"}},
	{"two stars end", "logs/**", []string{"logs/a", "logs/a/b"}, []string{"logs/", "logs", "x/logs/a"}},
	{"contents by two stars can come back", "logs/**\n!logs/keep", []string{"logs/a"}, []string{"logs/", "logs/keep"}},
	{"two stars between", "a/**/b", []string{"a/b", "a/x/b", "a/x/y/b"}, []string{"a/xb", "x/a/b"}},
	{"two stars between, more than once", "a/**/b/**/c", []string{"a/b/c", "a/x/b/y/z/c"}, []string{"a/c", "a/b/xc"}},
	{"two stars in a name are one", "foo**bar", []string{"foobar", "fooxbar", "a/foo.bar"}, []string{"foo/bar"}},
	{"two stars before a name are one", "x/**.txt", []string{"x/a.txt", "x/.txt"}, []string{"x/a/b.txt"}},
	{"three stars are two", "a/***/b", []string{"a/b", "a/x/y/b"}, []string{"ab"}},
	{"two stars after a literal beginning", "a**/b", []string{"a/b", "ab", "ax/b", "a/x/b", "ax/y/b"}, []string{"axb", "b"}},
	{"two stars after a wildcard are one", "?**/b", []string{"a/b", "ax/b"}, []string{"a/x/b", "ab"}},
	{"only two stars", "**", []string{"a", "a/b", "a/"}, nil},
	{"two stars and a slash", "**/", []string{"a/", "a/b"}, []string{"a"}},
	{"a star is one component", "a/*/c", []string{"a/b/c"}, []string{"a/c", "a/b/b/c"}},
	{"a star reaches the end of a component", "a/*", []string{"a/b", "a/b/c"}, []string{"a/", "b/a/c"}},
	{"a question mark is one byte", "a?c", []string{"abc", "a.c"}, []string{"ac", "abbc", "a/c"}},
	{"a question mark is no slash", "x/a?c", []string{"x/abc"}, []string{"x/a/c"}},
	{"bytes, not characters", "?", []string{"a"}, []string{"é"}},
	{"a set", "[abc].o", []string{"a.o", "c.o"}, []string{"d.o", ".o"}},
	{"a range", "[a-c]", []string{"a", "b", "c"}, []string{"d", "-"}},
	{"a set turned round by !", "[!a-c]", []string{"d", "-"}, []string{"a", "b"}},
	{"a set turned round by ^", "[^a-c]", []string{"d"}, []string{"a"}},
	{"a bracket first in a set", "[]a]", []string{"]", "a"}, []string{"b"}},
	{"a bracket first in a set turned round", "[!]a]", []string{"b"}, []string{"]", "a"}},
	{"a dash at the end of a set", "[a-]", []string{"a", "-"}, []string{"b"}},
	{"a dash at the start of a set", "[-a]", []string{"a", "-"}, []string{"b"}},
	{"a dash after a range", "[a-c-e]", []string{"b", "-", "e"}, []string{"d"}},
	{"a range the wrong way round", "[c-a]x", []string{"cx"}, []string{"ax", "bx"}},
	{"a set of digits", "[[:digit:]]", []string{"5"}, []string{"a", "d"}},
	{"two classes", "[[:upper:][:digit:]]x", []string{"Ax", "5x"}, []string{"ax"}},
	{"a class turned round", "[![:space:]]", []string{"a"}, []string{" "}},
	{"a class that nobody knows", "[[:nope:]]", nil, []string{"n", ":"}},
	{"a class without its end", "[[:digit]", []string{"d", ":", "["}, []string{"5"}},
	{"a set without its end", "[abc", nil, []string{"[abc", "a"}},
	{"a set is no slash", "a[/]b", nil, []string{"a/b", "ab"}},
	{"a set turned round is no slash", "x/a[!x]b", []string{"x/a-b"}, []string{"x/a/b"}},
	{"a backslash in a set", `[\]]`, []string{"]"}, []string{`\`}},
	{"an escaped star", `\*`, []string{"*"}, []string{"a", `\a`}},
	{"an escaped exclamation mark", `\!important`, []string{"!important"}, []string{"important"}},
	{"an escaped number sign", `\#1`, []string{"#1"}, []string{"1"}},
	{"a backslash at the end", `foo\`, nil, []string{"foo", `foo\`}},
	{"a backslash before the last slash", `foo\/`, nil, []string{"foo", "foo/"}},
	{"an escaped letter", `\f\oo`, []string{"foo"}, []string{`\f\oo`}},
	{"a comment", "#foo\nbar", []string{"bar"}, []string{"foo", "#foo"}},
	{"a number sign inside", "a#b", []string{"a#b"}, []string{"a"}},
	{"spaces at the end", "foo   ", []string{"foo"}, []string{"foo   "}},
	{"an escaped space at the end", `foo\ `, []string{"foo "}, []string{"foo"}},
	{"an escaped space, then more", `foo\   `, []string{"foo "}, []string{"foo"}},
	{"spaces before", "  foo", []string{"  foo"}, []string{"foo"}},
	{"spaces inside", "a b", []string{"a b"}, []string{"a", "b"}},
	{"a tab at the end stays", "foo\t", []string{"foo\t"}, []string{"foo"}},
	{"spaces only", "   \nfoo", []string{"foo"}, []string{" ", "   "}},
	{"lines that end in CRLF", "foo\r\nbar\r\n", []string{"foo", "bar"}, []string{"foo\r"}},
	{"the last line ends in CR", "foo\r", []string{"foo"}, nil},
	{"a space before CRLF", "foo \r\n", []string{"foo"}, []string{"foo "}},
	{"a byte order mark", "\ufefffoo", []string{"foo"}, []string{"bar"}},
	{"a slash alone", "/", nil, []string{"a", "a/", "a/b"}},
	{"two slashes", "//", nil, []string{"a", "a/"}},
	{"an exclamation mark alone", "*\n!", []string{"a"}, nil},
	{"two exclamation marks", "!!foo", nil, []string{"foo", "!foo"}},
	{"two slashes at the start", "//foo", nil, []string{"foo", "a/foo"}},
	{"two slashes inside", "a//b", nil, []string{"a/b"}},
	{"a dot before", "./foo", nil, []string{"foo", "a/foo"}},
	{"braces mean nothing", "{a,b}", []string{"{a,b}"}, []string{"a", "b"}},
	{"a dot file", ".*", []string{".a", "x/.b", ".git"}, []string{"a", "x/a"}},
	{"a star matches a dot", "*", []string{".a", "a"}, nil},
	{"letters keep their case", "Foo", []string{"Foo"}, []string{"foo"}},
	{"a directory by a set, its contents", "[Bb]in/", []string{"bin/", "Bin/x", "a/bin/x"}, []string{"bin"}},
	{"stars within one component of many", "a/b*c*d/e", []string{"a/bxcyd/e", "a/bcd/e"}, []string{"a/bx/cd/e"}},
	{"a star after two stars", "**/x*y/z", []string{"xy/z", "a/x1y/z", "x/a/xy/z"}, []string{"x/y/z"}},
	{"an escaped slash after two stars", `a/**\/b`, []string{"a/x/b"}, []string{"a/b"}},
}

func splitDir(s string) (path string, dir bool) {
	path, dir = strings.CutSuffix(s, "/")
	return path, dir
}

func TestMatch(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rules := Parse(c.patterns)
			for want, paths := range map[bool][]string{true: c.ignored, false: c.kept} {
				for _, s := range paths {
					p, dir := splitDir(s)
					if got := rules.Match(p, dir); got != want {
						t.Errorf("Match(%q) = %v with %q", s, got, c.patterns)
					}
				}
			}
		})
	}
}

func TestNil(t *testing.T) {
	var none *Rules
	if none.Match("a", false) || none.Len() != 0 || none.Append(nil) != nil {
		t.Error("a nil *Rules does something")
	}
	if Parse("*").Match("", true) {
		t.Error("the root is ignored")
	}
}

func TestNormalizes(t *testing.T) {
	if !Parse("cafe\u0301").Match("caf\u00e9", false) {
		t.Error("a pattern in another normal form does not match")
	}
}

func TestAppend(t *testing.T) {
	first, second := Parse("*.log"), Parse("!a.log")
	both := first.Append(second)
	third := first.Append(Parse("b"))
	switch {
	case both.Match("a.log", false), !both.Match("b.log", false):
		t.Error("the later rules do not decide")
	case !first.Match("a.log", false), !second.Append(first).Match("a.log", false):
		t.Error("Append changed what it was called on")
	case third.Match("c", false) || !third.Match("b", false) || both.Match("b", false):
		t.Error("two lists share their rules")
	case both.Append(nil) != both || (*Rules)(nil).Append(both) != both:
		t.Error("appending nothing makes a new list")
	}
}

func TestDefault(t *testing.T) {
	rules := Default()
	for _, s := range []string{".git/", ".git", ".git/config", "sub/.git/", ".svn/", ".hg/x", ".DS_Store", "a/.DS_Store", "Thumbs.db", "thumbs.db", "desktop.ini", "a/Desktop.ini", "ehthumbs.db", "~$port.docx", "a/~$BUDGET.XLSX", "~$talk.ppt"} {
		if p, dir := splitDir(s); !rules.Match(p, dir) {
			t.Errorf("%s is not ignored", s)
		}
	}
	for _, s := range []string{".gitignore", ".github/", ".htaccess", "git/", ".well-known/", "~$5.txt", "report~$.docx", "report.docx"} {
		if p, dir := splitDir(s); rules.Match(p, dir) {
			t.Errorf("%s is ignored", s)
		}
	}
	if rules.Append(Parse("!.DS_Store")).Match(".DS_Store", false) {
		t.Error("a default cannot be taken back")
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	rules := manyRules(100)
	if n := testing.AllocsPerRun(100, func() { rules.Match("a/directory/of/files/name.txt", false) }); n != 0 {
		t.Errorf("Match allocates %v times", n)
	}
}

// TestMatchIsBounded matches patterns that make a plain backtracking matcher
// try more ways than there are atoms.
func TestMatchIsBounded(t *testing.T) {
	deep := strings.Repeat("a/", 200) + "b"
	for _, c := range []struct{ pattern, path string }{
		{strings.Repeat("*a", 40) + "b", strings.Repeat("a", 250)},
		{strings.Repeat("**/a/", 40) + "c", deep},
		{"x/" + strings.Repeat("**/*a*/", 40) + "c", "x/" + deep},
		{"/" + strings.Repeat("*?", 60) + "/**/[!a]/z", deep},
	} {
		if Parse(c.pattern).Match(c.path, false) {
			t.Errorf("%q matches", c.pattern)
		}
	}
}

func manyRules(n int) *Rules {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "*.x%d\n/dir%d/\nname%d*.log\na/**/b%d\n", i, i, i, i)
	}
	return Parse(b.String())
}

func BenchmarkMatch(b *testing.B) {
	rules := manyRules(25)
	b.ReportAllocs()
	for b.Loop() {
		rules.Match("a/directory/of/files/name.txt", false)
	}
}

func FuzzMatch(f *testing.F) {
	for _, c := range cases {
		f.Add(c.patterns, strings.Join(c.ignored, "")+strings.Join(c.kept, ""))
	}
	f.Fuzz(func(t *testing.T, patterns, path string) {
		if path == "" || len(patterns) > 2000 {
			return
		}
		rules := Parse(patterns)
		if rules.Match(path, true) && !rules.Match(path+"/below", false) {
			t.Errorf("%q is ignored and what is below it is not, with %q", path, patterns)
		}
	})
}
