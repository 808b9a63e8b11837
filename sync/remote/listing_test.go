package remote

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/manifest"

	"github.com/google/go-cmp/cmp"
)

// listedAt is our clock in the tables below.
var listedAt = time.Date(2026, time.November, 22, 16, 20, 0, 0, time.UTC)

// stamp writes a time as the tables below do: with a clock a minute's, with
// seconds a second's, without a day's.
func stamp(e manifest.Entry) string {
	switch e.Precision {
	case manifest.NoTime:
		return "-"
	case manifest.Second:
		return e.Time().Format("2006-01-02 15:04:05.999")
	case manifest.Minute:
		return e.Time().Format("2006-01-02 15:04")
	}
	return e.Time().Format("2006-01-02")
}

var kindLetters = map[manifest.Kind]string{manifest.File: "file", manifest.Dir: "dir", manifest.Other: "other"}

// Every line here was sent by the server named, but for those of IIS, ls and
// macOS, which are written after their documentation.
func TestListingLines(t *testing.T) {
	tests := []struct {
		server, line string
		want         string // kind, size, time, name in brackets; "" for a line that cannot be read
	}{
		{"proftpd", "modify=20261122161723;perm=flcdmpe;type=dir;unique=FE00U9843BB;UNIX.group=2121;UNIX.groupname=sync;UNIX.mode=0755;UNIX.owner=2121;UNIX.ownername=sync; sub dir", "dir 0 2026-11-22 16:17:23 [sub dir]"},
		{"proftpd", "modify=20261122161723;perm=adfrw;size=2;type=file;unique=FE00U9843BD;UNIX.group=2121;UNIX.groupname=sync;UNIX.mode=0644;UNIX.owner=2121;UNIX.ownername=sync;  lead", "file 2 2026-11-22 16:17:23 [ lead]"},
		{"proftpd", "modify=20261122161723;perm=adfrw;size=2;type=file;unique=FE00U9843BE; trail ", "file 2 2026-11-22 16:17:23 [trail ]"},
		{"proftpd", "modify=20261122161723;perm=adfrw;size=9;type=OS.unix=symlink;unique=FE00U9843BC;UNIX.mode=0777; link", "other 0 2026-11-22 16:17:23 [link]"},
		{"proftpd", "modify=20261122161723;perm=flcdmpe;type=cdir;unique=FE00U9843BA;UNIX.mode=0755; .", "self dir 0 2026-11-22 16:17:23 [.]"},
		{"proftpd", "modify=20261122161723;perm=flcdmpe;type=pdir;unique=FE00U9843BA;UNIX.mode=0755; ..", "parent dir 0 2026-11-22 16:17:23 [..]"},
		{"proftpd", "modify=20261122161723;size=2;type=file;UNIX.ownername=domain users; a; b", "file 2 2026-11-22 16:17:23 [a; b]"},
		{"pure-ftpd", "type=dir;sizd=4096;modify=20261122161723;UNIX.mode=0755;UNIX.uid=2121;UNIX.gid=2121;unique=fe00g9843bb; sub dir", "dir 0 2026-11-22 16:17:23 [sub dir]"},
		{"pure-ftpd", "type=OS.unix=slink:;size=7;modify=20261122161723;UNIX.mode=0777;UNIX.uid=2121;UNIX.gid=2121;unique=fe00g9843c1; dang", "other 0 2026-11-22 16:17:23 [dang]"},
		{"pure-ftpd", "type=unknown;size=0;modify=20261122161723;UNIX.mode=0644;UNIX.uid=2121;UNIX.gid=2121;unique=fe00g9843c2; pipe", "other 0 2026-11-22 16:17:23 [pipe]"},
		{"pyftpdlib", "modify=20261122161723;perm=eldfmMTcp;size=4096;type=dir;unique=fe00g9843bb; sub dir", "dir 0 2026-11-22 16:17:23 [sub dir]"},
		{"pyftpdlib", "modify=20261122161723;perm=radfwMT;size=6;type=file;unique=fe00g9843bc;unix.mode=0o644; plain.txt", "file 6 2026-11-22 16:17:23 [plain.txt]"},
		{"ftpserverlib", "Type=file;Size=2;Modify=20261122161723; trail ", "file 2 2026-11-22 16:17:23 [trail ]"},
		{"ftpserverlib", "Type=dir;Size=4096;Modify=20261122161723; sub dir", "dir 0 2026-11-22 16:17:23 [sub dir]"},
		{"goftp", "Type=file;Modify=20240229100000;Size=0; leap.txt", "file 0 2024-02-29 10:00:00 [leap.txt]"},
		{"RFC 3659", "type=file;size=1;modify=19990929003355.237;unique=x; file with fraction", "file 1 1999-09-29 00:33:55.237 [file with fraction]"},
		{"RFC 3659", "type=OS.unix=chr-13/29;perm=; device", "other 0 - [device]"},
		{"RFC 3659", " no facts at all", "other 0 - [no facts at all]"},
		{"RFC 3659", "type=file;size=7; no time", "file 7 - [no time]"},
		{"RFC 3659", "TYPE=Dir;Modify=20261122161723; case", "dir 0 2026-11-22 16:17:23 [case]"},
		{"leap second", "type=file;size=7;modify=20161231235960; x", "file 7 2016-12-31 23:59:59 [x]"},
		{"broken", "type=file;modify=20261122161723; no size", ""},
		{"broken", "type=file;size=0x10;modify=20261122161723; x", ""},
		{"broken", "type=file;size=-1;modify=20261122161723; x", ""},
		{"broken", "type=file;size=99999999999999999999;modify=20261122161723; x", ""},
		{"broken", "type=file;size=1;modify=20261322161723; x", ""},
		{"broken", "type=file;size=1;modify=2026112216; x", ""},
		{"broken", "type=file;size=1;modify=20261122161723x", ""},
		{"inetutils", "x: No such file or directory", ""},

		{"vsftpd", "-rw-r--r--    1 2121     2121            2 Nov 22 16:17  lead", "file 2 2026-11-22 16:17 [ lead]"},
		{"vsftpd", "-rw-r--r--    1 2121     2121            2 Nov 22 16:17 trail ", "file 2 2026-11-22 16:17 [trail ]"},
		{"vsftpd", "-rw-r--r--    1 2121     2121            2 Nov 22 16:17 a b 5 Nov 22 15:44 c", "file 2 2026-11-22 16:17 [a b 5 Nov 22 15:44 c]"},
		{"vsftpd", "lrwxrwxrwx    1 2121     2121            7 Nov 22 16:17 dang -> nowhere", "other 0 2026-11-22 16:17 [dang]"},
		{"vsftpd", "-rw-r--r--    1 2121     2121            0 Jan 05  2027 future.txt", "file 0 2027-01-05 [future.txt]"},
		{"vsftpd", "-rw-r--r--    1 2121     2121            0 Feb 29  2024 leap.txt", "file 0 2024-02-29 [leap.txt]"},
		{"vsftpd", "prw-r--r--    1 2121     2121            0 Nov 22 16:17 pipe", "other 0 2026-11-22 16:17 [pipe]"},
		{"vsftpd", "srwxr-xr-x    1 2121     2121            0 Nov 22 16:17 sock", "other 0 2026-11-22 16:17 [sock]"},
		{"vsftpd", "drwxr-xr-x    3 2121     2121         4096 Nov 22 16:17 .", "self dir 0 2026-11-22 16:17 [.]"},
		{"vsftpd", "drwxr-xr-x    3 2121     2121         4096 Nov 22 16:17 ..", "parent dir 0 2026-11-22 16:17 [..]"},
		{"vsftpd", "-rw-r--r--    1 0        0        1099511627776 Dec 31  1969 big", "file 1099511627776 1969-12-31 [big]"},
		{"proftpd", "-rw-r--r--   1 sync     sync            0 Jan  5 10:00 future.txt", "file 0 2027-01-05 10:00 [future.txt]"},
		{"proftpd", "-rw-r--r--   1 sync     sync            0 Mar  1  2026 old.txt", "file 0 2026-03-01 [old.txt]"},
		{"pure-ftpd", "-rw-r--r--    1 2121       sync                2 Nov 22 16:17  lead", "file 2 2026-11-22 16:17 [ lead]"},
		{"pyftpdlib", "-rw-r--r--   1 sync     sync            0 Jan 05 10:00 future.txt", "file 0 2027-01-05 10:00 [future.txt]"},
		{"inetutils", "crw-rw-rw-   1 root     root       1,   3 Nov 22 15:44 null", "other 0 2026-11-22 15:44 [null]"},
		{"busybox", "brw-rw----    1 root     disk        8,1 Nov 22 15:44 sda1", "other 0 2026-11-22 15:44 [sda1]"},
		{"busybox", "-rw-r--r--    1 1000     1000             6 Sep 30 23:59 ??", "file 6 2026-09-30 23:59 [??]"},
		{"ftpserverlib", "Lrwxrwxrwx 1 ftp ftp            7 Nov 22 16:17 dang", "other 0 2026-11-22 16:17 [dang]"},
		{"ftpserverlib", "Srwxr-xr-x 1 ftp ftp            0 Nov 22 16:17 sock", "other 0 2026-11-22 16:17 [sock]"},
		{"ftpserverlib", "Dcrw-rw-rw- 1 ftp ftp            0 Nov 22 16:17 null", "other 0 2026-11-22 16:17 [null]"},
		{"ftpserverlib", "dtrwxrwxrwx 1 ftp ftp         4096 Nov 22 16:17 sticky", "dir 0 2026-11-22 16:17 [sticky]"},
		{"ftpserverlib", "urwxr-xr-x 1 ftp ftp            3 Nov 22 16:17 setuid", "file 3 2026-11-22 16:17 [setuid]"},
		{"goftp: no year for 365 days, where others stop at 180; it has MLSD", "-rwxrwxrwx 1 sync sync            0 Mar  1 10:00 old.txt", "file 0 2027-03-01 10:00 [old.txt]"},
		{"ls", "drwxrwxrwt+  9 root wheel  288 Nov 21 09:03 acl", "dir 0 2026-11-21 09:03 [acl]"},
		{"ls", "-rw-r--r--.  1 root root  288 Nov 21 09:03 selinux", "file 288 2026-11-21 09:03 [selinux]"},
		{"macOS", "-rw-r--r--@  1 me  staff  288 Nov 21 09:03 attributes", "file 288 2026-11-21 09:03 [attributes]"},
		{"macOS", "-rw-r--r--   1 me  staff  288 21 Nov 09:03 day first", "file 288 2026-11-21 09:03 [day first]"},
		{"ls", "-rw-r--r--   1 me  staff  288 2026-11-21 09:03 iso", "file 288 2026-11-21 09:03 [iso]"},
		{"ls", "-rw-r--r--   1 owner 288 Nov 21 09:03 no group", "file 288 2026-11-21 09:03 [no group]"},
		{"ls", "-rw-r--r--   1 2121 288 Nov 21 9:03 no group, number", "file 288 2026-11-21 09:03 [no group, number]"},
		{"ls", "-rw-r--r--   1 DOM\\jane doe  domain users  288 Nov 21 09:03 spaces", "file 288 2026-11-21 09:03 [spaces]"},
		{"ls", "lrwxrwxrwx   1 a b  5 Nov 21 09:03 a -> b -> c", "other 0 2026-11-21 09:03 [a]"},
		{"ls", "-rw-r--r--   1 a b  5 Feb 29 09:03 leap day", "file 5 2028-02-29 09:03 [leap day]"},
		{"server's clock ahead of ours", "-rw-r--r--   1 a b  5 Nov 23 09:03 x", "file 5 2026-11-23 09:03 [x]"},
		{"broken", "-rw-r--r--   1 a b  5 Feb 30 09:03 x", ""},
		{"broken", "-rw-r--r--   1 a b  5 Feb 29  2026 x", ""},
		{"broken", "-rw-r--r--   1 a b  5 Nov 21 24:03 x", ""},
		{"broken", "-rw-r--r--   1 a b  5 Nov 21 09:03 ", ""},
		{"broken", "-rw-r--r--   1 a b  5 Nov 21 09:03", ""},
		{"broken", "-rw-r--r--   1 a b  -5 Nov 21 09:03 x", ""},
		{"broken", "-rw-r--r--   1 a b  1,234 Nov 21 09:03 x", ""},
		{"broken", "-rw-r--r--   1 5 Nov 21 09:03 no owner", ""},
		{"broken", "-rw-r--r--   1 a b  5 Mai 21 09:03 other language", ""},
		{"broken", "zrw-r--r--   1 a b  5 Nov 21 09:03 x", ""},
		{"broken", "-rw-r--r-   1 a b  5 Nov 21 09:03 x", ""},
		{"broken", "-rw", ""},
		{"inetutils", "/bin/ls: cannot open directory '.': Permission denied", ""},

		{"IIS", "11-22-26  03:44PM       <DIR>          name", "dir 0 2026-11-22 15:44 [name]"},
		{"IIS", "11-22-26  03:44PM       <DIR>           lead", "dir 0 2026-11-22 15:44 [ lead]"},
		{"IIS", "11-22-26  12:04AM                 1234 a file.txt", "file 1234 2026-11-22 00:04 [a file.txt]"},
		{"IIS", "11-22-26  12:04PM                 1234  lead", "file 1234 2026-11-22 12:04 [ lead]"},
		{"IIS, four-digit years", "11-22-2026  03:44AM       <DIR>          name", "dir 0 2026-11-22 03:44 [name]"},
		{"IIS, four-digit years", "02-29-2024  03:44AM                 1234 leap", "file 1234 2024-02-29 03:44 [leap]"},
		{"IIS", "11-22-98  03:44AM                 1234 98", "file 1234 1998-11-22 03:44 [98]"},
		{"IIS", "11-22-26  03:44PM       <JUNCTION>     link [\\??\\C:\\there]", "other 0 2026-11-22 15:44 [link]"},
		{"IIS", "11-22-26  03:44PM       <SYMLINKD>     link [C:\\there]", "other 0 2026-11-22 15:44 [link]"},
		{"24 hours", "11-22-26  15:44       <DIR>          name", "dir 0 2026-11-22 15:44 [name]"},
		{"few spaces", "11-22-26 03:44PM <DIR> name", "dir 0 2026-11-22 15:44 [name]"},
		{"broken", "11-22-26  13:44PM                 1234 x", ""},
		{"broken", "22-11-26  03:44PM                 1234 x", ""},
		{"broken", "11-22-26  03:44PM                 12,34 x", ""},
		{"broken", "11-22-26  03:44PM       <WHAT>         x", ""},
		{"broken", "11-22-26  03:44PM                 1234 ", ""},
		{"broken", "11-22-26", ""},
	}
	for _, tt := range tests {
		form := formLIST
		if strings.Contains(tt.line, "; ") || strings.HasPrefix(tt.line, " ") {
			form = formMLSD
		}
		l, err := chooseParser(form, listedAt)(tt.line)
		got := ""
		if err == nil {
			mark := map[[2]bool]string{{true, false}: "self ", {false, true}: "parent "}[[2]bool{l.self, l.parent}]
			got = fmt.Sprintf("%s%s %d %s [%s]", mark, kindLetters[l.entry.Kind], l.entry.Size, stamp(l.entry), l.name)
		}
		if got != tt.want {
			t.Errorf("%s: %s\ngot  %s (%v)\nwant %s", tt.server, tt.line, got, err, tt.want)
		}
	}
}

