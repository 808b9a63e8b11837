package localpath

import (
	"path/filepath"
	"testing"
)

func TestFormsOfWindows(t *testing.T) {
	for path, want := range map[string][2]bool{ // rooted, with a drive
		`\data`: {true, false}, "/data": {true, false}, `\`: {true, false}, "/": {true, false},
		"C:data": {false, true}, "c:": {false, true}, `C:\data`: {false, true}, "z:/x": {false, true},
		`\\server\share\x`: {}, "//server/share/x": {}, "data": {}, `.\data`: {}, "": {}, ":x": {}, "1:x": {}, "ab:c": {}, "é:c": {}, "[:x": {}, "@:x": {},
	} {
		if got := [2]bool{isRooted(path), hasDrive(path)}; got != want {
			t.Errorf("%q: rooted, with a drive: %v, want %v", path, got, want)
		}
	}
}

func TestJoin(t *testing.T) {
	cases := [][3]string{{"/w", "a/../b", "/w/b"}, {"/w", "/x/./y", "/x/y"}, {"/w", "", "/w"}, {"/w", "C:data", "/w/C:data"}, {"/w", `\data`, `/w/\data`}}
	if isWindows {
		cases = [][3]string{
			{`C:\w`, `a\..\b`, `C:\w\b`}, {`C:\w`, `D:\x`, `D:\x`}, {`C:\w`, `D:/x`, `D:\x`},
			{`D:\w\v`, `\data`, `D:\data`}, {`D:\w`, "/data/x", `D:\data\x`}, {`D:\w`, `\`, `D:\`},
			{`\\server\share\w`, `\data`, `\\server\share\data`}, {`C:\w`, `\\server\share\x`, `\\server\share\x`},
		}
		here, err := filepath.Abs(".")
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, [3]string{`Q:\w`, filepath.VolumeName(here) + "data", filepath.Join(here, "data")})
	}
	for _, c := range cases {
		if got := Join(c[0], c[1]); got != c[2] {
			t.Errorf("%q, seen from %q, is %q, want %q", c[1], c[0], got, c[2])
		}
	}
	for path, want := range map[string]bool{"C:data": isWindows, "C:": isWindows, `C:\data`: false, "data": false, `\data`: false} {
		if got := IsDriveRelative(path); got != want {
			t.Errorf("%q is relative to a drive: %v", path, got)
		}
	}
	if IsAbs(`\data`) != isWindows || !IsAbs("/data") || IsAbs("data") {
		t.Error("IsAbs is wrong")
	}
}
