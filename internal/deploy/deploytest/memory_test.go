package deploytest

import (
	"errors"
	"testing"

	"ferry/internal/deploy"
	"ferry/sync"
)

// TestMemory holds the server in memory to what every server must do.
func TestMemory(t *testing.T) {
	Run(t, func(t *testing.T) (deploy.Server, Hands) {
		m := NewMemory()
		c := m.Open()
		if _, _, err := c.Lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		return c, m
	})
}

// TestMachinesDie kills a machine at every step of an upload and a commit. What it has done
// stays, nothing more is done, and another machine gets its lock.
func TestMachinesDie(t *testing.T) {
	for n := range 6 {
		m := NewMemory()
		m.Write(deploy.Work("b/x"), "")
		c := m.Open()
		if _, _, err := c.Lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.KillAfter(n)
		err := c.Upload(t.Context(), []deploy.Upload{content("new", "new one")}, func(int, deploy.Uploaded) {})
		_, commitErr := c.Apply(t.Context(), [][]deploy.Chain{
			{{{Op: deploy.Rename, From: deploy.Work("new"), To: live("page")}}},
			{{{Op: deploy.Rename, From: live("page"), To: live("page 2")}}},
		})
		if (err != nil) != (n < 2) || (commitErr != nil) != (n < 4) || c.Killed() != (n < 4) {
			t.Errorf("after %d steps: %v, %v, killed %v", n, err, commitErr, c.Killed())
		}
		part, _ := m.Content(deploy.Work("new"))
		page, _ := m.Content(live("page"))
		last, _ := m.Content(live("page 2"))
		if want := []string{"", "new", "new one", "new one", "new one", "new one"}[n]; part+page+last != want {
			t.Errorf("after %d steps: %q, %q, %q", n, part, page, last)
		}
		other := m.Open()
		if _, waited, err := other.Lock(t.Context()); n < 4 && (err != nil || !waited) || n >= 4 && !errors.Is(err, sync.ErrHeld) {
			t.Errorf("after %d steps: waited %v, %v", n, waited, err)
		}
	}
}

// TestConnectionsAreCut cuts an Apply at each step, with the step carried out and without.
func TestConnectionsAreCut(t *testing.T) {
	for n := range 3 {
		for _, done := range []bool{false, true} {
			m := NewMemory()
			c := m.Open()
			c.CutAfter(n, done)
			chain := deploy.Chain{{Op: deploy.MakeDir, To: live("a")}, {Op: deploy.MakeDir, To: live("b")}, {Op: deploy.MakeDir, To: live("c")}}
			errs, err := c.Apply(t.Context(), [][]deploy.Chain{{chain}})
			if !errors.Is(err, ErrCut) || !errors.Is(errs[0][0][n], deploy.ErrUnknown) {
				t.Errorf("%d: %v, %v", n, errs, err)
			}
			want := n
			if done {
				want++
			}
			if names := m.Names(false); len(names) != want {
				t.Errorf("%d, done %v: %v", n, done, names)
			}
			for i, err := range errs[0][0] {
				if (err == nil) != (i < n) || i > n && errors.Is(err, deploy.ErrUnknown) {
					t.Errorf("%d: step %d: %v", n, i, err)
				}
			}
			if errs, err := c.Apply(t.Context(), [][]deploy.Chain{{chain}}); err != nil || errors.Join(errs[0][0]...) != nil {
				t.Errorf("again: %v, %v", errs, err)
			}
		}
	}
}
