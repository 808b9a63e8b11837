package site

import (
	"fmt"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
)

// TestUploadInModeZ sends files to servers that do in MODE Z what they like. All of them are whole.
func TestUploadInModeZ(t *testing.T) {
	for name, kind := range map[string]ftpserver.Deflate{"good": ftpserver.GoodDeflate, "only said": ftpserver.OnlySaid,
		"dropped": ftpserver.DroppedUploads, "refused": ftpserver.RefusedByMode} {
		for _, trusted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/trusted=%v", name, trusted), func(t *testing.T) {
				f := newFixture(t, ftpserver.Options{Deflate: kind}, func(o *Options) { o.Retries, o.Connections, o.Compress = 3, 1, ftp.CompressOn })
				f.server.protected = true
				if trusted {
					f.server.features.Observe(ftp.DeflatesUploads, true)
				}
				var files []deploy.Upload
				for i := range 4 {
					one := text(fmt.Sprintf("stage/s/new-%d", i), strings.Repeat(fmt.Sprintf("line %d\n", i), 5000+i))
					one.Dirs = []string{"stage", "stage/s"}
					files = append(files, one)
				}
				err := f.server.Upload(t.Context(), files, func(i int, r deploy.Uploaded) {
					if r.Err != nil {
						t.Errorf("%d: %v", i, r.Err)
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				for i := range files {
					f.holds(deploy.Work(files[i].Name), strings.Repeat(fmt.Sprintf("line %d\n", i), 5000+i))
				}
				if !strings.Contains(strings.Join(f.ftp.Transcript(), "\n"), "> MODE Z") {
					t.Error("MODE Z was not tried")
				}
				if works, _ := f.server.features.Known(ftp.DeflatesUploads); works != (kind == ftpserver.GoodDeflate) {
					t.Errorf("it works: %v", works)
				}
			})
		}
	}
}
