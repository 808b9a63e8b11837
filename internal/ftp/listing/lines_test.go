package listing

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// now is the client's clock in the tests.
var now = time.Date(2026, time.November, 22, 16, 20, 0, 0, time.UTC)

// parserOf returns the parser for the reply to a command.
func parserOf(command string) *Parser {
	if command == "MLSD" {
		return MLSD()
	}
	return LIST(now)
}

// TestLines has every kind of line that is known, and what it says. Those with
// the name of a server were sent by it, but for those of IIS, ls and macOS, which
// are written after their documentation.
func TestLines(t *testing.T) {
	tests := []struct {
		server, command, line string
		want                  string // see text; "" for a line that is refused
	}{
		{"proftpd", "MLSD", "modify=20261122161723;perm=flcdmpe;type=dir;unique=FE00U9843BB;UNIX.group=2121;UNIX.groupname=sync;UNIX.mode=0755;UNIX.owner=2121;UNIX.ownername=sync; sub dir", "dir 0 2026-11-22 16:17:23 [sub dir]"},
		{"proftpd", "MLSD", "modify=20261122161723;perm=adfrw;size=2;type=file;unique=FE00U9843BD;UNIX.group=2121;UNIX.groupname=sync;UNIX.mode=0644;UNIX.owner=2121;UNIX.ownername=sync;  lead", "file 2 2026-11-22 16:17:23 [ lead]"},
		{"proftpd", "MLSD", "modify=20261122161723;perm=adfrw;size=2;type=file;unique=FE00U9843BE; trail ", "file 2 2026-11-22 16:17:23 [trail ]"},
		{"proftpd", "MLSD", "modify=20261122161723;perm=adfrw;size=9;type=OS.unix=symlink;unique=FE00U9843BC;UNIX.mode=0777; link", "link 0 2026-11-22 16:17:23 [link]"},
		{"proftpd", "MLSD", "modify=20261122161723;perm=flcdmpe;type=cdir;unique=FE00U9843BA;UNIX.mode=0755; .", "cdir 0 2026-11-22 16:17:23 [.]"},
		{"proftpd", "MLSD", "modify=20261122161723;perm=flcdmpe;type=pdir;unique=FE00U9843BA;UNIX.mode=0755; ..", "pdir 0 2026-11-22 16:17:23 [..]"},
		{"proftpd", "MLSD", "modify=20261122161723;size=2;type=file;UNIX.ownername=domain users; a; b", "file 2 2026-11-22 16:17:23 [a; b]"},
		{"pure-ftpd", "MLSD", "type=dir;sizd=4096;modify=20261122161723;UNIX.mode=0755;UNIX.uid=2121;UNIX.gid=2121;unique=fe00g9843bb; sub dir", "dir 0 2026-11-22 16:17:23 [sub dir]"},
		{"pure-ftpd", "MLSD", "type=OS.unix=slink:;size=7;modify=20261122161723;UNIX.mode=0777;UNIX.uid=2121;UNIX.gid=2121;unique=fe00g9843c1; dang", "link 0 2026-11-22 16:17:23 [dang]"},
		{"pure-ftpd", "MLSD", "type=unknown;size=0;modify=20261122161723;UNIX.mode=0644;UNIX.uid=2121;UNIX.gid=2121;unique=fe00g9843c2; pipe", "other 0 2026-11-22 16:17:23 [pipe]"},
		{"pyftpdlib", "MLSD", "modify=20261122161723;perm=eldfmMTcp;size=4096;type=dir;unique=fe00g9843bb; sub dir", "dir 0 2026-11-22 16:17:23 [sub dir]"},
		{"pyftpdlib", "MLSD", "modify=20261122161723;perm=radfwMT;size=6;type=file;unique=fe00g9843bc;unix.mode=0o644; plain.txt", "file 6 2026-11-22 16:17:23 [plain.txt]"},
		{"ftpserverlib", "MLSD", "Type=file;Size=2;Modify=20261122161723; trail ", "file 2 2026-11-22 16:17:23 [trail ]"},
		{"ftpserverlib", "MLSD", "Type=dir;Size=4096;Modify=20261122161723; sub dir", "dir 0 2026-11-22 16:17:23 [sub dir]"},
		{"goftp", "MLSD", "Type=file;Modify=20240229100000;Size=0; leap.txt", "file 0 2024-02-29 10:00:00 [leap.txt]"},
		{"RFC 3659", "MLSD", "type=file;size=1;modify=19990929003355.237;unique=x; file with fraction", "file 1 1999-09-29 00:33:55.237 [file with fraction]"},
		{"RFC 3659", "MLSD", "type=OS.unix=slink:/there;modify=20261122161723; link", "link 0 2026-11-22 16:17:23 [link] -> /there"},
		{"RFC 3659", "MLSD", "type=OS.unix=chr-13/29;perm=; device", "other 0 - [device]"},
		{"RFC 3659", "MLSD", " no facts at all", ""}, // file or directory?
		{"no type, but permissions", "MLSD", "size=5;modify=20261122161723;perm=adfrw; x", "file 5 2026-11-22 16:17:23 [x]"},
		{"no type, but permissions", "MLSD", "modify=20261122161723;perm=flcdmpe; x", "dir 0 2026-11-22 16:17:23 [x]"},
		{"no type, permissions of both", "MLSD", "size=5;modify=20261122161723;perm=df; x", ""},
		{"no type", "MLSD", "size=5;modify=20261122161723; x", ""},
		{"spaces before the facts", "MLSD", "  type=file;size=5;  x", "file 5 - [ x]"},
		{"RFC 3659", "MLSD", "type=file;size=7; no time", "file 7 - [no time]"},
		{"RFC 3659", "MLSD", "TYPE=Dir;Modify=20261122161723; case", "dir 0 2026-11-22 16:17:23 [case]"},
		{"RFC 3659, leap second", "MLSD", "type=file;size=7;modify=20161231235960; x", "file 7 2016-12-31 23:59:59 [x]"},
		{"no size", "MLSD", "type=file;modify=20261122161723; no size", "file ? 2026-11-22 16:17:23 [no size]"},
		{"broken", "MLSD", "type=file;size=0x10;modify=20261122161723; x", ""},
		{"broken", "MLSD", "type=file;size=-1;modify=20261122161723; x", ""},
		{"broken", "MLSD", "type=file;size=99999999999999999999;modify=20261122161723; x", ""},
		{"broken", "MLSD", "type=file;size=1;modify=20261122161723x", ""},
		{"inetutils", "LIST", "x: No such file or directory", ""},

		{"vsftpd", "LIST", "-rw-r--r--    1 2121     2121            2 Nov 22 16:17  lead", "file 2 2026-11-22 16:17 [ lead]"},
		{"vsftpd", "LIST", "-rw-r--r--    1 2121     2121            2 Nov 22 16:17 trail ", "file 2 2026-11-22 16:17 [trail ]"},
		{"vsftpd", "LIST", "-rw-r--r--    1 2121     2121            2 Nov 22 16:17 a b 5 Nov 22 15:44 c", "file 2 2026-11-22 16:17 [a b 5 Nov 22 15:44 c]"},
		{"vsftpd", "LIST", "lrwxrwxrwx    1 2121     2121            7 Nov 22 16:17 dang -> nowhere", "link 0 2026-11-22 16:17 [dang] -> nowhere"},
		{"vsftpd", "LIST", "-rw-r--r--    1 2121     2121            0 Jan 05  2027 future.txt", "file 0 2027-01-05 [future.txt]"},
		{"vsftpd", "LIST", "-rw-r--r--    1 2121     2121            0 Feb 29  2024 leap.txt", "file 0 2024-02-29 [leap.txt]"},
		{"vsftpd", "LIST", "prw-r--r--    1 2121     2121            0 Nov 22 16:17 pipe", "other 0 2026-11-22 16:17 [pipe]"},
		{"vsftpd", "LIST", "srwxr-xr-x    1 2121     2121            0 Nov 22 16:17 sock", "other 0 2026-11-22 16:17 [sock]"},
		{"vsftpd", "LIST", "drwxr-xr-x    3 2121     2121         4096 Nov 22 16:17 .", "cdir 0 2026-11-22 16:17 [.]"},
		{"vsftpd", "LIST", "drwxr-xr-x    3 2121     2121         4096 Nov 22 16:17 ..", "pdir 0 2026-11-22 16:17 [..]"},
		{"vsftpd", "LIST", "-rw-r--r--    1 0        0        1099511627776 Dec 31  1969 big", "file 1099511627776 1969-12-31 [big]"},
		{"proftpd", "LIST", "-rw-r--r--   1 sync     sync            0 Jan  5 10:00 future.txt", "file 0 2027-01-05 10:00 [future.txt]"},
		{"proftpd", "LIST", "-rw-r--r--   1 sync     sync            0 Mar  1  2026 old.txt", "file 0 2026-03-01 [old.txt]"},
		{"pure-ftpd", "LIST", "-rw-r--r--    1 2121       sync                2 Nov 22 16:17  lead", "file 2 2026-11-22 16:17 [ lead]"},
		{"pyftpdlib", "LIST", "-rw-r--r--   1 sync     sync            0 Jan 05 10:00 future.txt", "file 0 2027-01-05 10:00 [future.txt]"},
		{"inetutils", "LIST", "crw-rw-rw-   1 root     root       1,   3 Nov 22 15:44 null", "other 0 2026-11-22 15:44 [null]"},
		{"busybox", "LIST", "brw-rw----    1 root     disk        8,1 Nov 22 15:44 sda1", "other 0 2026-11-22 15:44 [sda1]"},
		{"busybox", "LIST", "-rw-r--r--    1 1000     1000             6 Sep 30 23:59 ??", "file 6 2026-09-30 23:59 [??]"},
		{"ftpserverlib", "LIST", "Lrwxrwxrwx 1 ftp ftp            7 Nov 22 16:17 dang", "link 0 2026-11-22 16:17 [dang]"},
		{"ftpserverlib", "LIST", "Srwxr-xr-x 1 ftp ftp            0 Nov 22 16:17 sock", "other 0 2026-11-22 16:17 [sock]"},
		{"ftpserverlib", "LIST", "Dcrw-rw-rw- 1 ftp ftp            0 Nov 22 16:17 null", "other 0 2026-11-22 16:17 [null]"},
		{"ftpserverlib", "LIST", "dtrwxrwxrwx 1 ftp ftp         4096 Nov 22 16:17 sticky", "dir 0 2026-11-22 16:17 [sticky]"},
		{"ftpserverlib", "LIST", "urwxr-xr-x 1 ftp ftp            3 Nov 22 16:17 setuid", "file 3 2026-11-22 16:17 [setuid]"},
		{"goftp: no year for 365 days, where others stop at 180; it has MLSD", "LIST", "-rwxrwxrwx 1 sync sync            0 Mar  1 10:00 old.txt", "file 0 2027-03-01 10:00 [old.txt]"},
		{"ls", "LIST", "drwxrwxrwt+  9 root wheel  288 Nov 21 09:03 acl", "dir 0 2026-11-21 09:03 [acl]"},
		{"ls", "LIST", "-rw-r--r--.  1 root root  288 Nov 21 09:03 selinux", "file 288 2026-11-21 09:03 [selinux]"},
		{"macOS", "LIST", "-rw-r--r--@  1 me  staff  288 Nov 21 09:03 attributes", "file 288 2026-11-21 09:03 [attributes]"},
		{"macOS", "LIST", "-rw-r--r--   1 me  staff  288 21 Nov 09:03 day first", "file 288 2026-11-21 09:03 [day first]"},
		{"ls", "LIST", "-rw-r--r--   1 me  staff  288 2026-11-21 09:03 iso", "file 288 2026-11-21 09:03 [iso]"},
		{"ls", "LIST", "-rw-r--r--   1 owner 288 Nov 21 09:03 no group", "file 288 2026-11-21 09:03 [no group]"},
		{"ls", "LIST", "-rw-r--r--   1 2121 288 Nov 21 9:03 no group, number", "file 288 2026-11-21 09:03 [no group, number]"},
		{"ls", "LIST", "-rw-r--r--   1 DOM\\jane doe  domain users  288 Nov 21 09:03 spaces", "file 288 2026-11-21 09:03 [spaces]"},
		{"ls", "LIST", "lrwxrwxrwx   1 a b  5 Nov 21 09:03 a -> b -> c", "link 0 2026-11-21 09:03 [a] -> b -> c"},
		{"ls", "LIST", "-rw-r--r--   1 a b  5 Feb 29 09:03 leap day", "file 5 2028-02-29 09:03 [leap day]"},
		{"server's clock ahead of ours", "LIST", "-rw-r--r--   1 a b  5 Nov 23 09:03 x", "file 5 2026-11-23 09:03 [x]"},
		{"a time far away", "LIST", "-rw-r--r--   1 a b  5 Jan  1  2300 x", "file 5 2300-01-01 [x]"},
		{"a time far away", "LIST", "-rw-r--r--   1 a b  5 Jan  1  0000 x", "file 5 0000-01-01 [x]"},
		{"a broken time", "LIST", "-rw-r--r--   1 a b  5 Jan  1 292277026596 x", "file 5 - [x]"},
		{"a broken time", "LIST", "-rw-r--r--   1 a b  5 Jan  1 -4713 x y", "file 5 - [x y]"},
		{"a broken time", "LIST", "drwxr-xr-x   1 a b  5 12345-01-01 00:00 x", "dir 0 - [x]"},
		{"a time far away", "LIST", "01-01-2300  03:44AM                 1234 x", "file 1234 2300-01-01 03:44 [x]"},
		{"a time far away", "MLSD", "type=file;size=1;modify=23000101000000; x", "file 1 2300-01-01 00:00:00 [x]"},
		{"a time far away", "MLSD", "type=file;size=1;modify=00000101000000; x", "file 1 0000-01-01 00:00:00 [x]"},
		{"a time far away", "MLSD", "type=file;size=1;modify=99991231235959; x", "file 1 9999-12-31 23:59:59 [x]"},
		{"a broken time", "MLSD", "type=file;size=1;modify=-0010101000000; x", "file 1 - [x]"},
		{"a broken time", "MLSD", "type=file;size=1;modify=2922770265960101000000; x", "file 1 - [x]"},
		{"a broken time", "MLSD", "type=file;size=1;modify=19800000000000; x", "file 1 - [x]"},
		{"a broken time", "MLSD", "type=file;size=1;modify=20261322161723; x", "file 1 - [x]"},
		{"a broken time", "MLSD", "type=file;size=1;modify=2026112216; x", "file 1 - [x]"},
		{"a broken time", "MLSD", "type=file;size=1;modify=99999999999999.999; x", "file 1 - [x]"},
		{"a broken time", "MLSD", "type=file;size=1;modify=-1; x", "file 1 - [x]"},
		{"broken", "MLSD", "type=file;size=1;modify=; x", ""},
		{"broken", "MLSD", "type=file;size=1;modify=2026112216172x; x", ""},
		{"broken", "LIST", "-rw-r--r--   1 a b  5 Feb 30 09:03 x", ""},
		{"broken", "LIST", "-rw-r--r--   1 a b  5 Feb 29  2026 x", ""},
		{"broken", "LIST", "-rw-r--r--   1 a b  5 Nov 21 24:03 x", ""},
		{"broken", "LIST", "-rw-r--r--   1 a b  5 Nov 21 09:03 ", ""},
		{"broken", "LIST", "-rw-r--r--   1 a b  5 Nov 21 09:03", ""},
		{"broken", "LIST", "-rw-r--r--   1 a b  -5 Nov 21 09:03 x", ""},
		{"thousands", "LIST", "-rw-r--r--   1 a b  1,234 Nov 21 09:03 x", "file 1234 2026-11-21 09:03 [x]"},
		{"thousands", "LIST", "-rw-r--r--   1 a b  1.234.567 Nov 21 09:03 x", "file 1234567 2026-11-21 09:03 [x]"},
		{"thousands or a fraction", "LIST", "-rw-r--r--   1 a b  1.234 Nov 21 09:03 x", "file ? 2026-11-21 09:03 [x]"},
		{"broken", "LIST", "-rw-r--r--   1 a b  1,23 Nov 21 09:03 x", ""},
		{"rounded", "LIST", "-rw-r--r--   1 a b  1.2M Nov 21 09:03 x", "file ? 2026-11-21 09:03 [x]"},
		{"no owner", "LIST", "-rw-r--r--   1 5 Nov 21 09:03 no owner", "file 5 2026-11-21 09:03 [no owner]"},
		{"no columns but the size", "LIST", "-rw-r--r-- 5 Nov 21 09:03 x", "file 5 2026-11-21 09:03 [x]"},
		{"a user called nov", "LIST", "-rw-r--r--   1 nov 21 2009 Nov 21 09:03 x", "file 2009 2026-11-21 09:03 [x]"},
		{"a user like any word", "LIST", "-rw-r--r--   1 bob 21 2011 Jul  4 09:47 x", "file 2011 2026-07-04 09:47 [x]"},
		{"a group called nov, or a name with a date", "LIST", "-rw-r--r-- 21 nov 21 2009 Nov 21 09:03 x", "file 2009 2026-11-21 09:03 [x]"},
		{"no link count and a user called nov, or a name with a date", "LIST", "-rw-r--r-- 7 21 nov 2009 21 Nov 09:03 x", "file 2009 2026-11-21 09:03 [x]"},
		{"a name with a date, no group", "LIST", "-rw-r--r-- 1 a 5 Nov 21 09:03 7 Nov 21 09:04 x", "file 5 2026-11-21 09:03 [7 Nov 21 09:04 x]"},
		{"German", "LIST", "-rw-r--r--   1 a b  5 Mai 21 09:03 x", "file 5 2027-05-21 09:03 [x]"},
		{"German", "LIST", "-rw-r--r--   1 a b  5 21. Mär 2025 x", "file 5 2025-03-21 [x]"},
		{"French", "LIST", "-rw-r--r--   1 a b  5 déc. 21  2025 x", "file 5 2025-12-21 [x]"},
		{"Italian", "LIST", "-rw-r--r--   1 a b  5 21 giu 09:03 x", "file 5 2026-06-21 09:03 [x]"},
		{"Portuguese", "LIST", "-rw-r--r--   1 a b  5 out 21 09:03 x", "file 5 2026-10-21 09:03 [x]"},
		{"Dutch", "LIST", "-rw-r--r--   1 a b  5 mrt 21 09:03 x", "file 5 2027-03-21 09:03 [x]"},
		{"Polish", "LIST", "-rw-r--r--   1 a b  5 21 paź 09:03 x", "file 5 2026-10-21 09:03 [x]"},
		{"Czech", "LIST", "-rw-r--r--   1 a b  5 21. čvc 09:03 x", "file 5 2026-07-21 09:03 [x]"},
		{"Swedish", "LIST", "-rw-r--r--   1 a b  5 21 maj 09:03 x", "file 5 2027-05-21 09:03 [x]"},
		{"Chinese", "LIST", "-rw-r--r--   1 a b  5 11月 21 09:03  x", "file 5 2026-11-21 09:03 [ x]"},
		{"Chinese, GBK", "LIST", "-rw-r--r--   1 a b  5 11\xd4\xc2 21 09:03 x", "file 5 2026-11-21 09:03 [x]"},
		{"Korean", "LIST", "-rw-r--r--   1 a b  5 11월 21일 09:03 x", "file 5 2026-11-21 09:03 [x]"},
		{"a month that is not known", "LIST", "-rw-r--r--   1 a b  5 tammi 21 09:03 x", "file 5 - [x]"},
		{"ls --full-time", "LIST", "-rw-r--r-- 1 a b 5 2026-11-21 09:03:07.000000000 +0100 x", "file 5 2026-11-21 09:03:07 [x]"},
		{"ls -T of BSD", "LIST", "-rw-r--r--  1 a  b  5 Nov 21 09:03:07 2025 x", "file 5 2025-11-21 09:03:07 [x]"},
		{"only the day", "LIST", "-rw-r--r-- 1 a b 5 2026-11-21 x", "file 5 2026-11-21 [x]"},
		{"only the day, or a name that starts with a space", "LIST", "-rw-r--r-- 1 a b 5 2026-11-21  x", ""},
		{"the year, or a name that starts with a time", "LIST", "-rw-r--r-- 1 a b 5 Nov 21 2025 11:26 x", ""},
		{"the year in its five columns", "LIST", "-rw-r--r-- 1 a b 5 Nov 21  2025 11:26 x", "file 5 2025-11-21 [11:26 x]"},
		{"either order", "LIST", "-rw-r--r-- 1 a b 5 05/04/2026 09:03 x", "file 5 - [x]"},
		{"day first", "LIST", "-rw-r--r-- 1 a b 5 21/11/2026 09:03 x", "file 5 2026-11-21 09:03 [x]"},
		{"broken", "LIST", "zrw-r--r--   1 a b  5 Nov 21 09:03 x", ""},
		{"a mode of nine letters", "LIST", "-rw-r--r-   1 a b  5 Nov 21 09:03 x", "file 5 2026-11-21 09:03 [x]"},
		{"broken", "LIST", "-rw-r--r   1 a b  5 Nov 21 09:03 x", ""},
		{"the kind is missing", "LIST", "rw-r--r--   1 a b  5 Nov 21 09:03 x", ""},
		{"broken", "LIST", "-rw", ""},
		{"inetutils", "LIST", "/bin/ls: cannot open directory '.': Permission denied", ""},

		{"IIS", "LIST", "11-22-26  03:44PM       <DIR>          name", "dir 0 2026-11-22 15:44 [name]"},
		{"IIS", "LIST", "11-22-26  03:44PM       <DIR>           lead", "dir 0 2026-11-22 15:44 [ lead]"},
		{"IIS", "LIST", "11-22-26  12:04AM                 1234 a file.txt", "file 1234 2026-11-22 00:04 [a file.txt]"},
		{"IIS", "LIST", "11-22-26  12:04PM                 1234  lead", "file 1234 2026-11-22 12:04 [ lead]"},
		{"IIS, four-digit years", "LIST", "11-22-2026  03:44AM       <DIR>          name", "dir 0 2026-11-22 03:44 [name]"},
		{"IIS, four-digit years", "LIST", "02-29-2024  03:44AM                 1234 leap", "file 1234 2024-02-29 03:44 [leap]"},
		{"IIS", "LIST", "11-22-98  03:44AM                 1234 98", "file 1234 1998-11-22 03:44 [98]"},
		{"IIS", "LIST", "11-22-26  03:44PM       <JUNCTION>     link [\\??\\C:\\there]", "link 0 2026-11-22 15:44 [link] -> \\??\\C:\\there"},
		{"IIS", "LIST", "11-22-26  03:44PM       <SYMLINKD>     link [C:\\there]", "link 0 2026-11-22 15:44 [link] -> C:\\there"},
		{"24 hours", "LIST", "11-22-26  15:44       <DIR>          name", "dir 0 2026-11-22 15:44 [name]"},
		{"few spaces", "LIST", "11-22-26 03:44PM <DIR> name", "dir 0 2026-11-22 15:44 [name]"},
		{"broken", "LIST", "11-22-26  13:44PM                 1234 x", ""},
		{"broken", "LIST", "22-11-26  03:44PM                 1234 x", ""},
		{"broken", "LIST", "11-22-26  03:44PM                 12,34 x", ""},
		{"broken", "LIST", "11-22-26  03:44PM       <WHAT>         x", ""},
		{"broken", "LIST", "11-22-26  03:44PM                 1234 ", ""},
		{"broken", "LIST", "11-22-26", ""},
	}
	for _, tt := range tests {
		e, err := parserOf(tt.command).Line(tt.line)
		got := ""
		if err == nil {
			got = text(e)
		}
		if got != tt.want {
			t.Errorf("%s: %s\ngot  %s (%v)\nwant %s", tt.server, tt.line, got, err, tt.want)
		}
		if utc := tt.command == "MLSD" && e.Precision != NoTime; e.UTC != utc {
			t.Errorf("%s: %s\nUTC is %v", tt.server, tt.line, e.UTC)
		}
	}
}

