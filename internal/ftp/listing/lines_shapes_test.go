package listing

import "testing"

// TestShapesOfLines has the shapes that lines take, and the name that each holds; "" for a
// line that is refused.
func TestShapesOfLines(t *testing.T) {
	for _, test := range []struct {
		line, want string // as says writes it, without the time
		size       int64
	}{
		{"-rw-r--r--1234 user group 5 Nov 22 15:44 a.txt", "a.txt", 5},
		{"-rw-r--r--   1 user group 1,234,567 Nov 22 15:44 a.txt", "a.txt", 1234567},
		{"-rw-r--r--   1 user group 1'234'567 Nov 22 15:44 a.txt", "a.txt", 1234567},
		{"drwxr-xr-x folder 0 Nov 22 15:44 dir", "dir", 0},
		{"-rw-r--r--   0 17 17 Nov 22 15:44 mac file", "mac file", 17},
		{"rw-r--r-- 1 user group 5 Nov 22 15:44 a", "", 0},
		{"-rw-r--r-- 1 user 5 Nov 22 15:44 a b", "a b", 5},
		{"-rw-r--r-- 5 Nov 22 15:44 a", "a", 5},
		{"-rw-r--r-- user group 5 Nov 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 Nov 22 15:44\ta", "a", 5},
		{"-rw-r--r-- 1 user group 5 Nov 22 15:44  lead", " lead", 5},
		{"-rw-r--r-- 1 user group 5 Nov 22 15:44 trail ", "trail ", 5},
		{"-rw-r--r-- 1 user group 5 22/11/2026 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 2026/11/22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 22.11.2026 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 2026-11-22 15:44:05 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 Mär 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 22. Dez. 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 déc. 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 22 févr. 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 ene 22 2025 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 ene 22  2025 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 gen 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 fev 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 mrt 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 paź 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 22 září 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 ноя 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 22 ноября 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 maj 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 11月 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 11月 22日 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 11월 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 2025年11月22日 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 11月22日 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 11月 22日 2025年 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 10月 22 2025 a", "a", 5},
		{"-rwxr-xr-x+ 1 user group 5 Nov 22 15:44 a", "a", 5},
		{"-rwxr-xr-x. 1 user group 5 Nov 22 15:44 a", "a", 5},
		{"lrwxrwxrwx 1 user group 5 Nov 22 15:44 a -> b", "a", 0},
		{"-rw-r--r-- 1 domain users group 5 Nov 22 15:44 a", "a", 5},
		{"-rw-r--r-- 1 user group 5 Nov 22 15:44 5 Nov 22 15:44 a", "5 Nov 22 15:44 a", 5},
		{"11-22-26  04:02PM       <DIR>          dir name", "dir name", 0},
		{"11-22-2026  16:02           1,234 a.txt", "a.txt", 1234},
		{"22.11.2026  16:02                 5 a.txt", "a.txt", 5},
		{"22/11/2026  16:02    <DIR>          d", "d", 0},
		{"11-22-26  04:02PM                    5 a b.txt", "a b.txt", 5},
		{"DKA0:[USER]FILE.TXT;1  5  22-NOV-2026 15:44", "", 0},
		{"-[RWCEAFMS] user 5 Nov 22 15:44 a", "", 0},
		{"+i8388621.48594,m825718503,r,s280,\tdjb.html", "", 0},
		{"WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  48MVS.FILE", "", 0},
		{"total 12", "", 0},
		{"", "", 0},
		{"some words of a banner", "", 0},
		{"drwxr-xr-x 2 user group 4096 Nov 22 15:44 ..evil", "..evil", 0},
		{"-rw-r--r-- 1 user group 5 Nov 22 15:44 ../evil", "", 0},
		{"-rw-r--r-- 1 user group 5 Nov 22 15:44 ", "", 0},
		{"-rw-r--r-- 1 user group 5 Nov 31 2025 a", "", 0},
		{"-rw-r--r-- 1 user group 5 Nov 22 25:44 a", "", 0},
		{"?rw-r--r-- 1 user group 5 Nov 22 15:44 a", "a", 0},
	} {
		e, err := LIST(now).Line(test.line)
		if err != nil {
			e = Entry{}
		}
		if e.Name != test.want || e.Size != test.size {
			t.Errorf("%q: %q of %d bytes (%v), want %q of %d", test.line, e.Name, e.Size, err, test.want, test.size)
		}
	}
}
