"""The only SQL: tables, migrations, one module an aggregate, the journal, the vault and the files."""
