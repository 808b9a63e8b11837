package ftp

import "testing"

func TestParseFeatures(t *testing.T) {
	vsftpd := parseFeatures("(vsFTPd 3.0.3)", Reply{Code: 211, Text: "Features:\n EPRT\n EPSV\n MDTM\n PASV\n REST STREAM\n SIZE\n TVFS\nEnd"})
	if vsftpd.product != "vsftpd" || vsftpd.mlst || !vsftpd.rest || !vsftpd.size || !vsftpd.mdtm || vsftpd.utf8 || vsftpd.mfmt {
		t.Errorf("vsftpd: %+v", vsftpd)
	}
	proftpd := parseFeatures("ProFTPD Server", Reply{Code: 211, Text: "Features:\n MLST modify*;type*;\n MFMT\n hash SHA-256*;\n XCRC\nEnd"})
	if proftpd.product != "proftpd" || !proftpd.mlst || !proftpd.mfmt || !proftpd.Offers("HASH") || proftpd.Offers("XSHA256") {
		t.Errorf("proftpd: %+v", proftpd)
	}
	for _, r := range []Reply{{Code: 500, Text: "what?"}, {Code: 211, Text: "no features"}, {Code: 211}} {
		if f := parseFeatures("", r); len(f.feat) > 0 || f.listForm != FormLIST {
			t.Errorf("%v: %+v", r, f)
		}
	}
}

func TestObserve(t *testing.T) {
	f := parseFeatures("", Reply{})
	news := 0
	f.remember = func(*Features) { news++ }
	if _, known := f.Known(MFMTWorks); known {
		t.Error("known before it was seen")
	}
	f.Observe(MFMTWorks, false)
	f.Observe(MFMTWorks, false)
	if works, known := f.Known(MFMTWorks); works || !known || news != 1 {
		t.Errorf("works %v, known %v, told %d times", works, known, news)
	}
}
