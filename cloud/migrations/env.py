"""Alembic's entry: the connection is handed over by cloud.adapters.sql_database."""

from alembic import context

from cloud.adapters.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
