package site

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/ftpserver"
	"ferry/manifest"
)

// again sends a reply twice.
func again(reply string) string { return reply + "\n" + reply }

// TestPlanMeetsTrouble stores files and a plan, which says what the server shows of them. Whatever
// happens to the last files and to the plan, it says so in the end.
func TestPlanMeetsTrouble(t *testing.T) {
	const stage, plan = "/site/.ferry/stage/s/*", "/site/.ferry/stage/plan"
	for name, fault := range map[string]ftpserver.Fault{
		"none":                 {Command: "STOR", Path: "/elsewhere"},
		"look refused":         {Command: "MLST", Path: stage, Refuse: "550 no"},
		"look cut":             {Command: "MLST", Path: stage, Close: true, Times: 1},
		"look answered twice":  {Command: "MLST", Path: stage, Rewrite: again, Times: 1},
		"nothing there":        {Command: "MLST", Path: stage, Refuse: "550 No such file", Times: 1},
		"file shortened":       {Command: "STOR", Path: stage, Data: ftpserver.ShortenTo(40), Times: 1},
		"file lost":            {Command: "STOR", Path: stage, Lose: true, Times: 1},
		"file shows later":     {Command: "STOR", Path: stage, Later: 30 * time.Millisecond, Empty: true, Times: 1},
		"plan cut":             {Command: "STOR", Path: plan, Data: ftpserver.CutAt(1), Times: 1},
		"plan lost":            {Command: "STOR", Path: plan, Lose: true, Times: 1},
		"plan closed":          {Command: "STOR", Path: plan, Close: true, Times: 1},
		"plan refused":         {Command: "STOR", Path: plan, Refuse: "450 busy", Times: 1},
		"no directory":         {Command: "MKD", Path: "/site/.ferry/stage/s", Refuse: "550 no", Times: 1},
		"no data connection":   {Command: "PASSIVE", Refuse: "425 no", Skip: 1, Times: 1},
		"a directory too many": {Command: "MKD", Rewrite: again, Path: "/site/.ferry/stage", Times: 1},
	} {
		for _, n := range []int{1, 12} {
			t.Run(fmt.Sprintf("%s/%d", name, n), func(t *testing.T) {
				f := newFixture(t, ftpserver.Options{}, func(o *Options) { o.Retries = 3 })
				f.server.protected = true
				armed := f.fault(fault)
				var files []deploy.Upload
				for i := range n {
					one := text(fmt.Sprintf("stage/s/%d.part", i), strings.Repeat("x", 100+i))
					one.Dirs = []string{"stage", "stage/s"}
					one.Keep = func(seen manifest.Entry) string { return fmt.Sprintf("stage/s/%d-%d", i, seen.Size) }
					one.KeepIfFree = true
					files = append(files, one)
				}
				var said []string
				late := deploy.Upload{Name: "stage/plan", Dirs: []string{"stage"}, Unseen: true}
				late.Late = func() ([]byte, error) {
					if len(said) < n {
						t.Errorf("the plan is made after %d of %d files", len(said), n)
					}
					return []byte(strings.Join(said, "\n")), nil
				}
				planned := false
				err := f.server.Upload(t.Context(), append([]deploy.Upload{late}, files...), func(i int, r deploy.Uploaded) {
					if i == 0 {
						planned = r.Err == nil
					} else if r.Err == nil {
						f.holds(deploy.Work(r.Name), strings.Repeat("x", 100+i-1))
					}
					if r.Err != nil && name != "no directory" {
						t.Errorf("%d: %v", i, r.Err)
					}
					if i > 0 {
						said = append(said, fmt.Sprintf("%s %d", r.Name, r.Seen.Size))
					}
				})
				if err != nil || !planned {
					t.Fatal(planned, err)
				}
				f.holds(deploy.Work("stage/plan"), strings.Join(said, "\n"))
				if armed.Fired() == 0 && name != "none" {
					t.Error("the fault did not strike")
				}
			})
		}
	}
}

// TestLateContentFails has a plan that cannot be made.
func TestLateContentFails(t *testing.T) {
	f := newFixture(t, ftpserver.Options{}, nil)
	f.server.protected = true
	broken := errors.New("broken")
	one, two := text("one", "1"), deploy.Upload{Name: "plan", Late: func() ([]byte, error) { return nil, broken }}
	got := f.upload(one, two)
	if got[0].Err != nil || !errors.Is(got[1].Err, broken) {
		t.Errorf("%+v", got)
	}
	f.holds(deploy.Work("one"), "1")
}

// TestLockAndBegin takes the lock and reads the state in one go, whatever happens to the state on
// its way.
func TestLockAndBegin(t *testing.T) {
	const state = "/site/.ferry/state"
	for name, fault := range map[string]ftpserver.Fault{
		"none":          {Command: "STOR", Path: "/elsewhere"},
		"cut":           {Command: "RETR", Path: state, Data: ftpserver.CutAt(3), Times: 1},
		"closed":        {Command: "RETR", Path: state, Close: true, Times: 1},
		"refused":       {Command: "RETR", Path: state, Refuse: "550 in use", Times: 1},
		"busy":          {Command: "RETR", Path: state, Refuse: "450 busy", Times: 1},
		"asked twice":   {Command: "MLST", Path: state, Rewrite: again, Times: 1},
		"renamed twice": {Command: "RNTO", Rewrite: again, Times: 1},
		"rename lost":   {Command: "RNTO", Lose: true, Times: 1},
		"no passive":    {Command: "PASSIVE", Refuse: "500 no", Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := ftpserver.Options{Root: t.TempDir()}
			f := &fixture{disk: &disk{t, filepath.Join(o.Root, "site"), filepath.Join(o.Root, "site/.ferry")}, ftp: embedded(t, o)}
			f.server = connect(t, f.ftp.Addr(), "site", func(o *Options) { o.Retries = 3 })
			f.Write(deploy.Work("state"), "what is live")
			armed := f.fault(fault)
			release, _, err := f.server.Lock(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			found, err := f.server.Begin(t.Context())
			if err != nil || name != "refused" && string(found.State) != "what is live" || found.State == nil && found.StateErr == nil {
				t.Errorf("%+v, %v", found, err)
			}
			if _, err := f.server.Look(t.Context(), nil, true); err != nil {
				t.Error(err)
			}
			release()
			if _, err := f.server.Look(t.Context(), nil, true); err == nil {
				t.Error("the lock is not released")
			}
			if armed.Fired() == 0 && name != "none" {
				t.Error("the fault did not strike")
			}
		})
	}
}
