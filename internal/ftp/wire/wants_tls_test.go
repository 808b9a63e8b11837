package wire

import "testing"

func TestWantsTLS(t *testing.T) {
	for _, test := range []struct {
		code int
		text string
		want bool
	}{
		{530, "Non-anonymous sessions must use encryption.", true},
		{421, "Sorry, cleartext sessions and weak ciphers are not accepted on this server.\nPlease reconnect using TLS security mechanisms.", true},
		{550, "SSL/TLS required on the control channel", true},
		{522, "SSL/TLS required on the data channel", true},
		{534, "Policy requires SSL.", true},
		{534, "Policy requires SSL.\nWin32 error:   Access is denied.", true},
		{503, "Use AUTH first.", true},
		{530, "This server does not allow plain FTP. You have to use FTP over TLS.", true},
		{503, "This server does not allow plain FTP. You have to use FTP over TLS.", true},
		{331, "Rejected--secure connection required", true},
		{530, "SSL required", true},
		{530, "TLS required", true},
		{530, "Secure connection is required.", true},
		{530, "Plain text login is not allowed, use explicit FTP over TLS", true},
		{550, "You must use AUTH TLS before USER", true},
		{530, "Please login with USER and PASS over an encrypted connection", true},
		{533, "Unencrypted connections are disabled", true},
		{431, "Only FTPS connections are accepted", true},
		{530, "Insecure connections are rejected.", true},
		{530, "Encryption is mandatory", true},
		{421, "TLS is required", true},

		{530, "Login incorrect.", false},
		{530, "Please login with USER and PASS.", false},
		{331, "Please specify the password.", false},
		{331, "Password required for sync", false},
		{530, "User cannot log in.", false},
		{220, "This server requires TLS", false}, // a greeting may say so of others
		{502, "TLS is not supported; please use plain FTP only", false},
		{500, "AUTH TLS not understood", false},
		{534, "Unable to load certificate: SSL not available", false},
		{421, "Too many users", false},
		{530, "Home directory not available", false},
	} {
		if got := WantsTLS(Reply{Code: test.code, Text: test.text}); got != test.want {
			t.Errorf("%d %s: %v", test.code, test.text, got)
		}
	}
}
