package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestScanWithoutEnd has a server show directories in every directory, without end.
func TestScanWithoutEnd(t *testing.T) {
	for _, pipeline := range []ftp.Pipeline{ftp.PipelineOn, ftp.PipelineOff} {
		t.Run(pipeline.String(), func(t *testing.T) {
			h := newFixture(t, ftpserver.Options{})
			d := open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Pipeline = pipeline })
			h.fault(ftpserver.Fault{Command: "CWD", Reply: "250 there"})
			h.fault(ftpserver.Fault{Listing: func([]string) (lines []string) {
				for i := range 1000 {
					lines = append(lines, fmt.Sprintf("Type=dir; %d", i))
				}
				return lines
			}})
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, err := d.Scan(ctx, sync.Look{MaxEntries: 4500})
			if many := new(sync.TooManyEntriesError); !errors.As(err, &many) || many.Limit != 4500 || !errors.Is(err, sync.ErrFatal) {
				t.Errorf("got %v", err)
			}
			if n := len(h.server.Transcript()); n > 1000 {
				t.Errorf("%d lines were exchanged", n)
			}
		})
	}
}

// TestScanOfLargeDirectory checks that a directory with more entries than may be listed is
// unknown, whatever the server lists with, and that the others are read.
func TestScanOfLargeDirectory(t *testing.T) {
	for name, o := range map[string]ftpserver.Options{"MLSD": {}, "LIST": {NoMLSD: true}} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(t, o)
			for i := range 12 {
				h.write(fmt.Sprintf("many/%d", i), "x", fmt.Sprintf("few/%d", i%5), "x")
			}
			d := open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.MaxListing = 10 })
			tree, err := d.Scan(t.Context(), sync.Look{MaxEntries: 7})
			if err != nil {
				t.Fatal(err)
			}
			if tree.Known("many/1") || !tree.At("many").IsDir() || !tree.At("few/4").IsFile() || !tree.Known("few/x") {
				t.Errorf("the wrong things are known; problems %v", tree.Problems())
			}
			if p := tree.Problems(); len(p) != 1 || p[0].Path != "many" || !strings.Contains(p[0].Why, "more than 10 entries (max-listing sets this limit)") {
				t.Errorf("problems %v", p)
			}
			if err := d.Gone(t.Context(), []manifest.Path{"many/1"}, make([]manifest.Entry, 1))[0]; !errors.Is(err, sync.ErrPresent) {
				t.Errorf("a name in it: %v", err)
			}
		})
	}
}
