"""A face compared with a reference (人证比对): look, turn, look again, compare, at most three times; then the window.

The reference is a picture that is given, or a document's photo that is held before the camera first.

It runs on a thread of its own, tells how it stands, and can be stopped at any moment. Pictures and vectors are zeroed
as soon as they are looked at; nothing here writes one anywhere. The camera opens with a ConsentToken alone.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from edge.domain.face import hints
from edge.domain.face.consent import ConsentToken, NoConsent
from edge.domain.face.decision import Attempt, Outcome, Result, may_try_again
from edge.domain.face.liveness import Move
from edge.ports import CameraLost
from edge.services.face_attempt import Attempting, Embedding, Image, Means, Phase, State, Stopped
from edge.services.face_document import Showing

log = logging.getLogger(__name__)


class Run:
    """One check that goes on. `state` may be read at any time, from any thread."""

    def __init__(self, told: Callable[[State], None]) -> None:
        self._told = told
        self._cancelled = threading.Event()
        self._over = threading.Event()
        self.state = State("opening", hints.WAIT)

    def cancel(self) -> None:
        """Returns at once. The camera is off soon after; the outcome is "cancelled" unless it was there before."""
        self._cancelled.set()

    def wait(self, timeout: float | None = None) -> Outcome | None:
        self._over.wait(timeout)
        return self.state.outcome

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def be(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self._told(state)

    def say(self, phase: Phase, hint: str) -> None:
        if not self.is_cancelled:
            self.be(State(phase, hint, self.state.attempts))

    def pause(self, seconds: float) -> None:
        self._cancelled.wait(seconds)

    def finish(self) -> None:
        self._over.set()


class FaceCheck:
    """One camera, so one check at a time: a new one ends the one before.

    `moves`: which turns of the head the next attempt asks for, by chance.
    """

    def __init__(self, means: Means, moves: Callable[[], Sequence[Move]]) -> None:
        self._means, self._moves = means, moves
        self._one_at_a_time = threading.Lock()
        self._latest: Run | None = None

    def start(
        self,
        consent: ConsentToken,
        reference: Callable[[], Image | None] | None,
        told: Callable[[State], None] = lambda _state: None,
    ) -> Run:
        """`reference`: gives the picture to compare with, asked on the worker, which zeroes it; None: a document's
        photo is held up. `told`: of each change, on the worker. Returns at once. Raises NoConsent.
        """
        if not isinstance(consent, ConsentToken) or consent.scope != "face_compare":
            raise NoConsent("a face check needs a consent to it")
        if self._latest is not None:
            self._latest.cancel()
        self._latest = run = Run(told)
        threading.Thread(target=self._work, args=(run, reference), name="face check", daemon=True).start()
        return run

    def _work(self, run: Run, reference: Callable[[], Image | None] | None) -> None:
        try:
            with self._one_at_a_time:
                outcome = self._outcome(run, reference)
            run.be(State("over", "", outcome.attempts, outcome))
        except Exception:
            log.exception("face check: what it told was not taken")
        finally:
            run.finish()

    def _outcome(self, run: Run, reference: Callable[[], Image | None] | None) -> Outcome:
        """Whatever breaks here sends the visitor to the window; it never leaves one waiting."""
        try:
            with ExitStack() as after:
                known = self._known(reference) if reference else None
                if known is not None:
                    after.callback(known.fill, 0)
                elif reference:
                    return _ended(run, "no_reference")
                if run.is_cancelled:
                    raise Stopped
                after.enter_context(self._means.camera.opened())
                if known is None:
                    known = Showing(self._means, run.say, lambda: run.is_cancelled).known()
                    if known is None:
                        return _ended(run, "no_reference")
                    after.callback(known.fill, 0)
                    run.say("looking", hints.DOCUMENT_READ)
                    run.pause(self._means.settings.pause_s)
                return self._attempts(run, known)
        except Stopped:
            return _ended(run, "cancelled")
        except CameraLost as lost:
            log.warning("face check: %s", lost)
        except Exception:
            log.exception("face check: it broke")
        return _ended(run, "no_camera")

    def _known(self, reference: Callable[[], Image | None]) -> Embedding | None:
        """Of the reference; None where it shows not exactly one face."""
        image, engine = reference(), self._means.engine
        if image is None:
            return None
        try:
            faces = engine.look(image)
            return engine.embed(image, faces[0]) if len(faces) == 1 else None
        finally:
            image.fill(0)

    def _attempts(self, run: Run, known: Embedding) -> Outcome:
        done: tuple[Attempt, ...] = ()
        while not done or may_try_again(done):
            attempt = Attempting(
                self._means, known, len(done) + 1, self._moves(), run.say, lambda: run.is_cancelled
            ).made()
            done = (*done, attempt)
            if may_try_again(done):
                run.be(State("looking", hints.AGAIN, done))
                run.pause(self._means.settings.pause_s)
        return Outcome(done[-1].result, done)


def _ended(run: Run, result: Result) -> Outcome:
    """Without an attempt that came to an end; it counts as one in the record."""
    done = run.state.attempts
    return Outcome(result, (*done, Attempt(number=len(done) + 1, result=result)))
