package config

import (
	"strings"
	"testing"
)

func TestParseLinksAndPermissions(t *testing.T) {
	for _, c := range []struct {
		text string
		want Links
		err  string
	}{
		{"skip", SkipLinks, ""}, {"follow", FollowLinks, ""}, {"copy", CopyLinks, ""},
		{"true", SkipLinks, "not one of skip, follow, copy"}, {"", SkipLinks, "not one of"},
	} {
		got, err := ParseLinks(c.text)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("links: %s: %v, %v", c.text, got, err)
		}
	}
	for text, want := range map[string]bool{"keep": true, "ignore": false} {
		if got, err := ParsePermissions(text); got != want || err != nil {
			t.Errorf("permissions: %s: %v, %v", text, got, err)
		}
	}
	if _, err := ParsePermissions("kept"); err == nil || !strings.Contains(err.Error(), "not one of keep, ignore") {
		t.Error(err)
	}
}
