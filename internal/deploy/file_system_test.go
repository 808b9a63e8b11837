package deploy_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
)

// Where nothing can be renamed from the work directory into the site, a first deploy says so
// before anything is uploaded, and a later one when its commit cannot begin.
func TestOtherFileSystem(t *testing.T) {
	for _, first := range []bool{true, false} {
		m := deploytest.NewMemory()
		o := deploy.Options{Server: m.Open(), Now: time.Now, Source: texts{"a": "1"}}
		if !first {
			run(t, o)
		}
		m.OtherFileSystem = true
		o.Source = texts{"a": "2", "b": "2"}
		result, err := deploy.Run(context.Background(), o)
		if !errors.Is(err, deploy.ErrOtherFileSystem) || first && result.Uploaded > 0 {
			t.Errorf("first %v: %d uploaded, %v", first, result.Uploaded, err)
		}
		if content, _ := m.Content(deploy.Place{Path: "a"}); content == "2" {
			t.Error("it was deployed all the same")
		}
	}
}

// So it is with a site that is switched as a whole.
func TestSwitchOtherFileSystem(t *testing.T) {
	s := newSwitched(t)
	s.m.OtherFileSystem = true
	result, err := s.on(s.m.Open(), texts{"a": "1"})
	if !errors.Is(err, deploy.ErrOtherFileSystem) || result.Uploaded > 0 {
		t.Errorf("%d uploaded, %v", result.Uploaded, err)
	}
}
