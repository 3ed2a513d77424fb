"""One Yjs document in yrs, through pycrdt's compiled core.

The core alone, because the package around it imports asyncio and anyio: 50 ms and 8 MB for each keeper, for nothing
that it uses (`process.py` keeps the package's own __init__ from running). A panic inside yrs arrives here as pyo3's
PanicException, which is a BaseException; after one the document must never be touched again, so nobody catches it
below `process.py`, which ends the process.
"""

from collections.abc import Iterable

from pycrdt._pycrdt import Doc, Map, Text

from companion.keeper.shape import ROOTS, Words


class Document:
    """The five roots of an agenda. All updates and states are Yjs format v1."""

    def __init__(self) -> None:
        self._doc = Doc(None, None, None)
        transaction = self._doc.create_transaction()
        self._roots: dict[str, Map | Text] = {
            name: (self._doc.get_or_insert_text if isinstance(spec, Words) else self._doc.get_or_insert_map)(
                transaction, name
            )
            for name, spec in ROOTS.items()
        }
        transaction.commit()
        transaction.drop()

    def apply(self, updates: Iterable[bytes]) -> None:
        """Apply all in one transaction. Raises ValueError for what yrs cannot decode."""
        transaction = self._doc.create_transaction()
        try:
            for update in updates:
                self._doc.apply_update(transaction, update)
        finally:
            transaction.commit()
            transaction.drop()

    def diff(self, state: bytes = b"\0") -> bytes:
        """What a document in `state` lacks, as one update."""
        transaction = self._doc.create_transaction()
        update = self._doc.get_update(transaction, state)
        transaction.drop()
        return bytes(update)

    def state(self) -> bytes:
        transaction = self._doc.create_transaction()
        state = self._doc.get_state(transaction)
        transaction.drop()
        return bytes(state)

    def read(self) -> dict[str, str]:
        """Each root: the words of a text, the JSON of a map."""
        transaction = self._doc.create_transaction()
        read = {
            name: root.get_string(transaction) if isinstance(root, Text) else root.to_json(transaction)
            for name, root in self._roots.items()
        }
        transaction.drop()
        return read
