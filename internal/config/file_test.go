package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/ftp"
	"ferry/sync"
)

// parse reads text as /etc/x/ferry.yaml of a user whose home is /home/u.
func parse(text string) (*File, error) {
	return Parse("ferry.yaml", []byte(text), abs("/etc/x/ferry.yaml"), abs("/home/u"))
}

// abs makes an absolute path of this system.
func abs(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		panic(err)
	}
	return path
}

// hidePasswords lets two profiles be compared, with passwords as they are shown,
// and field by field, for which they must not have their method Equal.
var hidePasswords = cmp.Options{
	cmp.Transformer("shown", func(s Secret) string { return s.String() }),
	cmp.Transformer("fields", func(p *Profile) *fields { return (*fields)(p) }),
}

type fields Profile

const contractText = `# ferry.yaml
defaults:
  connections: 4
  mode: auto
profiles:
  site:
    local: ./public                      # relative to this file
    remote: ftpes://deploy@example.com/htdocs
    direction: push                      # both (default), push, pull
    password: {env: SITE_PASSWORD}
    ignore: |                            # a block: YAML eats a list item that starts with ! or *
      *.map
      !keep.map
  photos:
    local: ~/Pictures
    remote: ftp://nas.local/photos
    conflict: newer
    poll: 1m
    bwlimit: 2MiB:10MiB
`

// TestParseContract reads the example of the command line's contract.
func TestParseContract(t *testing.T) {
	file, err := parse(contractText)
	if err != nil {
		t.Fatal(err)
	}
	want := []*Profile{{
		Name:        "site",
		File:        abs("/etc/x/ferry.yaml"),
		Local:       abs("/etc/x/public"),
		Remote:      Remote{Security: ftp.Explicit, User: "deploy", Host: "example.com", Path: "htdocs"},
		Direction:   sync.Push,
		Limits:      sync.NewLimits(),
		Trash:       true,
		TrashKeep:   30 * 24 * time.Hour,
		LogKeep:     90 * 24 * time.Hour,
		Password:    hide(held{kind: secretEnv, text: "SITE_PASSWORD"}),
		Ignore:      "*.map\n!keep.map\n",
		Connections: 4,
	}, {
		Name:        "photos",
		File:        abs("/etc/x/ferry.yaml"),
		Local:       abs("/home/u/Pictures"),
		Remote:      Remote{Host: "nas.local", Path: "photos"},
		Conflict:    sync.NewerWins,
		Limits:      sync.NewLimits(),
		Trash:       true,
		TrashKeep:   30 * 24 * time.Hour,
		LogKeep:     90 * 24 * time.Hour,
		Connections: 4,
		Poll:        time.Minute,
		BytesUp:     2 << 20,
		BytesDown:   10 << 20,
	}}
	if diff := cmp.Diff(want, file.Profiles, hidePasswords); diff != "" {
		t.Error(diff)
	}
	if file.Path != abs("/etc/x/ferry.yaml") {
		t.Errorf("path is %s", file.Path)
	}
}

func TestParseEveryKey(t *testing.T) {
	file, err := parse(`
profiles:
  p:
    local: sub/../dir
    remote: ftps://h:2121//root
    user: me@example.org
    password: 0123
    direction: pull
    conflict: skip
    mode: active
    ignore: ["*.a", '!b.a']
    ignore-file: rules/ignore
    ca: ~/ca.pem
    exact: yes
    adopt: true
    checksum: on
    verify: True
    trash: off
    trash-keep: 12h
    trash-size: 1GiB
    log-keep: 2d
    links: follow
    permissions: keep
    trust-pasv: true
    timeout: 1m30s
    poll: 5m
    connections: 8
    segments: no
    retries: 0
    max-delete: 20%
    active-ports: 50000-50100
    active-address: 198.51.100.7
    pipeline: off
    compress: off
    encoding: CP1251
    id: the-pair
    fingerprint: sha256:` + strings.Repeat("AB", 32) + `
    bwlimit: 100KiB
    hooks:
      before: make build
      after: "curl -s https://example.com/done"
      on-conflict: mail me
      on-error: |
        echo a
        echo b
      timeout: 2m
      staged: check
      format: marked
`)
	if err != nil {
		t.Fatal(err)
	}
	want := &Profile{
		Name:      "p",
		ID:        "the-pair",
		File:      abs("/etc/x/ferry.yaml"),
		Local:     abs("/etc/x/dir"),
		Remote:    Remote{Security: ftp.Implicit, User: "me@example.org", Host: "h", Port: 2121, Path: "root", Absolute: true},
		Direction: sync.Pull, Conflict: sync.LeaveAlone, Mode: ftp.Active,
		Limits: sync.Limits{MaxDeletes: -1, MaxDeletePercent: 20},
		Exact:  true, Adopt: true, Checksum: true, Verify: true, FollowLinks: true, Permissions: true, TrustPASV: true, Pipeline: ftp.PipelineOff, Compress: ftp.CompressOff, Encoding: "windows-1251",
		TrashSet: true, TrashKeep: 12 * time.Hour, TrashSize: 1 << 30, LogKeep: 48 * time.Hour,
		Password: Literal("0123"),
		Ignore:   "*.a\n!b.a\n", IgnoreFile: abs("/etc/x/rules/ignore"), CA: abs("/home/u/ca.pem"),
		Timeout: 90 * time.Second, Poll: 5 * time.Minute,
		Connections: 8, Segments: 1, Retries: -1,
		ActivePorts: [2]int{50000, 50100}, ActiveAddress: "198.51.100.7",
		Fingerprint: strings.Repeat("ab", 32),
		BytesUp:     100 << 10, BytesDown: 100 << 10,
		Hooks: Hooks{"make build", "curl -s https://example.com/done", "mail me", "echo a\necho b", 2 * time.Minute, "check", true},
	}
	if diff := cmp.Diff([]*Profile{want}, file.Profiles, hidePasswords); diff != "" {
		t.Error(diff)
	}
	if got := file.Profiles[0].Password.reveal().text; got != "0123" {
		t.Errorf("a password of digits became %q", got)
	}
}

