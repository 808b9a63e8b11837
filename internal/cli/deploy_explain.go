package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ferry/internal/app"
	"ferry/internal/report"
	"ferry/internal/text"
)

type jsonExplanation struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	report.Path
	LeftOut bool   `json:"left_out"`
	Why     string `json:"why"`
}

// there reports whether a local directory has something at the path.
func there(local string, path app.Path) bool {
	_, err := os.Lstat(filepath.Join(local, filepath.FromSlash(string(path))))
	return !errors.Is(err, fs.ErrNotExist)
}

// explainPath says for each pair which pattern decides about a path. out and in are the
// words for a path that is left out and for one that is not. A deploy of what is not there is
// pointed out.
func (prog *program) explainPath(pairs []*app.Pair, typed, out, in string) error {
	for _, p := range pairs {
		path, err := prog.workspace().PathBelow(p, typed)
		if err != nil {
			return err
		}
		asked := string(path)
		if strings.HasSuffix(typed, "/") {
			asked += "/"
		}
		leftOut, why, err := p.Explain(asked)
		if err != nil {
			return err
		}
		if prog.command == "deploy" && !leftOut && !there(p.Local, path) {
			why += "; there is no such file in " + text.Clean(p.Local)
		}
		if prog.common.json {
			report.WriteJSON(prog.env.Stdout, jsonExplanation{"ignored", p.ProfileName(), report.PathOf(path), leftOut, why})
			continue
		}
		word := in
		if leftOut {
			word = out
		}
		title := ""
		if len(pairs) > 1 {
			title = text.Clean(p.Title()) + ": "
		}
		fmt.Fprintf(prog.env.Stdout, "%s%s: %s: %s\n", title, text.Clean(asked), word, why)
	}
	return nil
}
