//go:build unix

package action

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ferry/internal/ftpserver"
)

func serve(t *testing.T, password string) (url, dir string) {
	t.Helper()
	dir = t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: dir, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return "ftp://ferry@" + server.Addr() + "/site", dir
}

func read(t *testing.T, names ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(names...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every input is described, reaches run.sh by a variable and is in the documentation; no value is ever part of a
// script.
func TestDefinition(t *testing.T) {
	d := readDefinition(t)
	script, docs := read(t, root, "ci", "run.sh"), read(t, root, "docs", "ci.md")
	if len(d.Runs.Steps) != 1 || d.Runs.Using != "composite" {
		t.Fatalf("%+v", d.Runs)
	}
	only := d.Runs.Steps[0]
	if strings.Contains(only.Run, "${{") {
		t.Errorf("a value becomes part of the script: %s", only.Run)
	}
	for name, input := range d.Inputs {
		variable := "FERRY_IN_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if input.Description == "" || only.Env[variable] != "${{ inputs."+name+" }}" || !strings.Contains(script, variable) || !strings.Contains(docs, "`"+name+"`") {
			t.Errorf("the input %s has no description, is not %s for ci/run.sh, or is not in docs/ci.md", name, variable)
		}
	}
	for name, output := range d.Outputs {
		if output.Description == "" || output.Value != "${{ steps."+only.ID+".outputs."+name+" }}" || !strings.Contains(docs, "`"+name+"`") {
			t.Errorf("the output %s has no description, no value, or is not in docs/ci.md", name)
		}
	}
	for _, variable := range regexp.MustCompile(`FERRY_IN_[A-Z_]+`).FindAllString(script, -1) {
		if only.Env[variable] == "" {
			t.Errorf("ci/run.sh reads %s, which the action does not set", variable)
		}
	}
}

func TestDeploy(t *testing.T) {
	url, dir := serve(t, "geheim-geheim")
	w := newWorkspace(t, nil)
	w.write("public/index.html", "page")
	w.write("public/a b.css", "style")
	inputs := map[string]string{"url": url, "local": "public", "password": "geheim-geheim"}
	r := w.run(inputs)
	if r.code != 0 || read(t, dir, "site/index.html") != "page" {
		t.Fatalf("exit %d: %s", r.code, r.log)
	}
	paths := r.outputs["paths-file"]
	delete(r.outputs, "paths-file")
	want := map[string]string{"changed": "true", "release": "1", "previous": "0", "uploaded": "2", "deleted": "0", "drift": "0"}
	if !maps.Equal(r.outputs, want) || read(t, paths) != "A\ta b.css\nA\tindex.html\n" || filepath.Dir(paths) != w.env["RUNNER_TEMP"] {
		t.Errorf("%q, %q", r.outputs, paths)
	}
	if !strings.Contains(r.summary, "| 1 | `4f2a91c0` | 2 | 0 | 0 |") || !strings.Contains(r.summary, "- `A\ta b.css`") && !strings.Contains(r.summary, "- `A a b.css`") {
		t.Errorf("%s", r.summary)
	}
	if !slices.Equal(r.named("group"), []string{"2 changes"}) || len(r.named("endgroup")) != 1 || !slices.Equal(r.named("add-mask"), []string{"geheim-geheim"}) {
		t.Errorf("%s", r.log)
	}
	if text := strings.Join(r.uncommandedLines, "\n") + r.summary; strings.Contains(text, "geheim") {
		t.Errorf("the password shows: %s", text)
	}

	// Again, as a dry run, and as a run that is older than what is live.
	if r = w.run(inputs); r.code != 0 || r.outputs["changed"] != "false" || r.outputs["release"] != "1" {
		t.Errorf("%d, %q: %s", r.code, r.outputs, r.log)
	}
	w.write("public/index.html", "another page")
	dry := maps.Clone(inputs)
	dry["dry-run"] = "true"
	if r = w.run(dry); r.code != 0 || r.outputs["changed"] != "false" || !strings.Contains(r.log, "would deploy: 0 new, 1 replaced") || read(t, dir, "site/index.html") != "page" {
		t.Errorf("%d, %q: %s", r.code, r.outputs, r.log)
	}
	w.env["GITHUB_RUN_NUMBER"] = "11"
	if r = w.run(inputs); r.code != 9 || !strings.Contains(strings.Join(r.named("error"), ""), "superseded by run 12 (4f2a91c0)") || read(t, dir, "site/index.html") != "page" {
		t.Errorf("%d: %s", r.code, r.log)
	}
	// More options, with quotes; and the profile of a file.
	more := maps.Clone(inputs)
	more["args"], more["revision"] = `--force --exclude 'a b.css' --keep "1"`, "v2"
	if r = w.run(more); r.code != 0 || !strings.Contains(r.summary, "`v2`") {
		t.Errorf("%d: %s", r.code, r.log)
	}
	w.write("site.yaml", "profiles: {one: {local: public, remote: '"+url+"', deploy: {keep: 1}}}")
	w.env["GITHUB_RUN_NUMBER"] = "13"
	w.write("public/new.html", "new")
	if r = w.run(map[string]string{"config": "site.yaml", "profile": "one", "password": "geheim-geheim"}); r.code != 0 || !strings.Contains(r.summary, "`ferry rollback one`") {
		t.Errorf("%d: %s%s", r.code, r.log, r.summary)
	}
}

// Values that want to be something else than a value.
func TestHostileValues(t *testing.T) {
	const password = "100%0A::set-env name=x::y\"'$(touch pwned)`touch pwned`\\ "
	url, dir := serve(t, password)
	w := newWorkspace(t, nil)
	for _, name := range []string{"%0A::set-output name=x::y", "::error::x", " ::stop-commands::x", "##[error]x", "$(touch pwned)", "`touch pwned`", "a|b</details>"} {
		w.write("public/"+name, "x")
	}
	w.write("public/index.html", "x")
	r := w.run(map[string]string{"url": url, "local": "public", "password": password, "revision": "$(touch pwned)", "args": "--exclude '$(touch pwned2)' --exclude ';touch pwned'"})
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.log)
	}
	for _, c := range r.commands {
		if !slices.Contains([]string{"add-mask", "group", "endgroup", "warning"}, c.name) {
			t.Errorf("the log has the command %+v", c)
		}
	}
	if got := r.named("add-mask"); !slices.Equal(got, []string{password}) {
		t.Errorf("%q is hidden", got)
	}
	if text := strings.Join(r.uncommandedLines, "\n") + r.summary; strings.Contains(text, "set-env") {
		t.Errorf("the password shows: %s", text)
	}
	for _, where := range []string{w.dir, dir} {
		if _, err := os.Lstat(filepath.Join(where, "pwned")); err == nil {
			t.Errorf("a value was run in %s", where)
		}
	}
	if strings.Count(r.summary, "</details>") != 2 { // once as code
		t.Errorf("%s", r.summary)
	}
	// A password of several lines is no password for FTP, and is hidden line by line.
	r = w.run(map[string]string{"url": url, "local": "public", "password": "first line\n::error::second line"})
	if r.code == 0 || !slices.Equal(r.named("add-mask"), []string{"first line", "::error::second line"}) || slices.Contains(r.named("error"), "second line") {
		t.Errorf("exit %d: %s", r.code, r.log)
	}
	// Options cannot come in by the other inputs.
	for _, inputs := range []map[string]string{{"profile": "--version"}, {"url": "--version"}, {"url": url, "local": "--version"}, {"config": "--version"}, {"dry-run": "yes"}} {
		if r = w.run(inputs); r.code == 0 {
			t.Errorf("%q: %s", inputs, r.log)
		}
	}
}

