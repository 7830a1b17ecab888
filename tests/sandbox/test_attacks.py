"""What a hostile program tries against the walls shows it nothing and changes nothing, at every level that this machine offers.

The programs say in their first lines what they try and how they must end. They are told everything: paths, process numbers,
addresses in memory. What they got is looked for in everything that came out, and what they changed is looked at from outside.
"""

from __future__ import annotations

import pytest

from tests.sandbox.attacking import FOLDER, levels_here, programs, read_program

ALL = programs()


@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_an_attack_gains_nothing_hurts_nobody_and_ends_as_it_must(stage, program):
    outcome = stage.run(program)
    assert outcome.findings == []
    assert outcome.ended in program.ends_at(stage.level), outcome.said


def at_leisure(*values: str):
    return pytest.param(*values, marks=pytest.mark.slow)  # what was hurt must be set up again, which takes seconds


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("secret_file_read", "token"),
        at_leisure("private_file_read", "token"),
        at_leisure("secret_folder_listed", "token"),
        at_leisure("guessed_paths_measured", "size"),
        at_leisure("reference_read", "text of ours"),
        at_leisure("hidden_checks_read", "text of ours"),
        at_leisure("sibling_folder_read", "sibling's secret"),
        at_leisure("judge_environment_read", "token"),
        at_leisure("loopback_tcp", "judge"),
        at_leisure("canary_folder_written", "left outside"),
        at_leisure("abstract_socket", "token"),
        at_leisure("path_socket", "token"),
        at_leisure("datagrams_by_a_pair", "judge"),
        at_leisure("canary_file_written", "canary"),
        at_leisure("outside_files_moved", "canary"),
        at_leisure("outside_rights_changed", "canary"),
        at_leisure("outside_times_and_labels_changed", "canary"),
        at_leisure("note_in_shared_folders", "note"),
        at_leisure("note_in_system_v_objects", "left outside"),
        at_leisure("note_in_posix_queue", "left outside"),
        at_leisure("note_in_the_warm_process", "note"),
        at_leisure("judge_memory_written", "judge"),
        at_leisure("judge_limits_set", "judge"),
        at_leisure("judge_slowed", "judge"),
        at_leisure("judge_killed", "judge"),
        at_leisure("signal_by_descriptor", "judge"),
        at_leisure("sibling_killed", "sibling"),
        at_leisure("daemon_that_outlives", "process"),
        at_leisure("descriptors_fetched", "judge"),
    ],
)
def test_the_same_attack_is_seen_to_succeed_where_there_are_no_walls(bare_stage, name, kind):
    outcome = bare_stage.run(read_program(FOLDER / f"{name}.py"))
    assert kind in outcome.kinds, outcome


def test_at_least_one_level_of_walls_can_be_tried_here(stage):
    assert stage.level in levels_here()


def test_every_attack_says_what_it_tries_what_it_would_hurt_and_how_it_ends():
    verdicts = {"returns", "error", "crash", "timeout", "memory"}
    for program in ALL:
        assert program.attack.endswith("."), program.name
        assert program.hurts.endswith("."), program.name
        assert set().union(*program.ends.values()) <= verdicts, program.name
        assert "" in program.ends, program.name
