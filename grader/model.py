"""The nouns: frozen values that every other module takes and gives. No input, no output, no torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Verdict(StrEnum):
    """One check's conclusion."""

    PASS = "pass"
    FAIL = "fail"  # a counterexample was found
    ERROR = "error"  # the submission raised
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"  # the submission's process died
    MISSING = "missing"  # the name is not defined
    INCONCLUSIVE = "inconclusive"  # times on this machine stray too much to tell; left out of the score
    NOT_RUN = "not run"  # needs a device or a profile that is not here; left out of the score
    FAULT = "fault"  # ours; to be graded again, never a zero

    @property
    def is_lost(self) -> bool:
        """Whether a check that ended so loses points."""
        return not self.is_left_out and self not in (Verdict.PASS, Verdict.FAULT)

    @property
    def is_conclusion(self) -> bool:
        """Whether a check that ended so says something of the submission."""
        return self is Verdict.PASS or self.is_lost

    @property
    def is_left_out(self) -> bool:
        """Whether a check that ended so is left out of the score: it says nothing of the submission."""
        return self in (Verdict.INCONCLUSIVE, Verdict.NOT_RUN)


class Visibility(StrEnum):
    """Who may see what a check found."""

    PUBLIC = "public"
    HIDDEN = "hidden"


class Profile(StrEnum):
    """How long checks may take."""

    QUICK = "quick"  # without long training
    FULL = "full"


