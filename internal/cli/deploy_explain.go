package cli

import (
	"fmt"

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

// explainPath says for each pair what decides whether a path is deployed.
func (prog *program) explainPath(pairs []*app.Pair, path string) error {
	for _, p := range pairs {
		leftOut, why, err := p.Explain(path)
		if err != nil {
			return err
		}
		if prog.common.json {
			report.WriteJSON(prog.env.Stdout, jsonExplanation{"ignored", p.ProfileName(), report.Path{Text: path}, leftOut, why})
			continue
		}
		word := "deployed"
		if leftOut {
			word = "left out"
		}
		fmt.Fprintf(prog.env.Stdout, "%s: %s: %s\n", text.Clean(path), word, why)
	}
	return nil
}
