"""An import in a process of its own, slowed down so that it can be killed in the middle.

`python -m yuanzhi.registry.tests.import_process BATCH WHAT PAUSE`: WHAT is commit, undo or work (a worker).
"""

import os
import sys
import time


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanzhi.config.settings")
    import django

    django.setup()
    from django.conf import settings

    from yuanzhi.kernel.imports import run
    from yuanzhi.kernel.jobs import Timing, run_worker
    from yuanzhi.registry.imports import kind

    settings.DATA_KEY = os.environ["TEST_DATA_KEY"]
    settings.MEDIA_ROOT = type(settings.MEDIA_ROOT)(os.environ["TEST_MEDIA"])
    batch, what, pause = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    run.CHUNK = run.FOLLOW = 20

    def slowly(name):
        fn = getattr(kind.Session, name)

        def slow(self, *args, **kwargs):
            time.sleep(pause)
            return fn(self, *args, **kwargs)

        setattr(kind.Session, name, slow)

    for name in ("plan", "follow", "undo"):
        slowly(name)
    print("ready", flush=True)
    if what == "work":
        run_worker(timing=Timing(lease=3.0, poll=0.1))
    else:
        getattr(run, what)(batch)
    print("ended", flush=True)


if __name__ == "__main__":
    main()
