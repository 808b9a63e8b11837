package service

import (
	"context"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"
)

// scheduler is the task scheduler of Windows, schtasks.exe: a task that starts
// when the user logs on. What was installed is also kept as a file, which tells
// what is ours.
type scheduler struct{ w World }

func (m scheduler) dir() string { return filepath.Join(m.w.Data, "ferry", "service") }

func (m scheduler) file(name string) string { return filepath.Join(m.dir(), name+".xml") }

// Text implements [Manager]. The task is read as UTF-16, which is what its first
// line says; see [utf16File].
func (m scheduler) Text(s Spec) (string, error) {
	if err := s.check(); err != nil {
		return "", err
	}
	var args []string
	for _, arg := range s.Args {
		args = append(args, windowsArg(arg))
	}
	text := fmt.Sprintf(taskXML, mark+xmlText(s.For), xmlText(m.w.User), xmlText(m.w.User),
		xmlText(s.Program), xmlText(strings.Join(args, " ")), xmlText(windowsDir(s.For)))
	return strings.ReplaceAll(text, "\n", "\r\n"), nil
}

// taskXML is of the schema of tasks, version 1.2. A task that failed is started
// again after a minute, and nothing ends one that runs.
const taskXML = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>%s
</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>%s</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>%s</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>%s</Command>
      <Arguments>%s</Arguments>
      <WorkingDirectory>%s</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`

// windowsArg quotes an argument as programs on Windows take their command line
// apart: backslashes count only before a quote.
func windowsArg(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\"") {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	slashes := 0
	for i := range len(s) {
		switch s[i] {
		case '\\':
			slashes++
		case '"':
			b.WriteString(strings.Repeat(`\`, slashes+1))
			slashes = 0
		default:
			slashes = 0
		}
		b.WriteByte(s[i])
	}
	b.WriteString(strings.Repeat(`\`, slashes) + `"`)
	return b.String()
}

// windowsDir returns the directory of a path of Windows, on every system.
func windowsDir(path string) string {
	i := strings.LastIndexAny(path, `\/`)
	if i < 0 {
		return ""
	}
	if dir := path[:i]; !strings.HasSuffix(dir, ":") {
		return dir
	}
	return path[:i+1]
}

// utf16File returns text as a file of UTF-16 with its byte order mark, which is
// the one form that schtasks takes everywhere.
func utf16File(text string) string {
	words := utf16.Encode([]rune("\uFEFF" + text))
	b := make([]byte, 0, 2*len(words))
	for _, w := range words {
		b = binary.LittleEndian.AppendUint16(b, w)
	}
	return string(b)
}

func (m scheduler) schtasks(ctx context.Context, args ...string) (string, error) {
	out, err := m.w.Run(ctx, "schtasks.exe", args...)
	err = ran("schtasks", args, out, err)
	if missing(err) {
		err = &Problem{err, "the task scheduler is needed for a service"}
	}
	return out, err
}

// theirs returns an error where there is a task of this name that is not ours.
func (m scheduler) theirs(ctx context.Context, name string) error {
	out, err := m.schtasks(ctx, "/Query", "/TN", name, "/XML")
	if missing(err) {
		return err
	}
	if _, ours := markedFor(out); err == nil && !ours {
		return foreign("the task " + name)
	}
	return nil
}

// Install implements [Manager].
func (m scheduler) Install(ctx context.Context, s Spec) ([]string, error) {
	text, err := m.Text(s)
	if err != nil {
		return nil, err
	}
	file := m.file(s.Name)
	if err := mayReplace(file, xmlText(s.For)); err != nil {
		return nil, err
	}
	if err := m.theirs(ctx, s.Name); err != nil {
		return nil, err
	}
	given := file + ".task"
	if err := writeDefinition(given, utf16File(text)); err != nil {
		return nil, err
	}
	defer os.Remove(given)
	_, _ = m.schtasks(ctx, "/End", "/TN", s.Name)
	if _, err := m.schtasks(ctx, "/Create", "/TN", s.Name, "/XML", given, "/F"); err != nil {
		return nil, err
	}
	if err := writeDefinition(file, text); err != nil {
		return nil, err
	}
	_, err = m.schtasks(ctx, "/Run", "/TN", s.Name)
	return []string{"it starts when you log on, in a window of its own"}, err
}

// Uninstall implements [Manager].
func (m scheduler) Uninstall(ctx context.Context, name string) (bool, error) {
	file := m.file(name)
	text, err := readDefinition(file)
	if err != nil || text == "" {
		return false, err
	}
	if _, ours := markedFor(text); !ours {
		return false, foreign(file)
	}
	if err := m.theirs(ctx, name); err != nil {
		return false, err
	}
	_, _ = m.schtasks(ctx, "/End", "/TN", name)
	if _, err := m.schtasks(ctx, "/Query", "/TN", name); err == nil { // else it is gone already
		if _, err := m.schtasks(ctx, "/Delete", "/TN", name, "/F"); err != nil {
			return false, err
		}
	}
	if err := os.Remove(file); err != nil {
		return false, fmt.Errorf("removing the service: %w", err)
	}
	return true, nil
}

// Status implements [Manager]. The words of schtasks are those of the language
// of the system, so that they are shown and only the English one is understood.
func (m scheduler) Status(ctx context.Context, name string) (State, error) {
	s := State{Name: name, File: m.file(name)}
	text, err := readDefinition(s.File)
	if err != nil || text == "" {
		return s, err
	}
	path, ours := markedFor(text)
	if !ours {
		return s, foreign(s.File)
	}
	s.For, s.Installed = xmlUnescape(path), true
	out, err := m.schtasks(ctx, "/Query", "/TN", name, "/FO", "CSV", "/NH")
	if missing(err) {
		return s, err
	}
	if err != nil {
		s.Detail = "the task is not there"
		return s, nil
	}
	row, err := csv.NewReader(strings.NewReader(strings.TrimSpace(out))).Read()
	if err != nil || len(row) < 3 {
		return s, errors.New("what schtasks says of the task cannot be read")
	}
	s.Enabled = row[2] != "Disabled"
	if s.Running = row[2] == "Running"; !s.Running {
		s.Detail = row[2]
	}
	return s, nil
}

// Names implements [Manager].
func (m scheduler) Names() ([]string, error) { return ours(m.dir(), ".xml") }
