"""Alembic's entry: runs the versions on the connection that companion.schema opened and locked."""

from alembic import context

from companion.schema import all_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
