# Copied from templates/python/settings.py: change it there, then run node scripts/copy-templates.mjs.
"""What the container's environment says. An error names the variable that is wrong."""

import os


def port() -> int:
    return number("PORT", 8080)


def cores() -> int:
    """The cap: processes and threads go by it, not by what the host has."""
    return number("CORES", os.process_cpu_count() or 1)


def number(name: str, fallback: int, least: int = 1) -> int:
    text = os.environ.get(name) or str(fallback)
    if not text.isdecimal() or int(text) < least:
        raise ValueError(f"{name} is {text!r}, want a whole number of at least {least}")
    return int(text)


def required(name: str) -> str:
    if text := os.environ.get(name):
        return text
    raise ValueError(f"{name} is required")


def one_of(name: str, *choices: str) -> str:
    """One of the choices; the first where the variable says nothing."""
    text = os.environ.get(name) or choices[0]
    if text not in choices:
        raise ValueError(f"{name} is {text!r}, want one of {', '.join(choices)}")
    return text
