package deploy_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/manifest"
	"ferry/sync"
)

// texts is a source in memory.
type texts map[manifest.Path]string

func (s texts) Files(context.Context) (files []deploy.LocalFile, err error) {
	for _, p := range slices.SortedFunc(maps.Keys(s), manifest.Path.Compare) {
		sum := sha256.Sum256([]byte(s[p]))
		files = append(files, deploy.LocalFile{Path: p, Size: int64(len(s[p])), Sum: deploy.Sum(sum[:16])})
	}
	return files, nil
}

func (s texts) Open(p manifest.Path, offset int64) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader([]byte(s[p])[offset:])), nil
}

const notice = "back soon"

var noticeAt = deploy.Place{Path: ".maintenance"}

func maintained(m *deploytest.Machine, s texts) deploy.Options {
	return deploy.Options{Server: m, Source: s, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, CutLines: true,
		Policy:      deploy.Policy{MostDeletions: func(int) int { return -1 }},
		Maintenance: deploy.Maintenance{Path: ".maintenance", Content: []byte(notice)}}
}

var (
	before = texts{"index.html": "old", "gone.html": "gone", "same.css": "same"}
	after  = texts{"index.html": "new page", "fresh.html": "fresh", "same.css": "same"}
)

// siteOf returns what is in the site.
func siteOf(m *deploytest.Memory) texts {
	site := texts{}
	for _, name := range m.Names(false) {
		if text, isFile := m.Content(deploy.Place{Path: name}); isFile {
			site[manifest.Path(name)] = text
		}
	}
	return site
}

func run(t *testing.T, o deploy.Options) deploy.Result {
	t.Helper()
	result, err := deploy.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// The maintenance file stands in the site before the first change and until the last one.
func TestMaintenance(t *testing.T) {
	m := deploytest.NewMemory()
	run(t, maintained(m.Open(), before))
	stood := false
	m.Before = func(int) {
		site := siteOf(m)
		_, stands := site[".maintenance"]
		delete(site, ".maintenance")
		if !stands && !maps.Equal(site, before) && !maps.Equal(site, after) {
			t.Errorf("not in maintenance, with %v", site)
		}
		stood = stood || stands
	}
	run(t, maintained(m.Open(), after))
	if m.Before = nil; !stood || !maps.Equal(siteOf(m), after) {
		t.Errorf("stood: %v, %v", stood, siteOf(m))
	}
	for _, name := range m.Names(true) {
		if strings.Contains(name, "stage") {
			t.Errorf("%s is left", name)
		}
	}
	if result := run(t, maintained(m.Open(), after)); !result.Nothing() {
		t.Errorf("%+v", result)
	}
}

// Wherever a deploy is killed or cut off, the next one ends the maintenance, without the
// option too.
func TestMaintenanceIsTakenUp(t *testing.T) {
	for _, keep := range []int{0, 1} {
		for kind, stop := range map[string]func(m *deploytest.Machine, n int){
			"killed":        func(m *deploytest.Machine, n int) { m.KillAfter(n) },
			"cut":           func(m *deploytest.Machine, n int) { m.CutAfter(n, false) },
			"cut, but done": func(m *deploytest.Machine, n int) { m.CutAfter(n, true) },
		} {
			for n, ended := 0, false; !ended; n++ {
				m := deploytest.NewMemory()
				run(t, maintained(m.Open(), before))
				machine := m.Open()
				stop(machine, n)
				o := maintained(machine, after)
				o.Policy.Keep = keep
				_, err := deploy.Run(context.Background(), o)
				ended = err == nil || n > 100
				next := maintained(m.Open(), after)
				next.Maintenance = deploy.Maintenance{}
				run(t, next)
				if site := siteOf(m); !maps.Equal(site, after) {
					t.Errorf("%s after %d steps, keep %d: %v", kind, n, keep, site)
				}
			}
		}
	}
}

// A file that somebody else put there is left, and so is one that came since.
func TestMaintenanceOfSomebodyElse(t *testing.T) {
	m := deploytest.NewMemory()
	m.Write(noticeAt, "by hand")
	run(t, maintained(m.Open(), before))
	if text, _ := m.Content(noticeAt); text != "by hand" {
		t.Errorf("%q", text)
	}
	for n := 0; ; n++ {
		m = deploytest.NewMemory()
		run(t, maintained(m.Open(), before))
		machine := m.Open()
		machine.KillAfter(n)
		_, err := deploy.Run(context.Background(), maintained(machine, after))
		if _, is := m.Content(noticeAt); is {
			break
		}
		if err == nil {
			t.Fatal("it never stood there")
		}
	}
	m.Write(noticeAt, "by hand, later")
	run(t, maintained(m.Open(), after))
	if text, _ := m.Content(noticeAt); text != "by hand, later" {
		t.Errorf("%q", text)
	}
}

func TestMaintenanceElsewhere(t *testing.T) {
	for _, p := range []manifest.Path{"index.html", ".ferry/x"} {
		o := maintained(deploytest.NewMemory().Open(), before)
		o.Maintenance.Path = p
		_, err := deploy.Run(context.Background(), o)
		var unsafe *sync.UnsafeError
		if !errors.As(err, &unsafe) || !strings.Contains(err.Error(), fmt.Sprintf("as: %s} names", p)) {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// A rollback is a release that goes live, too.
func TestMaintenanceOfRollback(t *testing.T) {
	m := deploytest.NewMemory()
	o := maintained(m.Open(), before)
	o.Policy.Keep = 1
	run(t, o)
	o.Source = after
	run(t, o)
	stood := false
	m.Before = func(int) {
		_, is := m.Content(noticeAt)
		stood = stood || is
	}
	if _, err := deploy.Rollback(context.Background(), o, 0); err != nil {
		t.Fatal(err)
	}
	if m.Before = nil; !stood || !maps.Equal(siteOf(m), before) {
		t.Errorf("stood: %v, %v", stood, siteOf(m))
	}
}
