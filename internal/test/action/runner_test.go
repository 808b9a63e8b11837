//go:build unix

package action

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/cli"

	"gopkg.in/yaml.v3"
)

// asFerry in the environment makes the test binary the program, so that FERRY_BIN can name it.
const asFerry = "FERRY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asFerry) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := cli.Signals(context.Background())
	code := cli.Main(ctx, cli.OSEnv(), os.Args[1:])
	stop()
	os.Exit(code)
}

// root is the directory of the repository, from here.
var root, _ = filepath.Abs("../../..")

// A definition is what is read of action.yml.
type definition struct {
	Inputs map[string]struct {
		Description string
		Default     *string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []step
	}
}

type step struct {
	ID, Shell, Run, Uses, If string
	Env                      map[string]string
}

func readDefinition(t *testing.T) (d definition) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "action.yml"))
	if err == nil {
		dec := yaml.NewDecoder(bytes.NewReader(text))
		err = dec.Decode(&d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A workspace is where one run happens.
type workspace struct {
	*testing.T
	dir    string // GITHUB_WORKSPACE
	action string // the directory of the action
	env    map[string]string
}

// newWorkspace returns an empty workspace for GitHub. system takes the place of its variables.
func newWorkspace(t *testing.T, system map[string]string) *workspace {
	t.Helper()
	outside := t.TempDir()
	w := &workspace{T: t, dir: filepath.Join(outside, "work"), action: root, env: map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": filepath.Join(outside, "home"), "RUNNER_TEMP": filepath.Join(outside, "temp"),
		"RUNNER_TOOL_CACHE": filepath.Join(outside, "tools"), "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64",
		"FERRY_BIN": os.Args[0], asFerry: "1", "FERRY_STATE_DIR": filepath.Join(outside, "state"),
	}}
	for _, name := range []string{"HOME", "RUNNER_TEMP"} {
		w.mkdir(w.env[name])
	}
	w.mkdir(w.dir)
	if system == nil {
		system = map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "ann/site", "GITHUB_WORKFLOW": "deploy", "GITHUB_SHA": "4f2a91c0", "GITHUB_RUN_NUMBER": "12"}
	}
	maps.Copy(w.env, system)
	return w
}

func (w *workspace) mkdir(dir string) {
	w.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		w.Fatal(err)
	}
}

func (w *workspace) write(name, text string) {
	w.Helper()
	w.mkdir(filepath.Dir(filepath.Join(w.dir, name)))
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
		w.Fatal(err)
	}
}

// A ran is what a run came to.
type ran struct {
	code             int
	log              string
	outputs          map[string]string // of the action
	summary          string
	commands         []command // in the log
	uncommandedLines []string
}

var expression = regexp.MustCompile(`\$\{\{\s*([^}]*?)\s*\}\}`)

// run runs the action as the runner of GitHub does: each step in bash, with the environment and the
// inputs, and nothing of this process.
func (w *workspace) run(inputs map[string]string) (r ran) {
	w.Helper()
	d := readDefinition(w.T)
	for name := range inputs {
		if _, ok := d.Inputs[name]; !ok {
			w.Fatalf("the action has no input %s", name)
		}
	}
	steps := map[string]map[string]string{}
	expand := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(e string) string {
			name := expression.FindStringSubmatch(e)[1]
			switch parts := strings.Split(name, "."); {
			case name == "github.action_path":
				return w.action
			case len(parts) == 2 && parts[0] == "inputs":
				if value, ok := inputs[parts[1]]; ok {
					return value
				}
				if d.Inputs[parts[1]].Default != nil {
					return *d.Inputs[parts[1]].Default
				}
				return ""
			case len(parts) == 4 && parts[0] == "steps" && parts[2] == "outputs":
				return steps[parts[1]][parts[3]]
			}
			w.Fatalf("nobody knows %s", e)
			return ""
		})
	}
	var log strings.Builder
	summary := filepath.Join(w.env["RUNNER_TEMP"], "summary")
	for _, s := range d.Runs.Steps {
		if d.Runs.Using != "composite" || s.Shell != "bash" || s.Uses != "" || s.If != "" {
			w.Fatalf("this runner does not know how to run %+v", s)
		}
		output := filepath.Join(w.env["RUNNER_TEMP"], "output-"+s.ID)
		os.Remove(output)
		env := maps.Clone(w.env)
		env["GITHUB_OUTPUT"], env["GITHUB_STEP_SUMMARY"], env["GITHUB_WORKSPACE"] = output, summary, w.dir
		for name, value := range s.Env {
			env[name] = expand(value)
		}
		code := w.bash(expand(s.Run), env, &log)
		steps[s.ID] = w.readOutputs(output)
		if r.code = code; code != 0 {
			break
		}
	}
	r.outputs = map[string]string{}
	for name, o := range d.Outputs {
		r.outputs[name] = expand(o.Value)
	}
	text, _ := os.ReadFile(summary)
	r.summary, r.log = string(text), log.String()
	r.commands, r.uncommandedLines = parseLog(r.log)
	return r
}

// bash runs a script in the workspace.
func (w *workspace) bash(script string, env map[string]string, log *strings.Builder) (code int) {
	w.Helper()
	file := filepath.Join(w.env["RUNNER_TEMP"], "script.sh")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "--noprofile", "--norc", "-eo", "pipefail", file)
	cmd.Dir = w.dir
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdout, cmd.Stderr = log, log
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// readOutputs reads a file of outputs as the runner does.
func (w *workspace) readOutputs(file string) map[string]string {
	w.Helper()
	values := map[string]string{}
	text, _ := os.ReadFile(file)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for len(lines) > 0 && lines[0] != "" {
		name, end, multiline := strings.Cut(lines[0], "<<")
		lines = lines[1:]
		if !multiline {
			name, end, _ = strings.Cut(name, "=")
			values[name] = end
			continue
		}
		n := slices.Index(lines, end)
		if n < 0 {
			w.Fatalf("the value of %s has no end", name)
		}
		values[name] = strings.Join(lines[:n], "\n")
		lines = lines[n+1:]
	}
	return values
}

// A command is a workflow command in a log.
type command struct{ name, parameters, data string }

// parseLog takes the commands out of a log as the runner does: a line that begins with two colons, after blanks, or holds
// the older "##[".
func parseLog(log string) (commands []command, rest []string) {
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%")
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\r\n")
		head, data, ok := strings.Cut(strings.TrimPrefix(strings.TrimLeft(line, " \t"), "::"), "::")
		switch {
		case strings.HasPrefix(strings.TrimLeft(line, " \t"), "::") && ok:
			name, parameters, _ := strings.Cut(head, " ")
			commands = append(commands, command{name, parameters, unescape.Replace(data)})
		case strings.Contains(line, "##["):
			commands = append(commands, command{"##[", "", line})
		default:
			rest = append(rest, line)
		}
	}
	return commands, rest
}

// named returns the data of the commands with a name.
func (r ran) named(name string) (data []string) {
	for _, c := range r.commands {
		if c.name == name {
			data = append(data, c.data)
		}
	}
	return data
}
