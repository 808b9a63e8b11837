package ci

import (
	"crypto/rand"
	"fmt"
	"os"
	"strings"
)

// An Output is a value that later steps can read.
type Output struct{ Name, Value string }

// WriteOutputs adds values to the file that the system reads them from: GITHUB_OUTPUT, or on
// GitLab deploy.env in the working directory, for artifacts:reports:dotenv. It returns the
// name of the file, "" where there is none.
func (s System) WriteOutputs(getenv func(string) string, values []Output) (path string, err error) {
	var b strings.Builder
	switch s {
	case GitHub:
		path = getenv("GITHUB_OUTPUT")
		for _, v := range values {
			end := "ferry-" + rand.Text()
			fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", v.Name, end, v.Value, end)
		}
	case GitLab:
		path = "deploy.env"
		for _, v := range values {
			fmt.Fprintf(&b, "FERRY_%s=%s\n", strings.ToUpper(strings.ReplaceAll(v.Name, "-", "_")), oneLine(v.Value))
		}
	}
	if path == "" {
		return "", nil
	}
	return path, appendTo(path, b.String())
}

// WriteLines writes lines into a new file for later steps, and returns its name.
func WriteLines(getenv func(string) string, lines []string) (name string, err error) {
	f, err := os.CreateTemp(getenv("RUNNER_TEMP"), "ferry-paths-*.txt")
	if err != nil {
		return "", err
	}
	for _, line := range lines {
		if _, writeErr := fmt.Fprintln(f, line); err == nil {
			err = writeErr
		}
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return f.Name(), err
}

// mostSummary is how many bytes of a summary are written: GitHub refuses more than 1 MiB.
const mostSummary = 900_000

// WriteSummary adds Markdown to the page that shows the run.
func (s System) WriteSummary(getenv func(string) string, markdown string) error {
	path := getenv("GITHUB_STEP_SUMMARY")
	if s != GitHub || path == "" {
		return nil
	}
	if len(markdown) > mostSummary {
		markdown = strings.ToValidUTF8(markdown[:mostSummary], "") + "\n\n(cut)\n"
	}
	return appendTo(path, markdown)
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// Code formats a name as code in Markdown, whatever is in it.
func Code(name string) string {
	name = oneLine(name)
	fence := "`"
	for strings.Contains(name, fence) {
		fence += "`"
	}
	if len(fence) > 1 || strings.HasPrefix(name, " ") {
		return fence + " " + name + " " + fence
	}
	return fence + strings.ReplaceAll(name, "|", "\\|") + fence
}
