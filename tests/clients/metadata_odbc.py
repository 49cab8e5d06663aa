"""What psqlODBC's catalog functions tell of some relations: metadata_odbc.py RELATION:COLUMN,COLUMN…

The relations are foreign tables in schema public, and views over them in schema reports.
"""

import os
import sys

import pyodbc

wanted = dict(argument.split(":") for argument in sys.argv[1:])

place = os.environ
connection = pyodbc.connect(
    f"DRIVER={{PostgreSQL Unicode}};Servername={place['PGHOST']};Port={place['PGPORT']};"
    f"Database={place['PGDATABASE']};Username={place['PGUSER']};Password={place['PGPASSWORD']}"
)
cursor = connection.cursor()
types = {  # numbers, to Python
    pyodbc.SQL_BIGINT: "SQL_BIGINT",
    pyodbc.SQL_INTEGER: "SQL_INTEGER",
    pyodbc.SQL_TYPE_TIMESTAMP: "SQL_TYPE_TIMESTAMP",
    pyodbc.SQL_VARCHAR: "SQL_VARCHAR",
    pyodbc.SQL_WLONGVARCHAR: "SQL_WLONGVARCHAR",
}

for schema in ("public", "reports"):
    print(f"== schema {schema}")
    for relation, columns in wanted.items():
        for asked in (None, "TABLE", "FOREIGN TABLE", "VIEW"):
            found = cursor.tables(schema=schema, table=relation, tableType=asked).fetchall()
            print(f"SQLTables, type {asked}: {[(row.table_name, row.table_type, row.remarks) for row in found]}")
        print(f"SQLPrimaryKeys: {[row.column_name for row in cursor.primaryKeys(table=relation, schema=schema)]}")
        for row in cursor.columns(schema=schema, table=relation).fetchall():
            if row.column_name in columns.split(","):
                null = "not null" if row.nullable == pyodbc.SQL_NO_NULLS else "null"
                print(f"{row.column_name} | {row.type_name} | {types[row.data_type]} | {null} | {row.remarks!r}")