class Kind(StrEnum):
    """How a question is judged."""

    CODE = "code"
    FIGURE = "figure"
    GPU = "gpu"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A part of an assignment that earns points."""

    id: str
    title: str
    kind: Kind
    points: float
    part: str = ""  # "A. Feature dimensions"
    names: tuple[str, ...] = ()  # what a submission defines for it
    needs: tuple[str, ...] = ()  # ids of earlier questions on which an answer may build
    signature: str = ""  # as the hand-out prints it
    rubric: str = ""  # for whoever reads a written answer
    call_s: float | None = None  # instead of the assignment's limit, where its calls train something
    question_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one submission may use."""

    load_s: float = 120.0  # to run the whole file once
    call_s: float = 10.0  # for one call
    question_s: float = 300.0  # for all calls of one question
    total_s: float = 600.0  # for everything together
    cpu_s: float = 1200.0  # of processor time, all cores together, until it is started again
    memory_bytes: int = 4 * 2**30  # resident, beyond what the libraries hold
    processes: int = 128  # and threads, all together
    open_files: int = 256
    files: int = 10_000  # that it writes
    disk_bytes: int = 2**30  # that all of them take
    file_bytes: int = 256 * 2**20  # of one of them
    answer_bytes: int = 256 * 2**20  # of one reply
    output_bytes: int = 64 * 2**10  # of printed output that is kept
    losses_per_question: int = 2  # timeouts, crashes and the like before a question is given up
    losses: int = 40  # the same for a whole submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What is set: the data of assignment.toml and the files that belong to it."""

    slug: str
    title: str
    folder: Path
    questions: tuple[Question, ...]
    limits: Limits
    digest: str  # of the specification, checks and provided code
    forbidden: tuple[ForbiddenCalls, ...] = ()
    provided: tuple[Path, ...] = ()  # files that make the course's own code, the module `provided`, in this order

    def question(self, question_id: str) -> Question:
        """Return the question with this id; raises KeyError."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a submission is asked to define, once, in the order of the questions."""
        return tuple(dict.fromkeys(name for question in self.questions for name in question.names))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenCalls:
    """A rule on what the functions of some questions must not use."""

    rule: str  # one sentence for the student
    questions: tuple[str, ...]
    modules: tuple[str, ...]  # dotted prefixes, e.g. "torch.nn"
    functions: tuple[str, ...]  # dotted glob patterns, e.g. "torch.conv*"
    methods: tuple[str, ...]  # attribute names on any object, e.g. "backward"
    operators: tuple[str, ...]  # glob patterns of operators seen by torch's dispatcher, e.g. "aten::convolution*"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file of a submission; `path` is relative, with forward slashes, and stays inside the submission."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a notebook."""

    kind: str  # "code", "markdown" or "raw"
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A piece of a submission's Python; it parses as far as the student's own code is free of syntax errors."""

    name: str  # for people: "conv_nets.py", "cell 3"
    module: str  # "<main>" or a helper's dotted module name
    text: str
    first_line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The files that a student handed in, opened and normalised."""

    id: str
    files: tuple[SourceFile, ...]
    main: str  # path of the file that is run
    cells: tuple[Cell, ...] | None  # of the main file when that is a notebook
    digest: str
    repairs: tuple[str, ...] = ()  # what intake mended or chose, one sentence each

    @property
    def is_notebook(self) -> bool:
        """Whether the main file is a notebook."""
        return self.cells is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One attempt of one student, found in a class: where it lies, or why it cannot be opened."""

    id: str  # names the report: the student, and the attempt where several are graded; safe as the name of a folder
    student: str  # the same for all attempts
    name: str = ""  # as the platform shows it to people, where it is known
    attempt: int = 1  # 1 is the earliest that was found
    attempts: int = 1  # of this student, all together
    handed_in: str = ""  # ISO 8601, where it is known
    late: bool = False  # as the platform says
    origin: str = ""  # where it lies in the class, for messages
    path: Path | None = None  # what can be opened as a submission
    problem: str = ""  # why nothing can be opened, else empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """The smallest input found that breaks a check, with what came and what should have come."""

    call: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """How long two things took that were timed in pairs, in a random order, from outside."""

    fast: str  # what was to be faster, in words
    slow: str
    fast_s: tuple[float, ...]  # of one request, the median of some, in each pair
    slow_s: tuple[float, ...]
    wanted: float  # how many times as fast
    ratio: float  # the median over the pairs of the slow time over the fast one
    interval: tuple[float, float] | None  # that holds the true median with a probability of 95 %; None: too few pairs
    set_aside: int = 0  # pairs during which the machine's clocks changed


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found."""

    id: str
    question: str
    visibility: Visibility
    verdict: Verdict
    rule: str  # what must be true, one sentence, with its source
    weight: float = 1.0
    fraction: float = 0.0  # of its points that it awards, 0 to 1
    decisive: bool = False  # failing it loses the whole question
    law: bool = False  # nonsense can keep it: it earns points in the proportion in which the other checks do
    message: str = ""
    counterexample: Counterexample | None = None
    reproduce: str = ""  # at most ten lines that a student can paste
    picture: str = ""  # of the figure that was judged: a PNG made by the judge, in base64
    measurement: Measurement | None = None
    traceback: str = ""  # the student's own lines only
    stood_in: tuple[str, ...] = ()  # questions whose names the grader's own functions replaced
    wall_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one check found when it was asked, to be stored: the same question need not be asked again."""

    result: CheckResult
    stand_ins: tuple[str, ...] = ()  # questions in whose place the judge's own functions answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One submission to grade, and how."""

    assignment: Assignment
    path: Path
    hidden: bool  # whether hidden checks run too
    seed: int = 0  # of the hidden checks
    questions: tuple[str, ...] = ()  # empty: all
    isolation: str = "auto"  # a level of the sandbox, or the strongest that this machine has
    at_least: str = "none"  # with "auto": nothing is graded behind weaker walls
    notebook_engine: str = "shell"
    id: str = ""  # of the report; empty: the path's name tells it
    problem: str = ""  # why there is nothing to open at the path, else empty
    submission: Submission | None = None  # already opened, where the path is another machine's
    known: tuple[Asked, ...] = ()  # what need not be asked again
    profile: Profile = Profile.FULL
    data: Path | None = None  # root of the data sets that the submission may read


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that happened while a submission was loaded: a cell or the file raised."""

    where: str  # "cell 7", "conv_nets.py, line 12"
    message: str
    traceback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """How a submission's file ran."""

    incidents: tuple[Incident, ...] = ()
    undefined: tuple[str, ...] = ()  # names of the contract that are not there
    printed: str = ""  # the first part of what it printed, for the report alone
    printed_bytes: int = 0
    notes: tuple[str, ...] = ()  # what the runner left out or replaced
    wall_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAnswer:
    """What was found as the answer to a written question; nothing of it is run."""

    question: str
    text: str  # Markdown
    found: str  # where: "the cell tagged answer-w1"; "" where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionScore:
    """The points of one question; `out_of` leaves out what was not run."""

    question: Question
    verdict: Verdict
    points: float
    out_of: float
    not_run: float
    checks: tuple[CheckResult, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Points and what they are out of; computed, never measured."""

    points: float
    out_of: float
    not_run: float
    complete: bool  # False when a fault leaves something to be graded again
    by_hand_out_of: float
    questions: tuple[QuestionScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Grading of something did not take place: why, and what to do."""

    where: str
    message: str
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where and with what a submission was graded."""

    device: str
    torch: str
    python: str
    isolation: str  # the level of the sandbox and what it keeps apart, in words
    seed: int
    grader: str
    profile: str  # "quick" (no long training) or "full"
    notebook_engine: str = "shell"
    checks: str = "all"  # or "public"
    data_sets: tuple[str, ...] = ()  # that it could read: "MNIST (stand-in)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Wall-clock times of one grading."""

    wall_s: float
    load_s: float
    checks_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything known about one graded submission."""

    assignment: Assignment
    submission_id: str
    submission_files: tuple[str, ...]
    submission_digest: str
    score: Score
    loading: Loading
    environment: Environment
    timing: Timing
    faults: tuple[Fault, ...] = ()
    repairs: tuple[str, ...] = ()
    written: tuple[WrittenAnswer, ...] = ()
    unreadable: str = ""  # why the submission could not be opened, else empty
    hidden_checks: tuple[int, float] = field(default=(0, 0.0))  # number and points of checks that did not run here
    asked: tuple[Asked, ...] = ()  # what the checks were asked and found, to be stored; the score follows from it
