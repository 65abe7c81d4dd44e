"""Ctrl-C comes before what must be whole, or after it."""

import os
import signal
import sys
import tempfile
import threading

import pytest

from retrostats.interruptions import interruptions_held
from retrostats.whole_files import replaced_when_complete


@pytest.fixture(autouse=True)
def usual_handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_it_waits_until_the_end_and_comes_once():
    done = []

    def work():
        with interruptions_held():
            interrupt()
            interrupt()
            done.append("all")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["all"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_open_door_lets_in_what_waits_and_what_comes():
    done = []

    def work(before):
        with interruptions_held() as door:
            if before:
                interrupt()
            try:
                door.open()
                done.append("opened")
                interrupt()
                done.append("never")
            finally:
                door.is_open = False
                interrupt()
                done.append("tidied")

    for before, told in ((True, ["tidied"]), (False, ["opened", "tidied"])):
        done.clear()
        with pytest.raises(KeyboardInterrupt):
            work(before)
        assert done == told


def test_an_inner_door_does_not_open_the_outer_one():
    done = []

    def work():
        with interruptions_held():
            with interruptions_held() as inner:
                inner.open()
                interrupt()
                done.append("inner")
            done.append("outer")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["inner", "outer"]


def test_one_that_came_twice_comes_once_as_with_the_operating_system():
    came = []
    signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    with interruptions_held():
        interrupt()
        interrupt()
    assert came == [signal.SIGINT]


def test_a_second_interruption_does_not_stop_the_tidying(tmp_path, monkeypatch):
    clean = tempfile.TemporaryDirectory.cleanup

    def interrupted(place):
        interrupt()
        clean(place)

    monkeypatch.setattr(tempfile.TemporaryDirectory, "cleanup", interrupted)

    def work():
        with replaced_when_complete(tmp_path / "a.txt") as unfinished:
            unfinished.write_text("half")
            interrupt()

    with pytest.raises(KeyboardInterrupt):
        work()
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_shall_end_does_so_with_its_number():
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    done = []

    def work():
        with interruptions_held():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("all")

    try:
        with pytest.raises(SystemExit) as caught:
            work()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (caught.value.code, done) == (143, ["all"])


def test_what_is_ignored_stays_ignored_and_threads_may_use_it():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    done = []

    def work():
        with interruptions_held() as door:
            door.open()
            interrupt()
            done.append("all")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    work()
    assert done == ["all", "all"]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_no_moment_leaves_anything_beside_a_file(tmp_path):
    """Interrupt at each line in turn that runs while a file is written."""
    path = tmp_path / "a.txt"
    ended = 0
    for moment in range(1, 1000):
        left = moment

        def at_a_line(_frame, event, _arg):
            nonlocal left
            left -= event == "line"
            if left == 0:
                interrupt()
            return at_a_line

        path.unlink(missing_ok=True)
        sys.settrace(at_a_line)
        try:
            with interruptions_held(), replaced_when_complete(path) as unfinished:
                unfinished.write_text("whole")
        except KeyboardInterrupt:
            pass
        else:
            ended += 1
        finally:
            sys.settrace(None)
        assert [file.name for file in tmp_path.iterdir()] in ([], ["a.txt"]), moment
        if left > 0:
            break
    assert left > 0
    assert moment > 50
    assert ended == 1
