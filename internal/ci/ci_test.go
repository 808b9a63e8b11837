package ci

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func env(values ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(values); i += 2 {
			if values[i] == name {
				return values[i+1]
			}
		}
		return ""
	}
}

func TestRuns(t *testing.T) {
	for _, c := range []struct {
		name   string
		env    func(string) string
		system System
		run    Run
	}{
		{"nobody", env(), None, Run{}},
		{"GitHub", env("GITHUB_ACTIONS", "true", "GITHUB_REPOSITORY", "ann/site", "GITHUB_WORKFLOW", "deploy", "GITHUB_SHA", "4f2a", "GITHUB_RUN_NUMBER", "12"),
			GitHub, Run{"ann/site (deploy)", "4f2a", 12}},
		{"Forgejo", env("FORGEJO_ACTIONS", "true", "GITHUB_REPOSITORY", "ann/site"), GitHub, Run{Source: "ann/site"}},
		{"GitLab", env("GITLAB_CI", "true", "CI_PROJECT_PATH", "ann/site", "CI_COMMIT_SHA", "4f2a", "CI_PIPELINE_IID", "7"), GitLab, Run{"ann/site", "4f2a", 7}},
		{"odd numbers", env("GITLAB_CI", "true", "CI_PIPELINE_IID", "-7"), GitLab, Run{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if system := Detect(c.env); system != c.system || system.RunOf(c.env) != c.run {
				t.Errorf("%v %+v, want %v %+v", system, system.RunOf(c.env), c.system, c.run)
			}
		})
	}
}

// Whatever is in a name, a line is one line and no command.
func TestHostileLines(t *testing.T) {
	for _, name := range []string{"::set-output name=a::b", "a\n::error::b", "a\r::error::b", "  ::stop-commands::x", "##[error]x", "\x1b[2J", "%0A::error::x"} {
		for _, system := range []System{None, GitHub, GitLab} {
			var out strings.Builder
			l := &Log{System: system, Out: &out, Now: time.Now}
			l.Line(name)
			got := out.String()
			if strings.Count(got, "\n") != 1 || strings.ContainsAny(got, "\r\x1b") {
				t.Errorf("%v: %q became %q", system, name, got)
			}
			if system == GitHub && (strings.HasPrefix(strings.TrimSpace(got), "::") || strings.Contains(got, "##[")) {
				t.Errorf("%q is a command: %q", name, got)
			}
		}
	}
}

func TestAnnotations(t *testing.T) {
	var out strings.Builder
	l := &Log{System: GitHub, Out: &out, Now: time.Now}
	l.Begin("staged\n3 files")
	l.Error("a\n100 % b")
	for range 12 {
		l.Warning("w")
	}
	l.End()
	l.End()
	want := "::group::staged%0A3 files\n::error title=ferry::a%0A100 %25 b\n" +
		strings.Repeat("::warning title=ferry::w\n", 10) + "::endgroup::\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// readOutputs reads a file as GitHub does.
func readOutputs(t *testing.T, path string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]string)
	lines := strings.Split(string(content), "\n")
	for i := 0; i < len(lines)-1; i++ {
		name, end, ok := strings.Cut(lines[i], "<<")
		if !ok {
			t.Fatalf("%q is no value", lines[i])
		}
		var value []string
		for i++; lines[i] != end; i++ {
			value = append(value, lines[i])
		}
		values[name] = strings.Join(value, "\n")
	}
	return values
}

func TestOutputs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	hostile := "a\nferry-X\nb=$(id)\n%0A"
	for range 2 {
		if _, err := GitHub.WriteOutputs(env("GITHUB_OUTPUT", path), []Output{{"changed", "true"}, {"revision", hostile}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := readOutputs(t, path); got["changed"] != "true" || got["revision"] != hostile || len(got) != 2 {
		t.Errorf("%q", got)
	}
	t.Chdir(t.TempDir())
	if path, err := GitLab.WriteOutputs(env(), []Output{{"paths-file", "a\nB=c"}}); err != nil || path != "deploy.env" {
		t.Fatal(path, err)
	}
	if content, _ := os.ReadFile("deploy.env"); string(content) != "FERRY_PATHS_FILE=a B=c\n" {
		t.Errorf("%q", content)
	}
}

func TestSummaryIsCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	if err := GitHub.WriteSummary(env("GITHUB_STEP_SUMMARY", path), strings.Repeat("ü", 1<<20)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 1<<20-1000 {
		t.Error(info, err)
	}
	if err := GitHub.WriteSummary(env("GITHUB_STEP_SUMMARY", filepath.Join(path, "x")), ""); err == nil {
		t.Error("a summary that cannot be written is no error")
	}
}

func TestCode(t *testing.T) {
	for name, want := range map[string]string{"a": "`a`", "a`b": "`` a`b ``", "a|b": "`a\\|b`", "a\nb": "`a b`"} {
		if got := Code(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
