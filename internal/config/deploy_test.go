package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/deploy"
	"ferry/manifest"
	"ferry/sync"
)

// deployed is a profile with deploy: {...}, on line 5, which begins in column 13.
func deployed(keys string) string { return site + "    deploy: {" + keys + "}\n" }

// pointed is a profile with a pointer and more keys.
func pointed(keys string) string {
	return deployed("switch: pointer, check: {url: 'https://h/'}, " + keys)
}

func TestParseDeploy(t *testing.T) {
	everything := NewDeploy()
	everything.Work, everything.Switch, everything.Keep = "../.ferry-site", SwitchFiles, 3
	everything.DeleteAfter, everything.Drift, everything.DriftKeep = 24*time.Hour, deploy.RestoreDrift, 0
	everything.First, everything.KeepModes = deploy.OverwriteFirst, false
	everything.Order = [][]string{{"*.css", "*.js"}, {"*"}, {`a\ b.html`, "/index.*", `\!x`}}
	everything.Modes = []DeployMode{{"*.cgi", 0o755}, {"/config.php", 0o600}, {"/s", 0o2755}}
	everything.Maintenance = Maintenance{abs("/etc/x/maintenance.html"), ".maintenance"}
	everything.Check = DeployCheck{"https://example.com/", []string{"index.html", "css/site.css"}, true}
	everything.StateKey = hide(held{kind: secretEnv, text: "FERRY_STATE_KEY"})
	directory := NewDeploy()
	directory.Switch, directory.Shared = SwitchDirectory, []manifest.Path{"uploads", ".well-known"}
	htaccess := NewDeploy()
	htaccess.Switch, htaccess.Check.URL, htaccess.Shared = SwitchPointer, "https://h/", []manifest.Path{"uploads"}
	template := NewDeploy()
	template.Switch, template.Check.URL, template.Pointer = SwitchPointer, "https://h/", DeployPointer{"index.php", abs("/etc/x/index.tmpl")}
	for _, c := range []struct {
		name, text string
		want       *Deploy
	}{
		{"without keys", site + "    deploy: {}\n", NewDeploy()},
		{"without a value", site + "    deploy:\n", NewDeploy()},
		{"off and zero", deployed(`delete-after: 0, keep: 0, modes: {}, order: ""`), NewDeploy()},
		{"every key", site + `    deploy:
      work: ../.ferry-site/
      switch: files
      keep: 3
      delete-after: 24h
      drift: restore
      drift-keep: forever
      first: overwrite
      order: |
        # assets
        *.css *.js

        *
        a\ b.html	/index.* \!x
      keep-modes: off
      modes: {"*.cgi": 755, "/config.php": "0600", /s: 2755}
      maintenance: {put: maintenance.html, as: .maintenance}
      check: {url: "https://example.com/", paths: [index.html, /css/site.css], rollback: true}
      state-key: {env: FERRY_STATE_KEY}
`, everything},
		{"a directory", deployed("switch: directory, shared: [uploads/, .well-known]"), directory},
		{"a pointer", pointed("shared: [uploads]"), htaccess},
		{"a pointer of one's own", pointed("pointer: {file: index.php, template: index.tmpl}"), template},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			p := file.Profiles[0]
			if diff := cmp.Diff(c.want, p.Deploy, hidePasswords); diff != "" {
				t.Error(diff)
			}
			if p.Direction != sync.Push {
				t.Errorf("the direction is %s", p.Direction)
			}
			if err := p.Deploy.Validate(); err != nil {
				t.Error(err)
			}
			again, _ := parse(c.text)
			if !p.Equal(again.Profiles[0]) {
				t.Error("the same text gives profiles that differ")
			}
			if other := strings.Replace(c.text, "FERRY_STATE_KEY", "OTHER_KEY", 1); other != c.text {
				if file, err = parse(other); err != nil || p.Equal(file.Profiles[0]) {
					t.Errorf("another state-key counts as the same: %v", err)
				}
			}
		})
	}
}

