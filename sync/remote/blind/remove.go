package blind

import (
	"context"
	"regexp"
	"strings"

	"ferry/internal/ftp"
	"ferry/sync"
)

// remove deletes a file.
func (d *Directory) remove(ctx context.Context, step sync.Step) error {
	return d.ask(ctx, "DELE", step)
}

// removeDir removes a directory. What is in it is not known, so that it is asked for only
// where the server is known to refuse a directory that holds something.
func (d *Directory) removeDir(ctx context.Context, step sync.Step) error {
	if !d.server.RefusesNonEmptyRMD() {
		d.keptDirs.Add(1)
		return nil
	}
	return d.ask(ctx, "RMD", step)
}

// ask asks the server to remove something. It is done where the server says so, and where
// it says that the name is not there.
func (d *Directory) ask(ctx context.Context, verb string, step sync.Step) error {
	path, err := d.server.Place(step)
	if err != nil {
		return err
	}
	var told ftp.Reply
	err = d.server.Do(ctx, verb, func(ctx context.Context, s *ftp.Session) (err error) {
		if told, err = s.Command(ctx, verb+" "+path); err != nil || told.OK() {
			return err
		}
		return s.Require(verb, path, told)
	})
	if told.OK() || !saysNotThere(told, path) {
		return err
	}
	d.goneNames.Add(1)
	return nil
}

// The words with which servers explain a 550, which means both: the name is not there, or
// it must not be touched.
var (
	missingText = regexp.MustCompile(`(?i)no such|not found|cannot find|can't find|not exist|doesn't exist|no file|not there`)
	deniedText  = regexp.MustCompile(`(?i)permission|denied|permitted|not allowed|forbidden|prohibited|privilege|read.?only|access|refused|rights|authori[sz]ed|in use|busy|locked`)
)

// saysNotThere reports whether the refusal of DELE or RMD says that nothing has this name, or
// a directory holds something and so is not ferry's alone. A 550 without a reason counts.
func saysNotThere(r ftp.Reply, path string) bool {
	if r.Code != 550 {
		return false
	}
	text := strings.ReplaceAll(r.Text, path, "")
	text = strings.ReplaceAll(text, lastName(path), "")
	return missingText.MatchString(text) || !deniedText.MatchString(text)
}
