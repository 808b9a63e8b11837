package app

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"ferry/internal/config"
	"ferry/internal/deploy"
	"ferry/internal/deploy/pointer"
)

func TestPointerOf(t *testing.T) {
	good, bad := filepath.Join(t.TempDir(), "good"), filepath.Join(t.TempDir(), "bad")
	for name, text := range map[string]string{good: "<?php require '{slot}/x';", bad: "<?php"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		address  string
		wanted   config.DeployPointer
		base     string
		template bool
		want     string // part of the error
	}{
		{"https://h", config.DeployPointer{}, "/", false, ""},
		{"https://ann:secret@h/", config.DeployPointer{}, "/", false, ""},
		{"https://h/blog", config.DeployPointer{}, "/blog/", false, ""},
		{"https://h/a//b/", config.DeployPointer{File: ".htaccess"}, "/a/b/", false, ""},
		{"https://h/", config.DeployPointer{File: "index.php", Template: good}, "/", true, ""},
		{"https://h/", config.DeployPointer{File: "index.php", Template: bad}, "", false, "{slot}"},
		{"https://h/", config.DeployPointer{File: "index.php", Template: bad + ".none"}, "", false, "no such file"},
	} {
		p := &Pair{Profile: &config.Profile{Deploy: &config.Deploy{Switch: config.SwitchPointer, Pointer: c.wanted, Check: config.DeployCheck{URL: c.address}}}}
		got, err := pointerOf(p)
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) || ExitCode(err) != ExitUsage {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		if err != nil || got.File.Base != c.base || (got.File.Template != nil) != c.template || got.File.Path == "" {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
		if _, err := got.File.Write(nil, pointer.Slot(1)); err != nil {
			t.Error(err)
		}
	}
}

// A web server that has read a file may show it for a moment more. What it never shows is an error
// without the password of the site.
func TestPointerShows(t *testing.T) {
	var asked atomic.Int32
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("ferry") == "" {
			t.Error("a cache may answer that")
		}
		fmt.Fprintf(w, "before %d behind", asked.Add(1))
	}))
	defer web.Close()
	c := newPointerCheck(config.DeployCheck{URL: strings.Replace(web.URL, "http://", "http://ann:secret@", 1) + "/blog/"})
	c.pause = 0
	if err := c.shows(t.Context(), "a/page", " 3 "); err != nil {
		t.Error(err)
	}
	asked.Store(0)
	if err := c.shows(t.Context(), "a/page", " 9 "); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "/blog/a/page") {
		t.Error(err)
	}
	if asked.Load() != pointerTries {
		t.Errorf("asked %d times", asked.Load())
	}
}

// A web server that cannot be reached says nothing about rules: the hint is to look at the address.
func TestPointerNotAsked(t *testing.T) {
	web := httptest.NewServer(http.NotFoundHandler())
	nowhere := web.URL
	web.Close()
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, "half")
	}))
	defer cut.Close()
	for address, hint := range map[string]string{nowhere: "can this machine reach it", cut.URL: ""} {
		c := newPointerCheck(config.DeployCheck{URL: address})
		c.pause = 0
		err := fmt.Errorf("nothing was deployed: %w", c.shows(t.Context(), "page", "text"))
		if !errors.Is(err, deploy.ErrNotAsked) || ExitCode(err) != ExitFailed || !strings.Contains(Hint(err), hint) {
			t.Errorf("%v, exit code %d, hint %q", err, ExitCode(err), Hint(err))
		}
	}
	web = httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	c := newPointerCheck(config.DeployCheck{URL: web.URL})
	c.pause = 0
	if err := c.shows(t.Context(), "page", "text"); err == nil || errors.Is(err, deploy.ErrNotAsked) {
		t.Errorf("it has answered: %v", err)
	}
}
