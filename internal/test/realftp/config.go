package realftp

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// uid is the ID of the user and the group of the account.
const uid = 2121

// mount is where a server in a mount namespace of its own sees Root. Every user can reach it.
const mount = "/mnt/root"

// lines joins lines of configuration and leaves out empty ones.
func lines(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), "\n") + "\n"
}

// textIf returns text if the condition holds, and "" otherwise.
func textIf(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

func yesNo(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

// vsftpd writes the configuration of vsftpd and returns its command line.
func (s *Server) vsftpd(p program) ([]string, error) {
	o := s.opts
	secure := o.TLS != Plain
	conf := lines(
		textIf(!o.IPv6, "listen=YES\nlisten_ipv6=NO\nlisten_address="+s.Host),
		textIf(o.IPv6, "listen=NO\nlisten_ipv6=YES\nlisten_address6="+s.Host), fmt.Sprintf("listen_port=%d", s.Port),
		"background=NO", "anonymous_enable=NO", "local_enable=YES", "write_enable="+yesNo(!o.ReadOnly),
		"chroot_local_user=YES", "allow_writeable_chroot=YES", "local_umask=022", "pam_service_name="+pamService,
		"secure_chroot_dir="+s.file("empty"), "nopriv_user=nobody",
		// The sandbox of vsftpd forbids system calls that current libraries make.
		"seccomp_sandbox=NO", "isolate=NO", "isolate_network=NO",
		"xferlog_enable=YES", "xferlog_std_format=NO", "log_ftp_protocol=YES", "vsftpd_log_file="+s.file("log"),
		"connect_from_port_20=NO", "idle_session_timeout=900", "max_clients=0",
		"port_enable="+yesNo(!o.NoActive), "pasv_enable="+yesNo(!o.NoPassive),
		"mdtm_write="+yesNo(!o.NoMDTMWrite), "force_dot_files="+yesNo(o.ShowDots),
		"use_localtime="+yesNo(o.LocalTime), fmt.Sprintf("max_per_ip=%d", o.MaxConnections),
		textIf(o.PassiveLow > 0, fmt.Sprintf("pasv_min_port=%d\npasv_max_port=%d", o.PassiveLow, o.PassiveHigh)),
		textIf(secure, lines(
			"ssl_enable=YES", "rsa_cert_file="+s.file("cert.pem"), "rsa_private_key_file="+s.file("cert.pem"),
			"allow_anon_ssl=NO", "force_local_data_ssl="+yesNo(o.ForceTLS), "force_local_logins_ssl="+yesNo(o.ForceTLS),
			"ssl_tlsv1=YES", "ssl_sslv2=NO", "ssl_sslv3=NO", "ssl_ciphers=HIGH",
			"require_ssl_reuse="+yesNo(o.RequireReuse), "debug_ssl=YES")),
		textIf(o.TLS == Implicit, "implicit_ssl=YES"),
		textIf(o.Foreign, "port_promiscuous=YES\npasv_promiscuous=YES"),
		strings.Join(o.Extra, "\n"),
	)
	return []string{p.path, s.file("vsftpd.conf")}, s.write("vsftpd.conf", conf)
}

// proftpd writes the configuration of ProFTPD and returns its command line.
func (s *Server) proftpd(p program) ([]string, error) {
	o := s.opts
	if err := s.write("passwd", fmt.Sprintf("%s:%s:%d:%d::%s:/bin/sh\n", User, passwordHashes[s.Password], uid, uid, s.home())); err != nil {
		return nil, err
	}
	if err := s.write("group", fmt.Sprintf("%s:x:%d:\n", User, uid)); err != nil {
		return nil, err
	}
	deny := func(condition bool, commands string) string {
		return textIf(condition, "<Limit "+commands+">\nDenyAll\n</Limit>")
	}
	conf := lines(
		"ModulePath "+p.installedPath("usr/lib/proftpd"),
		textIf(o.TLS != Plain, "LoadModule mod_tls.c"), textIf(o.Deflate, "LoadModule mod_deflate.c\nDeflateEngine on"),
		"ServerName ferry", "ServerType standalone", "DefaultServer on", fmt.Sprintf("Port %d", s.Port),
		"DefaultAddress "+s.Host, "SocketBindTight on", "UseIPv6 "+onOff(o.IPv6), "UseReverseDNS off",
		"User nobody", "Group nogroup",
		"AuthUserFile "+s.file("passwd"), "AuthGroupFile "+s.file("group"), "AuthOrder mod_auth_file.c", "AuthPAM off",
		"RequireValidShell off", "UseFtpUsers off", "DefaultRoot "+s.home(), "Umask 022 022",
		"AllowOverwrite "+onOff(!o.NoOverwrite), "AllowStoreRestart on", "AllowRetrieveRestart on",
		"PidFile "+s.file("pid"), "ScoreboardFile "+s.file("scoreboard"), "DelayEngine off", "WtmpLog off",
		"TransferLog none", "SystemLog "+s.file("log"), "MaxInstances none", "TimeoutIdle 900", "MultilineRFC2228 off",
		"TimesGMT "+onOff(!o.LocalTime),
		textIf(o.ShowDots, `ListOptions "-a"`),
		textIf(o.Foreign, "AllowForeignAddress on"),
		textIf(o.PassiveLow > 0, fmt.Sprintf("PassivePorts %d %d", o.PassiveLow, o.PassiveHigh)),
		textIf(o.MaxConnections > 0, fmt.Sprintf("MaxClientsPerHost %d", o.MaxConnections)),
		deny(o.NoActive, "PORT EPRT"), deny(o.NoPassive, "PASV EPSV"), deny(o.NoMFMT, "MFMT MFF"),
		deny(o.ReadOnly, "WRITE"), textIf(o.NoMLSD, "FactsAdvertise off"),
		textIf(o.TLS != Plain, s.proftpdTLS()),
		strings.Join(o.Extra, "\n"),
	)
	return []string{p.path, "-n", "-q", "-c", s.file("proftpd.conf")}, s.write("proftpd.conf", conf)
}

func (s *Server) proftpdTLS() string {
	o := s.opts
	options := textIf(!o.RequireReuse, " NoSessionReuseRequired") + textIf(o.TLS == Implicit, " UseImplicitSSL")
	protocol := "TLSv1.2 TLSv1.3"
	switch {
	case o.TLSMax == "1.2":
		protocol = "TLSv1.2"
	case o.TLSMin == "1.3":
		protocol = "TLSv1.3"
	}
	return lines("TLSEngine on", "TLSRSACertificateFile "+s.file("cert.pem"),
		"TLSRSACertificateKeyFile "+s.file("cert.pem"), "TLSRequired "+onOff(o.ForceTLS), "TLSVerifyClient off",
		"TLSLog "+s.file("log"), textIf(options != "", "TLSOptions"+options), "TLSProtocol "+protocol)
}

// pureftpd writes the account file of Pure-FTPd and returns its command line.
func (s *Server) pureftpd(p program) ([]string, error) {
	o := s.opts
	account := fmt.Sprintf("%s:%s:%d:%d::%s/./::::::::::::\n", User, passwordHashes[s.Password], uid, uid, s.home())
	if err := s.write("accounts", account); err != nil {
		return nil, err
	}
	if err := s.makePureDB(p); err != nil {
		return nil, err
	}
	family := "-4"
	if o.IPv6 {
		family = "-6"
	}
	args := []string{p.path, family, "-S", fmt.Sprintf("%s,%d", s.Host, s.Port), "-l", "puredb:" + s.file("accounts.pdb"),
		"-A", "-E", "-H", "-u", "1", "-c", "200", "-g", s.file("pid"), "-U", "133:022", "-I", "15"}
	if o.PassiveLow > 0 {
		args = append(args, "-p", fmt.Sprintf("%d:%d", o.PassiveLow, o.PassiveHigh))
	}
	if o.MaxConnections > 0 {
		args = append(args, "-C", fmt.Sprint(o.MaxConnections))
	}
	if o.ShowDots {
		args = append(args, "-D")
	}
	if o.Foreign {
		args = append(args, "-w")
	}
	if o.TLS != Plain {
		level := "1"
		if o.ForceTLS {
			level = "3"
		}
		args = append(args, "-2", s.file("cert.pem"), "-Y", level)
		if o.TLSMax == "1.2" {
			args = append(args, "-J", "HIGH:-TLSv1.3")
		}
	}
	return append(args, o.Extra...), nil
}

// pyftpdlib writes the script that runs pyftpdlib and returns its command line.
func (s *Server) pyftpdlib(p program) ([]string, error) {
	o := s.opts
	if err := s.writeScript(); err != nil {
		return nil, err
	}
	args := []string{p.path, s.file("pyserve.py"), s.Host, fmt.Sprint(s.Port), s.home(), "user=" + User,
		"password=" + s.Password, fmt.Sprintf("uid=%d", uid), "cert=" + s.file("cert.pem"),
		fmt.Sprintf("maxconn=%d", o.MaxConnections)}
	switch o.TLS {
	case Explicit:
		args = append(args, "tls=explicit")
	case Implicit:
		args = append(args, "tls=implicit")
	}
	if o.PassiveLow > 0 {
		args = append(args, fmt.Sprintf("pasv=%d-%d", o.PassiveLow, o.PassiveHigh))
	}
	for name, set := range map[string]bool{"forcetls": o.ForceTLS, "nomfmt": o.NoMFMT, "nomlsd": o.NoMLSD,
		"noactive": o.NoActive, "nopassive": o.NoPassive, "localtime": o.LocalTime, "readonly": o.ReadOnly, "foreign": o.Foreign} {
		if set {
			args = append(args, name+"=1")
		}
	}
	return args, nil
}

// home returns the root of the account as the server sees it.
func (s *Server) home() string {
	if namespaced() {
		return mount
	}
	return filepath.Clean(s.Root)
}

// command writes the configuration of the server and returns its command line.
func (s *Server) command(p program) ([]string, error) {
	switch s.Name {
	case "vsftpd":
		return s.vsftpd(p)
	case "proftpd":
		return s.proftpd(p)
	case "pureftpd":
		return s.pureftpd(p)
	}
	if o, is := others[s.Name]; is {
		return o.start(s, p), nil
	}
	return s.pyftpdlib(p)
}
