"""What a visitor before the camera is told: one helpful thing at a time, as keys of the kiosk's catalogue."""

WAIT = "face.wait"  # the camera is opening
LOOK = "face.look"  # no face yet
ONE = "face.one"  # another person is near
NEARER = "face.nearer"
FARTHER = "face.farther"
CENTRE = "face.centre"
DARK = "face.light"
GLARE = "face.glare"
UNEVEN = "face.even"  # one side of the face is much darker
STRAIGHT = "face.straight"  # the head leans to a shoulder
FRONT = "face.front"  # turned aside
LEVEL = "face.level"  # chin up or down
STILL = "face.still"  # not sharp
LEFT = "face.turn_left"
RIGHT = "face.turn_right"
HOLD = "face.hold"  # good: comparing
AGAIN = "face.again"  # after an attempt that did not succeed; never says which
WINDOW = "face.window"  # the check cannot go on: the window helps
DONE = "face.done"  # on the next page, as what follows
NO_CAMERA = "face.no_camera"
STAFF = "face.staff"  # no match here, which is nobody's fault
DOCUMENT = "face.document"  # a document's photo is to be held before the camera
DOCUMENT_ONE = "face.document_one"  # it alone
DOCUMENT_FLAT = "face.document_flat"
DOCUMENT_GLARE = "face.document_glare"
DOCUMENT_READ = "face.document_read"  # the document may go, now the visitor looks
DOCUMENT_DONE = "face.document_done"  # on the next page: as on the document, which the window looks at
TERMINAL = "face.terminal"  # the terminal beside the screen compares
TERMINAL_AGAIN = "face.terminal_again"  # never says why
NO_TERMINAL = "face.no_terminal"

ALL = (
    WAIT, LOOK, ONE, NEARER, FARTHER, CENTRE, DARK, GLARE, UNEVEN, STRAIGHT, FRONT, LEVEL, STILL, LEFT, RIGHT, HOLD,
    AGAIN, WINDOW, DONE, NO_CAMERA, STAFF,
    DOCUMENT, DOCUMENT_ONE, DOCUMENT_FLAT, DOCUMENT_GLARE, DOCUMENT_READ, DOCUMENT_DONE,
    TERMINAL, TERMINAL_AGAIN, NO_TERMINAL,
)  # fmt: skip
