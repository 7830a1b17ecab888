"""A class on a real Ray cluster of two nodes: the same results as on this machine, also when a node is killed midway."""

from __future__ import annotations

import sys
import time
from importlib.util import find_spec

import pytest

from grader.schedule.ray_cluster import RayWorkers
from tests.batch.course import RIGHT, SOON_S, wait_for, without_times
from tests.schedule.ray_nodes import START_S, Nodes
from tests.schedule.ray_service import Sums

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="nodes have addresses of their own on Linux's loopback alone"),
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed"),
]
HEAD, OTHER = "127.0.0.2", "127.0.0.3"
MORE = 12


@pytest.fixture
def cluster(monkeypatch):
    """Two nodes with one processor each."""
    with Nodes() as nodes:
        for name, value in nodes.environment.items():
            monkeypatch.setenv(name, value)
        nodes.add(HEAD)
        nodes.add(OTHER)
        deadline = time.monotonic() + START_S
        with RayWorkers(nodes.address, Sums) as workers:
            while workers.slots < 2:
                assert time.monotonic() < deadline
                workers.wait(0.2)
        yield nodes


def test_a_class_has_the_same_results_on_a_cluster_although_a_node_is_killed_midway(course, cluster, tmp_path):
    for number in range(MORE):
        (course.hand_ins / f"more_{number}.py").write_text(RIGHT + f"# {number}\n")
    here = tmp_path / "here"
    assert course.grade(folder=here).returncode == 0
    with course.start("--cluster", cluster.address) as process:
        wait_for(lambda: any((course.folder / "reports").glob("*/index.html")))
        cluster.kill(OTHER)
        _, err = process.communicate(timeout=2 * SOON_S)
    assert process.returncode == 0, err
    assert without_times(course.results()) == without_times(course.results(here))
    assert sorted(course.trail()) == sorted((name, "graded") for name in course.results())
    assert len(course.results()) == MORE + 6
