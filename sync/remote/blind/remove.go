package blind

import (
	"context"
	"crypto/rand"
	"regexp"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// remove deletes a file.
func (d *Directory) remove(ctx context.Context, step sync.Step) error {
	return d.ask(ctx, "DELE", step)
}

// removeDir removes a directory. What is in it is not known, so it stays on a server that
// would remove that as well.
func (d *Directory) removeDir(ctx context.Context, step sync.Step) error {
	removesTrees, err := d.removesTrees(ctx)
	switch {
	case err != nil:
		return err
	case removesTrees:
		d.keptDirs.Add(1)
		return nil
	}
	return d.ask(ctx, "RMD", step)
}

// removesTrees reports whether RMD removes a directory that holds something. To try it means
// to make directories, which would stay where nothing may be removed. So the server is asked
// first to remove what is not there: that shows whether it is allowed.
func (d *Directory) removesTrees(ctx context.Context) (bool, error) {
	d.trying.Lock()
	defer d.trying.Unlock()
	if !d.server.KnowsRMD() {
		absent := strings.TrimSuffix(d.server.Root(), "/") + "/" + manifest.Own + "/" + rand.Text()
		var told ftp.Reply
		err := d.server.Do(ctx, "RMD", func(ctx context.Context, s *ftp.Session) (err error) {
			told, err = s.Command(ctx, "RMD "+absent)
			return err
		})
		if err == nil && !told.OK() && !saysNotThere(told, absent) {
			err = ftp.ReplyError("RMD", absent, told)
		}
		if err != nil {
			return false, err
		}
	}
	return d.server.RemovesTrees(ctx)
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
