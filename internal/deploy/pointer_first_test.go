package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/deploy"
	"ferry/sync"
)

// The first pointer stands in directories that are not there yet, or partly.
func TestPointerBelow(t *testing.T) {
	for _, there := range []string{"", "public", "public/web"} {
		p := newPointed(t, "<?php require __DIR__ . '/{slot}/index.html';")
		p.file.Path = "public/web/index.php"
		p.pointer.Shows = func(_ context.Context, page, text string) error {
			root := strings.TrimSuffix(page, string(p.file.Path))
			content, _ := p.m.Content(deploy.Place{Path: page})
			slot, err := p.file.Slot([]byte(content))
			if shown, _ := p.m.Content(deploy.Place{Path: root + slot + "/index.html"}); err != nil || !strings.Contains(shown, text) {
				return fmt.Errorf("it shows %q, %w", shown, err)
			}
			return nil
		}
		if there != "" {
			p.m.MakeDir(deploy.Place{Path: there})
		}
		for i, files := range releases[:2] {
			if r, err := p.on(p.m.Open(), files); err != nil || r.Release != i+1 {
				t.Errorf("with %q: %+v, %v", there, r, err)
			}
		}
	}
	p := newPointed(t, template)
	p.file.Path, p.pointer.Shows = "public/index.php", func(context.Context, string, string) error { return nil }
	p.m.Write(deploy.Place{Path: "public"}, "a file of somebody else")
	if r, err := p.on(p.m.Open(), releases[0]); err == nil || r.Committed || strings.Contains(err.Error(), "the next deploy finishes it") {
		t.Errorf("%+v, %v", r, err)
	}
}

// The first pointer is refused: nothing is live, nothing says otherwise, and a later deploy works.
func TestPointerFirstRefused(t *testing.T) {
	for _, template := range []string{"", template} {
		for _, theirs := range []string{"", "theirs"} {
			p := newPointed(t, template)
			at := deploy.Place{Path: string(p.file.Path)}
			p.m.Remove(at)
			if theirs != "" {
				p.m.Write(at, theirs)
			}
			p.m.Refuse = func(s deploy.Step) error {
				if s.From == deploy.Work("pointer") {
					return errNo
				}
				return nil
			}
			r, err := p.on(p.m.Open(), releases[0])
			if !errors.Is(err, errNo) || r.Committed || !strings.Contains(err.Error(), "as it was") || strings.Contains(err.Error(), "the next deploy finishes it") {
				t.Errorf("%q: %+v, %v", theirs, r, err)
			}
			if text, is := p.m.Content(at); text != theirs || is != (theirs != "") {
				t.Errorf("%q is %q now", theirs, text)
			}
			p.m.Refuse = nil
			if _, err := p.on(p.m.Open(), releases[0]); err != nil {
				t.Errorf("%q: %v", theirs, err)
			}
			if !slices.Contains(p.m.Names(false), at.Path) {
				t.Errorf("%q", p.m.Names(false))
			}
		}
	}
}

// The web server was not reached, so nothing is known of it, and nothing is deployed or left.
func TestPointerNotAsked(t *testing.T) {
	p := newPointed(t, "")
	p.put(releases[0])
	before := siteOf(p.m)
	p.pointer.Shows = func(context.Context, string, string) error { return fmt.Errorf("no such host: %w", deploy.ErrNotAsked) }
	r, err := p.on(p.m.Open(), releases[1])
	var unsafe *sync.UnsafeError
	if !errors.Is(err, deploy.ErrNotAsked) || errors.As(err, &unsafe) || r.Committed {
		t.Errorf("%+v, %v", r, err)
	}
	if diff := cmp.Diff(before, siteOf(p.m)); diff != "" {
		t.Error(diff)
	}
}
