package blind

import (
	"testing"

	"ferry/internal/ftp"
)

// TestSaysNotThere holds what servers answer to DELE and RMD.
func TestSaysNotThere(t *testing.T) {
	for _, c := range []struct {
		code int
		text string
		want bool
	}{
		{550, "Delete operation failed.", true}, // vsftpd
		{550, "Permission denied.", false},
		{550, "/in/a.txt: No such file or directory", true}, // ProFTPD
		{550, "/in/a.txt: Permission denied", false},
		{550, "/in/a.txt: Operation not permitted", false},
		{550, "Could not delete a.txt: No such file or directory", true}, // Pure-FTPd
		{550, "The system cannot find the file specified. ", true},       // IIS
		{550, "Access is denied. ", false},
		{550, "File not found", true}, // FileZilla
		{550, "a.txt: not a directory", true},
		{550, "Directory not empty.", true},
		{550, "You do not have access, or the file does not exist.", true},
		{550, "Not enough privileges.", false}, // pyftpdlib
		{550, "Read-only file system", false},
		{553, "No such file.", false},
		{502, "DELE not implemented.", false},
		{500, "Unknown command.", false},
		{450, "File busy.", false},
		{250, "Deleted.", false},
	} {
		if got := saysNotThere(ftp.Reply{Code: c.code, Text: c.text}, "/in/a.txt"); got != c.want {
			t.Errorf("%d %s: %v", c.code, c.text, got)
		}
	}
	if !saysNotThere(ftp.Reply{Code: 550, Text: "/in/access denied.txt: failed"}, "/in/access denied.txt") {
		t.Error("the words of a name were taken for those of the server")
	}
}
