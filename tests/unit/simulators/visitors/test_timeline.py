from simulators.visitors import Process, Timeline


def test_processes_go_on_in_the_order_of_their_moments() -> None:
    timeline, seen = Timeline(), list[tuple[str, float]]()

    def walk(name: str, wait_s: float, times: int) -> Process:
        for _ in range(times):
            seen.append((name, timeline.now_s))
            yield wait_s

    timeline.start(walk("slow", 10, 2))
    timeline.start(walk("quick", 4, 3), at_s=1)
    timeline.run()
    assert seen == [("slow", 0), ("quick", 1), ("quick", 5), ("quick", 9), ("slow", 10)]


def test_who_is_due_at_the_same_moment_goes_in_the_order_of_coming() -> None:
    timeline, seen = Timeline(), list[str]()

    def once(name: str) -> Process:
        seen.append(name)
        yield from ()

    for name in "abc":
        timeline.start(once(name), at_s=5)
    timeline.run()
    assert seen == ["a", "b", "c"]
    assert timeline.now_s == 5


def test_a_process_may_start_another_and_nothing_begins_in_the_past() -> None:
    timeline, seen = Timeline(), list[float]()

    def child() -> Process:
        seen.append(timeline.now_s)
        yield from ()

    def parent() -> Process:
        yield 7
        timeline.start(child(), at_s=3)

    timeline.start(parent())
    timeline.run()
    assert seen == [7]
