package act

import (
	"ferry/internal/app"
	"ferry/internal/config"
)

// Configured is the part of a configuration file that a pair comes from.
type Configured struct {
	File   string           `json:"file,omitempty"` // "": the pair was given on the command line
	Values []config.Written `json:"values"`
}

func settings(p *app.Pair) (*Configured, error) {
	if p.File == "" {
		return &Configured{}, nil
	}
	values, err := config.WrittenIn(p.File, p.Name)
	return &Configured{p.File, values}, err
}
