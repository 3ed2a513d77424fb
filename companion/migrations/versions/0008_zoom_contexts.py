"""Which visitor first showed what Zoom's client said of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "shown_contexts",
        sa.Column("context_hash", sa.String(length=64), nullable=False),
        sa.Column("visitor_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("context_hash", name=op.f("pk_shown_contexts")),
    )
    with op.batch_alter_table("shown_contexts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shown_contexts_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("shown_contexts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shown_contexts_expires_at"))

    op.drop_table("shown_contexts")
