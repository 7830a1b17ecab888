# attack: Leaves a key in the keyrings of the kernel, which no name space of files or processes holds.
# hurts: Hands answers from one submission to the next.
# never: [a-z]+ keyring: [0-9]
# ends: returns
from _raw import call

KEYRINGS = {"thread": -1, "process": -2, "session": -3, "user": -4, "user session": -5}
SET_TIMEOUT = 15


def attack(target):
    tried = []
    for name, keyring in KEYRINGS.items():
        key, error = call("add_key", "user", target["note"], target["note"], len(target["note"]), keyring)
        if not error:
            call("keyctl", SET_TIMEOUT, key, 20)
        tried.append(f"{name} keyring: {error or key}")
    key, error = call("request_key", "user", target["note"], None, -4)
    return [*tried, f"request_key: {error or key}", f"persistent: {call('keyctl', 22, -1, -4)}"]
