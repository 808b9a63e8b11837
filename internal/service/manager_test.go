package service

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A machine runs fake programs. It chooses the answer by the longest prefix of the
// command.
type machine struct {
	answers map[string]answer
	asked   []string
}

type answer struct {
	out string
	err error
}

var errExit = errors.New("exit status 1")

func (m *machine) run(_ context.Context, program string, args ...string) (string, error) {
	line := strings.Join(append([]string{program}, args...), " ")
	m.asked = append(m.asked, line)
	best, found := "", answer{}
	for begin, a := range m.answers {
		if strings.HasPrefix(line, begin) && len(begin) >= len(best) {
			best, found = begin, a
		}
	}
	return found.out, found.err
}

// on returns the manager of a system with a home directory of its own.
func on(t *testing.T, system string, answers map[string]answer) (Manager, *machine, System) {
	t.Helper()
	m := &machine{answers: answers}
	home := t.TempDir()
	w := System{OS: system, HomeDir: home, DataDir: filepath.Join(home, "data"), UID: 501, User: "u", Run: m.run}
	manager, err := New(w)
	if err != nil {
		t.Fatal(err)
	}
	return manager, m, w
}

func wantAsked(t *testing.T, m *machine, home string, want ...string) {
	t.Helper()
	var got []string
	for _, line := range m.asked {
		got = append(got, filepath.ToSlash(strings.ReplaceAll(line, home, "~")))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run (-want +got)\n%s", diff)
	}
	m.asked = nil
}

var site = Spec{Name: "ferry-site", Description: "site", Program: "/bin/ferry", Args: []string{"watch"}, ConfigFile: "/etc/a & b.yaml"}

