package listing

import (
	"strings"
	"testing"
)

// TestMode reads the permission bits that lines show. Set-uid and its kin are left out.
func TestMode(t *testing.T) {
	for _, tt := range []struct {
		command, line string
		want          uint16
	}{
		{"MLSD", "type=file;size=1;UNIX.mode=0644; x", 0o644},
		{"MLSD", "type=file;size=1;unix.mode=0o600; x", 0o600},
		{"MLSD", "type=file;size=1;UNIX.mode=04755; x", 0o755},
		{"MLSD", "type=file;size=1;UNIX.mode=rw-r--r--; x", 0},
		{"MLSD", "type=file;size=1;UNIX.mode=999999999; x", 0},
		{"MLSD", "type=file;size=1; x", 0},
		{"LIST", "-rw-r--r--    1 2121     2121            2 Nov 22 16:17 x", 0o644},
		{"LIST", "-rwxr-x---+   1 2121     2121            2 Nov 22 16:17 x", 0o750},
		{"LIST", "-rwsr-Sr-T    1 2121     2121            2 Nov 22 16:17 x", 0o744},
		{"LIST", "----------    1 2121     2121            2 Nov 22 16:17 x", 0},
		{"LIST", "11-22-26  04:17PM                    2 x", 0},
	} {
		e, err := parserOf(tt.command).Line(tt.line)
		if err != nil || e.Mode != tt.want {
			t.Errorf("%s: mode %o, %v; want %o", tt.line, e.Mode, err, tt.want)
		}
	}
}

// TestSetgid reads the set-gid bit, which stands in front of the permissions for servers written in Go.
func TestSetgid(t *testing.T) {
	for line, want := range map[string]bool{
		"MLSD type=dir;UNIX.mode=02775; x": true, "MLSD type=dir;UNIX.mode=0775; x": false, "MLSD type=dir; x": false,
		"LIST drwxrwsr-x    1 2121     2121            2 Nov 22 16:17 x":  true,
		"LIST drwxrwS---+   1 2121     2121            2 Nov 22 16:17 x":  true,
		"LIST dgrwxrwxr-x    1 2121     2121            2 Nov 22 16:17 x": true,
		"LIST drwsrwxr-t    1 2121     2121            2 Nov 22 16:17 x":  false,
	} {
		command, line, _ := strings.Cut(line, " ")
		if e, err := parserOf(command).Line(line); err != nil || e.Setgid != want {
			t.Errorf("%s: %v, %v", line, e.Setgid, err)
		}
	}
}
