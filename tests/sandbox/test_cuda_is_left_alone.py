"""What is imported before a fork never starts CUDA, which no fork could use then: seen by a driver that only writes down."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from grader.pipeline import ALL_MODULES

pytestmark = pytest.mark.slow  # each imports everything once more
DRIVER = r"""
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int cuInit(unsigned flags) {
    int log = open(getenv("DRIVER_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (write(log, "cuInit\n", 7) != 7) abort();
    close(log);
    return 100;  /* CUDA_ERROR_NO_DEVICE */
}
int cuDriverGetVersion(int *version) { *version = 13020; return 0; }
int cuGetProcAddress_v2(const char *name, void **function, int version, unsigned long long flags, int *status) {
    *function = strcmp(name, "cuInit") == 0                 ? (void *)cuInit
                : strcmp(name, "cuDriverGetVersion") == 0   ? (void *)cuDriverGetVersion
                : strncmp(name, "cuGetProcAddress", 16) == 0 ? (void *)cuGetProcAddress_v2
                                                             : 0;
    if (status) *status = *function ? 0 : 1;
    return *function ? 0 : 500;  /* CUDA_ERROR_NOT_FOUND */
}
int cuGetProcAddress(const char *name, void **function, int version, unsigned long long flags) {
    return cuGetProcAddress_v2(name, function, version, flags, 0);
}
"""


@pytest.fixture(scope="module")
def calls_of(tmp_path_factory):
    """Return a way to run a script and get what it asked of the driver."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler on Linux")
    folder = tmp_path_factory.mktemp("driver")
    (folder / "driver.c").write_text(DRIVER, encoding="utf-8")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", folder / "libcuda.so.1", folder / "driver.c"], check=True)

    def run(script):
        log = folder / "log"
        log.write_text("", encoding="utf-8")
        environment = {**os.environ, "LD_LIBRARY_PATH": str(folder), "DRIVER_LOG": str(log)}
        subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True, timeout=200)
        return log.read_text(encoding="utf-8").split()

    return run


def test_what_runners_are_forked_from_has_not_called_the_driver(calls_of):
    imports = "".join(f"import {name}\n" for name in ("grader.runner.zygote", "grader.runner.serving", *ALL_MODULES))
    assert calls_of(imports) == []


def test_what_judges_are_forked_from_has_not_called_the_driver(calls_of):
    assert calls_of("import grader.pipeline, grader.cli.main\n") == []


def test_the_written_driver_would_have_been_seen(calls_of):
    assert "cuInit" in calls_of("import torch\ntorch.cuda.is_available()\n")
