"""Calls at providers, the events that tell of them, linked accounts, visits; what a meeting still owes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "received_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "started",
                "ended",
                "joined",
                "left",
                "look",
                "deauthorised",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("instance", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guest_key", sa.String(length=200), nullable=False),
        sa.Column("guest_account", sa.String(length=200), nullable=False),
        sa.Column("guest_name", sa.String(length=200), nullable=False),
        sa.Column("guest_email", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_events")),
        sa.UniqueConstraint("provider", "key", name=op.f("uq_received_events_provider_key")),
    )
    with op.batch_alter_table("received_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_received_events_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_received_events_handled_at"), ["handled_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_received_events_received_at"), ["received_at"], unique=False)

    op.create_table(
        "visits",
        sa.Column("visitor_hash", sa.String(length=64), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("visitor_hash", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visits_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "linked_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_linked_accounts_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_accounts")),
        sa.UniqueConstraint("provider", "account", name=op.f("uq_linked_accounts_provider_account")),
    )
    with op.batch_alter_table("linked_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_linked_accounts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("instance", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_calls_meeting_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("meeting_id", "instance", name=op.f("uq_calls_meeting_id_instance")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calls_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "call_guests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_guests_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_guests")),
        sa.UniqueConstraint("call_id", "key", name=op.f("uq_call_guests_call_id_key")),
    )
    with op.batch_alter_table("call_guests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_guests_call_id"), ["call_id"], unique=False)

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("spare_url", sa.String(length=2000), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "owed",
                sa.Enum("move", "cancel", "look_up", name="owed", native_enum=False, create_constraint=True, length=16),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("owed_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("owed_tries", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "finding",
                sa.Enum(
                    "fine",
                    "reconnect",
                    "deleted",
                    "moved",
                    "other_host",
                    "sign_in",
                    "knock",
                    "unreachable",
                    name="finding",
                    native_enum=False,
                    create_constraint=True,
                    length=16,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("there_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_meetings_look_at"), ["look_at"], unique=False)
        batch_op.create_index("ix_meetings_provider_reference", ["provider", "reference"], unique=False)
        batch_op.create_index("ix_meetings_made_by", ["made_by", "provider"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_owed_from"), ["owed_from"], unique=False)

    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "over_because",
                sa.Enum(
                    "person", "call", "clock", name="overbecause", native_enum=False, create_constraint=True, length=16
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("call_verdict", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_column("granted_at")

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("call_verdict")
        batch_op.drop_column("over_because")

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meetings_owed_from"))
        batch_op.drop_index("ix_meetings_made_by")
        batch_op.drop_index("ix_meetings_provider_reference")
        batch_op.drop_index(batch_op.f("ix_meetings_look_at"))
        batch_op.drop_column("there_at")
        batch_op.drop_column("finding")
        batch_op.drop_column("looked_at")
        batch_op.drop_column("look_at")
        batch_op.drop_column("owed_tries")
        batch_op.drop_column("owed_from")
        batch_op.drop_column("owed")
        batch_op.drop_column("spare_url")

    with op.batch_alter_table("call_guests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_guests_call_id"))

    op.drop_table("call_guests")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calls_meeting_id"))

    op.drop_table("calls")
    with op.batch_alter_table("linked_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_linked_accounts_person_id"))

    op.drop_table("linked_accounts")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visits_seen_at"))

    op.drop_table("visits")
    with op.batch_alter_table("received_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_received_events_received_at"))
        batch_op.drop_index(batch_op.f("ix_received_events_handled_at"))
        batch_op.drop_index(batch_op.f("ix_received_events_account"))

    op.drop_table("received_events")