func TestListingKeepsWhatLISTShowed(t *testing.T) {
	l, err := parseUnix("-rw-r--r-- 1 a b 5 Jan  1  1970 epoch", listedAt)
	if err != nil {
		t.Fatal(err)
	}
	want := manifest.Entry{Kind: manifest.File, Size: 5, Precision: manifest.Day, Shown: 1, ShownPrecision: manifest.Day}
	if diff := cmp.Diff(want, l.entry); diff != "" {
		t.Error(diff)
	}
}

func TestUniqueFacts(t *testing.T) {
	id := func(line string) uint64 {
		l, err := parseFacts(line)
		if err != nil {
			t.Fatal(err)
		}
		return l.entry.ID
	}
	a, b, none := id("type=dir;unique=FE00U1; a"), id("type=dir;unique=FE00U2; a"), id("type=dir; a")
	if a == b || a == 0 || none != 0 || a != id("type=file;size=1;unique=FE00U1; b") {
		t.Errorf("identities %x %x %x", a, b, none)
	}
}

func TestYearless(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct{ why, now, want string }{
		{"this minute", "2026-11-22 16:20", "2026-11-22 16:20"},
		{"server some zones ahead", "2026-12-31 23:30", "2027-01-01 13:30"},
		{"last December seen in January", "2027-01-02 00:00", "2026-12-20 09:00"},
		{"half a year ago", "2026-11-22 16:20", "2026-05-27 08:00"},
		{"some months ahead", "2026-11-22 16:20", "2027-04-01 08:00"},
		{"leap day, a week ago", "2028-03-07 00:00", "2028-02-29 12:00"},
		{"leap day ahead", "2027-12-30 00:00", "2028-02-29 12:00"},
	}
	for _, tt := range tests {
		want := at(tt.want)
		got, ok := yearless(at(tt.now), int(want.Month()), want.Day(), want.Hour(), want.Minute())
		if !ok || !got.Equal(want) {
			t.Errorf("%s: at %s: got %v, want %s", tt.why, tt.now, got, tt.want)
		}
	}
	if got, ok := yearless(at("2026-11-22 16:20"), 4, 31, 0, 0); ok {
		t.Errorf("the 31st of April is %v", got)
	}
}

