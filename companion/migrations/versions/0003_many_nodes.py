"""What several processes on one database tell each other: facts, and tickets that any of them takes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_facts_at"), ["at"], unique=False)

    op.create_table(
        "seat_tickets",
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("mentor", "mentee", name="role", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_seat_tickets")),
    )
    with op.batch_alter_table("seat_tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_tickets_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_tickets_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("seat_tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_tickets_person_id"))
        batch_op.drop_index(batch_op.f("ix_seat_tickets_expires_at"))

    op.drop_table("seat_tickets")
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_facts_at"))

    op.drop_table("facts")
