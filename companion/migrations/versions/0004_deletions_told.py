"""Providers tell of a meeting's deletion by a word of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BEFORE = ("started", "ended", "joined", "left", "look", "deauthorised")
AFTER = (*BEFORE, "deleted")


def upgrade() -> None:
    _take(AFTER)


def downgrade() -> None:
    op.execute("UPDATE received_events SET kind = 'look' WHERE kind = 'deleted'")
    _take(BEFORE)


def _take(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("received_events", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_received_events_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_received_events_kind"), sa.column("kind").in_(kinds))
