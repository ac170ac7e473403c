"""A worker or scheduler in a process of its own: `python -m …tests.worker_process worker 2.0`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanzhi.config.settings")
    import django

    django.setup()
    from yuanzhi.kernel.jobs import Timing, run_scheduler, run_worker

    kind, lease = sys.argv[1], float(sys.argv[2])
    print("ready", flush=True)
    if kind == "worker":
        run_worker(timing=Timing(lease=lease, poll=0.1))
    else:
        run_scheduler(pause=0.1)
    print("ended", flush=True)


if __name__ == "__main__":
    main()