const (
	lineA = "type=file;size=1;modify=20261122161723; a\r\n"
	lineB = "type=dir;modify=20261122161723; b\r\n"
	unixA = "-rw-r--r-- 1 o g 1 Nov 22 16:17 a\r\n"
	unixD = "drwxr-xr-x 1 o g 1 Nov 22 16:17 .\r\n"
	dosA  = "11-22-26  12:04AM                 1234 a\r\n"
)

// What makes a listing complete, and what does not.
func TestWholeListings(t *testing.T) {
	tests := []struct {
		why   string
		form  listForm
		data  string
		final string // "226 ..."; "" stands for "226 Transfer complete"
		want  string // names, with ! the refused ones and . where the directory itself was there; "unknown" for an incomplete listing
	}{
		{"two entries", formMLSD, lineA + lineB, "", "a b"},
		{"lines end in LF alone (goftp)", formMLSD, strings.ReplaceAll(lineA+lineB, "\r", ""), "226 Closing data connection, sent 677 bytes", "a b"},
		{"250 is success, too", formMLSD, lineA, "250 done", "a"},
		{"empty", formMLSD, "", "", ""},
		{"type=cdir is there, with its path as name", formMLSD, "type=cdir;modify=20261122161723; /a/b\r\n" + lineA, "", ". a"},
		{"total and blank lines", formLIST, "total 8\r\n\r\n" + unixA, "", "a"},
		{"total in MLSD is a line that cannot be read", formMLSD, "total 8\r\n" + lineA, "", "unknown"},
		{"dot is there", formLISTa, unixD + unixA, "", ". a"},
		{"names with 0xFF or CR are refused one by one", formMLSD, lineA + "type=file;size=1; x\xff\r\n" + "type=file;size=1; y\r\r\n", "", "a !x\xff !y\r"},
		{"pure-ftpd counts right", formLISTa, unixD + unixA, "226-Options: -a -l \n2 matches total", ". a"},
		{"T2: pure-ftpd counts more than came", formLISTa, unixD + unixA, "226-Options: -a -l \n3 matches total", "unknown"},
		{"T2: pure-ftpd says that it cut", formMLSD, lineA, "226 Output truncated to 10000 matches", "unknown"},
		{"T2: exactly where pure-ftpd cuts", formMLSD, manyLines(10000), "226 10000 matches total", "unknown"},
		{"T2: a listing of another length is fine", formMLSD, manyLines(10001), "226 10001 matches total", "10001 names"},
		{"T3: vsftpd could not open it", formLIST, "", "226 Transfer done (but failed to open directory).", "unknown"},
		{"T3: pure-ftpd could not read it", formMLSD, "", "226-Sorry, we were unable to read [x]\n0 matches total", "unknown"},
		{"T3: inetutils sends the error as data", formLIST, "/bin/ls: cannot open directory '.': Permission denied\r\n", "", "unknown"},
		{"another code", formMLSD, lineA, "200 ok", "unknown"},
		{"refused at the end", formMLSD, lineA, "450 later", "unknown"},
		{"cut within a line", formMLSD, lineA + "type=dir;modify=20261122161723; b", "", "unknown"},
		{"T6: a newline in a name", formLIST, "-rw-r--r-- 1 o g 1 Nov 22 16:17 x\r\ny\r\n", "", "unknown"},
		{"T6: a forged line for a name that is there", formMLSD, lineA + "type=file;size=1; x\n" + lineA, "", "unknown"},
		{"no name", formMLSD, "type=file;size=1; \r\n", "", "unknown"},
		{"a path for a name", formMLSD, "type=file;size=1; ../etc/passwd\r\n", "", "unknown"},
		{"a NUL in a name", formMLSD, "type=file;size=1; a\x00b\r\n", "", "unknown"},
		{"UNIX and DOS mixed", formLIST, unixA + dosA, "", "unknown"},
		{"DOS and UNIX mixed", formLIST, dosA + unixD, "", "unknown"},
	}
	for _, tt := range tests {
		raw := rawListing{data: []byte(tt.data), final: finalReply(tt.final), clean: true}
		l, err := parseListing(tt.form, raw, listedAt)
		if got := listingNames(l, err); got != tt.want {
			t.Errorf("%s: got %q (%v), want %q", tt.why, got, err, tt.want)
		}
		raw.clean = false
		if _, err := parseListing(tt.form, raw, listedAt); !errors.Is(err, errIncomplete) {
			t.Errorf("%s, over a broken connection: got %v", tt.why, err)
		}
	}
}

