package wire

import "regexp"

// wantsTLSText matches the replies of servers that let nobody in without TLS, whatever
// their code: 331, 421, 503, 522, 530, 534, 550 and others.
var wantsTLSText = regexp.MustCompile(`(?i)` +
	// "must use encryption", "SSL/TLS required", "You have to use FTP over TLS", "Policy requires SSL"
	`\b(must|have to|has to|need(s)? to|should|please|only|require(s|d)?)\b.*\b(encrypt(ion|ed)?|ssl|tls|ftpe?s|auth (tls|ssl)|secure (connection|session|login|ftp|channel))\b|` +
	`\b(encrypt(ion|ed)?|ssl|tls|ftpe?s|secure (connection|session|login|ftp|channel))\b.*\b(is |are )?(required|mandatory|only|needed|necessary|first)\b|` +
	// "does not allow plain FTP", "cleartext sessions are not accepted", "Insecure connections are rejected"
	`\b(plain|plain ?-?text|clear ?-?text|insecure|unencrypted|unsecured?|non-?(secure|ssl|tls|encrypted))\b.*\b(not|denied|disabled|forbidden|rejected|refused|prohibited|disallowed)\b|` +
	`\bnot\b.*\b(plain|plain ?-?text|clear ?-?text|insecure|unencrypted|unsecured?) (ftp|connection|session|login|password)s?\b|` +
	// "Use AUTH first", "AUTH TLS required"
	`\b(use|send|issue|expect(s|ed)?|need(s|ed)?)\b.*\bAUTH\b.*\bfirst\b|\bauth (tls|ssl)\b.*\bfirst\b`)

// lacksTLSText matches replies that speak of TLS because the server has none.
var lacksTLSText = regexp.MustCompile(`(?i)\b(not|no|un)\s?(available|supported|implemented|enabled|configured|understood)\b|\b(unsupported|unavailable|unknown)\b`)

// WantsTLS reports whether the text of a reply says that the server wants the connection to
// be encrypted.
func WantsTLS(r Reply) bool {
	return r.Code >= 331 && wantsTLSText.MatchString(r.Text) && !lacksTLSText.MatchString(r.Text)
}
