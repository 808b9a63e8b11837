"""pyserve.py ADDR PORT ROOT key=value...: pyftpdlib for the tests."""
import os
import sys
import warnings

warnings.simplefilter("ignore")
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

addr, port, root = sys.argv[1], int(sys.argv[2]), sys.argv[3]
opt = dict(a.split("=", 1) for a in sys.argv[4:])
tls = opt.get("tls", "")


def on(name):
    return opt.get(name) == "1"


perm = "elr" if on("readonly") else "elradfmwMT"
if on("nomfmt"):
    perm = perm.replace("T", "")

Handler = FTPHandler
if tls:
    from pyftpdlib.handlers import TLS_FTPHandler

    Handler = TLS_FTPHandler
    Handler.certfile = opt["cert"]
    Handler.tls_control_required = Handler.tls_data_required = on("forcetls")
    if tls == "implicit":

        class Handler(TLS_FTPHandler):
            def __init__(self, conn, server, ioloop=None):
                super().__init__(conn, server, ioloop)
                self._implicit = True

            def handle(self):
                self.secure_connection(self.ssl_context)
                self._prot = True
                super().handle()


drop = []
for name, commands in {
    "nomfmt": ["MFMT"],
    "nomlsd": ["MLSD", "MLST"],
    "noactive": ["PORT", "EPRT"],
    "nopassive": ["PASV", "EPSV"],
}.items():
    if on(name):
        drop += commands
Handler.proto_cmds = {k: v for k, v in Handler.proto_cmds.items() if k not in drop}
Handler.use_gmt_times = not on("localtime")
Handler.permit_foreign_addresses = on("foreign")
Handler.timeout = 900
if "pasv" in opt:
    low, high = opt["pasv"].split("-")
    Handler.passive_ports = range(int(low), int(high) + 1)

uid = int(opt["uid"])
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
os.umask(0o022)

authorizer = DummyAuthorizer()
authorizer.add_user(opt["user"], opt["password"], root, perm=perm)
Handler.authorizer = authorizer
server = FTPServer((addr, port), Handler)
server.max_cons_per_ip = int(opt.get("maxconn", "0"))
server.serve_forever()
