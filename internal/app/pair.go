package app

import (
	"fmt"
	"reflect"
	"slices"

	"ferry/internal/config"
	"ferry/internal/ftp"
	"ferry/internal/ftp/third"
	"ferry/internal/gitignore"
	"ferry/internal/reserved"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// A Pair is a profile, or two directories given directly, and the rules of what it
// ignores.
type Pair struct {
	*config.Profile
	// Direct says that the pair was given as LOCAL URL, so that it has no name.
	Direct bool
	// Target is the server that a copy writes to, in the place of the local directory; nil: the
	// pair is no copy. See [Workspace.CopyPair].
	Target *Pair
	// Rules are what [Pair.ReadRules] has read from RulesFile and other places.
	Rules     *gitignore.Rules
	RulesFile string
	// Only are the paths that passes are about, each with all below it; nil: all of the pair.
	Only []manifest.Path
	// Reserved is what never travels, whatever the rules say. [Pair.ReadRules] finds it.
	Reserved *reserved.Set

	// Between says when files of a copy go directly from server to server.
	Between third.Mode
	// Link is over which files of a copy may go directly; nil before the pass.
	Link *third.Link

	key      pairKey          // see [Pair.StateKey]
	stateDir string           // where ferry remembers things; "": not known
	obeyed   []string         // absolute paths of the files that ferry obeys besides RulesFile and CA
	finder   *reserved.Finder // shared with the pairs that were read at the same time; nil: nobody has looked yet
	trusted  string           // the record of trust in the configuration; "": it needs none
	secrets  []string         // variables that a profile of the same file reads a secret from
	// passwordFrom says for people where the password of the last login was found.
	passwordFrom string
	// configFile is the configuration that an option named; "": it was found by searching.
	configFile string
	// deploys says that the pair is deployed, and not kept in step.
	deploys bool
	// alone says that the pair has sessions of its own: a side of a copy may hold one while it
	// waits for one of the other side.
	alone bool
	// held says that the process which watches the pair has handed it over to this one.
	held bool
}

// ProfileName returns the name of the profile, "" for a pair given directly.
func (p *Pair) ProfileName() string {
	if p.Direct {
		return ""
	}
	return p.Name
}

// Title names the pair for people.
func (p *Pair) Title() string {
	if name := p.ProfileName(); name != "" {
		return name
	}
	return fmt.Sprintf("%s %s", p.Local, p.Remote)
}

// Policy returns what the pair says about decisions. A push keeps nothing on the
// server unless that was asked for: what it replaces came from here, and what it
// keeps would be published. The same holds for a copy.
func (p *Pair) Policy() sync.Policy {
	policy := p.Profile.Policy()
	switch {
	case p.Target != nil:
		policy.Trash = [2]bool{p.TrashSet && p.Trash, false}
	case p.Direction == sync.Push && !p.TrashSet:
		policy.Trash[sync.Remote] = false
	}
	return policy
}

// remoteNames returns [sync.Options.RemoteNames].
func (p *Pair) remoteNames() sync.NameEncoder {
	if c := p.Charset(); c.Converts() {
		return c
	}
	return nil
}

// localNames knows which names the local side, or the target of a copy, can have.
func (p *Pair) localNames() sync.NameEncoder {
	if p.Target != nil {
		return p.Target.remoteNames()
	}
	return local.Names()
}

// Encrypted reports whether the server is spoken to over TLS.
func (p *Pair) Encrypted() bool { return p.Remote.Security != ftp.Plain }

// clone returns a pair that can be changed without changing p.
func (p *Pair) clone() *Pair {
	q, profile := *p, *p.Profile
	q.Profile = &profile
	return &q
}

// same reports whether q is the same pair with the same settings, so that what was
// begun under one can go on under the other.
func (p *Pair) same(q *Pair) bool {
	return p.Profile.Equal(q.Profile) && p.Direct == q.Direct && reflect.DeepEqual(p.Rules, q.Rules) &&
		reflect.DeepEqual(p.Reserved, q.Reserved) && slices.Equal(p.secrets, q.secrets)
}
