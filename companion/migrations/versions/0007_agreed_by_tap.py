"""What each of the two agreed to by a tap: wordings of action items, and when they talk next."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "agreed_wordings",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item_key", sa.String(length=64), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_of_a_pair("agreed_wordings"),
        sa.PrimaryKeyConstraint("session_id", "person_id", "item_key", name=op.f("pk_agreed_wordings")),
    )
    op.create_table(
        "wanted_dates",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_of_a_pair("wanted_dates"),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_wanted_dates")),
    )


def downgrade() -> None:
    op.drop_table("wanted_dates")
    op.drop_table("agreed_wordings")


def _of_a_pair(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f(f"fk_{table}_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id_people"), ondelete="CASCADE"
        ),
    ]
