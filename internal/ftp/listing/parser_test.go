package listing

import (
	"strings"
	"testing"
)

const (
	lineA = "type=file;size=1;modify=20261122161723; a\r\n"
	lineB = "type=dir;modify=20261122161723; b\r\n"
	unixA = "-rw-r--r-- 1 o g 1 Nov 22 16:17 a\r\n"
	unixD = "drwxr-xr-x 1 o g 1 Nov 22 16:17 .\r\n"
	dosA  = "11-22-26  12:04AM                 1234 a\r\n"
)

// What the lines of one listing have to do with each other.
func TestListings(t *testing.T) {
	tests := []struct {
		why, command, data string
		want               string // the names, with the kind where it is neither a file nor a directory; "refused"
	}{
		{"two entries", "MLSD", lineA + lineB, "a b"},
		{"lines end in LF alone (goftp)", "MLSD", strings.ReplaceAll(lineA+lineB, "\r", ""), "a b"},
		{"empty", "MLSD", "", ""},
		{"empty", "LIST", "", ""},
		{"type=cdir is there, with its path as name", "MLSD", "type=cdir;modify=20261122161723; /a/b\r\n" + lineA, "/a/b(cdir) a"},
		{"total and blank lines", "LIST", "total 8\r\n\r\n" + unixA, "a"},
		{"total in MLSD cannot be read", "MLSD", "total 8\r\n" + lineA, "refused"},
		{"dot is there", "LIST", unixD + unixA, ".(cdir) a"},
		{"names with 0xFF or CR", "MLSD", lineA + "type=file;size=1; x\xff\r\n" + "type=file;size=1; y\r\r\n", "a x\xff y\r"},
		{"inetutils sends the error as data", "LIST", "/bin/ls: cannot open directory '.': Permission denied\r\n", "refused"},
		{"a newline in a name", "LIST", "-rw-r--r-- 1 o g 1 Nov 22 16:17 x\r\ny\r\n", "refused"},
		{"a forged line for a name that is there", "MLSD", lineA + "type=file;size=1; x\n" + lineA, "refused"},
		{"no name", "MLSD", "type=file;size=1; \r\n", "refused"},
		{"a path for a name", "MLSD", "type=file;size=1; ../etc/passwd\r\n", "refused"},
		{"a NUL in a name", "MLSD", "type=file;size=1; a\x00b\r\n", "refused"},
		{"Unix and DOS mixed", "LIST", unixA + dosA, "refused"},
		{"DOS and Unix mixed", "LIST", dosA + unixD, "refused"},
	}
	for _, tt := range tests {
		entries, err := parseAll(tt.command, tt.data)
		got := "refused"
		if err == nil {
			got = namesOf(entries)
		}
		if got != tt.want {
			t.Errorf("%s: got %q (%v), want %q", tt.why, got, err, tt.want)
		}
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	_, err := parseAll("LIST", unixA+"what is this?\r\n")
	const want = `line "what is this?" of the listing cannot be read (if a name has a line break, rename it there): Unix format: no mode`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// parseAll returns the entries of a whole listing.
func parseAll(command, data string) (entries []Entry, err error) {
	p := parserOf(command)
	for line := range strings.Lines(data) {
		e, err := p.Line(line)
		if err != nil {
			return nil, err
		}
		if e.Kind != None {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func namesOf(entries []Entry) string {
	var names []string
	for _, e := range entries {
		name := e.Name
		if e.Kind != File && e.Kind != Dir {
			name += "(" + e.Kind.String() + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func FuzzListing(f *testing.F) {
	f.Add(true, lineA+lineB)
	f.Add(false, unixD+unixA+"total 3\r\n")
	f.Add(false, unixA+"lrwxrwxrwx 1 a b 5 Feb 29 09:03 a -> b\r\n")
	f.Add(false, dosA+"11-22-26 03:44PM <JUNCTION> name [x]\r\n")
	f.Fuzz(func(t *testing.T, mlsd bool, data string) {
		entries, err := parseAll(map[bool]string{true: "MLSD", false: "LIST"}[mlsd], data)
		if err != nil {
			return
		}
		seen := make(map[string]bool)
		for _, e := range entries {
			if e.Size < 0 || e.Kind != File && e.Size != 0 || e.Kind != Link && e.Target != "" || e.ModTime.IsZero() != (e.Precision == NoTime) {
				t.Errorf("yields %+v", e)
			}
			if e.Kind == CurrentDir || e.Kind == ParentDir {
				continue
			}
			if e.Name == "" || strings.ContainsAny(e.Name, "/\x00\n") || seen[e.Name] {
				t.Errorf("yields the name %q", e.Name)
			}
			seen[e.Name] = true
		}
	})
}
