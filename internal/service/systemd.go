package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// systemd is the service manager of a user on Linux, systemd(1).
type systemd struct{ w World }

func (m systemd) dir() string {
	config := m.w.Config
	if config == "" {
		config = filepath.Join(m.w.Home, ".config")
	}
	return filepath.Join(config, "systemd", "user")
}

func (m systemd) file(name string) string { return filepath.Join(m.dir(), name+".service") }

// Text implements [Manager].
func (m systemd) Text(s Spec) (string, error) {
	if err := s.check(); err != nil {
		return "", err
	}
	if strings.ContainsAny(s.Program, `"'\`) || systemdComment(s.Program) != s.Program {
		return "", &Problem{fmt.Errorf("systemd runs no program whose path holds quotes, backslashes or what is no text: %s", s.Program),
			"put ferry into another directory"}
	}
	command := []string{systemdProgram(s.Program)}
	for _, arg := range s.Args {
		command = append(command, systemdWord(arg))
	}
	privileges := "NoNewPrivileges=yes\n"
	if s.Privileges {
		privileges = ""
	}
	return fmt.Sprintf(systemdUnit, mark, systemdComment(s.For), s.Name, systemdValue(s.About), strings.Join(command, " "), privileges), nil
}

// systemdUnit has nothing that keeps ferry from any file of its user: what it
// keeps in step may be anywhere, and what asks it for its state comes through
// the directory for temporary files.
const systemdUnit = `# %s%s
# The next "ferry service install" replaces this file; "systemctl --user edit %s"
# adds to it.

[Unit]
Description=%s
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart=%s
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=10s
# A wrong configuration does not become right by itself.
RestartPreventExitStatus=2
SuccessExitStatus=130
WatchdogSec=2min
TimeoutStartSec=5min
TimeoutStopSec=30s
# Hooks are ended by ferry.
KillMode=mixed
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
%sLockPersonality=yes
RestrictRealtime=yes

[Install]
WantedBy=default.target
`

// systemdWord returns one argument of a command line, systemd.service(5) and
// systemd.syntax(7): "%%" and "$$" stand for themselves, and in double quotes C
// escapes work.
func systemdWord(s string) string {
	return systemdQuote(strings.ReplaceAll(s, "$", "$$"))
}

// systemdProgram returns the path of a program: as [systemdWord], but variables
// are not put into it, so that a dollar sign stands there once.
func systemdProgram(s string) string { return systemdQuote(s) }

func systemdQuote(s string) string {
	s = strings.ReplaceAll(s, "%", "%%")
	plain := s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@,+%$", r))
	})
	if plain {
		return s
	}
	return `"` + systemdEscape(s) + `"`
}

// systemdEscape writes what is special within quotes, and bytes that are no
// text, as C escapes.
func systemdEscape(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\uFFFD' && !strings.HasPrefix(s[i:], "\uFFFD"), r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// systemdValue returns text for a setting that takes specifiers.
func systemdValue(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "%", "%%")
	return strings.TrimSuffix(s, `\`) // would join it with the next line
}

// systemdComment returns text for a comment: systemd reads no file that is not
// UTF-8.
func systemdComment(s string) string { return strings.ToValidUTF8(s, "?") }

// systemctl runs systemctl for the user.
func (m systemd) systemctl(ctx context.Context, args ...string) (string, error) {
	args = append([]string{"--user"}, args...)
	out, err := m.w.Run(ctx, "systemctl", args...)
	return out, ran("systemctl", args, out, err)
}

// reach reports why the service manager of the user cannot be asked.
func (m systemd) reach(ctx context.Context) error {
	_, err := m.systemctl(ctx, "show", "--property=Version")
	switch {
	case err == nil:
		return nil
	case missing(err):
		return &Problem{errors.New("there is no systemd here: systemctl is not to be found"),
			`have "ferry watch" started by what there is, as @reboot in a crontab; "ferry service install --print" shows the unit for systemd`}
	}
	return &Problem{fmt.Errorf("the service manager of the user cannot be reached: %w", err),
		`it comes with a session: log in as this user itself, not by su or sudo, or give it one with "loginctl enable-linger USER" as root and set XDG_RUNTIME_DIR=/run/user/$(id -u)`}
}

// Install implements [Manager].
func (m systemd) Install(ctx context.Context, s Spec) ([]string, error) {
	text, err := m.Text(s)
	if err != nil {
		return nil, err
	}
	file, unit := m.file(s.Name), s.Name+".service"
	if err := mayReplace(file, systemdComment(s.For)); err != nil {
		return nil, err
	}
	if err := m.reach(ctx); err != nil {
		return nil, err
	}
	if err := writeDefinition(file, text); err != nil {
		return nil, err
	}
	// Restart starts what does not run yet.
	for _, args := range [][]string{{"daemon-reload"}, {"enable", unit}, {"restart", unit}} {
		if _, err := m.systemctl(ctx, args...); err != nil {
			return nil, &Problem{err, "journalctl --user --unit " + s.Name + " shows what it said"}
		}
	}
	return m.lingering(ctx), nil
}

// lingering says how to keep services running while their user is logged out.
func (m systemd) lingering(ctx context.Context) []string {
	out, err := m.w.Run(ctx, "loginctl", "show-user", strconv.Itoa(m.w.UID), "--property=Linger")
	if err == nil && strings.TrimSpace(out) == "Linger=yes" {
		return nil
	}
	return []string{`it runs while you are logged in; "loginctl enable-linger" keeps it running, from the start of the machine on`}
}

// Uninstall implements [Manager].
func (m systemd) Uninstall(ctx context.Context, name string) (bool, error) {
	file, unit := m.file(name), name+".service"
	text, err := readDefinition(file)
	if err != nil || text == "" {
		return false, err
	}
	if _, ours := markedFor(text); !ours {
		return false, foreign(file)
	}
	if err := m.reach(ctx); err != nil {
		return false, err
	}
	if _, err := m.systemctl(ctx, "disable", "--now", unit); err != nil {
		return false, err
	}
	if err := os.Remove(file); err != nil {
		return false, fmt.Errorf("removing the service: %w", err)
	}
	_, err = m.systemctl(ctx, "daemon-reload")
	return true, err
}

// Status implements [Manager].
func (m systemd) Status(ctx context.Context, name string) (State, error) {
	s := State{Name: name, File: m.file(name)}
	text, err := readDefinition(s.File)
	if err != nil || text == "" {
		return s, err
	}
	s.For, s.Installed = markedFor(text)
	if !s.Installed {
		return s, foreign(s.File)
	}
	s.Log = "journalctl --user --unit " + name
	if err := m.reach(ctx); err != nil {
		return s, err
	}
	out, err := m.systemctl(ctx, "show", name+".service", "--property=UnitFileState,ActiveState,SubState,MainPID,StatusText,Result")
	if err != nil {
		return s, err
	}
	is := make(map[string]string)
	for line := range strings.SplitSeq(out, "\n") {
		key, value, _ := strings.Cut(line, "=")
		is[key] = value
	}
	s.Enabled = is["UnitFileState"] == "enabled"
	s.Running = is["ActiveState"] == "active" || is["ActiveState"] == "reloading"
	s.PID, _ = strconv.Atoi(is["MainPID"])
	s.Detail = is["StatusText"]
	if !s.Running {
		s.Detail = is["ActiveState"] + " (" + is["SubState"] + ")"
		if result := is["Result"]; result != "" && result != "success" {
			s.Detail += ", " + result
		}
	}
	return s, nil
}

// Names implements [Manager].
func (m systemd) Names() ([]string, error) { return ours(m.dir(), ".service") }
