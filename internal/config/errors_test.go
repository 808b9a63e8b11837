package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// site is a profile to which a case adds lines; the first is line 5.
const site = `profiles:
  site:
    local: x
    remote: ftpes://h
`

// errorCases are configurations and everything that is said about them.
var errorCases = []struct {
	name, text string
	want       []string
}{
	{"nothing", "", []string{"ferry.yaml: the file is empty (\"ferry init LOCAL URL --force\" writes one)"}},
	{"comments only", "# a\n\n# b\n", []string{"ferry.yaml: the file is empty (\"ferry init LOCAL URL --force\" writes one)"}},
	{"an empty document", "---\n", []string{"ferry.yaml: the file is empty (\"ferry init LOCAL URL --force\" writes one)"}},
	{"a list", "- a\n", []string{"ferry.yaml:1:1: expected keys with values here, not a list"}},
	{"a word", "hello\n", []string{"ferry.yaml:1:1: expected keys with values here, not a single value"}},
	{"no profiles", "defaults:\n  mode: auto\n", []string{"ferry.yaml:1:1: there are no profiles (add one below profiles:, under its name, with local: and remote:)"}},
	{"profiles without any", "profiles: {}\n", []string{"ferry.yaml:1:1: profiles: there are no profiles (add one here, under its name, with local: and remote:)"}},
	{"profiles without a value", "profiles:\n", []string{"ferry.yaml:1:10: profiles: has no value (write its keys on the lines below, indented)"}},
	{"a profile at the top", "site:\n  local: x\n", []string{"ferry.yaml:1:1: site: unknown key (the keys here are defaults, profiles)"}},
	{"a misspelt key at the top", "profile:\n  site: {}\n", []string{"ferry.yaml:1:1: profile: unknown key (did you mean profiles?)"}},
	{"a profile without a value", "profiles:\n  site:\n", []string{"ferry.yaml:2:8: profiles.site: has no value (write its keys on the lines below, indented)"}},
	{"a profile without its sides", "profiles:\n  site: {mode: auto}\n", []string{
		"ferry.yaml:2:3: profiles.site.local: is missing",
		"ferry.yaml:2:3: profiles.site.remote: is missing"}},
	{"names of profiles", "profiles:\n  a b: {}\n  -x: {}\n  ftp://h: {}\n  \"\": {}\n  ~: {}\n", []string{
		`ferry.yaml:2:3: profiles.a b: the name of a profile must not contain spaces or any of /\:*?"<>|`,
		`ferry.yaml:3:3: profiles.-x: the name of a profile must not start with -`,
		`ferry.yaml:4:3: profiles.ftp://h: the name of a profile must not contain spaces or any of /\:*?"<>|`,
		`ferry.yaml:5:3: profiles."": a profile needs a name`,
		`ferry.yaml:6:3: profiles.~: the name of a profile must not start with ~`}},

	{"a misspelt key", site + "    tiemout: 5s\n", []string{"ferry.yaml:5:5: profiles.site.tiemout: unknown key (did you mean timeout?)"}},
	{"an underscore", site + "    max_delete: 5\n", []string{"ferry.yaml:5:5: profiles.site.max_delete: unknown key (did you mean max-delete?)"}},
	{"capitals", site + "    maxDelete: 5\n", []string{"ferry.yaml:5:5: profiles.site.maxDelete: unknown key (did you mean max-delete?)"}},
	{"a key of another program", site + "    exclude: 5\n    port: 21\n", []string{
		"ferry.yaml:5:5: profiles.site.exclude: unknown key (did you mean ignore?)",
		"ferry.yaml:6:5: profiles.site.port: unknown key (it is part of remote, as in ftpes://user@host:2121/path)"}},
	{"a merge key", site + "    <<: {mode: auto}\n", []string{"ferry.yaml:5:5: profiles.site.<<: unknown key (what all profiles share goes under defaults)"}},
	{"a key over lines", site + "    \"a\\nb\\e\": x\n", []string{`ferry.yaml:5:5: profiles.site."a\nb\x1b": unknown key (the keys here are ` + strings.Join(sortedKeys(keys), ", ") + ")"}},
	{"a key twice", site + "    mode: auto\n    mode: active\n", []string{"ferry.yaml:6:5: profiles.site.mode: is given twice, first on line 5"}},
	{"a profile twice", site + "  site:\n    local: y\n", []string{"ferry.yaml:5:3: profiles.site: is given twice, first on line 2"}},
	{"a key that is a list", site + "    [a, b]: x\n", []string{"ferry.yaml:5:5: profiles.site: expected a key here, not a list"}},

	{"no value", site + "    timeout:\n", []string{`ferry.yaml:5:13: profiles.site.timeout: has no value (write "" for an empty one)`}},
	{"a list for a value", site + "    timeout: [1s]\n", []string{"ferry.yaml:5:14: profiles.site.timeout: expected a single value here, not a list"}},
	{"keys for a value", site + "    timeout: {a: 1s}\n", []string{"ferry.yaml:5:14: profiles.site.timeout: expected a single value here, not keys with values"}},
	{"a tag", site + "    timeout: !!str 5s\n", []string{`ferry.yaml:5:14: profiles.site.timeout: a word that starts with "!" is a tag in YAML (put it in quotes)`}},
	{"no unit", site + "    timeout: 30\n", []string{"ferry.yaml:5:14: profiles.site.timeout: 30 has no unit: write 30s for seconds"}},
	{"a bad size", site + "    bwlimit: fast\n", []string{`ferry.yaml:5:14: profiles.site.bwlimit: "fast" is not a rate in bytes per second, such as 500KiB or 2MiB:10MiB (up:down)`}},
	{"a bad switch", site + "    trash: maybe\n", []string{`ferry.yaml:5:12: profiles.site.trash: "maybe" is neither on nor off`}},
	{"bad limits of the trash", site + "    trash-keep: 30\n    trash-size: much\n", []string{
		"ferry.yaml:5:17: profiles.site.trash-keep: 30 has no unit: write 30d for days, or 30h for hours",
		`ferry.yaml:6:17: profiles.site.trash-size: "much" is not a positive size, such as 500MB or 1GiB`}},
	{"no unit of an age", site + "    log-keep: 30\n", []string{"ferry.yaml:5:15: profiles.site.log-keep: 30 has no unit: write 30d for days, or 30h for hours"}},
	{"a bad number", site + "    connections: many\n    retries: -1\n", []string{
		`ferry.yaml:5:18: profiles.site.connections: "many" is not a whole number from 1 to 256, or auto`,
		`ferry.yaml:6:14: profiles.site.retries: "-1" is not a whole number from 0 to 1000`}},
	{"a bad share", site + "    max-delete: 150%\n", []string{`ferry.yaml:5:17: profiles.site.max-delete: "150%" is neither a number of files nor a percentage, such as 25 or 30%`}},
	{"bad addresses", site + "    active-address: example.com\n    active-ports: 9-1\n", []string{
		`ferry.yaml:5:21: profiles.site.active-address: "example.com" is not an IP address`,
		`ferry.yaml:6:19: profiles.site.active-ports: "9-1" ends before it starts`}},
	{"a bad fingerprint", site + "    fingerprint: abc\n", []string{`ferry.yaml:5:18: profiles.site.fingerprint: "abc" is not a SHA-256 fingerprint: "sha256:" and 64 hex digits`}},
	{"a misspelt encoding", site + "    encoding: windows-1521\n", []string{`ferry.yaml:5:15: profiles.site.encoding: "windows-1521" is not an encoding that can be used over FTP (did you mean windows-1251?)`}},
	{"an encoding that FTP cannot have", site + "    encoding: UTF-16LE\n", []string{
		`ferry.yaml:5:15: profiles.site.encoding: "UTF-16LE" is not an encoding that can be used over FTP (such are utf-8, windows-1252, windows-1251, cp437, shift-jis, gbk; "ferry check" proposes the one that fits)`}},
	{"a misspelt choice", site + "    direction: psuh\n", []string{`ferry.yaml:5:16: profiles.site.direction: "psuh" is not one of both, push, pull (did you mean push?)`}},
	{"an unknown choice", site + "    conflict: ask\n    mode: fast\n", []string{
		`ferry.yaml:5:15: profiles.site.conflict: "ask" is not one of keep-both, newer, local, remote, skip`,
		`ferry.yaml:6:11: profiles.site.mode: "fast" is not one of auto, passive, active`}},
	{"sides the wrong way round", "profiles:\n  a:\n    local: ftp://h\n    remote: ./x\n", []string{
		"ferry.yaml:3:12: profiles.a.local: is a URL (local is a directory on this machine, remote is the URL)",
		"ferry.yaml:4:13: profiles.a.remote: is not a URL (write it as ftp://user@host/path, or ftpes:// for TLS)"}},
	{"another scheme", "profiles:\n  a:\n    local: x\n    remote: sftp://u:secret@h\n", []string{
		"ferry.yaml:4:13: profiles.a.remote: sftp:// is file transfer over SSH, which ferry does not support (use ftp:// (plain), ftpes:// (TLS, port 21) or ftps:// (implicit TLS, port 990))"}},
	{"somebody else's home", "profiles:\n  a:\n    local: ~bob/x\n    remote: ftp://h\n", []string{
		`ferry.yaml:3:12: profiles.a.local: "~bob/x": ~ stands only for your own home directory (write the whole path, or ./~bob/x for a directory with this name)`}},

	{"two users", "profiles:\n  a: {local: x, remote: ftp://u@h, user: v}\n", []string{`ferry.yaml:2:42: profiles.a.user: is "v", but remote names "u" (remove one of them)`}},
	{"two passwords", "profiles:\n  a: {local: x, remote: 'ftp://u:secret@h', password: secret}\n", []string{"ferry.yaml:2:45: profiles.a.password: remote has a password, too (remove one of them)"}},
	{"blind without a push", site + "    blind: true\n", []string{"ferry.yaml:5:12: profiles.site.blind: is for a push: from a server that is not looked at nothing comes back (set direction: push)"}},
	{"blind and checksum", site + "    direction: push\n    checksum: true\n    blind: true\n", []string{"ferry.yaml:7:12: profiles.site.blind: does not look at the server, and checksum does (remove one of them)"}},
	{"exact without a direction", site + "    exact: true\n", []string{"ferry.yaml:5:12: profiles.site.exact: makes one side equal to the other and so needs a direction (set direction: push or pull)"}},
	{"exact by default without a direction", "defaults: {exact: true}\nprofiles:\n  a: {local: x, remote: ftp://h}\n", []string{"ferry.yaml:3:3: profiles.a.exact: makes one side equal to the other and so needs a direction (set direction: push or pull)"}},
	{"a certificate without TLS", "profiles:\n  a: {local: x, remote: ftp://h, insecure: true}\n", []string{"ferry.yaml:2:44: profiles.a.insecure: ftp:// has no certificate (write remote as ftpes:// (TLS on port 21) or ftps:// (port 990))"}},
	{"a fingerprint that is not looked at", site + "    insecure: true\n    fingerprint: " + strings.Repeat("ab", 32) + "\n", []string{"ferry.yaml:5:15: profiles.site.insecure: accepts any certificate, so fingerprint has no effect (remove one of them)"}},
	{"a name of the server without TLS", "profiles:\n  a: {local: x, remote: ftp://h, server-name: n}\n", []string{"ferry.yaml:2:47: profiles.a.server-name: ftp:// has no certificate (write remote as ftpes:// (TLS on port 21) or ftps:// (port 990))"}},
	{"a name of the server that is not looked at", site + "    server-name: n\n    insecure: true\n", []string{"ferry.yaml:5:18: profiles.site.server-name: has no effect, since the name in the certificate is not looked at with fingerprint or insecure (remove one of them)"}},
	{"a name of the server that is a URL", site + "    server-name: ftp://n\n", []string{`ferry.yaml:5:18: profiles.site.server-name: "ftp://n" is not the name of a host (write the name in the certificate alone, as ftp.example.net)`}},
	{"an id twice", site + "    id: a\n  two: {local: y, remote: ftp://h2, id: a}\n", []string{`ferry.yaml:6:41: profiles.two.id: "a" is the id of another profile, too, on line 5 (give each profile an id of its own: what ferry remembers of a pair is kept under it)`}},
	{"an id that is no name", site + "    id: a/b\n", []string{`ferry.yaml:5:9: profiles.site.id: the id must not contain spaces or any of /\:*?"<>|`}},
	{"an id among the defaults", "defaults:\n  id: a\n" + site, []string{"ferry.yaml:2:3: defaults.id: belongs to one profile and cannot be a default"}},
	{"a format of hooks", site + "    hooks: {format: json}\n", []string{`ferry.yaml:5:21: profiles.site.hooks.format: "json" is not one of plain, marked`}},
	{"sides among the defaults", "defaults:\n  local: x\n" + site, []string{"ferry.yaml:2:3: defaults.local: belongs to one profile and cannot be a default"}},
	{"a bad default is named once", "defaults:\n  timeout: 7\nprofiles:\n  a: {local: x, remote: ftp://h}\n  b: {local: x, remote: ftp://h}\n", []string{"ferry.yaml:2:12: defaults.timeout: 7 has no unit: write 7s for seconds"}},

	{"a password in no known place", site + "    password: {vault: secret}\n", []string{"ferry.yaml:5:16: profiles.site.password: unknown key (write env: NAME, file: PATH, command: CMD, or the password itself in quotes)"}},
	{"a password in braces", site + "    password: {secret}\n", []string{"ferry.yaml:5:16: profiles.site.password: unknown key (write env: NAME, file: PATH, command: CMD, or the password itself in quotes)"}},
	{"a password in two places", site + "    password: {env: A, file: b}\n", []string{"ferry.yaml:5:15: profiles.site.password: must name exactly one place where the password is kept (write env: NAME, file: PATH, command: CMD, or the password itself in quotes)"}},
	{"a password in no place", site + "    password: {env: \"\"}\n", []string{"ferry.yaml:5:21: profiles.site.password.env: is empty"}},
	{"a password in somebody else's home", site + "    password: {file: ~bob/pw}\n", []string{`ferry.yaml:5:22: profiles.site.password.file: "~bob/pw": ~ stands only for your own home directory (write the whole path, or ./~bob/pw for a directory with this name)`}},
	{"a password in a place that is a list", site + "    password: {env: [A]}\n", []string{"ferry.yaml:5:21: profiles.site.password.env: expected a single value here, not a list"}},
	{"a user over lines", site + "    user: \"a\\nb\"\n", []string{"ferry.yaml:5:11: profiles.site.user: contains a control character"}},
	{"a long name", "profiles:\n  " + strings.Repeat("x", 65) + ": {}\n", []string{"ferry.yaml:2:3: profiles." + strings.Repeat("x", 60) + "...: the name of a profile must not be longer than 64 characters"}},
	{"a password that is a list", site + "    password: [secret]\n", []string{"ferry.yaml:5:15: profiles.site.password: expected a single value here, not a list"}},
	{"a password that is an alias", site + "    password: *secret\n", []string{`ferry.yaml:5:5: YAML takes a word that starts with "*" for an alias (write a block, ignore: |, or put the text in quotes)`}},
	{"a password that is a tag", site + "    password: !secret\n", []string{`ferry.yaml:5:15: profiles.site.password: a word that starts with "!" is a tag in YAML (put it in quotes)`}},
	{"a password that starts strangely", site + "    password: @secret\n", []string{"ferry.yaml:5:5: this character cannot start a plain word in YAML (put the value in quotes)"}},
	{"a password with a colon", site + "    password: secret: more\n", []string{`ferry.yaml:5:5: a plain word cannot contain ": " (put the value in quotes)`}},
	{"an unknown hook", site + "    hooks: {befor: x, after: [y]}\n", []string{
		"ferry.yaml:5:13: profiles.site.hooks.befor: unknown key (did you mean before?)",
		"ferry.yaml:5:30: profiles.site.hooks.after: expected a single value here, not a list"}},
	{"hooks that are URLs but cannot be asked", site + "    hooks: {before: 'https:///x', after: \"http://h/\\nmake\", on-error: 'http://u:top%secret@h/'}\n", []string{
		"ferry.yaml:5:21: profiles.site.hooks.before: is not a valid URL (in a user name or password write \"/\" as %2F, \"@\" as %40 and \"%\" as %25)",
		"ferry.yaml:5:42: profiles.site.hooks.after: begins with a URL but does not end there (a hook is one URL or one command)",
		"ferry.yaml:5:71: profiles.site.hooks.on-error: is not a valid URL (in a user name or password write \"/\" as %2F, \"@\" as %40 and \"%\" as %25)"}},
	{"time of hooks", site + "    hooks: {timeout: 5}\n", []string{"ferry.yaml:5:22: profiles.site.hooks.timeout: 5 has no unit: write 5s for seconds"}},
	{"hooks that are one command", site + "    hooks: make\n", []string{"ferry.yaml:5:12: profiles.site.hooks: expected keys with values here, not a single value"}},

	{"a pattern that is a tag", site + "    ignore:\n      - !keep\n      - b\n      -\n", []string{
		`ferry.yaml:6:9: profiles.site.ignore: YAML takes a word that starts with "!" for a tag and drops it (write a block, ignore: |, or put the pattern in quotes)`,
		`ferry.yaml:8:8: profiles.site.ignore: has no value (write "" for an empty one)`}},
	{"a pattern that is an alias", site + "    ignore:\n      - b\n      - *.map\n", []string{`ferry.yaml:7:7: YAML takes a word that starts with "*" for an alias (write a block, ignore: |, or put the pattern in quotes)`}},
	{"a pattern that is an alias, below a block that holds one", site + "    hooks:\n      before: |\n        - *.a\n        - *.b\n    ignore: *.map\n", []string{`ferry.yaml:9:5: YAML takes a word that starts with "*" for an alias (write a block, ignore: |, or put the pattern in quotes)`}},
	{"one pattern that is an alias", site + "    ignore: *.map\n", []string{`ferry.yaml:5:5: YAML takes a word that starts with "*" for an alias (write a block, ignore: |, or put the pattern in quotes)`}},
	{"a pattern that looks like an alias", site + "    ignore:\n      - *map\n", []string{`ferry.yaml:6:7: YAML takes a word that starts with "*" for an alias (write a block, ignore: |, or put the text in quotes)`}},
	{"patterns as keys", site + "    ignore: {a: b}\n", []string{"ferry.yaml:5:13: profiles.site.ignore: expected a single value here, not keys with values"}},
	{"a path of Windows", "profiles:\n  a:\n    local: \"C:\\path\"\n    remote: ftp://h\n", []string{`ferry.yaml:3:5: a backslash in "..." starts an escape sequence (write '...' instead of "...", or / instead of \)`}},
	{"a path of Windows in line 1", "profiles: {a: {local: \"C:\\path\"}}\n", []string{`ferry.yaml:1:1: a backslash in "..." starts an escape sequence (write '...' instead of "...", or / instead of \)`}},
	{"a path of Windows with hex", "profiles:\n  a: {local: \"C:\\users\"}\n", []string{`ferry.yaml:2:3: a backslash in "..." starts an escape sequence (write '...' instead of "...", or / instead of \)`}},
	{"a tab", "profiles:\n\tsite:\n", []string{"ferry.yaml:2:1: a tab indents this line (YAML indents with spaces only)"}},
	{"a tab further in", "profiles:\n  site:\n    ignore: |\n      a\n    local: x\n\tremote: ftp://h\n", []string{"ferry.yaml:6:1: a tab indents this line (YAML indents with spaces only)"}},
	{"a second document", site + "---\nprofiles: {}\n", []string{`ferry.yaml:5:1: a second document starts here (remove the "---")`}},
	{"a broken second document", site + "---\n{\n", []string{"ferry.yaml:6: not YAML: did not find expected node content"}},
	{"wrong indentation", "profiles:\n  site:\n    local: x\n   remote: ftp://h\n", []string{"ferry.yaml:4: not YAML: did not find expected key"}},
	{"a quote without its end", site + "    user: 'x\n    mode: auto\n", []string{"ferry.yaml:5: not YAML: found unexpected end of stream"}},
	{"braces without their end", "profiles:\n  a: {local: x,\n    remote: ftp://h\n", []string{"ferry.yaml:2: not YAML: did not find expected ',' or '}'"}},
	{"a control character", site + "    user: \x01\n", []string{"ferry.yaml:5: not YAML: control characters are not allowed"}},
	{"everything at once", "defualts: {}\nprofiles:\n  a:\n    tiemout: 5\n    mode: fats\n    password: {}\n  b:\n    local: x\n    remote: http://x\n", []string{
		"ferry.yaml:1:1: defualts: unknown key (did you mean defaults?)",
		"ferry.yaml:3:3: profiles.a.local: is missing",
		"ferry.yaml:3:3: profiles.a.remote: is missing",
		"ferry.yaml:4:5: profiles.a.tiemout: unknown key (did you mean timeout?)",
		`ferry.yaml:5:11: profiles.a.mode: "fats" is not one of auto, passive, active`,
		"ferry.yaml:6:15: profiles.a.password: must name exactly one place where the password is kept (write env: NAME, file: PATH, command: CMD, or the password itself in quotes)",
		"ferry.yaml:9:13: profiles.b.remote: http:// is not an FTP URL (use ftp:// (plain), ftpes:// (TLS, port 21) or ftps:// (implicit TLS, port 990))"}},
}

func TestErrors(t *testing.T) {
	for _, c := range errorCases {
		t.Run(c.name, func(t *testing.T) {
			file, err := parse(c.text)
			if err == nil {
				t.Fatalf("no error, %d profiles", len(file.Profiles))
			}
			var errs Errors
			if !errors.As(err, &errs) {
				t.Fatalf("the error is a %T", err)
			}
			if diff := cmp.Diff(c.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}
