"""The other submission in the same sandbox: it holds a secret in its memory and in a file, and answers calls."""

import ctypes
import os

held = []


def hold(secret):
    """Keep the secret; return where it lies, as this process sees it."""
    buffer = ctypes.create_string_buffer(secret.encode())
    held.append(buffer)
    with open("secret.txt", "w") as file:
        file.write(secret)
    os.environ["SIBLING_SECRET"] = secret
    return {"pid": os.getpid(), "folder": os.getcwd(), "address": ctypes.addressof(buffer), "length": len(secret)}


def answer(n):
    """Return a sum that the judge can check, and what has become of the secret."""
    with open("secret.txt") as file:
        text = file.read()
    return {
        "sum": sum(i * i for i in range(n)),
        "memory": held[0].value.decode("latin-1"),
        "file": text,
        "listing": sorted(os.listdir(".")),
        "mode": os.stat("secret.txt").st_mode,
    }
