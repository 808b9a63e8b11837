package check

import (
	"net"
	"regexp"
	"strings"
)

// What may tell who or where a server is: addresses of all kinds, names of hosts, paths.
var (
	mailAddresses = regexp.MustCompile(`[\w.+-]+@[\w.-]+`)
	ipAddresses   = regexp.MustCompile(`\[?\b(?:\d{1,3}\.){3}\d{1,3}\b\]?(?::\d+)?|\[?(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}\]?`)
	hostNames     = regexp.MustCompile(`(?i)\b(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*[a-z]\b\.?`)
	absolutePaths = regexp.MustCompile(`(^|[\s"'(\[=])(?:[A-Za-z]:)?[/\\][^\s"')\]]*`)
)

// Anonymous returns a text of the server without what tells who and where it is: users,
// hosts, addresses and paths become "…".
func (r *Report) Anonymous(text string) string {
	host, _, _ := net.SplitHostPort(r.Address)
	for _, secret := range []string{r.Root, host, r.User} {
		if len(secret) > 1 {
			text = regexp.MustCompile(`(?i)(^|\W)`+regexp.QuoteMeta(secret)+`(\W|$)`).ReplaceAllString(text, "$1…$2")
		}
	}
	for _, kind := range []*regexp.Regexp{mailAddresses, ipAddresses, hostNames} {
		text = kind.ReplaceAllString(text, "…")
	}
	text = absolutePaths.ReplaceAllString(text, "$1…")
	return strings.Join(strings.Fields(text), " ")
}
