"""When each edit of an agenda came, and what was folded into a snapshot: the agenda's history."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("agenda_updates", sa.Column("at", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "agenda_pasts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_agenda_pasts_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_pasts")),
    )
    with op.batch_alter_table("agenda_pasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_pasts_session_id"), ["session_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("agenda_pasts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_pasts_session_id"))

    op.drop_table("agenda_pasts")
    op.drop_column("agenda_updates", "at")
