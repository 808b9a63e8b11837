package names

import (
	"errors"
	"testing"

	"ferry/manifest"
)

func TestJoinRoot(t *testing.T) {
	for _, tt := range []struct{ home, path, want string }{
		{"/", "", ""},
		{"/home/ann", "", "/home/ann"},
		{"/home/ann/", "htdocs//x/", "/home/ann/htdocs/x"},
		{"", "/srv/./www", "/srv/www"},
		{"/", " x ", "/ x "},
	} {
		if got, err := JoinRoot(tt.home, tt.path); got != tt.want || err != nil {
			t.Errorf("%q and %q: %q, %v, want %q", tt.home, tt.path, got, err, tt.want)
		}
	}
	for _, path := range []string{"..", "a/../b", "a\r\nDELE b", "a\xff"} {
		if got, err := JoinRoot("/home", path); !errors.Is(err, manifest.ErrName) {
			t.Errorf("%q: %q, %v", path, got, err)
		}
	}
}
