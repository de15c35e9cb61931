"""What the embedded model is taught to answer in one token, by adapters made on two cores.

`locator` (which sentence states the answer) and `entailment` (whether sources say a claim) make
lessons; `course` teaches them.
"""
