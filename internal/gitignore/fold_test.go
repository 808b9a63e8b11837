package gitignore

import "testing"

func TestFoldCase(t *testing.T) {
	for _, c := range []struct{ pattern, path string }{
		{"*.MAP", "a.map"}, {"*.map", "A.MAP"}, {"Build/", "build/"}, {"/Docs/*.txt", "dOCS/A.TXT"}, {"a[B]c", "abc"}, {"a[b]c", "ABC"},
		{`\Abc`, "abc"}, {"x?Y", "XzY"}, {"**/Temp", "a/temp"},
	} {
		path, dir := splitDir(c.path)
		rules := Parse(c.pattern)
		if rules.Match(path, dir) {
			t.Errorf("%q ignores %q where case counts", c.pattern, c.path)
		}
		if !rules.FoldCase().Match(path, dir) {
			t.Errorf("%q does not ignore %q without case", c.pattern, c.path)
		}
	}
	for _, c := range []struct{ pattern, path string }{{"[!a]x", "Ax"}, {"[!A]x", "ax"}, {"é", "É"}, {"a@", "a`"}, {"a[", "a{"}, {"*.map", "map"}} {
		if Parse(c.pattern).FoldCase().Match(c.path, false) {
			t.Errorf("%q ignores %q", c.pattern, c.path)
		}
	}
	if rules := Default().FoldCase().Append(Parse("!x\ny").FoldCase()); rules.Match("X", false) || !rules.Match("Y", false) {
		t.Error("appended rules are lost")
	}
}
