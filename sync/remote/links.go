package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/links"
	"ferry/sync/remote/list"
	"ferry/sync/remote/names"
)

// siteSymlink is the command that makes links. Servers that have it make the target absolute.
const siteSymlink = "SITE SYMLINK"

// links implements [sync.Replica.Links]. The targets are those that LIST shows: the types
// that MLSD tells of links have none, or a wrong one.
func (srv *server) links(ctx context.Context, paths []manifest.Path) (targets []string, makes bool, err error) {
	targets = make([]string, len(paths))
	in := make(map[manifest.Path]map[string]list.Line)
	for i, p := range paths {
		dir := p.Parent()
		if _, listed := in[dir]; !listed {
			in[dir], err = srv.listLinks(ctx, dir)
			switch { // where a directory cannot be listed no target is known, and its links are left alone
			case ctx.Err() != nil:
				return nil, false, context.Cause(ctx)
			case errors.Is(err, sync.ErrFatal):
				return nil, false, err
			}
		}
		targets[i] = srv.fromRoot(in[dir][names.Split("/"+srv.names.Below(p)).Name].Target)
	}
	return targets, srv.features.HasSymlink() && !hasSpaces(srv.names.Root), nil
}

// hasSpaces reports whether siteSymlink would take text for several names.
func hasSpaces(text string) bool { return strings.ContainsAny(text, " \t") }

// listLinks lists a directory by LIST.
func (srv *server) listLinks(ctx context.Context, dir manifest.Path) (map[string]list.Line, error) {
	var l *list.Listing
	err := srv.do(ctx, "reading links", func(ctx context.Context, s *ftp.Session) (err error) {
		l, err = srv.lister.ListTargets(ctx, s, srv.names.Dir(dir))
		return err
	})
	if err != nil {
		return nil, err
	}
	lines := make(map[string]list.Line, len(l.Entries))
	for _, one := range l.Entries {
		lines[one.Name] = one
	}
	return lines, nil
}

// fromRoot returns an absolute target as from the root: /../etc/x where it is outside.
func (srv *server) fromRoot(target string) string {
	if !strings.HasPrefix(target, "/") {
		return target
	}
	if below, ok := strings.CutPrefix(target, srv.names.Root+"/"); ok {
		return "/" + below
	}
	return "/.." + target
}

// makeLink carries out a MakeLink step. A link that the server says it has made is looked
// at.
func (srv *server) makeLink(ctx context.Context, step sync.Step) (manifest.Entry, error) {
	to, inside := links.Resolve(step.Path, step.Target)
	name := srv.newName(step)
	at := srv.names.Place(step.Path, name)
	if err := srv.checkNew(at); err != nil {
		return manifest.Entry{}, err
	}
	target := srv.names.Dir(to)
	switch {
	case !inside:
		return manifest.Entry{}, &sync.LinkError{Err: fmt.Errorf("%q is outside the directory", step.Target)}
	case hasSpaces(target + at.String()):
		return manifest.Entry{}, &sync.LinkError{Err: fmt.Errorf("%s takes no names with spaces", siteSymlink)}
	}
	before, err := srv.listLinks(ctx, step.Path.Parent())
	if err != nil {
		return manifest.Entry{}, err
	}
	if before[name].Entry.Exists() {
		return manifest.Entry{}, fmt.Errorf("something is there: %w", sync.ErrChanged)
	}
	var r ftp.Reply
	err = srv.once(ctx, func(ctx context.Context, s *ftp.Session) (err error) {
		r, err = s.Command(ctx, siteSymlink+" "+target+" "+at.String())
		return err
	})
	if err != nil {
		return manifest.Entry{}, &ambiguousError{err}
	}
	if !r.OK() {
		return manifest.Entry{}, &sync.LinkError{Err: ftp.ReplyError(siteSymlink, at.String(), r)}
	}
	after, err := srv.listLinks(ctx, step.Path.Parent())
	if err != nil {
		return manifest.Entry{}, err
	}
	made := after[name]
	if !srv.leadsTo(made, step.Path, to) {
		return manifest.Entry{}, fmt.Errorf("the server says that it has made the link, and shows %q", made.Target)
	}
	if strings.HasPrefix(made.Target, "/") {
		srv.absoluteNoted.Do(func() {
			srv.opts.Notice("the server makes links with absolute paths, as its FTP users see them; if they are locked into a directory, nothing but FTP can follow these links")
		})
	}
	return spelled(made.Entry, step.Path, name), nil
}

// leadsTo reports whether what a listing shows at a path is a link to another one. Without a
// target it leads nowhere: resolved, that would be the directory in which it is.
func (srv *server) leadsTo(made list.Line, at, to manifest.Path) bool {
	got, inside := links.Resolve(at, srv.fromRoot(made.Target))
	return made.Target != "" && inside && got == to
}
