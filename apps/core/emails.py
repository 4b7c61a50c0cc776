"""E-mail addresses in the one form in which they are kept and compared."""

import unicodedata

LONGEST = 254
NOT_POSSIBLE = "Enter a valid email address."


def normalised(text: str) -> str:
    """``text`` without case and in one form of Unicode (NFKC), its domain as it comes back from IDNA (RFC 3490).

    So every spelling that reaches one mailbox is one address. What is longer than any address, or has no domain, is only
    folded. Raises ``ValueError`` for a domain to which nothing can be sent.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    local, at, domain = folded.rpartition("@")
    if not at or len(folded) > LONGEST:
        return folded
    return f"{local}@{_there_and_back(domain)}"


def _there_and_back(domain: str) -> str:
    sent_to = domain.encode("idna")
    try:
        return sent_to.decode("idna").lower()
    except UnicodeError:  # of a newer kind than the codec knows: it goes there as it is written
        return sent_to.decode("ascii")