// text writes an entry as kind, size ("?": not known), time, name in brackets, and the target of
// a link. A time in seconds was exact to the second, one without a clock to the
// day; "-" stands for none.
func text(e Entry) string {
	layout := map[Precision]string{NoTime: "-", Day: "2006-01-02", Minute: "2006-01-02 15:04", Second: "2006-01-02 15:04:05.999"}[e.Precision]
	size := fmt.Sprint(e.Size)
	if e.NoSize {
		size = "?"
	}
	s := fmt.Sprintf("%v %s %s [%s]", e.Kind, size, e.ModTime.Format(layout), e.Name)
	if e.Target != "" {
		s += " -> " + e.Target
	}
	return s
}

func TestUniqueFacts(t *testing.T) {
	for line, want := range map[string]string{
		"type=dir;unique=FE00U1; a":         "FE00U1",
		"type=file;size=1;UNIQUE=fe00u1; a": "fe00u1",
		"type=dir; a":                       "",
	} {
		if e, err := MLSD().Line(line); err != nil || e.Unique != want {
			t.Errorf("%s: got %q, %v", line, e.Unique, err)
		}
	}
}

// A reply to MLST may hold the path in place of the name.
func TestParseMLST(t *testing.T) {
	for line, want := range map[string]string{
		"type=file;size=1;modify=20261122161723; /a/b": "file 1 2026-11-22 16:17:23 [/a/b]",
		"type=cdir;modify=20261122161723; /a":          "cdir 0 2026-11-22 16:17:23 [/a]",
	} {
		if e, err := ParseMLST(line); err != nil || text(e) != want {
			t.Errorf("%s: got %s, %v", line, text(e), err)
		}
	}
	if _, err := ParseMLST("UNIX.mode=0750;/"); err == nil || !strings.Contains(err.Error(), "UNIX.mode=0750;/") {
		t.Errorf("the error does not name the line: %v", err)
	}
}

