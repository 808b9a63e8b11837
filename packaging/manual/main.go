// Command manual makes manual pages of what docs/ says for users: "go run ./packaging/manual DATE DIRECTORY". The pages of
// the commands are made by "ferry man".
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"ferry/internal/man"
)

// A document is a file of docs/ and the page that it becomes.
type document struct {
	file, name string
	section    int
	summary    string
	seeAlso    []string
}

var documents = []document{
	{"configuration.md", "ferry.yaml", 5, "the configuration of ferry", []string{"ferry(1)", "ferry-init(1)", "ferry-trust(1)", "ferry-hooks(7)", "ferry-deploy(7)"}},
	{"json.md", "ferry-json", 5, "what ferry writes with --json", []string{"ferry(1)"}},
	{"hooks.md", "ferry-hooks", 7, "commands and URLs around a pass", []string{"ferry(1)", "ferry.yaml(5)"}},
	{"deploy.md", "ferry-deploy", 7, "a site that changes all at once", []string{"ferry-deploy(1)", "ferry-releases(1)", "ferry-rollback(1)", "ferry.yaml(5)", "ferry-ci(7)"}},
	{"service.md", "ferry-service", 7, "ferry watch as a service", []string{"ferry-service(1)", "ferry-watch(1)", "ferry.yaml(5)"}},
	{"ci.md", "ferry-ci", 7, "deploys from continuous integration", []string{"ferry-deploy(1)", "ferry-deploy(7)"}},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "manual: error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 || len(args[0]) < 10 {
		return errors.New("usage: go run ./packaging/manual DATE DIRECTORY")
	}
	for _, doc := range documents {
		text, err := doc.page("docs", args[0][:10])
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(args[1], doc.name+"."+strconv.Itoa(doc.section)), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// page is the page that the file in the directory becomes.
func (d document) page(dir, date string) (string, error) {
	markdown, err := os.ReadFile(filepath.Join(dir, d.file))
	if err != nil {
		return "", err
	}
	pages := make(map[string]string)
	for _, other := range documents {
		pages[other.file] = fmt.Sprintf("%s(%d)", other.name, other.section)
	}
	text, err := man.Document{
		Name: d.name, Section: d.section, Summary: d.summary, Date: date,
		Markdown: strings.ReplaceAll(string(markdown), "\r\n", "\n"), Pages: pages, SeeAlso: d.seeAlso,
	}.Text()
	if err != nil {
		return "", fmt.Errorf("%s:%w", filepath.Join(dir, d.file), err)
	}
	return text, nil
}
