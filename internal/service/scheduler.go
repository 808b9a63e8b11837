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

// scheduler is the task scheduler of Windows, schtasks.exe. A task starts when the
// user logs on. Its definition is also kept as a file, to know which tasks are ours.
type scheduler struct{ system System }

func (m scheduler) dir() string { return filepath.Join(m.system.DataDir, "ferry", "service") }

func (m scheduler) file(name string) string { return filepath.Join(m.dir(), name+".xml") }

// Text implements [Manager]. The first line says UTF-16, because that is what schtasks
// reads; see [utf16File].
func (m scheduler) Text(s Spec) (string, error) {
	if err := s.check(); err != nil {
		return "", err
	}
	var args []string
	for _, arg := range s.Args {
		args = append(args, windowsArg(arg))
	}
	text := fmt.Sprintf(taskXML, mark+xmlText(s.ConfigFile), xmlText(m.system.User), xmlText(m.system.User),
		xmlText(s.Program), xmlText(strings.Join(args, " ")), xmlText(windowsDir(s.ConfigFile)))
	return strings.ReplaceAll(text, "\n", "\r\n"), nil
}

// taskXML follows version 1.2 of the task schema. A task that failed is restarted
// after a minute, and there is no time limit.
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

// windowsArg quotes an argument in the way that programs on Windows parse their command
// line: a backslash is special only before a quote.
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

// windowsDir returns the directory of a Windows path. It works on every system.
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

// utf16File encodes text in UTF-16 with a byte order mark, the one encoding that every
// schtasks reads.
func utf16File(text string) string {
	words := utf16.Encode([]rune("\uFEFF" + text))
	b := make([]byte, 0, 2*len(words))
	for _, w := range words {
		b = binary.LittleEndian.AppendUint16(b, w)
	}
	return string(b)
}

func (m scheduler) schtasks(ctx context.Context, args ...string) (string, error) {
	out, err := m.system.Run(ctx, "schtasks.exe", args...)
	err = commandError("schtasks", args, out, err)
	if notFound(err) {
		err = &Problem{err, "services need the task scheduler of Windows"}
	}
	return out, err
}

// checkTask returns an error if there is a task of this name that is not ours.
func (m scheduler) checkTask(ctx context.Context, name string) error {
	out, err := m.schtasks(ctx, "/Query", "/TN", name, "/XML")
	if notFound(err) {
		return err
	}
	if _, ours := parseMark(out); err == nil && !ours {
		return notOursError("the task " + name)
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
	if err := checkReplace(file, xmlText(s.ConfigFile)); err != nil {
		return nil, err
	}
	if err := m.checkTask(ctx, s.Name); err != nil {
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
	if _, installed, err := readInstalled(file); err != nil || !installed {
		return false, err
	}
	if err := m.checkTask(ctx, name); err != nil {
		return false, err
	}
	_, _ = m.schtasks(ctx, "/End", "/TN", name)
	if _, err := m.schtasks(ctx, "/Query", "/TN", name); err == nil { // otherwise it is gone already
		if _, err := m.schtasks(ctx, "/Delete", "/TN", name, "/F"); err != nil {
			return false, err
		}
	}
	err := removeDefinition(file)
	return err == nil, err
}

// Status implements [Manager]. schtasks answers in the language of the system. Only
// English is understood; other answers are shown as they are.
func (m scheduler) Status(ctx context.Context, name string) (State, error) {
	s := State{Name: name, File: m.file(name)}
	configFile, installed, err := readInstalled(s.File)
	if err != nil || !installed {
		return s, err
	}
	s.ConfigFile, s.Installed = xmlUnescape(configFile), true
	out, err := m.schtasks(ctx, "/Query", "/TN", name, "/FO", "CSV", "/NH")
	if notFound(err) {
		return s, err
	}
	if err != nil {
		s.Detail = "the task does not exist"
		return s, nil
	}
	row, err := csv.NewReader(strings.NewReader(strings.TrimSpace(out))).Read()
	if err != nil || len(row) < 3 {
		return s, errors.New("the answer of schtasks about the task cannot be read")
	}
	s.Enabled = row[2] != "Disabled"
	if s.Running = row[2] == "Running"; !s.Running {
		s.Detail = row[2]
	}
	return s, nil
}

// Names implements [Manager].
func (m scheduler) Names() ([]string, error) { return installedNames(m.dir(), ".xml") }
