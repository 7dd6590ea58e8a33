"""What staff do at the desk (工作台): queue and calls, cases and checks, people inside, papers, hand-over.

Every deed is one transaction of the case with its events, and names the member of staff by number.
"""