// A service is installed, shown and removed on every system.
func TestLife(t *testing.T) {
	for _, c := range []struct {
		system, file                   string
		answers                        map[string]answer
		installed, replaced, uninstall []string
		state                          State
	}{
		{
			system: "linux", file: ".config/systemd/user/ferry-site.service",
			answers: map[string]answer{
				"systemctl --user show ferry-site.service": {"UnitFileState=enabled\nActiveState=active\nSubState=running\nMainPID=77\nStatusText=1 pair idle\nResult=success\n", nil},
				"loginctl": {"Linger=yes\n", nil},
			},
			installed: []string{"systemctl --user show --property=Version", "systemctl --user daemon-reload", "systemctl --user enable ferry-site.service",
				"systemctl --user restart ferry-site.service", "loginctl show-user 501 --property=Linger"},
			uninstall: []string{"systemctl --user show --property=Version", "systemctl --user disable --now ferry-site.service", "systemctl --user daemon-reload"},
			state:     State{Enabled: true, Running: true, PID: 77, Detail: "1 pair idle", Log: "journalctl --user --unit ferry-site"},
		}, {
			system: "darwin", file: "Library/LaunchAgents/ferry-site.plist",
			answers: map[string]answer{
				"launchctl print": {"gui/501/ferry-site = {\n\tactive count = 1\n\tstate = running\n\n\tpid = 77\n\tlast exit code = (never exited)\n\tspawn = {\n\t\tstate = x\n\t}\n}\n", nil},
			},
			installed: []string{"launchctl bootout gui/501/ferry-site", "launchctl enable gui/501/ferry-site", "launchctl bootstrap gui/501 ~/Library/LaunchAgents/ferry-site.plist"},
			uninstall: []string{"launchctl bootout gui/501/ferry-site"},
			state:     State{Enabled: true, Running: true, PID: 77, Log: "~/Library/Logs/ferry/ferry-site.log"},
		}, {
			system: "windows", file: "data/ferry/service/ferry-site.xml",
			answers: map[string]answer{
				"schtasks.exe /Query /TN ferry-site /XML":    {mark + "x\n", nil},
				"schtasks.exe /Query /TN ferry-site /FO CSV": {"\"\\ferry-site\",\"N/A\",\"Running\"\r\n", nil},
			},
			installed: []string{"schtasks.exe /Query /TN ferry-site /XML", "schtasks.exe /End /TN ferry-site",
				"schtasks.exe /Create /TN ferry-site /XML ~/data/ferry/service/ferry-site.xml.task /F", "schtasks.exe /Run /TN ferry-site"},
			uninstall: []string{"schtasks.exe /Query /TN ferry-site /XML", "schtasks.exe /End /TN ferry-site", "schtasks.exe /Query /TN ferry-site", "schtasks.exe /Delete /TN ferry-site /F"},
			state:     State{Enabled: true, Running: true},
		},
	} {
		t.Run(c.system, func(t *testing.T) {
			ctx := context.Background()
			m, ran, w := on(t, c.system, c.answers)
			path := filepath.Join(w.HomeDir, filepath.FromSlash(c.file))
			for range 2 { // the second time it is replaced
				if _, err := m.Install(ctx, site); err != nil {
					t.Fatal(err)
				}
				wantAsked(t, ran, w.HomeDir, c.installed...)
			}
			text, err := m.Text(site)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != text {
				t.Errorf("%v: %s", err, got)
			}
			if names, err := m.Names(); err != nil || !slices.Equal(names, []string{"ferry-site"}) {
				t.Errorf("names %q, %v", names, err)
			}
			want := c.state
			want.Name, want.File, want.ConfigFile, want.Installed = "ferry-site", path, site.ConfigFile, true
			got, err := m.Status(ctx, "ferry-site")
			got.Log = filepath.ToSlash(strings.ReplaceAll(got.Log, w.HomeDir, "~"))
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
			ran.asked = nil
			if was, err := m.Uninstall(ctx, "ferry-site"); !was || err != nil {
				t.Errorf("uninstall: %v, %v", was, err)
			}
			wantAsked(t, ran, w.HomeDir, c.uninstall...)
			if was, err := m.Uninstall(ctx, "ferry-site"); was || err != nil {
				t.Errorf("uninstall again: %v, %v", was, err)
			}
			if s, err := m.Status(ctx, "ferry-site"); s.Installed || err != nil {
				t.Errorf("status afterwards: %+v, %v", s, err)
			}
			if names, err := m.Names(); err != nil || len(names) > 0 {
				t.Errorf("names %q, %v", names, err)
			}
			left, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// A file without the mark, or for another configuration, is neither replaced nor
// removed.
func TestForeignFilesAreLeftAlone(t *testing.T) {
	files := map[string]string{
		"linux":   ".config/systemd/user/ferry-site.service",
		"darwin":  "Library/LaunchAgents/ferry-site.plist",
		"windows": "data/ferry/service/ferry-site.xml",
	}
	for system, file := range files {
		ctx := context.Background()
		m, ran, w := on(t, system, nil)
		path := filepath.Join(w.HomeDir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		wantError := func(what string, err error) {
			t.Helper()
			var p *Problem
			if !errors.As(err, &p) || p.Hint == "" {
				t.Errorf("%s: %s: error %v", system, what, err)
			}
		}
		mine := "[Unit]\nDescription=mine\n"
		if err := os.WriteFile(path, []byte(mine), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := m.Install(ctx, site)
		wantError("install", err)
		_, err = m.Uninstall(ctx, site.Name)
		wantError("uninstall", err)
		_, err = m.Status(ctx, site.Name)
		wantError("status", err)
		if names, err := m.Names(); err != nil || len(names) > 0 {
			t.Errorf("%s: names %q, %v", system, names, err)
		}
		if got, _ := os.ReadFile(path); string(got) != mine {
			t.Errorf("%s: the file is now %s", system, got)
		}
		other := site
		other.ConfigFile = "/another.yaml"
		text, err := m.Text(other)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err = m.Install(ctx, site)
		wantError("install over that of another configuration", err)
		if err != nil && !strings.Contains(err.Error(), "/another.yaml") {
			t.Errorf("%s: error %v", system, err)
		}
		wantAsked(t, ran, w.HomeDir)
	}
}

// A task of this name that somebody else made is left alone.
func TestForeignTask(t *testing.T) {
	m, ran, w := on(t, "windows", map[string]answer{"schtasks.exe /Query": {"<Task/>", nil}})
	if _, err := m.Install(context.Background(), site); err == nil {
		t.Error("it was replaced")
	}
	wantAsked(t, ran, w.HomeDir, "schtasks.exe /Query /TN ferry-site /XML")
}

// Without systemd, or without a session, nothing is written, and the error has a hint.
func TestNoManager(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		hint   string
	}{
		"no systemctl": {answer{"", &exec.Error{Name: "systemctl", Err: exec.ErrNotFound}}, "crontab"},
		"no session":   {answer{"Failed to connect to bus: No medium found\n", errExit}, "enable-linger"},
	} {
		m, _, w := on(t, "linux", map[string]answer{"systemctl": c.answer})
		_, err := m.Install(context.Background(), site)
		var p *Problem
		if !errors.As(err, &p) || !strings.Contains(p.Hint, c.hint) {
			t.Errorf("%s: error %v", name, err)
		}
		if left, _ := os.ReadDir(w.HomeDir); len(left) > 0 {
			t.Errorf("%s: written: %v", name, left)
		}
	}
}

// When a service does not start, the error has the output of systemctl and a hint.
func TestServiceDoesNotStart(t *testing.T) {
	m, _, _ := on(t, "linux", map[string]answer{"systemctl --user restart": {"Job for ferry-site.service failed.\n", errExit}})
	_, err := m.Install(context.Background(), site)
	var p *Problem
	if !errors.As(err, &p) || !strings.Contains(p.Hint, "journalctl") || !strings.Contains(err.Error(), "Job for") {
		t.Errorf("error %v", err)
	}
}

func TestLinger(t *testing.T) {
	for out, want := range map[string]int{"Linger=no\n": 1, "": 1, "Linger=yes\n": 0} {
		m, _, _ := on(t, "linux", map[string]answer{"loginctl": {out, nil}})
		notes, err := m.Install(context.Background(), site)
		if err != nil || len(notes) != want {
			t.Errorf("%q: %q, %v", out, notes, err)
		}
	}
}

// launchd refuses bootstrap while it is still stopping the old service.
func TestLaunchdStillStopping(t *testing.T) {
	m, ran, w := on(t, "darwin", nil)
	refused := 0
	manager := m.(launchd)
	manager.system.Run = func(ctx context.Context, program string, args ...string) (string, error) {
		out, err := ran.run(ctx, program, args...)
		if args[0] == "bootstrap" && refused < 1 {
			refused++
			return "Bootstrap failed: 37: Operation already in progress\n", errExit
		}
		return out, err
	}
	if _, err := manager.Install(context.Background(), site); err != nil {
		t.Error(err)
	}
	bootstrap := "launchctl bootstrap gui/501 ~/Library/LaunchAgents/ferry-site.plist"
	wantAsked(t, ran, w.HomeDir, "launchctl bootout gui/501/ferry-site", "launchctl enable gui/501/ferry-site", bootstrap, bootstrap)
}

// The status of a service that is not running has what the manager says about it.
func TestStatusOfWhatDoesNotRun(t *testing.T) {
	for _, c := range []struct {
		system  string
		answers map[string]answer
		want    string
	}{
		{"linux", map[string]answer{"systemctl --user show ferry": {"UnitFileState=disabled\nActiveState=failed\nSubState=failed\nMainPID=0\nResult=exit-code\n", nil}}, "failed (failed), exit-code"},
		{"darwin", map[string]answer{"launchctl print": {"x = {\n\tstate = not running\n\tlast exit code = 2\n}\n", nil}}, "not running, last exit 2"},
		{"darwin", map[string]answer{"launchctl print": {"x = {\n\tstate = not running\n\tlast exit code = 0\n}\n", nil}}, "not running, ended by itself: see the log"},
		{"windows", map[string]answer{"schtasks.exe /Query /TN ferry-site /FO": {"\"\\ferry-site\",\"N/A\",\"Ready\"\r\n", nil}, "schtasks.exe /Query /TN ferry-site /XML": {mark, nil}}, "Ready"},
	} {
		m, _, _ := on(t, c.system, c.answers)
		if _, err := m.Install(context.Background(), site); err != nil {
			t.Fatal(err)
		}
		s, err := m.Status(context.Background(), site.Name)
		if err != nil || s.Running || s.Detail != c.want {
			t.Errorf("%s: %+v, %v", c.system, s, err)
		}
	}
}

// A wrong configuration ends a service of launchd with 0, so that it is not restarted. All
// other failures, and all other managers, get the code as it is.
func TestExitCodeUnderLaunchd(t *testing.T) {
	launchd, err := New(System{OS: "darwin", HomeDir: "/Users/u", UID: 501, User: "u"})
	if err != nil {
		t.Fatal(err)
	}
	plist, err := launchd.Text(specs["plain"])
	if err != nil || !strings.Contains(plist, "<key>FERRY_SERVICE</key>\n\t\t<string>launchd</string>") {
		t.Errorf("the agent does not say who runs it: %v\n%s", err, plist)
	}
	for _, c := range []struct {
		manager    string
		code, want int
	}{{"launchd", 2, 0}, {"launchd", 1, 1}, {"launchd", 7, 7}, {"launchd", 0, 0}, {"", 2, 2}} {
		getenv := func(name string) string {
			if name == "FERRY_SERVICE" {
				return c.manager
			}
			return ""
		}
		if got := ExitCode(c.code, getenv); got != c.want {
			t.Errorf("%q, %d: %d", c.manager, c.code, got)
		}
	}
}
