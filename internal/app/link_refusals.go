package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"ferry/sync/links"
)

// linkRefusals returns the links that the sides of a pair would not make in earlier passes.
// They are kept beside its record. Without that file the side is asked again.
func (o *Opener) linkRefusals(p *Pair) *links.Refusals {
	file := filepath.Join(o.StateDir, "pairs", p.StateKey()+".links")
	var saved []links.Refusal
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &saved)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		o.Log.Warn("the links that were refused could not be read", "error", err)
		saved = nil
	}
	refusals := links.NewRefusals(saved)
	refusals.Save = func(all []links.Refusal) error {
		text, err := json.Marshal(all)
		if err != nil {
			return err
		}
		return WritePrivate(file, text)
	}
	return refusals
}