// TestParseDefaults: a profile's own key wins; patterns and hooks are added.
func TestParseDefaults(t *testing.T) {
	file, err := parse(`
defaults:
  user: common
  password: {env: COMMON}
  timeout: 10s
  trash: off
  ignore: |
    *.tmp
  hooks: {before: a, after: b, on-error: d, timeout: 1m}
profiles:
  one: {local: a, remote: ftp://h}
  two:
    local: b
    remote: ftp://own:pw@h
    timeout: 20s
    ignore: "!x.tmp"
    hooks: {after: c, on-error: ""}
`)
	if err != nil {
		t.Fatal(err)
	}
	common := NewProfile("one")
	common.File = abs("/etc/x/ferry.yaml")
	common.Local, common.Remote = abs("/etc/x/a"), Remote{User: "common", Host: "h"}
	common.Password = hide(held{kind: secretEnv, text: "COMMON"})
	common.Timeout, common.Trash, common.TrashSet, common.Ignore = 10*time.Second, false, true, "*.tmp\n"
	common.Hooks = Hooks{Before: "a", After: "b", OnError: "d", Timeout: time.Minute}
	own := *common
	own.Name, own.Local, own.Remote.User = "two", abs("/etc/x/b"), "own"
	own.Password = Literal("pw")
	own.Timeout, own.Ignore, own.Hooks.After = 20*time.Second, "*.tmp\n!x.tmp\n", "c"
	own.Hooks.OnError = "" // taken back
	if diff := cmp.Diff([]*Profile{common, &own}, file.Profiles, hidePasswords); diff != "" {
		t.Error(diff)
	}
}

func TestParseAliases(t *testing.T) {
	file, err := parse(`
profiles:
  a:
    local: a
    remote: &url ftp://h/x
    ignore: &rules |
      x
  b: {local: b, remote: *url, ignore: *rules}
`)
	if err != nil {
		t.Fatal(err)
	}
	if p := file.Profiles[1]; p.Remote.String() != "ftp://h/x" || p.Ignore != "x\n" {
		t.Errorf("%+v", p)
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ferry.yaml")
	if err := os.WriteFile(path, []byte("\ufeff"+contractText), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := Read(path, dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := file.Profiles[0].Local; got != filepath.Join(dir, "public") {
		t.Errorf("local is %s", got)
	}
	if _, err := Read(filepath.Join(dir, "none.yaml"), dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Read(dir, dir); err == nil {
		t.Error("a directory was read")
	}
	if err := os.WriteFile(path, []byte("#"+strings.Repeat("x", maxSize)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, dir); err == nil || !strings.Contains(err.Error(), "longer than 1024 KiB") {
		t.Errorf("a huge file: %v", err)
	}
}

func TestSelect(t *testing.T) {
	file, err := parse("profiles:\n  site: {local: a, remote: ftp://h}\n  photos: {local: b, remote: ftp://h}\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		names []string
		want  []string
	}{
		{nil, []string{"site", "photos"}},
		{[]string{"photos"}, []string{"photos"}},
		{[]string{"photos", "site", "photos"}, []string{"photos", "site"}},
	} {
		selected, err := file.Select(c.names)
		var got []string
		for _, p := range selected {
			got = append(got, p.Name)
		}
		if err != nil || !cmp.Equal(got, c.want) {
			t.Errorf("Select(%q) is %q, %v", c.names, got, err)
		}
	}
	_, err = file.Select([]string{"sit", "nothing", "site"})
	if want := `no profile "sit" in ` + file.Path + "\nno profile \"nothing\" in " + file.Path; err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	if hint := Hint(err); hint != "did you mean site?" {
		t.Errorf("hint is %q", hint)
	}
	_, err = file.Select([]string{"nothing"})
	if hint := Hint(err); hint != "it has site, photos" {
		t.Errorf("hint is %q", hint)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(contractText)
	for _, c := range errorCases {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := parse(text)
		var errs Errors
		switch {
		case err == nil && (len(file.Profiles) == 0 || file.Profiles[0].Local == "" || file.Profiles[0].Remote.Host == ""):
			t.Errorf("%q is read without an error and has no good profile", text)
		case err != nil && (!errors.As(err, &errs) || len(errs) == 0):
			t.Errorf("%q: %v", text, err)
		}
		for _, e := range errs {
			if s := e.Error(); strings.ContainsAny(s, "\n\r\x00\x1b") || !strings.HasPrefix(s, "ferry.yaml:") {
				t.Errorf("%q: the error is not one clean line: %q", text, s)
			}
		}
	})
}

// TestLogKeep reads how long the history is kept: not at all, for a while, or for ever.
func TestLogKeep(t *testing.T) {
	for text, want := range map[string]time.Duration{"90d": 90 * 24 * time.Hour, "12h": 12 * time.Hour, "off": 0, "0": 0, "forever": -1} {
		file, err := parse("profiles: {a: {local: a, remote: ftp://h, log-keep: " + text + "}}")
		if err != nil || file.Profiles[0].LogKeep != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := parse("profiles: {a: {local: a, remote: ftp://h, log-keep: 30}}"); err == nil {
		t.Error("a number without a unit is taken")
	}
}