func TestForgejo(t *testing.T) {
	url, dir := serve(t, "")
	w := newWorkspace(t, map[string]string{"FORGEJO_ACTIONS": "true", "GITHUB_REPOSITORY": "ann/site", "GITHUB_RUN_NUMBER": "3"})
	w.write("index.html", "page")
	if r := w.run(map[string]string{"url": url, "password": "secret"}); r.code != 0 || r.outputs["release"] != "1" || len(r.named("add-mask")) != 1 || read(t, dir, "site/index.html") != "page" {
		t.Errorf("%d: %s", r.code, r.log)
	}
}

// Whoever runs on a machine that GitHub lends is told why a firewall may keep it out.
func TestUnreachable(t *testing.T) {
	w := newWorkspace(t, nil)
	w.write("index.html", "page")
	inputs := map[string]string{"url": "ftp://ferry@127.0.0.1:1/site", "password": "secret", "args": "--retries 0 --timeout 2s"}
	for lent, hinted := range map[string]bool{"github-hosted": true, "self-hosted": false, "": false} {
		w.env["RUNNER_ENVIRONMENT"] = lent
		r := w.run(inputs)
		if told := strings.Join(r.named("error"), ""); r.code != 4 || !strings.Contains(told, "\nhint: ") || strings.Contains(told, "changing addresses") != hinted {
			t.Errorf("%s: exit %d: %s", lent, r.code, r.log)
		}
	}
}

// The job for GitLab, in the environment that it gets there.
func TestGitLab(t *testing.T) {
	url, dir := serve(t, "")
	job := regexp.MustCompile(`(?m)^ +- (ferry .*)$`).FindStringSubmatch(read(t, root, "ci", "gitlab.yml"))
	if job == nil {
		t.Fatal("ci/gitlab.yml runs no ferry")
	}
	w := newWorkspace(t, map[string]string{"GITLAB_CI": "true", "CI_PROJECT_PATH": "ann/site", "CI_COMMIT_SHA": "4f2a", "CI_PIPELINE_IID": "5", "FERRY_PASSWORD": "secret"})
	w.write("pub lic/index.html", "page")
	bin := t.TempDir()
	if err := os.Symlink(os.Args[0], filepath.Join(bin, "ferry")); err != nil {
		t.Fatal(err)
	}
	env := maps.Clone(w.env)
	env["PATH"] = bin + ":" + env["PATH"]
	env["FERRY_ARGS"] = "'pub lic' " + url
	var log strings.Builder
	if code := w.bash(job[1], env, &log); code != 0 || read(t, dir, "site/index.html") != "page" {
		t.Fatalf("exit %d: %s", code, log.String())
	}
	if !strings.Contains(log.String(), "section_start:") || !strings.Contains(read(t, w.dir, "deploy.env"), "FERRY_RELEASE=1\n") {
		t.Errorf("%s", log.String())
	}
}

func TestShellcheck(t *testing.T) {
	program, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not there")
	}
	if out, err := exec.Command(program, filepath.Join(root, "ci", "run.sh")).CombinedOutput(); err != nil {
		t.Errorf("%s", out)
	}
}
