"""The ways in which grading itself can fail; what a submission does wrong is never one of them."""

from __future__ import annotations


class GraderError(Exception):
    """Grading did not take place; the message says what is the case and what to do."""


class SpecError(GraderError):
    """An assignment's specification is wrong; its author must act."""


class CheckError(GraderError):
    """A check is wrong or could not run; its author must act."""


class IntakeError(GraderError):
    """A submission cannot be opened; the student must act."""


class SandboxError(GraderError):
    """The sandbox or its runner could not start; whoever runs the machine must act."""
