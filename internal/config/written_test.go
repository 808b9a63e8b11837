package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is written is shown with its lines, and nothing of what may hold a secret.
func TestWrittenIn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ferry.yaml")
	text := `defaults:
  poll: 1m
  timeout: 5s
  password: s3cret
profiles:
  site:
    local: ./public
    remote: ftp://ann:s3cret@example.com/htdocs
    timeout: 9s
    hooks: {after: "curl https://s3cret@example.com/"}
    merge-tool: meld --s3cret
    ignore: |
      *.map
      !keep.map
    deploy: {keep: 3, check: {url: "https://s3cret.example.com/"}}
    unknown: s3cret
  other: {local: ., remote: "ftp://host/x", ignore: ["*.a", "*.b"], remote2: {a: s3cret}}
  list: {local: ., remote: ["ftp://ann:s3cret@host/x"]}
  broken: {local: ., remote: "ftp://ann:s3cret@ho st/x"}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for profile, want := range map[string][]Written{
		"site": {
			{"poll", "1m", 2, true}, {"password", notShown, 4, true}, {"local", "./public", 7, false},
			{"remote", "ftp://ann@example.com/htdocs", 8, false}, {"timeout", "9s", 9, false}, {"hooks", notShown, 10, false},
			{"merge-tool", notShown, 11, false}, {"ignore", "*.map\n!keep.map", 12, false}, {"deploy", notShown, 15, false}, {"unknown", notShown, 16, false},
		},
		"other": {
			{"poll", "1m", 2, true}, {"timeout", "5s", 3, true}, {"password", notShown, 4, true}, {"local", ".", 17, false},
			{"remote", "ftp://host/x", 17, false}, {"ignore", "*.a\n*.b", 17, false}, {"remote2", notShown, 17, false},
		},
	} {
		got, err := WrittenIn(file, profile)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", profile, err, diff)
		}
	}
	for _, profile := range []string{"broken", "list"} {
		if got, err := WrittenIn(file, profile); err != nil || got[len(got)-1].Value != notShown {
			t.Errorf("%s: %+v, %v", profile, got, err)
		}
	}
	for _, profile := range []string{"none", ""} {
		if _, err := WrittenIn(file, profile); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", profile, err)
		}
	}
	if err := os.WriteFile(file, []byte("profiles: {a: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := WrittenIn(file, "a"); err == nil {
		t.Error("a broken file: no error")
	}
}
