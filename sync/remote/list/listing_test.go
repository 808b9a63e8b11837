package list

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
	"ferry/manifest"
)

// listedAt is our clock in the tests below.
var listedAt = time.Date(2026, time.November, 22, 16, 20, 0, 0, time.UTC)

const (
	lineA = "type=file;size=1;modify=20261122161723; a\r\n"
	lineB = "type=dir;modify=20261122161723; b\r\n"
	unixA = "-rw-r--r-- 1 o g 1 Nov 22 16:17 a\r\n"
	unixD = "drwxr-xr-x 1 o g 1 Nov 22 16:17 .\r\n"
	dosA  = "11-22-26  12:04AM                 1234 a\r\n"
)

// What makes a listing complete, and what does not. How lines are read is
// tested in internal/ftp/listing.
func TestWholeListings(t *testing.T) {
	tests := []struct {
		why   string
		form  ftp.ListForm
		data  string
		final string // "226 ..."; "" stands for "226 Transfer complete"
		want  string // names, with ! the refused ones and . where the directory itself was there; "unknown" for an incomplete listing
	}{
		{"two entries", ftp.FormMLSD, lineA + lineB, "", "a b"},
		{"lines end in LF alone (goftp)", ftp.FormMLSD, strings.ReplaceAll(lineA+lineB, "\r", ""), "226 Closing data connection, sent 677 bytes", "a b"},
		{"250 is success, too", ftp.FormMLSD, lineA, "250 done", "a"},
		{"empty", ftp.FormMLSD, "", "", ""},
		{"type=cdir is there, with its path as name", ftp.FormMLSD, "type=cdir;modify=20261122161723; /a/b\r\n" + lineA, "", ". a"},
		{"dot is there", ftp.FormLISTAll, unixD + unixA, "", ". a"},
		{"names with 0xFF or CR are refused one by one", ftp.FormMLSD, lineA + "type=file;size=1; x\xff\r\n" + "type=file;size=1; y\r\r\n", "", "a !x\xff !y\r"},
		{"pure-ftpd counts right", ftp.FormLISTAll, unixD + unixA, "226-Options: -a -l \n2 matches total", ". a"},
		{"T2: pure-ftpd counts more than came", ftp.FormLISTAll, unixD + unixA, "226-Options: -a -l \n3 matches total", "unknown"},
		{"T2: pure-ftpd says that it cut", ftp.FormMLSD, lineA, "226 Output truncated to 10000 matches", "unknown"},
		{"T2: exactly where pure-ftpd cuts", ftp.FormMLSD, manyLines(10000), "226 10000 matches total", "unknown"},
		{"T2: a listing of another length is fine", ftp.FormMLSD, manyLines(10001), "226 10001 matches total", "10001 names"},
		{"T3: vsftpd could not open it", ftp.FormLIST, "", "226 Transfer done (but failed to open directory).", "unknown"},
		{"T3: pure-ftpd could not read it", ftp.FormMLSD, "", "226-Sorry, we were unable to read [x]\n0 matches total", "unknown"},
		{"T3: inetutils sends the error as data", ftp.FormLIST, "/bin/ls: cannot open directory '.': Permission denied\r\n", "", "unknown"},
		{"another code", ftp.FormMLSD, lineA, "200 ok", "unknown"},
		{"refused at the end", ftp.FormMLSD, lineA, "450 later", "unknown"},
		{"cut within a line", ftp.FormMLSD, lineA + "type=dir;modify=20261122161723; b", "", "unknown"},
		{"T6: a newline in a name", ftp.FormLIST, "-rw-r--r-- 1 o g 1 Nov 22 16:17 x\r\ny\r\n", "", "unknown"},
		{"T6: a forged line for a name that is there", ftp.FormMLSD, lineA + "type=file;size=1; x\n" + lineA, "", "unknown"},
	}
	for _, tt := range tests {
		l, err := parseListing(tt.form, tt.data, finalReply(tt.final), true)
		if got := listingNames(l, err); got != tt.want {
			t.Errorf("%s: got %q (%v), want %q", tt.why, got, err, tt.want)
		}
		if _, err := parseListing(tt.form, tt.data, finalReply(tt.final), false); !errors.Is(err, ftp.ErrIncomplete) {
			t.Errorf("%s, over a broken connection: got %v", tt.why, err)
		}
	}
}

// parseListing reads a listing as [Lister.List] does.
func parseListing(form ftp.ListForm, data string, final ftp.Reply, clean bool) (*Listing, error) {
	l := new(Listing)
	parser := listing.LIST(listedAt)
	if form == ftp.FormMLSD {
		parser = listing.MLSD()
	}
	lines := listing.NewReader(parser, l.Add)
	lines.Take([]byte(data))
	if err := lines.Check(clean, final.Code, final.Text); err != nil {
		return nil, err
	}
	return l, nil
}

func finalReply(s string) ftp.Reply {
	if s == "" {
		s = "226 Transfer complete"
	}
	code, _ := strconv.Atoi(s[:3])
	return ftp.Reply{Code: code, Text: s[4:]}
}

func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "type=file;size=1; %d\r\n", i)
	}
	return b.String()
}

func listingNames(l *Listing, err error) string {
	if errors.Is(err, ftp.ErrIncomplete) {
		return "unknown"
	}
	if err != nil {
		return err.Error()
	}
	if len(l.Entries) > 100 {
		return fmt.Sprint(len(l.Entries), " names")
	}
	var names []string
	if l.Self {
		names = append(names, ".")
	}
	for _, one := range l.Entries {
		names = append(names, one.Name)
	}
	for _, r := range l.Refused {
		names = append(names, "!"+r.Name)
	}
	return strings.Join(names, " ")
}

func FuzzListing(f *testing.F) {
	for form, data := range []string{lineA + lineB, unixD + unixA + "total 3\r\n", unixA + "lrwxrwxrwx 1 a b 5 Feb 29 09:03 a -> b\r\n"} {
		f.Add(uint8(form), []byte(data), "226 ok")
	}
	f.Add(uint8(1), []byte(dosA+"11-22-26 03:44PM <JUNCTION> name [x]\r\n"), "226 2 matches total")
	f.Fuzz(func(t *testing.T, form uint8, data []byte, final string) {
		l, err := parseListing(ftp.ListForm(form%3), string(data), ftp.Reply{Code: 226, Text: final}, true)
		if (l == nil) == (err == nil) {
			t.Fatalf("listing %v, error %v", l, err)
		}
		if err != nil {
			return
		}
		names := make(map[string]bool)
		for _, one := range l.Entries {
			if err := manifest.CheckName(one.Name); err != nil {
				t.Errorf("yields %q: %v", one.Name, err)
			}
			if names[one.Name] {
				t.Errorf("yields %q twice", one.Name)
			}
			names[one.Name] = true
			if one.Entry.Kind == manifest.None || one.Entry.Size < 0 || one.Entry.Kind != manifest.File && one.Entry.Size != 0 {
				t.Errorf("yields %+v", one.Entry)
			}
		}
	})
}
