"""What SQLAlchemy reflects of some relations: reflect.py RELATION:COLUMN,COLUMN…

The relations are foreign tables in schema public, and views over them in schema reports.
"""

import sys

from sqlalchemy import BigInteger, Column, MetaData, Table, create_engine, inspect

wanted = dict(argument.split(":") for argument in sys.argv[1:])
wanted = {relation: columns.split(",") for relation, columns in wanted.items()}

engine = create_engine("postgresql+psycopg://")  # where and as whom is in the environment, as libpq knows it
inspector = inspect(engine)


def names(found):
    """Only those asked for: there are more."""
    return ", ".join(sorted({name.rsplit(".")[-1] for name in found} & set(wanted))) or "none of them"


def listing(schema):
    print(f"== schema {schema}")
    for method in ("get_table_names", "get_foreign_table_names", "get_view_names"):
        print(f"{method}: {names(getattr(inspector, method)(schema=schema))}")
    for views in (False, True):
        metadata = MetaData()
        metadata.reflect(engine, schema=schema, views=views)
        print(f"MetaData.reflect(views={views}): {names(metadata.tables)}")


def columns(schema, relation):
    print(f"-- {relation}: {inspector.get_table_comment(relation, schema=schema)['text']}")
    primary_key = inspector.get_pk_constraint(relation, schema=schema)
    print(f"primary key: {primary_key['constrained_columns']}")
    for column in inspector.get_columns(relation, schema=schema):
        if column["name"] in wanted[relation]:
            null = "null" if column["nullable"] else "not null"
            print(f"{column['name']} | {column['type']!r} | {null} | {column['comment']}")


for schema in ("public", "reports"):
    listing(schema)
    for relation in wanted:
        columns(schema, relation)

print("== named, with the key that PostgreSQL cannot declare")
for relation in wanted:
    table = Table(relation, MetaData(), Column("id", BigInteger, primary_key=True), autoload_with=engine)
    print(f"{table.name}: primary key {[column.name for column in table.primary_key]}, comment {table.comment!r}")
    print(f"{table.c.created_at.name} | {table.c.created_at.type!r} | {table.c.created_at.comment}")
