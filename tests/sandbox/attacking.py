"""Runs one program of `tests/hand_ins/hostile/walls` and finds out, from outside, what it got and what it hurt."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox import watching
from tests.sandbox.watching import Finding

ROOT = watching.ROOT
FOLDER = ROOT / "tests" / "hand_ins" / "hostile" / "walls"
START_S = 120.0
ANSWER_S = 60.0  # of the judge, which waits for an attack much shorter
CALL_S = 5.0
ENDLESS_CALL_S = 0.7  # for those that can only end by the deadline
SETTLE_S = 6.0  # until what was killed is gone
UNSETTLED_S = 0.2  # the same after something has stayed
ONLY_SHOWN = {"token", "sibling's secret", "size", "text of ours", "never", "amount"}  # after these, all is as it was before
QUIET_S = 0.8  # without a change, before it is believed that nothing more will come or go
TOKEN_START = "walls-token-"
UNITS = {"MiB": 1 << 20, "processes": 1, "threads": 1, "descriptors": 1, "files": 1}
MARKER_FILES = (
    "reference/conv_nets/conv_nets.py",
    "assignments/conv_nets/checks_hidden_a.py",
    "assignments/conv_nets/oracles.py",
)


def levels_here() -> list[str]:
    """Return the levels of walls to be tried on this machine; one that it cannot reach is skipped with its reason."""
    return ["A", "B", "C"] if sys.platform == "linux" else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One attack and what its first lines say of it."""

    name: str
    attack: str
    hurts: str
    ends: dict[str, set[str]]  # level ("" for the others) -> verdicts
    at_most: dict[str, tuple[int, str]]  # level ("" for the others) -> how far it may get, unit
    wall_s: float  # that it is given
    never: dict[str, str]  # level ("" for the others) -> what its answer must not hold
    still_open: dict[str, set[str]]  # level -> kinds of findings that the level is known not to prevent

    def ends_at(self, level: str) -> set[str]:
        """Return the verdicts in which it may end at a level."""
        return self.ends.get(level) or self.ends[""]

    def bound_at(self, level: str) -> tuple[int, str] | None:
        """Return how far it may get at a level."""
        return self.at_most.get(level) or self.at_most.get("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attack ended, and everything that it got or changed."""

    ended: str
    said: str
    wall_s: float
    findings: list[Finding]

    @property
    def kinds(self) -> set[str]:
        """The kinds of what was found."""
        return {finding.kind for finding in self.findings}


def programs() -> list[Program]:
    """Return every attack."""
    return [read_program(path) for path in sorted(FOLDER.glob("[a-z]*.py"))]


def read_program(path: Path) -> Program:
    """Read what the first lines of a program say."""
    lines = [line[2:] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    fields = [re.fullmatch(r"(attack|hurts|never|ends|at most|open|wall)(?: at ([A-C, ]+))?: (.+)", line) for line in lines[:8]]
    said = [(match[1], (match[2] or "").replace(",", "").split() or [""], match[3]) for match in fields if match]
    one = {word: text for word, _, text in said}
    ends = {level: set(text.split(" or ")) for word, levels, text in said if word == "ends" for level in levels}
    endless = all(verdicts == {"timeout"} for verdicts in ends.values())
    return Program(
        name=path.stem,
        attack=one["attack"],
        hurts=one["hurts"],
        ends=ends,
        wall_s=float(one.get("wall", f"{ENDLESS_CALL_S if endless else CALL_S} s").removesuffix(" s")),
        at_most={level: _amount(text) for word, levels, text in said if word == "at most" for level in levels},
        never={level: text for word, levels, text in said if word == "never" for level in levels},
        still_open={level: {text.split(" (")[0]} for word, levels, text in said if word == "open" for level in levels},
    )


def _amount(text: str) -> tuple[int, str]:
    number, _, unit = text.partition(" ")
    return int(number) * UNITS[unit], unit


class RefusedError(Exception):
    """This machine does not offer a level."""


class Stage:
    """One sandbox of one level in a judge of its own, with everything worth stealing or breaking around it."""

    def __init__(self, level: str) -> None:
        """Set it up; raises RefusedError."""
        self.level = level
        self._markers = _markers()
        self._set_up()

    def run(self, program: Program) -> Outcome:
        """Run one attack, look at everything, and set the stage up again where something was hurt."""
        if self._is_hurt:
            self.close()
            self._set_up()
        self._patience_s = SETTLE_S
        note = f"note-{secrets.token_hex(6)}"
        key = zlib.crc32(note.encode()) & 0x7FFFFFFF
        target = {**self._target, "note": note}
        try:
            answer = self._ask({"do": "attack", "name": program.name, "target": target, "wall_s": program.wall_s})
            findings = self._shown(program, f"{answer['said']}\n{answer['printed']}")
            findings += self._beside(note, key)
        except ConnectionError as error:
            answer = {"ended": "judge lost", "said": str(error), "wall_s": 0.0}
            findings = [Finding(kind="judge", text=f"it does not answer any more: {error}")]
        findings += self._outside(note, key)
        findings = [one for one in findings if one.kind not in program.still_open.get(self.level, set())]
        self._is_hurt = not {finding.kind for finding in findings} <= ONLY_SHOWN
        return Outcome(ended=answer["ended"], said=answer["said"], wall_s=answer["wall_s"], findings=findings)

    def close(self) -> list[Finding]:
        """End the sandbox and the judge; return what is left of them."""
        all_of_it = watching.descendants(self._judge.pid)
        with contextlib.suppress(ConnectionError):
            self._ask({"do": "close"})
        left = self._settled(lambda: watching.descendants(self._judge.pid))
        scratch = sorted(os.listdir(self._folder / "scratch"))
        self._put_away()
        watching.kill({**self._processes, **all_of_it, **left})
        found = [Finding(kind="process", text=text) for text in watching.commands_of(left)]
        if self._is_hurt:  # that was found before
            return []
        return found + [Finding(kind="file", text=name) for name in scratch]

    def _put_away(self) -> None:
        with contextlib.suppress(OSError):  # the judge was faster
            self._lines.close()
        self._socket.close()
        try:
            self._judge.wait(5)
        except subprocess.TimeoutExpired:
            self._judge.kill()
            self._judge.wait()
        # By other programs: an attack may have made folders too deep for Python, or closed them to their owner.
        subprocess.run(["chmod", "-R", "u+rwx", self._folder], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", self._folder], check=False)

    def _set_up(self) -> None:
        self._processes: dict[int, watching.Process] = {}
        self._is_hurt = False
        self._patience_s = SETTLE_S
        self._requests = 0
        self._token = TOKEN_START + secrets.token_hex(16)
        self._sibling_token = TOKEN_START + secrets.token_hex(16)
        self._folder = Path(tempfile.mkdtemp(prefix="walls-", dir="/tmp"))
        self._target: dict[str, str | int] = _furnished(self._folder, self._token)
        self._size = str(os.path.getsize(self._target["secret_file"]))
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._judge = subprocess.Popen(
                [sys.executable, "-m", "tests.sandbox.victim", str(theirs.fileno()), self._token],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self._folder / "scratch"), "WALLS_TOKEN": self._token},
                cwd=ROOT,
                start_new_session=True,
            )
        self._socket.settimeout(START_S)
        self._lines = self._socket.makefile("rw")
        names = ("secret_file", "abstract_socket", "abstract_datagrams", "path_socket", "path_datagrams")
        setup = {**{name: self._target[name] for name in names}, "level": self.level, "sibling_secret": self._sibling_token}
        try:
            ready = self._ask(setup)
            if "refused" in ready:
                raise RefusedError(ready["refused"])
        except (ConnectionError, RefusedError):
            self._put_away()
            raise
        self._socket.settimeout(ANSWER_S)
        self._counts_processes = bool(ready["counts_processes"])
        self._target |= ready["facts"]
        self._note_state()

    def _note_state(self) -> None:
        """Keep how everything is before the first attack."""
        self._visitor = self._ask({"do": "visit", "note": "no such note", "key": 1})
        assert "lost" not in self._visitor, self._visitor
        assert self._visitor["look"] == [], self._visitor
        self._sibling = self._ask({"do": "sibling", "number": 10})
        self._held = self._ask({"do": "state"})
        self._processes = self._quiet_processes()
        self._target["starter_pid"] = min(self._processes.values(), key=lambda process: (process.started, process.pid)).pid
        self._jails = watching.folders_of_jails(self._processes)
        self._known_homes = self._homes()
        self._files = {path: watching.file_state(path) for path in self._watched()}
        self._machine = watching.machine_state(self._judge.pid)
        self._judge_state = watching.judge_state(self._judge.pid)

    def _quiet_processes(self) -> dict[int, watching.Process]:
        """Return the processes of the sandbox once none has come or gone for a while."""
        before, since = watching.descendants(self._judge.pid), time.monotonic()
        while time.monotonic() - since < QUIET_S:
            time.sleep(0.05)
            now = watching.descendants(self._judge.pid)
            if set(now) != set(before):
                before, since = now, time.monotonic()
        return before

    def _watched(self) -> list[Path]:
        names = ("canary_file", "canary_folder", "secret_file", "secret_folder", "private_file")
        return [Path(str(self._target[name])) for name in names]

    def _shown(self, program: Program, text: str) -> list[Finding]:
        """Look for what must not be in an answer."""
        secrets_of_ours = {"token": self._token, "sibling's secret": self._sibling_token, "size": self._size}
        found = [Finding(kind=kind, text=_around(text, secret)) for kind, secret in secrets_of_ours.items() if secret in text]
        found += [Finding(kind="text of ours", text=f"{name}: {line}") for name, line in self._markers if line in text]
        never = program.never.get(self.level) or program.never.get("")
        if never and (match := re.search(never, text)):
            found.append(Finding(kind="never", text=_around(text, match[0])))
        bound = program.bound_at(self.level)
        taken = [int(amount) for amount in re.findall(r"took (\d+)", text)]
        if bound and max(taken, default=0) > bound[0] and (self._counts_processes or bound[1] not in ("processes", "threads")):
            found.append(Finding(kind="amount", text=f"it took {max(taken) / UNITS[bound[1]]:.0f} {bound[1]}"))
        return found

    def _beside(self, note: str, key: int) -> list[Finding]:
        """Ask the next submission, the one beside it and the judge, once everything is cleaned up."""
        self._settled(self._extra_processes)
        visitor = self._ask({"do": "visit", "note": note, "key": key})
        self._settled(self._extra_processes)
        found = [Finding(kind="next submission", text=visitor["lost"])] if "lost" in visitor else []
        found += [Finding(kind="note", text=place) for place in visitor.get("look", [])]
        for name in ("answer", "state") if not found else ():
            found += [Finding(kind="next submission", text=line) for line in watching.changes(self._visitor[name], visitor[name])]
        for kind, before, request in (
            ("sibling", self._sibling, {"do": "sibling", "number": 10}),
            ("judge", self._held, {"do": "state"}),
        ):
            found += [Finding(kind=kind, text=line) for line in watching.changes(before, self._ask(request))]
        return found

    def _outside(self, note: str, key: int) -> list[Finding]:
        """Look at files, processes, mounts and the judge from outside."""
        more = self._settled(self._extra_processes)
        now = watching.descendants(self._judge.pid)
        found = [Finding(kind="process", text=f"left: {text}") for text in watching.commands_of(more)]
        for pid, process in self._processes.items():
            if pid not in now:
                found.append(Finding(kind="process", text=f"{pid} of the sandbox is gone"))
            else:
                found += [
                    Finding(kind="process", text=f"{pid} {line}") for line in watching.changes(process.state, now[pid].state)
                ]
        for path, before in self._files.items():
            found += [
                Finding(kind="canary", text=f"{path.name} {line}") for line in watching.changes(before, watching.file_state(path))
            ]
        found += [
            Finding(kind="machine", text=line)
            for line in watching.changes(self._machine, watching.machine_state(self._judge.pid))
        ]
        found += [
            Finding(kind="judge", text=line)
            for line in watching.changes(self._judge_state, watching.judge_state(self._judge.pid))
        ]
        notes = self._settled(
            lambda: watching.notes_outside(note, key, [self._folder, *self._jails]) + sorted(self._homes() - self._known_homes)
        )
        watching.kill(more)
        notes += watching.remove_notes(notes, note, key)
        return found + [Finding(kind="left outside", text=place) for place in notes]

    def _homes(self) -> set[str]:
        """Return the folders in which submissions are."""
        outside = {str(path) for path in (self._folder / "scratch").glob("*/*")}
        return outside | {str(path) for folder in self._jails for path in folder.glob("*")}

    def _extra_processes(self) -> dict[int, watching.Process]:
        return {pid: one for pid, one in watching.descendants(self._judge.pid).items() if pid not in self._processes}

    def _settled(self, look: Any) -> Any:
        """Return what a look finds once nothing is found any more, or when the time for that is over."""
        deadline = time.monotonic() + self._patience_s
        while (found := look()) and time.monotonic() < deadline:
            time.sleep(0.02)
        if found:
            self._patience_s = UNSETTLED_S
        return found

    def _ask(self, request: dict[str, object]) -> dict[str, Any]:
        self._requests += 1
        try:
            self._lines.write(json.dumps({"id": self._requests, **request}) + "\n")
            self._lines.flush()
            line = self._lines.readline()
        except (OSError, ValueError) as error:
            raise ConnectionError(f"{type(error).__name__} {error}") from None
        if not line:
            raise ConnectionError(f"the judge ended, {self._judge.poll()}")
        answer = dict(json.loads(line))
        if answer.pop("id", None) != self._requests:
            raise ConnectionError("somebody else answers in its place")
        return answer


def _furnished(folder: Path, token: str) -> dict[str, str | int]:
    """Make the files of the judge; everything that may be known is open to all, so that no right hides a hole."""
    folder.chmod(0o755)
    secret, canary, scratch = (folder / name for name in ("secret", "canary", "scratch"))
    for one, mode in ((secret, 0o755), (canary, 0o777), (scratch, 0o1777)):
        one.mkdir()
        one.chmod(mode)
    for path, text, mode in (
        (secret / "expected", token, 0o644),
        (secret / "private", token, 0o600),
        (secret / token, "", 0o644),
        (canary / "report", "points = 0\n", 0o666),
    ):
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
    os.truncate(secret / "expected", 3_000_000 + secrets.randbelow(6_000_000))
    with contextlib.suppress(OSError):  # a file system without them
        os.setxattr(canary / "report", "user.wall", b"ours")
    program = shutil.copy(shutil.which("id") or "/usr/bin/id", secret / "program")
    os.chmod(program, 0o4755)
    name = f"walls-{secrets.token_hex(6)}"
    return {
        "secret_file": str(secret / "expected"),
        "private_file": str(secret / "private"),
        "secret_folder": str(secret),
        "canary_file": str(canary / "report"),
        "canary_folder": str(canary),
        "path_socket": str(canary / "socket"),
        "path_datagrams": str(canary / "datagrams"),
        "abstract_socket": name,
        "abstract_datagrams": f"{name}-datagrams",
        "environment_name": "WALLS_TOKEN",
        "setuid_program": str(program),
        "repository": str(ROOT),
        "token_starts": TOKEN_START,
    }


def _markers() -> list[tuple[str, str]]:
    """Return lines of the reference and of the checks by which they are known wherever they show up."""
    found = []
    for name in MARKER_FILES:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        plain = sorted((line.strip() for line in lines if not set(line) & set("\"'\\")), key=len)
        found += [(name, line) for line in plain[-5:]]
    return found


def _around(text: str, part: str) -> str:
    place = text.index(part)
    return text[max(0, place - 150) : place + 150]
