package remote

import (
	"fmt"
	"strings"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestScanWithoutSizes asks for the sizes and times that a listing does not tell. A file
// whose size the server keeps to itself is unknown, and the others are read.
func TestScanWithoutSizes(t *testing.T) {
	for name, c := range map[string]struct {
		options ftpserver.Options
		lines   []string
	}{
		"LIST, rounded": {ftpserver.Options{NoMLSD: true}, []string{
			"-rw-r--r-- 1 o g 1.2k Nov 22 16:17 a", "-rw-r--r-- 1 o g 1.2k Nov 22 16:17 secret", "drwxr-xr-x 1 o g 4k Nov 22 16:17 d"}},
		"LIST, columns run together": {ftpserver.Options{NoMLSD: true}, []string{
			"-rw-r--r-- 1 o group1200 Nov 22 16:17 a", "-rw-r--r-- 1 o group12 Nov 22 16:17 secret", "drwxr-xr-x 1 o g 4096 Nov 22 16:17 d"}},
		"MLSD": {ftpserver.Options{}, []string{"type=file; a", "type=file; secret", "type=dir; d"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(t, c.options)
			h.write("a", strings.Repeat("x", 1234), "secret", "y", "d/below", "z")
			h.fault(ftpserver.Fault{Command: "LISTING", Path: "/", Listing: func([]string) []string { return c.lines }})
			h.fault(ftpserver.Fault{Command: "SIZE", Path: "/secret", Reply: "550 not told"})
			tree, err := open(t, h.server.Addr(), "ferry", "secret", "", nil).Scan(t.Context(), sync.Look{})
			if err != nil {
				t.Fatal(err)
			}
			if a := tree.At("a"); a.Size != 1234 || a.Precision != manifest.Second {
				t.Errorf("a is %+v", a)
			}
			if tree.Known("secret") || !tree.At("d/below").IsFile() {
				t.Error("the wrong things are known")
			}
			if p := tree.Problems(); len(p) != 1 || !strings.Contains(fmt.Sprint(p[0]), "its size") {
				t.Errorf("problems %v", p)
			}
		})
	}
}
