package ftp

import (
	"errors"
	"testing"
)

func TestCheckLine(t *testing.T) {
	for _, bad := range []string{"DELE a\r\nDELE b", "DELE a\rb", "DELE a\nb", "DELE a\x00", "DELE \xff", "\xff", "a\r\nb", "DE\nLE a"} {
		var e *Error
		if err := CheckLine(bad); !errors.As(err, &e) || e.Class != File {
			t.Errorf("checkLine(%q) = %v", bad, err)
		}
	}
	for _, good := range []string{"DELE a b", "DELE %s%d", "DELE \x01\x7f\t", "DELE \xe9", "DELE zoë 文"} {
		if err := CheckLine(good); err != nil {
			t.Errorf("checkLine(%q) = %v", good, err)
		}
	}
}
