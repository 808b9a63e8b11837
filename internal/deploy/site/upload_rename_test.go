package site

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/ftpserver"
	"ferry/manifest"
)

// TestStagedRenameCut cuts the line at a rename of a staged file, which was carried out or not.
// The plan then names every file by the name that it has.
func TestStagedRenameCut(t *testing.T) {
	const n, stage = 4, "/site/.ferry/stage/s/*"
	for name, fault := range map[string]ftpserver.Fault{
		"done, no replies":    {Command: "RNFR", Path: stage, Close: true}, // see below
		"done, one reply":     {Command: "RNTO", Path: stage, Lose: true},
		"done, then cut":      {Command: "RNTO", Path: stage, Reply: "250 done", Close: true},
		"not done":            {Command: "RNTO", Path: stage, Close: true},
		"not begun":           {Command: "RNFR", Path: stage, Close: true},
		"source, then cut":    {Command: "RNFR", Path: stage, Reply: "350 go on", Close: true},
		"refused, then cut":   {Command: "RNTO", Path: stage, Refuse: "450 busy", Close: true},
		"the look after it":   {Command: "MLST", Path: stage, Close: true},
		"the data connection": {Command: "PASSIVE", Close: true},
	} {
		for skip := range n {
			t.Run(fmt.Sprintf("%s/%d", name, skip), func(t *testing.T) {
				f := newFixture(t, ftpserver.Options{}, func(o *Options) { o.Retries, o.Connections = 3, 1 })
				f.server.protected = true
				fault.Skip, fault.Times = skip, 1
				if name == "done, no replies" { // the server carries both commands out, and nothing comes back
					at := ""
					fault.Argument = func(arg string) bool { at = arg; return true }
					fault.Hook = func() {
						i := int(at[len(at)-1] - '0')
						os.Rename(f.path(deploy.Work(fmt.Sprintf("stage/s/new-%d", i))), f.path(deploy.Work(fmt.Sprintf("stage/s/%d-%d", i, 100+i))))
					}
				}
				f.fault(fault)
				var files []deploy.Upload
				for i := range n {
					one := text(fmt.Sprintf("stage/s/new-%d", i), strings.Repeat("x", 100+i))
					one.Dirs = []string{"stage", "stage/s"}
					one.Keep = func(seen manifest.Entry) string { return fmt.Sprintf("stage/s/%d-%d", i, seen.Size) }
					one.KeepIfFree = true
					files = append(files, one)
				}
				names := make([]string, n)
				late := deploy.Upload{Name: "stage/plan", Dirs: []string{"stage"}, Unseen: true}
				late.Late = func() ([]byte, error) { return []byte(strings.Join(names, "\n")), nil }
				err := f.server.Upload(t.Context(), append([]deploy.Upload{late}, files...), func(i int, r deploy.Uploaded) {
					if r.Err != nil {
						t.Errorf("%d: %v", i, r.Err)
					} else if i > 0 {
						names[i-1] = r.Name
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				for i, name := range names {
					f.holds(deploy.Work(name), strings.Repeat("x", 100+i))
				}
				f.holds(deploy.Work("stage/plan"), strings.Join(names, "\n"))
			})
		}
	}
}
