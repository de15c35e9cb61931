"""JUnit XML, which every CI reads: a case for each gate and each question.

Invariant: a run whose gates did not pass has at least one failure, and text from articles and
models is escaped.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from evals.results import RunResult

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(result: RunResult) -> str:
    """The report as a string."""
    root = Element("testsuites", name="groundwire evals")
    suite = SubElement(root, "testsuite", name="gates")
    failures = 0
    for gate in result.gates:
        case = SubElement(suite, "testcase", classname="gates", name=_clean(gate.name))
        if not gate.passed:
            failures += 1
            SubElement(case, "failure", message=_clean(gate.why))
    if not result.gates:
        failures += 1
        case = SubElement(suite, "testcase", classname="gates", name="gates were checked")
        SubElement(case, "failure", message="there was no gate")
    suite.set("tests", str(max(len(result.gates), 1)))
    suite.set("failures", str(failures))
    suite.set("errors", "0")
    for run in result.runs:
        asked = SubElement(root, "testsuite", name=_clean(run.system))
        errors = 0
        for question in run.questions:
            name = " ".join(part for part in (question.example.id, question.variant) if part)
            case = SubElement(
                asked,
                "testcase",
                classname="questions",
                name=_clean(name),
                time=f"{question.response.total_s or 0:.3f}",
            )
            if question.response.error:
                errors += 1
                SubElement(case, "error", message=_clean(question.response.error))
        asked.set("tests", str(len(run.questions)))
        asked.set("failures", "0")
        asked.set("errors", str(errors))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("\ufffd", text)
