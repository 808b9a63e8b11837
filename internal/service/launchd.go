package service

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// launchd is the service manager of macOS, launchd.plist(5).
type launchd struct{ system System }

func (m launchd) dir() string { return filepath.Join(m.system.HomeDir, "Library", "LaunchAgents") }

func (m launchd) file(name string) string { return filepath.Join(m.dir(), name+".plist") }

func (m launchd) log(name string) string {
	return filepath.Join(m.system.HomeDir, "Library", "Logs", "ferry", name+".log")
}

func (m launchd) domain() string { return "gui/" + strconv.Itoa(m.system.UID) }

// Text implements [Manager].
func (m launchd) Text(s Spec) (string, error) {
	if err := s.check(); err != nil {
		return "", err
	}
	var args strings.Builder
	for _, arg := range append([]string{s.Program}, s.Args...) {
		args.WriteString("\t\t<string>" + xmlText(arg) + "</string>\n")
	}
	// The mark is a value and not an XML comment, because a path may contain "--".
	return fmt.Sprintf(launchdPlist, xmlText(s.Name), args.String(), xmlText(m.log(s.Name)), xmlText(m.log(s.Name)), mark+xmlText(s.ConfigFile)), nil
}

// launchdPlist starts the program at login, and restarts it after a failure, at most
// every 30 s. launchd has no exit codes after which it does not restart, so the program
// is told that it runs under launchd, see [ExitCode].
const launchdPlist = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>%s</string>
	<key>ProgramArguments</key>
	<array>
%s	</array>
	<key>EnvironmentVariables</key>
	<dict>
		<key>` + managerVariable + `</key>
		<string>launchd</string>
	</dict>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<dict>
		<key>SuccessfulExit</key>
		<false/>
	</dict>
	<key>ThrottleInterval</key>
	<integer>30</integer>
	<key>ExitTimeOut</key>
	<integer>30</integer>
	<key>LowPriorityIO</key>
	<true/>
	<key>Nice</key>
	<integer>10</integer>
	<key>StandardOutPath</key>
	<string>%s</string>
	<key>StandardErrorPath</key>
	<string>%s</string>
	<key>Comment</key>
	<string>%s
</string>
</dict>
</plist>
`

const managerVariable = "FERRY_SERVICE"

// exitUsage is the exit code of a wrong configuration, which no restart mends.
const exitUsage = 2

// ExitCode returns the exit code of a service that ends with code. launchd restarts
// whatever does not end with 0. So a wrong configuration ends with 0 there, behind the
// error in the log. getenv reads a variable of the environment.
func ExitCode(code int, getenv func(string) string) int {
	if code == exitUsage && getenv(managerVariable) == "launchd" {
		return 0
	}
	return code
}

// xmlText escapes text for XML. Characters that XML does not allow become U+FFFD.
func xmlText(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func (m launchd) launchctl(ctx context.Context, args ...string) (string, error) {
	out, err := m.system.Run(ctx, "launchctl", args...)
	return out, commandError("launchctl", args, out, err)
}

// bootstrap is retried while launchd is still stopping the old service: bootout does
// not wait for that.
const (
	bootstrapTries = 40
	bootstrapDelay = 250 * time.Millisecond
)

// Install implements [Manager].
func (m launchd) Install(ctx context.Context, s Spec) ([]string, error) {
	text, err := m.Text(s)
	if err != nil {
		return nil, err
	}
	file := m.file(s.Name)
	if err := checkReplace(file, xmlText(s.ConfigFile)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(m.log(s.Name)), 0o700); err != nil {
		return nil, fmt.Errorf("making the directory for the log: %w", err)
	}
	if err := writeDefinition(file, text); err != nil {
		return nil, err
	}
	target := m.domain() + "/" + s.Name
	_, _ = m.launchctl(ctx, "bootout", target)
	if _, err := m.launchctl(ctx, "enable", target); err != nil {
		return nil, m.unreachable(err)
	}
	for try := 1; ; try++ {
		_, err := m.launchctl(ctx, "bootstrap", m.domain(), file)
		if err == nil {
			return nil, nil
		}
		if try == bootstrapTries || notFound(err) {
			return nil, m.unreachable(err)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(bootstrapDelay):
		}
	}
}

func (m launchd) unreachable(err error) error {
	return &Problem{fmt.Errorf("launchd did not accept the service: %w", err),
		"services of users need a graphical session: log in on the screen, and run this again"}
}

// Uninstall implements [Manager].
func (m launchd) Uninstall(ctx context.Context, name string) (bool, error) {
	file := m.file(name)
	if _, installed, err := readInstalled(file); err != nil || !installed {
		return false, err
	}
	// An error means that the service is not running, which is fine.
	if _, err := m.launchctl(ctx, "bootout", m.domain()+"/"+name); notFound(err) {
		return false, m.unreachable(err)
	}
	err := removeDefinition(file)
	return err == nil, err
}

// Status implements [Manager].
func (m launchd) Status(ctx context.Context, name string) (State, error) {
	s := State{Name: name, File: m.file(name)}
	configFile, installed, err := readInstalled(s.File)
	if err != nil || !installed {
		return s, err
	}
	s.ConfigFile, s.Installed, s.Log = xmlUnescape(configFile), true, m.log(name)
	out, err := m.launchctl(ctx, "print", m.domain()+"/"+name)
	if notFound(err) {
		return s, m.unreachable(err)
	}
	if err != nil {
		s.Detail = "not loaded"
		return s, nil
	}
	s.Enabled = true
	for line := range strings.SplitSeq(out, "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		switch key {
		case "state":
			if s.Detail == "" {
				s.Detail, s.Running = value, value == "running"
			}
		case "pid":
			s.PID, _ = strconv.Atoi(value)
		case "last exit code":
			switch {
			case s.Running || value == "(never exited)":
			case value == "0": // as after a wrong configuration, see [ExitCode]
				s.Detail += ", ended by itself: see the log"
			default:
				s.Detail += ", last exit " + value
			}
		}
	}
	if s.Running {
		s.Detail = ""
	}
	return s, nil
}

// Names implements [Manager].
func (m launchd) Names() ([]string, error) { return installedNames(m.dir(), ".plist") }

// xmlUnescape undoes [xmlText].
func xmlUnescape(s string) string {
	var text struct {
		Text string `xml:",chardata"`
	}
	if xml.Unmarshal([]byte("<t>"+s+"</t>"), &text) != nil {
		return s
	}
	return text.Text
}
