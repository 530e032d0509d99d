"""What alembic runs: the revisions, in the transaction of the connection that it was given."""

from alembic import context


def main() -> None:
    """Run the revisions between where the tables are and where they shall be."""
    # SQLite undoes changes of tables with their transaction, which alembic does not believe.
    context.configure(
        connection=context.config.attributes["connection"],
        transactional_ddl=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


main()
