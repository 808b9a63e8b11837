// Package copying copies from one server to another.
package copying

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/gitignore"
)

// Pair returns the pair of a copy between two URLs; see [app.Workspace.CopyPair].
func Pair(w app.Workspace, source, target string) (*app.Pair, error) {
	from, err := server(source)
	if err != nil {
		return nil, err
	}
	to, err := server(target)
	if err != nil {
		return nil, err
	}
	if from.Password.IsZero() && w.Getenv != nil && w.Getenv(config.SourceVariable) != "" {
		from.Password = config.Variable(config.SourceVariable)
	}
	from.NoVariable = from.Remote.Host != to.Remote.Host
	if within(from.Remote, to.Remote) || within(to.Remote, from.Remote) {
		return nil, app.ErrCommon
	}
	return w.CopyPair(from, to), nil
}

func server(url string) (*config.Profile, error) {
	if !config.IsURL(url) {
		what := fmt.Errorf("%q is not a URL", url)
		if strings.Contains(url, "@") { // a password may be in it
			what = errors.New("one of the two is not a URL: it lacks ftp://, ftpes:// or ftps://")
		}
		return nil, app.Usage(what,
			"a copy goes from server to server, as in: ferry copy ftp://ann@old.example/site ftpes://ann@new.example/htdocs; for a directory on this machine there are \"ferry push\" and \"ferry pull\"")
	}
	p, err := config.Server(url)
	if err != nil {
		return nil, app.Usage(err, config.Hint(err))
	}
	return p, nil
}

// within reports whether a is b, or below it, as far as two URLs tell.
func within(a, b config.Remote) bool {
	if a.Host != b.Host || portOf(a) != portOf(b) || a.User != b.User || a.Absolute != b.Absolute {
		return false
	}
	return b.Path == "" || a.Path == b.Path || strings.HasPrefix(a.Path, b.Path+"/")
}

func portOf(r config.Remote) int {
	if r.Port == 0 {
		return r.Security.Port()
	}
	return r.Port
}

// ReadRules reads what a copy leaves out: what patterns say, and the ignore file at an absolute
// path; "": there is none. What is in an ignore file at the source is not obeyed.
func ReadRules(p *app.Pair, file string, patterns []string) error {
	p.Rules = gitignore.Default()
	if file != "" {
		const hint = "without its patterns files could be copied that should stay where they are"
		raw, err := os.ReadFile(file)
		if err != nil {
			return app.Usage(fmt.Errorf("reading the ignore file: %w", err), hint)
		}
		text, err := gitignore.Text(raw)
		if err != nil {
			return app.Usage(fmt.Errorf("reading the ignore file %s: %w", file, err), "save it as UTF-8: "+hint)
		}
		p.Rules = p.Rules.Narrow(gitignore.Parse(text).From(file))
	}
	p.Rules = p.Rules.Append(gitignore.Parse(strings.Join(patterns, "\n")).From("--exclude and --include"))
	return nil
}
