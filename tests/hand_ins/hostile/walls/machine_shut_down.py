# attack: Calls what only root may, with arguments that do no harm where it would be allowed: reboot, modules, swap, quotas.
# hurts: Ends or takes over the machine.
# never: past the door
# ends: returns
from _raw import call

# What the kernel answers once it has seen that the caller may: it then looks at the arguments, which are wrong.
CALLS = {
    "reboot": (1, 2, 3, None),
    "kexec_load": (0, 0, None, 0xFFFF),
    "kexec_file_load": (-1, -1, 0, "", 0xFFFF),
    "init_module": (None, 0, ""),
    "finit_module": (-1, "", 0xFFFF),
    "delete_module": ("no_such_module", 0o4000),
    "swapon": (None, 0),
    "swapoff": (None,),
    "acct": ("/no/such/file",),
    "sethostname": (None, 1),
    "setdomainname": (None, 1),
    "vhangup": (),
    "iopl": (3,),
    "ioperm": (0x80, 1, 1),
    "nfsservctl": (),
    "quotactl": (0x800002 << 8, "/dev/none", 0, None),
}


def attack(target):
    tried = []
    for name, arguments in CALLS.items():
        result, error = call(name, *arguments)
        refused = error in ("EPERM", "ENOSYS", "EACCES") or (name == "quotactl" and error)
        tried.append(f"{name}: {error if refused else f'past the door, {error or result}'}")
    return tried
