"""JSON as programs write it: strict first, then what other programs let pass.

Those are ``NaN`` and ``Infinity``, control characters as they are within a string, and half of a
surrogate pair (a cut emoji), which becomes U+FFFD.
"""

from __future__ import annotations

import json

import msgspec


def decoded(text: bytes) -> object:
    r"""The value of a JSON text.

    Raises:
        ValueError: It is no JSON, not UTF-8, or nested too deeply; the message says which, for
            people.

    Example:
        >>> decoded(b'{"n": NaN, "cut": "\\ud83d"}')
        {'n': nan, 'cut': '�'}
        >>> decoded(b'{"open": ')
        Traceback (most recent call last):
        ...
        ValueError: no valid JSON: Expecting value at character 10
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return _without_surrogates(json.loads(text, strict=False))
    except json.JSONDecodeError as error:
        raise ValueError(f"no valid JSON: {error.msg} at character {error.pos + 1}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"no valid UTF-8 at byte {error.start + 1}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:  # Python's own limit, against quadratic time
        raise ValueError("a number of more digits than any program means") from None


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(v) for key, v in value.items()}
    return value