func FuzzLine(f *testing.F) {
	for _, line := range []string{lineA, unixA, dosA} {
		f.Add(strings.TrimSpace(line))
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, command := range []string{"MLSD", "LIST"} {
			e, err := parserOf(command).Line(line)
			if err == nil && e.Kind != None && !endsWith(line, e) {
				t.Errorf("%q yields %q, %q", line, e.Name, e.Target)
			}
		}
	})
}

// endsWith reports whether a line ends with the name of e, behind a blank.
func endsWith(line string, e Entry) bool {
	line = strings.TrimRight(line, "\r\n")
	name := strings.TrimRight(e.Name, "\r")
	for _, end := range []string{name, name + "/", name + " -> " + e.Target, name + " [" + e.Target + "]"} {
		if before, ok := strings.CutSuffix(line, strings.TrimRight(end, "\r")); ok && (before == "" || strings.HasSuffix(before, " ") || strings.HasSuffix(before, "\t")) {
			return true
		}
	}
	return false
}

func TestMonthsAreUnique(t *testing.T) {
	seen := make(map[string]int)
	for i, names := range months {
		for name := range strings.FieldsSeq(names) {
			if before, twice := seen[name]; twice && before != i {
				t.Errorf("%q is month %d and month %d", name, before+1, i+1)
			}
			seen[name] = i
		}
	}
}
