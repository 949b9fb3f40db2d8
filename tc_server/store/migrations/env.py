"""How Alembic runs here: on the connection that it is handed."""

from alembic import context

from tc_server.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, include_schemas=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
