package service

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// systemd is the service manager for users on Linux, systemd(1).
type systemd struct{ system System }

func (m systemd) dir() string {
	config := m.system.ConfigDir
	if config == "" {
		config = filepath.Join(m.system.HomeDir, ".config")
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
		return "", &Problem{fmt.Errorf("systemd cannot run a program whose path has quotes, backslashes or bytes that are not UTF-8: %s", s.Program),
			"move ferry to another directory"}
	}
	command := []string{systemdProgram(s.Program)}
	for _, arg := range s.Args {
		command = append(command, systemdArg(arg))
	}
	privileges := "NoNewPrivileges=yes\n"
	if s.AllowPrivileges {
		privileges = ""
	}
	return fmt.Sprintf(systemdUnit, mark, systemdComment(s.ConfigFile), s.Name, systemdValue(s.Description), strings.Join(command, " "), privileges), nil
}

// systemdUnit does not restrict access to files: a watched pair may be anywhere, and
// the socket for other commands may be in the directory for temporary files.
const systemdUnit = `# %s%s
# The next "ferry service install" replaces this file. Use
# "systemctl --user edit %s" to change settings.

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
# A wrong configuration is not fixed by a restart.
RestartPreventExitStatus=2
SuccessExitStatus=130
WatchdogSec=2min
TimeoutStartSec=5min
TimeoutStopSec=30s
# ferry ends its hooks itself.
KillMode=mixed
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
%sLockPersonality=yes
RestrictRealtime=yes

[Install]
WantedBy=default.target
`

// systemdArg quotes one argument of a command line as in systemd.service(5) and
// systemd.syntax(7): "%" and "$" are doubled, and C escapes work in double quotes.
func systemdArg(s string) string {
	return systemdQuote(strings.ReplaceAll(s, "$", "$$"))
}

// systemdProgram quotes the path of a program. It differs from [systemdArg] in that a
// dollar sign is not doubled, because systemd expands no variables in it.
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

// systemdEscape returns s with C escapes for what is special in double quotes and for
// bytes that are not UTF-8.
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

// systemdValue returns text for a setting in which "%" is special.
func systemdValue(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "%", "%%")
	return strings.TrimSuffix(s, `\`) // it would continue on the next line
}

// systemdComment returns text for a comment. systemd reads only files in UTF-8.
func systemdComment(s string) string { return strings.ToValidUTF8(s, "?") }

// systemctl runs systemctl --user.
func (m systemd) systemctl(ctx context.Context, args ...string) (string, error) {
	args = append([]string{"--user"}, args...)
	out, err := m.system.Run(ctx, "systemctl", args...)
	return out, commandError("systemctl", args, out, err)
}

// checkReachable returns why the service manager of the user cannot be reached.
func (m systemd) checkReachable(ctx context.Context) error {
	_, err := m.systemctl(ctx, "show", "--property=Version")
	switch {
	case err == nil:
		return nil
	case notFound(err):
		return &Problem{errors.New("there is no systemd on this system: systemctl was not found"),
			`start "ferry watch" in another way, for example with @reboot in a crontab; "ferry service install --print" shows the unit for systemd`}
	}
	return &Problem{fmt.Errorf("the service manager of the user cannot be reached: %w", err),
		`it needs a login session: log in as this user directly, not with su or sudo; or run "loginctl enable-linger USER" as root and set XDG_RUNTIME_DIR=/run/user/$(id -u)`}
}

// Install implements [Manager].
func (m systemd) Install(ctx context.Context, s Spec) ([]string, error) {
	text, err := m.Text(s)
	if err != nil {
		return nil, err
	}
	file, unit := m.file(s.Name), s.Name+".service"
	if err := checkReplace(file, systemdComment(s.ConfigFile)); err != nil {
		return nil, err
	}
	if err := m.checkReachable(ctx); err != nil {
		return nil, err
	}
	if err := writeDefinition(file, text); err != nil {
		return nil, err
	}
	// restart also starts a unit that is not running.
	for _, args := range [][]string{{"daemon-reload"}, {"enable", unit}, {"restart", unit}} {
		if _, err := m.systemctl(ctx, args...); err != nil {
			return nil, &Problem{err, "\"journalctl --user --unit " + s.Name + "\" shows its output"}
		}
	}
	return m.lingerNotes(ctx), nil
}

// lingerNotes says how to keep services running while their user is logged out.
func (m systemd) lingerNotes(ctx context.Context) []string {
	out, err := m.system.Run(ctx, "loginctl", "show-user", strconv.Itoa(m.system.UID), "--property=Linger")
	if err == nil && strings.TrimSpace(out) == "Linger=yes" {
		return nil
	}
	return []string{`it runs only while you are logged in; "loginctl enable-linger" starts it at boot and keeps it running`}
}

// Uninstall implements [Manager].
func (m systemd) Uninstall(ctx context.Context, name string) (bool, error) {
	file, unit := m.file(name), name+".service"
	if _, installed, err := readInstalled(file); err != nil || !installed {
		return false, err
	}
	if err := m.checkReachable(ctx); err != nil {
		return false, err
	}
	if _, err := m.systemctl(ctx, "disable", "--now", unit); err != nil {
		return false, err
	}
	if err := removeDefinition(file); err != nil {
		return false, err
	}
	_, err := m.systemctl(ctx, "daemon-reload")
	return true, err
}

// Status implements [Manager].
func (m systemd) Status(ctx context.Context, name string) (State, error) {
	s := State{Name: name, File: m.file(name)}
	configFile, installed, err := readInstalled(s.File)
	if err != nil || !installed {
		return s, err
	}
	s.ConfigFile, s.Installed = configFile, true
	s.Log = "journalctl --user --unit " + name
	if err := m.checkReachable(ctx); err != nil {
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
func (m systemd) Names() ([]string, error) { return installedNames(m.dir(), ".service") }