func TestDeployErrors(t *testing.T) {
	const at = "ferry.yaml:5:"
	key := func(column, key, text string) []string {
		return []string{at + column + ": profiles.site.deploy." + key + ": " + text}
	}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a misspelt key", deployed("dirft: save"), key("14", "dirft", "unknown key (did you mean drift?)")},
		{"one value", site + "    deploy: yes\n", []string{at + "13: profiles.site.deploy: expected keys with values here, not a single value"}},
		{"among the defaults", "defaults:\n  deploy: {}\n" + site, []string{"ferry.yaml:2:3: defaults.deploy: belongs to one profile and cannot be a default"}},
		{"a misspelt drift", deployed("drift: sav"), key("21", "drift", `"sav" is not one of save, stop, keep, restore (did you mean save?)`)},
		{"an unknown first", deployed("first: ask"), key("21", "first", `"ask" is not one of compare, trust, overwrite`)},
		{"an unknown switch", deployed("switch: link"), key("22", "switch", `"link" is not one of files, directory, pointer`)},
		{"too few releases", deployed("keep: -1"), key("20", "keep", `"-1" is not a whole number from 0 to 1000`)},
		{"no unit", deployed("delete-after: 24"), key("28", "delete-after", "24 has no unit: write 24d for days, or 24h for hours")},
		{"a bad retention", deployed("drift-keep: 0"), key("26", "drift-keep", `"0" is not a positive duration, such as 30s, 5m or 1h30m`)},
		{"a bad switch", deployed("keep-modes: maybe"), key("26", "keep-modes", `"maybe" is neither on nor off`)},

		{"a mode that is not octal", deployed("modes: {a: 789, b: 0o755, c: rw}"), []string{
			at + `25: profiles.site.deploy.modes.a: "789" is not a mode of three or four octal digits (write it as for chmod: 644, 755 or 0600)`,
			at + `33: profiles.site.deploy.modes.b: "0o755" is not a mode of three or four octal digits (write it as for chmod: 644, 755 or 0600)`,
			at + `43: profiles.site.deploy.modes.c: "rw" is not a mode of three or four octal digits (write it as for chmod: 644, 755 or 0600)`}},
		{"modes of another length", deployed("modes: {a: 64, b: 00644}"), []string{
			at + `25: profiles.site.deploy.modes.a: "64" is not a mode of three or four octal digits (write it as for chmod: 644, 755 or 0600)`,
			at + `32: profiles.site.deploy.modes.b: "00644" is not a mode of three or four octal digits (write it as for chmod: 644, 755 or 0600)`}},
		{"a mode that locks ferry out", deployed("modes: {a: 055}"), key("25", "modes.a",
			"with mode 055 the user on the server could not read the file any more (the first of the last three digits must be 4 or more, as in 600)")},
		{"a pattern of modes that takes back", deployed(`modes: {"!a": 644}`), key("22", "modes.!a",
			`"!a": a pattern cannot be taken back here (the last one that matches counts; for a name that starts with "!" write \!)`)},
		{"modes that are a list", deployed("modes: [644]"), key("21", "modes", "expected keys with values here, not a list")},

		{"an order that takes back", deployed(`order: "*.css !a.css"`), key("21", "order",
			`"!a.css": a pattern cannot be taken back here (the last one that matches counts; for a name that starts with "!" write \!)`)},
		{"an order without a name", deployed(`order: [a, /]`), key("21", "order", `"/" matches no file`)},
		{"an order that is a tag", site + "    deploy:\n      order:\n        - !a\n", []string{
			"ferry.yaml:7:11: profiles.site.deploy.order: " + `YAML takes a word that starts with "!" for a tag and drops it (write a block, order: |, or put the pattern in quotes)`}},

		{"work is absolute", deployed("work: /srv/x"), key("20", "work", `"/srv/x" is absolute (write it relative to the root, as ../.ferry-site)`)},
		{"work is nowhere", deployed(`work: ""`), key("20", "work", `"" is not a directory of ferry's own (write it relative to the root, as ../.ferry-site)`)},
		{"work is the root", deployed("work: a/.."), key("20", "work", `"a/.." is not a directory of ferry's own (write it relative to the root, as ../.ferry-site)`)},
		{"work is above the root", deployed("work: ../.."), key("20", "work", `"../.." is not a directory of ferry's own (write it relative to the root, as ../.ferry-site)`)},
		{"work with a backslash", deployed(`work: ..\x`), key("20", "work", `"..\\x" is not a path on the server (write it relative to the root, as ../.ferry-site)`)},
		{"work is the root by its name", strings.Replace(deployed("work: ../htdocs"), "ftpes://h", "ftpes://h/a/htdocs", 1), key("20", "work",
			`"../htdocs" is the root itself (name a directory that is ferry's alone, as ../.ferry-site)`)},
		{"work holds the root", strings.Replace(deployed("work: ../../a"), "ftpes://h", "ftpes://h/a/htdocs", 1), key("20", "work",
			`"../../a" holds the root (name a directory that is ferry's alone, as ../.ferry-site)`)},
		{"work leads out of the server", strings.Replace(deployed("work: ../../x"), "ftpes://h", "ftpes://h//srv", 1), key("20", "work",
			`"../../x" leads out of the server (name a directory that is ferry's alone, as ../.ferry-site)`)},

		{"rollback without releases", deployed("check: {url: 'https://h/', rollback: true}"), key("51", "check.rollback",
			"there is no release to go back to, since keep is 0 (set keep: 1 or more, or rollback: false)")},
		{"a check of nothing", deployed("keep: 1, check: {paths: [a], rollback: true}"), []string{
			at + "38: profiles.site.deploy.check.paths: nothing is checked, since check has no url (set url: to the address of the site, as https://example.com/)",
			at + "53: profiles.site.deploy.check.rollback: nothing is checked, since check has no url (set url: to the address of the site, as https://example.com/)"}},
		{"a check of no site", deployed("check: {url: 'ftp://u:secret@h/'}"), key("27", "check.url", "is not the address of a site (write it as https://example.com/)")},
		{"a check with a query", deployed("check: {url: 'https://u:secret@h/?a'}"), key("27", "check.url", `must not contain "?" or "#" (name the pages to be asked for in paths)`)},
		{"a check of another site", deployed("check: {url: 'https://h/', paths: ['https://x/']}"), key("48", "check.paths",
			`"https://x/" is not the path of a page (write it relative to url, as css/site.css)`)},
		{"an unknown key of check", deployed("check: {uri: x}"), key("22", "check.uri", "unknown key (did you mean url?)")},
		{"a pointer that nobody follows", deployed("switch: pointer"), key("22", "switch",
			"pointer needs check.url: only the web server can say that its rule works (write check: {url: ...} with the address of the site, as https://example.com/)")},
		{"a pointer without a switch", deployed("pointer: {file: .htaccess}"), key("23", "pointer", "has an effect only with switch: pointer (write switch: pointer, or remove it)")},
		{"a pointer without a template", pointed("pointer: {file: index.php}"), key("68", "pointer",
			"does not say what to write into its file (set template: to a local file, as pointer.php; it has {slot} where the directory of the release stands)")},
		{"a template of no file", pointed("pointer: {template: p.php}"), key("68", "pointer",
			"does not say which file is made of the template (set file: to its name on the server, as index.php)")},
		{"a template of .htaccess", pointed("pointer: {file: a/.htaccess, template: p}"), key("68", "pointer",
			"does not say which file is made of the template (set file: to its name on the server, as index.php)")},
		{"a pointer in a slot", pointed("pointer: {file: slots/i.php, template: p}"), key("68", "pointer",
			"names a file in slots, where the releases are (put it elsewhere, as index.php)")},
		{"a template that shares", pointed("pointer: {file: i.php, template: p}, shared: [u]"), key("104", "shared",
			"has no effect with a pointer of one's own (remove it; what is outside of slots stays as it is anyway)")},
		{"a pointer that keeps drift", pointed("drift: keep"), key("66", "drift",
			"keep cannot be, since switch: pointer replaces the whole site (write drift: save, which keeps what others changed in the directory of the old release, or stop)")},
		{"a pointer that keeps files", pointed("delete-after: 1h"), key("73", "delete-after",
			"has no effect with switch: pointer, where a release has its own files only (remove it, or use switch: files)")},
		{"an unknown key of a pointer", pointed("pointer: {fil: x}"), key("69", "pointer.fil", "unknown key (did you mean file?)")},

		{"a directory with work in it", deployed("switch: directory, work: .w"), key("39", "work",
			"is inside the site, which switch: directory renames (put it beside the site, as ../.ferry-site, or leave it out)")},
		{"a directory that keeps drift", deployed("switch: directory, drift: keep"), key("40", "drift",
			"keep cannot be, since switch: directory replaces the whole site (write drift: save, which keeps what others changed in the directory of the old release, or stop)")},
		{"a directory that keeps files", deployed("switch: directory, delete-after: 1h"), key("47", "delete-after",
			"has no effect with switch: directory, where a release has its own files only (remove it, or use switch: files)")},
		{"a directory in maintenance", deployed("switch: directory, maintenance: {put: a, as: b}"), key("46", "maintenance",
			"has no effect with switch: directory, where the site changes in one moment (remove it, or use switch: files)")},

		{"half of a maintenance", deployed("maintenance: {put: a}"), key("27", "maintenance", "does not say where to put the file (set as: to a name on the server, as .maintenance)")},
		{"the other half", deployed("maintenance: {as: a}"), key("27", "maintenance", "does not say what to put there (set put: to a local file, as maintenance.html)")},
		{"maintenance outside", deployed("maintenance: {put: a, as: ../b}"), key("40", "maintenance.as", `"../b" is not a path below the root (write it with slashes, relative to the root on the server)`)},
		{"shared without a directory", deployed("shared: [uploads/]"), key("22", "shared",
			"has an effect only with switch: directory and pointer (remove it; otherwise all releases have one and the same directory anyway)")},
		{"shared outside", deployed("switch: directory, shared: [/]"), key("41", "shared", `"/" is not a path below the root (write it with slashes, relative to the root on the server)`)},

		{"a short key", deployed("state-key: secret"), key("25", "state-key", `is shorter than 16 bytes (any long random text will do, as "openssl rand -hex 32" prints it)`)},
		{"a key in no known place", deployed("state-key: {vault: secret}"), []string{
			at + "26: profiles.site.deploy.state-key: unknown key (write env: NAME, file: PATH, command: CMD, or the key itself in quotes)"}},
		{"a key in two places", deployed("state-key: {env: A, file: b}"), key("25", "state-key",
			"must name exactly one place where the key is kept (write env: NAME, file: PATH, command: CMD, or the key itself in quotes)")},

		{"a pull", site + "    direction: pull\n    deploy: {}\n", []string{at + "16: profiles.site.direction: is pull, but a deploy goes to the server (remove it, or remove deploy)"}},
		{"a limit of passes", site + "    max-size: 1MB\n    deploy: {}\n", []string{at + "15: profiles.site.max-size: is for passes, and a deploy makes the site whole (remove it, and leave files out with ignore)"}},
		{"both ways", site + "    direction: both\n    deploy: {}\n", []string{at + "16: profiles.site.direction: is both, but a deploy goes to the server (remove it, or remove deploy)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(c.text)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(c.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

// TestDeployKeepsTheDirection: a direction among the defaults is for the profiles that
// are kept in step.
func TestDeployKeepsTheDirection(t *testing.T) {
	file, err := parse("defaults: {direction: pull}\n" + deployed(""))
	if err != nil || file.Profiles[0].Direction != sync.Push {
		t.Errorf("%+v, %v", file, err)
	}
}

func TestDeployValidate(t *testing.T) {
	v := NewDeploy()
	v.Check = DeployCheck{URL: "https://h/", Rollback: true} // as --keep 0 leaves it
	err := v.Validate()
	if err == nil || err.Error() != "check.rollback: there is no release to go back to, since keep is 0" || Hint(err) == "" {
		t.Errorf("%v, %q", err, Hint(err))
	}
}

func TestStateKeySecret(t *testing.T) {
	dir := t.TempDir()
	file := write(t, "geheim-geheim-geheim\n", dir, "key")
	var warned []string
	finder := Finder{
		Getenv: func(name string) string {
			return map[string]string{"LONG": "0123456789abcdef", "SHORT": "geheim"}[name]
		},
		Warn: func(text string) { warned = append(warned, text) },
	}
	of := func(s Secret) *Profile {
		p := NewProfile("site")
		p.Deploy = NewDeploy()
		p.Deploy.StateKey = s
		return p
	}
	for _, c := range []struct {
		name    string
		profile *Profile
		want    string
		err     string
	}{
		{"no deploy", NewProfile("site"), "", ""},
		{"none", of(Secret{}), "", ""},
		{"a variable", of(place(secretEnv, "LONG", "")), "0123456789abcdef", ""},
		{"a file", of(hide(held{key: "state-key", kind: secretFile, text: file})), "geheim-geheim-geheim", ""},
		{"a short one", of(place(secretEnv, "SHORT", "")), "", "the state-key of profile site is shorter than 16 bytes"},
		{"a variable that is not set", of(place(secretEnv, "NONE", "")), "", "state-key of profile site: the environment variable NONE is not set"},
	} {
		got, err := finder.StateKey(t.Context(), c.profile)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	if text := strings.Join(warned, "\n"); strings.Contains(text, "password") || strings.Contains(text, "geheim") {
		t.Error(text)
	}
}
