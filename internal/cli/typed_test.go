package cli

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ferry/internal/cli/args"
	"ferry/internal/cli/help"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestTypedInSources holds that every command that the program names can be typed as it
// stands: the command exists, and takes the options.
func TestTypedInSources(t *testing.T) {
	root := rootCommand(newProgram(Env{}))
	eachFile(t, ".go", func(path, text string) {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "help/pointers.go") {
			return // the tables of pointers name commands of which some may not be there
		}
		for _, literal := range stringLiterals(text) {
			for _, typed := range typedIn(literal) {
				if why := cannotType(root, typed); why != "" {
					t.Errorf("%s: %q: %s", path, typed, why)
				}
			}
		}
	})
}

// TestTypedInDocuments holds the same for the documentation.
func TestTypedInDocuments(t *testing.T) {
	root := rootCommand(newProgram(Env{}))
	eachFile(t, ".md", func(path, text string) {
		for _, typed := range append(typedIn(text), typedInMarkdown(text)...) {
			if why := cannotType(root, typed); why != "" {
				t.Errorf("%s: %q: %s", path, typed, why)
			}
		}
	})
}

// TestPointers holds that what others call a command or an option leads to one of ferry's.
func TestPointers(t *testing.T) {
	root := rootCommand(newProgram(Env{}))
	for _, table := range [][]help.Pointer{help.OtherCommands, help.OtherOptions} {
		for _, p := range table {
			if !help.Exists(root, p.Command) {
				continue
			}
			for _, typed := range typedIn(p.Hint) {
				if why := cannotType(root, typed); why != "" {
					t.Errorf("%q: %q: %s", p.Words, typed, why)
				}
			}
		}
	}
	for _, p := range help.OtherCommands {
		for _, word := range p.Words {
			if cmd, _, err := root.Find([]string{word}); err == nil && cmd != root && help.Exists(root, p.Command) {
				t.Errorf("%q is a command of ferry, which needs no pointer", word)
			}
		}
	}
}

// TestCannotType holds that the check finds what leads nowhere.
func TestCannotType(t *testing.T) {
	root := rootCommand(newProgram(Env{}))
	for typed, wrong := range map[string]bool{
		"ferry sync": false, "ferry trash restore a.txt --over": false, "ferry help trash empty": false, "ferry check -v": false,
		"ferry sync site -vv --exclude '*.map'": false, "ferry --version": false, "FERRY_PASSWORD=x ferry push . ftp://h --json": false,
		"ferry help empty": true, "ferry watch --accept-empty": true, "ferry sync --older-than 3d": true, "ferry sinc": true,
		"ferry check -x": true, "ferry push --adopt": true,
	} {
		if why := cannotType(root, typed); (why != "") != wrong {
			t.Errorf("%q: %q", typed, why)
		}
	}
}

// eachFile calls visit for every file of the project with that extension.
func eachFile(t *testing.T, ext string, visit func(path, text string)) {
	t.Helper()
	top := filepath.Join("..", "..")
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ext:
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil {
			visit(path, string(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// stringLiterals returns the strings in a Go file, with the arguments of formats
// replaced by a word.
func stringLiterals(source string) []string {
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile("", -1, len(source)), []byte(source), nil, 0)
	var all []string
	for {
		_, kind, literal := s.Scan()
		if kind == token.EOF {
			return all
		}
		if kind != token.STRING {
			continue
		}
		if text, err := strconv.Unquote(literal); err == nil {
			all = append(all, verbs.ReplaceAllString(text, "WORD"))
		}
	}
}

var (
	verbs    = regexp.MustCompile(`%[-+#]?[0-9]*[a-z]`)
	quoted   = regexp.MustCompile("[\"`]((?:[A-Z_]+=\\S+ )?ferry [-a-z][^\"`]*)[\"`]")
	example  = regexp.MustCompile(`(?m)(?:as in: |type: |^  (?:  )?(?:\$ )?)(ferry [-a-z].*)`)
	comments = regexp.MustCompile(`\s{2,}.*| +#.*`)
	ends     = regexp.MustCompile(`[|>&;<]`)
	fences   = regexp.MustCompile("(?ms)^ *```.*?^ *```")
)

// typedIn returns the commands that a text tells to type: those in quotes, after "as in:",
// and indented examples.
func typedIn(text string) []string {
	var all []string
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Join(strings.Fields(m[1]), " "))
	}
	for _, m := range example.FindAllStringSubmatch(text, -1) {
		all = append(all, comments.ReplaceAllString(m[1], ""))
	}
	return all
}

// typedInMarkdown returns the commands in the fenced code of a document.
func typedInMarkdown(text string) []string {
	var all []string
	for _, block := range fences.FindAllString(text, -1) {
		for line := range strings.Lines(block) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
			if strings.HasPrefix(line, "ferry ") {
				all = append(all, comments.ReplaceAllString(line, ""))
			}
		}
	}
	return all
}

// cannotType says why a command cannot be typed as it stands; "": it can.
func cannotType(root *cobra.Command, typed string) string {
	words, err := args.Split(typed)
	if err != nil {
		words = strings.Fields(typed)
	}
	for len(words) > 0 && strings.Contains(words[0], "=") {
		words = words[1:]
	}
	if i := slices.IndexFunc(words, ends.MatchString); i >= 0 {
		words = words[:i]
	}
	words = words[1:]
	if len(words) > 0 && words[0] == "help" {
		if _, rest, err := root.Find(words[1:]); len(words) > 1 && !placeholder(words[1]) && (err != nil || len(rest) > 0) {
			return "there is no such help"
		}
		return ""
	}
	cmd, rest, err := root.Find(words)
	if err != nil {
		return err.Error()
	}
	if cmd == root && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") && !placeholder(rest[0]) {
		return "there is no such command"
	}
	cmd.InitDefaultHelpFlag()
	for _, word := range rest {
		if why := cannotUse(cmd, strings.TrimRight(word, ",.:)")); why != "" {
			return why
		}
	}
	return ""
}

// placeholder reports whether a word stands for any command.
func placeholder(word string) bool {
	return word == "..." || word == "COMMAND" || word == "[COMMAND]" || word == "WORD"
}

// cannotUse says why an option is none of a command.
func cannotUse(cmd *cobra.Command, word string) string {
	name, long := strings.CutPrefix(word, "--")
	name, _, _ = strings.Cut(name, "=")
	lookup := func(name string) *pflag.Flag {
		if f := cmd.Flags().Lookup(name); f != nil {
			return f
		}
		return cmd.InheritedFlags().Lookup(name)
	}
	switch {
	case name == "" || name == "args-from-env" || !strings.HasPrefix(word, "-"):
	case long:
		if f := lookup(name); f == nil || !help.Applies(cmd, f) {
			return "no option --" + name
		}
	default:
		for _, letter := range word[1:] {
			if !isLetter(letter) {
				return ""
			}
			f := cmd.Flags().ShorthandLookup(string(letter))
			if f == nil {
				f = cmd.InheritedFlags().ShorthandLookup(string(letter))
			}
			if f == nil || !help.Applies(cmd, f) {
				return "no option -" + string(letter)
			}
		}
	}
	return ""
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
