package remote

import (
	"context"
	"errors"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/blind"
)

// sayWhatIsNeeded tells a user whose server refuses to list the root what a pass needs: a
// drop box takes files and shows nothing. err is why the root could not be listed.
func (srv *server) sayWhatIsNeeded(err error) {
	var e *ftp.Error
	if errors.As(err, &e) && e.Code/100 == 5 {
		srv.opts.Notice("the server refuses to list the directory, and ferry sends nothing without knowing what is there: " +
			"the account needs the right to list it and to look at files (LIST or MLSD, CWD, SIZE); " +
			"if this is a drop box into which nobody else writes, \"ferry push --blind\" sends without looking")
	}
}

// hintOfHidden is the way out where the server shows nothing of a file that it took.
func (u *upload) hintOfHidden() string {
	if u.tempStat.entry.Exists() {
		return ""
	}
	return "if the server never shows what it takes, it is a drop box: \"ferry push --blind\" sends without looking, where nobody else writes"
}

// OpenBlind logs in, for passes that do not look at the server and have this base. The error
// wraps [sync.ErrFatal].
func OpenBlind(ctx context.Context, o Options, record *blind.Record) (*blind.Directory, error) {
	o.NoListing = true
	srv, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	return blind.New(blindServer{srv}, record, srv.pool.Close), nil
}

// A blindServer is the server as a [blind.Directory] needs it. Its methods are those of
// [blind.Server].
type blindServer struct{ *server }

func (b blindServer) Do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error {
	return b.do(ctx, op, f)
}

func (b blindServer) Where() string { return b.where() }
func (b blindServer) Root() string  { return b.names.Dir(manifest.Root) }

func (b blindServer) Place(step sync.Step) (string, error) {
	at := b.names.At(step.Path, step.Expect)
	if !step.Expect.Exists() || !b.canSpell(at.Name) {
		at = b.names.Place(step.Path, b.newName(step))
	}
	return at.String(), b.checkNew(at)
}

func (b blindServer) Spell(p manifest.Path, name string) {
	if b.canSpell(name) {
		b.names.Set(p, name)
	}
}

// canSpell reports whether the encoding of the server's names has a name.
func (b blindServer) canSpell(name string) bool {
	_, err := b.opts.Charset.Encode(name)
	return err == nil
}

func (b blindServer) RemovesTrees(ctx context.Context) (bool, error) { return b.removesTrees(ctx) }

func (b blindServer) KnowsRMD() bool {
	_, known := b.features.Known(ftp.RefusesNonEmptyRMD)
	return known
}

func (b blindServer) Notice(text string) { b.opts.Notice(text) }
