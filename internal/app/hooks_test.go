package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ferry/internal/config"
	"ferry/manifest"
	"ferry/sync"

	"ferry/internal/ftp"

	"github.com/google/go-cmp/cmp"
)

// TestHooksOfManyPasses runs the hooks of one pair through a day of passes, as a
// watch makes them, and looks at what they were told.
func TestHooksOfManyPasses(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are those of a Unix shell")
	}
	away := &ftp.Error{Class: ftp.Connect, Err: errors.New("connection refused, this time from port 1")}
	still := &ftp.Error{Class: ftp.Connect, Err: errors.New("connection refused, this time from port 2")}
	unsafe := &sync.UnsafeError{What: "too much"}
	upload := sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "a"}
	aside := sync.Action{Op: sync.SetAside, Side: sync.Remote, Path: "c.copy", From: "c"}
	waits := sync.Conflict{Path: "w", Skipped: true, Local: manifest.Entry{Size: 1}}
	changed := waits
	changed.Local.Size = 2
	copied := sync.Conflict{Path: "c", Copy: "c.copy"}
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	tell := `echo "$FERRY_HOOK ${FERRY_EXIT-$FERRY_UPLOADED} $(tr '\n' ' ' | sed 's/ $//')" >> log`
	p := &Pair{Profile: config.NewProfile("p")}
	p.File = filepath.Join(dir, "ferry.yaml")
	p.Hooks = config.Hooks{Before: tell, After: tell, OnConflict: tell, OnError: tell}
	h := NewOpener(Options{}).hooks(p, nil)
	for _, c := range []struct {
		name   string
		plan   *sync.Plan // nil: the pair could not be opened
		refuse error      // of actions
		err    error      // of the pass
		sum    sync.Summary
		want   []string
	}{
		{"nothing to do", &sync.Plan{}, nil, nil, sync.Summary{}, nil},
		{"an upload", &sync.Plan{Actions: sync.ActionsOf(upload)}, nil, nil, sync.Summary{Uploaded: 1}, []string{"before 1 a", "after 0 a"}},
		{"an upload that fails", &sync.Plan{Actions: sync.ActionsOf(upload)}, errors.New("550"), nil, sync.Summary{Failed: 1}, []string{"before 1 a", "after 3 ", "on-error 3 a"}},
		{"the same again", &sync.Plan{Actions: sync.ActionsOf(upload)}, errors.New("550"), nil, sync.Summary{Failed: 1}, []string{"before 1 a", "after 3 "}},
		{"the server is away", nil, nil, away, sync.Summary{}, []string{"on-error 4 "}},
		{"it is still away", nil, nil, still, sync.Summary{}, nil},
		{"a rail", &sync.Plan{}, nil, unsafe, sync.Summary{}, []string{"on-error 6 "}},
		{"the rail again", &sync.Plan{}, nil, unsafe, sync.Summary{}, nil},
		{"a pass that goes well", &sync.Plan{}, nil, nil, sync.Summary{}, nil},
		{"away once more", nil, nil, away, sync.Summary{}, []string{"on-error 4 "}},
		{"a conflict that waits", &sync.Plan{Conflicts: []sync.Conflict{waits}}, nil, nil, sync.Summary{Conflicts: 1}, []string{"on-conflict 5 w\t"}},
		{"it still waits", &sync.Plan{Conflicts: []sync.Conflict{waits}}, nil, nil, sync.Summary{Conflicts: 1}, nil},
		{"it changed meanwhile", &sync.Plan{Conflicts: []sync.Conflict{changed}}, nil, nil, sync.Summary{Conflicts: 1}, []string{"on-conflict 5 w\t"}},
		{"a copy is made", &sync.Plan{Conflicts: []sync.Conflict{copied}, Actions: sync.ActionsOf(aside)}, nil, nil, sync.Summary{Conflicts: 1},
			[]string{"before 0 c c.copy", "after 5 c c.copy", "on-conflict 5 c\tc.copy"}},
		{"the copy could not be made", &sync.Plan{Conflicts: []sync.Conflict{{Path: "d", Copy: "d.copy"}}, Actions: sync.ActionsOf(sync.Action{Op: sync.SetAside, Path: "d.copy", From: "d"})},
			errors.New("550"), nil, sync.Summary{Failed: 1}, []string{"before 0 d d.copy", "after 3 ", "on-error 3 d.copy"}},
		{"the pass breaks off", &sync.Plan{Actions: sync.ActionsOf(upload)}, nil, errors.New("disk full"), sync.Summary{}, []string{"before 1 a", "on-error 1 "}},
	} {
		_ = os.Remove(log)
		_, err, hookErr := h.around(context.Background(), func(ctx context.Context) (sync.Summary, error) {
			return c.sum, errors.Join(play(ctx, h, c.plan, c.refuse), c.err)
		})
		if (err != nil) != (c.err != nil) || hookErr != nil {
			t.Errorf("%s: errors %v, %v", c.name, err, hookErr)
		}
		text, err := os.ReadFile(log)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Join(c.want, "\n"), strings.TrimSuffix(string(text), "\n")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// play does to the hooks what an engine would do with a plan.
func play(ctx context.Context, h *passHooks, plan *sync.Plan, refuse error) error {
	if plan == nil {
		return nil
	}
	observe := h.observe(nil)
	observe(sync.Planned{Plan: plan})
	if !plan.Acts() {
		return nil
	}
	if err := h.allower()(ctx, plan); err != nil {
		return err
	}
	for i := range plan.Actions.Len() {
		observe(sync.Finished{Action: plan.Actions.At(i), Err: refuse})
	}
	return nil
}