func finalReply(s string) reply {
	if s == "" {
		s = "226 Transfer complete"
	}
	return reply{number(s[:3]), s[4:]}
}

func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "type=file;size=1; %d\r\n", i)
	}
	return b.String()
}

func listingNames(l *listing, err error) string {
	if errors.Is(err, errIncomplete) {
		return "unknown"
	}
	if err != nil {
		return err.Error()
	}
	if len(l.entries) > 100 {
		return fmt.Sprint(len(l.entries), " names")
	}
	var names []string
	if l.self {
		names = append(names, ".")
	}
	for _, one := range l.entries {
		names = append(names, one.name)
	}
	for _, r := range l.refused {
		names = append(names, "!"+r.name)
	}
	return strings.Join(names, " ")
}

func FuzzListing(f *testing.F) {
	for form, data := range []string{lineA + lineB, unixD + unixA + "total 3\r\n", unixA + "lrwxrwxrwx 1 a b 5 Feb 29 09:03 a -> b\r\n"} {
		f.Add(uint8(form), []byte(data), "226 ok")
	}
	f.Add(uint8(1), []byte(dosA+"11-22-26 03:44PM <JUNCTION> name [x]\r\n"), "226 2 matches total")
	f.Fuzz(func(t *testing.T, form uint8, data []byte, final string) {
		l, err := parseListing(listForm(form%3), rawListing{data: data, final: reply{226, final}, clean: true}, listedAt)
		if (l == nil) == (err == nil) {
			t.Fatalf("listing %v, error %v", l, err)
		}
		if err != nil {
			return
		}
		names := make(map[string]bool)
		for _, one := range l.entries {
			if err := manifest.CheckName(one.name); err != nil {
				t.Errorf("yields %q: %v", one.name, err)
			}
			if names[one.name] {
				t.Errorf("yields %q twice", one.name)
			}
			names[one.name] = true
			if one.entry.Kind == manifest.None || one.entry.Size < 0 || one.entry.Kind != manifest.File && one.entry.Size != 0 {
				t.Errorf("yields %+v", one.entry)
			}
		}
	})
}

func FuzzListingLine(f *testing.F) {
	for _, line := range []string{lineA, unixA, dosA} {
		f.Add(strings.TrimSpace(line))
	}
	f.Fuzz(func(t *testing.T, line string) {
		if line == "" {
			return
		}
		for _, form := range []listForm{formMLSD, formLIST} {
			l, err := chooseParser(form, listedAt)(line)
			if err == nil && !strings.Contains(line, l.name) {
				t.Errorf("%q yields %q", line, l.name)
			}
		}
	})
}
