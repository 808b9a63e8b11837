package ftp

import (
	"encoding/json"
	"os"
	"strings"
	"time"

	"ferry/internal/ftp/serverfile"
)

// Capabilities is what is remembered about one server because it had to be found out by
// trial. It only saves time: whatever is missing or no longer true is found out again.
type Capabilities struct {
	Format int            `json:"format"`
	Server string         `json:"server"`
	Mode   string         `json:"mode,omitempty"` // the data mode that works: EPSV, PASV, EPRT or PORT
	List   string         `json:"list,omitempty"` // the command to list with
	Dots   bool           `json:"dots,omitempty"` // its listings show the directory itself
	Seen   map[Quirk]bool `json:"seen,omitempty"`
	// Features holds the words of FEAT. Where the server now sends others, it is another
	// server or another version, and only Mode still counts.
	Features string `json:"features,omitempty"`
	// ShowModes is the command after which listings show permission bits.
	ShowModes string `json:"show_modes,omitempty"`
	// Greeting is the greeting without its digits, which tell times and counts. Where it
	// is another one now, the server may keep other promises.
	Greeting string `json:"greeting,omitempty"`
	// Sessions has the limit of the account of the options. In the file that is in Limits, by
	// user: servers allow each user a number of their own. Earlier versions had one for all.
	Sessions Sessions            `json:"sessions,omitzero"`
	Limits   map[string]Sessions `json:"limits,omitempty"`
	Updated  time.Time           `json:"updated"`
}

// Sessions is what was found out about the number of sessions with a server.
type Sessions struct {
	Limit   int       `json:"limit,omitempty"`  // the server refused more; 0: it has not refused any
	Refused time.Time `json:"refused,omitzero"` // when it did
	Again   int       `json:"again,omitempty"`  // how often it did so again at this limit
	Paid    [3]int    `json:"paid,omitzero"`    // sessions that paid: for listings, small files, large files; 0: not known
}

// capabilitiesFormat is the format of the file. Other formats are not read.
const capabilitiesFormat = 1

// serverFile returns the path of the file that holds what is remembered about the
// server, "" without a state directory.
func (o Options) serverFile() string {
	o = o.WithDefaults()
	return serverfile.Path(o.StateDir, o.Host, o.Port, o.Security.Scheme())
}

// Recall returns what is remembered about the server of o. A file that cannot be read
// counts as missing.
func Recall(o Options) Capabilities {
	var c Capabilities
	file := o.serverFile()
	if file == "" {
		return c
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return c
	}
	if json.Unmarshal(data, &c) != nil || c.Format != capabilitiesFormat || c.Server != o.Address() {
		return Capabilities{}
	}
	if len(c.Limits) > 0 {
		own := c.Limits[o.User]
		own.Paid = c.Sessions.Paid
		c.Sessions = own
	}
	return c
}

// limitsWith returns the limits in the file of the server, with the one in own for the user of o.
func (o Options) limitsWith(own Sessions) map[string]Sessions {
	limits := Recall(o).Limits
	if limits == nil {
		limits = make(map[string]Sessions)
	}
	if delete(limits, o.User); own.Limit > 0 {
		own.Paid = [3]int{}
		limits[o.User] = own
	}
	return limits
}

// remember writes the file of the server, completely or not at all.
func remember(o Options, c Capabilities) error {
	file := o.serverFile()
	if file == "" {
		return nil
	}
	c.Format, c.Server, c.Updated = capabilitiesFormat, o.Address(), time.Now().UTC().Truncate(time.Second)
	c.Limits, c.Sessions = o.limitsWith(c.Sessions), Sessions{Paid: c.Sessions.Paid}
	return serverfile.Write(file, c)
}

// digest returns the words of FEAT on one line, for [Capabilities.Features].
func (f *Features) digest() string { return strings.Join(f.Words(), " ") }

// withoutDigits returns a greeting without what changes from one login to the next.
func withoutDigits(greeting string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return -1
		}
		return c
	}, Printable(greeting))
}

// restore takes over what is remembered. It returns false, and changes nothing, where
// that is about another server.
func (f *Features) restore(c Capabilities) bool {
	mlsd, known := c.Seen[MLSDWorks]
	if c.List == "" || c.Features != f.digest() || known && !mlsd && c.Greeting != f.greeting {
		return false
	}
	for form, command := range listCommands {
		if command == c.List {
			f.listForm, f.showsSelf = ListForm(form), c.Dots
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for quirk, holds := range c.Seen {
		row := rowOf[quirk] // nil where another version of ferry wrote it
		if row != nil && (!row.promise || c.Greeting == f.greeting) {
			f.observed[quirk] = holds
		}
	}
	return true
}
