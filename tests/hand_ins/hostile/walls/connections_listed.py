# attack: Lists the sockets and connections of the machine.
# hurts: Shows what runs on it and where it listens.
# never: listed
# ends: returns
# open at C: never (without a network name space of its own it sees the list of the machine)
from _raw import attempt


def attack(target):
    port = f":{target['tcp_port']:04X}"
    return [
        attempt("abstract", found, "/proc/self/net/unix", target["abstract_socket"]),
        attempt("path", found, "/proc/self/net/unix", target["path_socket"]),
        attempt("port", found, "/proc/self/net/tcp", port),
        attempt("thread", found, "/proc/thread-self/net/tcp", port),
    ]


def found(path, text):
    with open(path) as file:
        return "listed" if text in file.read() else "not there"
