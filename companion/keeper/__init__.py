"""The keeper: a child process that alone opens the shared agendas, because crafted edits can crash or hang yrs."""

from companion.keeper.keeper import Edit, Keeper
from companion.keeper.values import Answer, BadState, Fold, KeeperGone, Poisoned, Verdict

__all__ = ["Answer", "BadState", "Edit", "Fold", "Keeper", "KeeperGone", "Poisoned", "Verdict"]
