package config

import (
	"strings"
	"testing"
)

// TestOneRuleForLinks holds that of follow-links: and links: the later one counts.
func TestOneRuleForLinks(t *testing.T) {
	for keys, want := range map[string]Links{
		"links: copy, follow-links: true":    FollowLinks,
		"follow-links: true, links: copy":    CopyLinks,
		"links: copy, follow-links: false":   CopyLinks,
		"links: follow, follow-links: false": SkipLinks,
		"follow-links: true, links: skip":    SkipLinks,
		"follow-links: true":                 FollowLinks,
	} {
		file, err := parse("profiles:\n  site: {local: x, remote: ftp://h/in, " + keys + "}\n")
		if err != nil {
			t.Fatal(err)
		}
		if p := file.Profiles[0]; p.FollowLinks != (want == FollowLinks) || p.CopyLinks != (want == CopyLinks) {
			t.Errorf("%s: follow %v, copy %v", keys, p.FollowLinks, p.CopyLinks)
		}
	}
}

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
