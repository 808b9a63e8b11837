package ftp

import "fmt"

// QueueSetMode adds to b the command that sets the permission bits of what is at abs, an
// absolute path, unless the server is known to refuse it. Where it does not work there is
// no error.
func QueueSetMode(b *Batch, f *Features, abs string, mode uint16) {
	ExpectSetMode(b, f, abs, mode, new(Reply))
}

// ExpectSetMode is [QueueSetMode] with the reply. It stays the zero reply where no command was
// sent.
func ExpectSetMode(b *Batch, f *Features, abs string, mode uint16, reply *Reply) {
	if mode == 0 || !f.Has(SiteChmodWorks) {
		return
	}
	b.Add(fmt.Sprintf("SITE CHMOD %o %s", mode, abs), func(r Reply) {
		*reply = r
		if MeansUnknownCommand(r) {
			f.Observe(SiteChmodWorks, false)
		}
	})
}
